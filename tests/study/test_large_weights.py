"""Solutions of more than 100,000 weights lie beside the records."""

import msgspec
import numpy as np
import pytest

import gfsearch
from gfsearch.specs.errors import InputError
from gfsearch.study.records import content_of, read_records
from gfsearch.study.records.aside import MOST_IN_A_LINE


def mean_square(weights):
    return (weights**2).mean(axis=1)


def task(dimension):
    return gfsearch.Objective(
        mean_square, dimension=dimension, low=-1.0, high=1.0, name="many"
    )


@pytest.fixture
def study(tmp_path):
    return gfsearch.compare(
        [task(MOST_IN_A_LINE + 1)],
        searchers=["annealing"],
        runs=2,
        budget=4,
        out=tmp_path / "out",
        jobs=2,
    )


def test_they_are_those_that_the_run_has_found(study):
    table = study.runs(weights=True)
    for _, row in table.iterrows():
        alone = gfsearch.run(
            study.suite.tasks["many"], "annealing", run=row.run, budget=4
        )
        assert row.weights == alone.weights
        assert mean_square(np.array([row.weights]))[0] == row.loss
    stored = read_records(study.folder / "records").by_key
    for key, record in stored.items():
        assert record.weights is None
        assert (study.folder / "weights" / f"{key}.npy").stat().st_size > 800_000
    lines = [p.read_bytes() for p in (study.folder / "records").iterdir()]
    assert sum(map(len, lines)) < 10_000


def test_repetitions_are_held_against_their_hash(study, tmp_path):
    again = gfsearch.compare(
        [task(MOST_IN_A_LINE + 1)],
        searchers=["annealing"],
        runs=2,
        budget=4,
        out=tmp_path / "again",
        jobs=1,
    )
    one, other = (
        {key: content_of(r) for key, r in s.records().by_key.items()}
        for s in (study, again)
    )
    assert one == other
    assert all("weights_file" in content for content in one.values())


def test_fewer_stand_in_the_record(tmp_path):
    study = gfsearch.compare(
        [task(MOST_IN_A_LINE)], searchers=["annealing"], runs=1, budget=2, out=tmp_path
    )
    (record,) = study.records().by_key.values()
    assert len(record.weights) == MOST_IN_A_LINE
    assert record.weights_file is msgspec.UNSET
    assert not (tmp_path / "weights").exists()


@pytest.mark.parametrize("damage", ["gone", "torn", "other"])
def test_a_file_that_is_not_theirs_is_told(study, damage):
    path = next((study.folder / "weights").iterdir())
    if damage == "gone":
        path.unlink()
    elif damage == "torn":
        path.write_bytes(path.read_bytes()[:1000])
    else:
        np.save(path, np.zeros(3))
    with pytest.raises(InputError, match=path.name):
        gfsearch.open_study(study.folder, allow_imports=True).runs(weights=True)
