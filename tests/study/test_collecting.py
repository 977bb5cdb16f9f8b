"""Records on disk, sorted into cells: as they are, and in little memory."""

import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gfsearch.specs.errors import InputError
from gfsearch.study.collecting import collect
from gfsearch.study.comparing import make_study
from gfsearch.study.records import RecordFile, read_records
from tests.good_suite import GOOD
from tests.made_up import made_up, write


def course(run):
    """Every field in another way, as the number of the run has it."""
    i = run.run
    if i % 7 == 6:
        return made_up(run, 0, "failed", stop_reason=f"reason {i}", targets=[])
    return made_up(
        run,
        10 + i,
        ("solved", "censored", "gave up")[i % 3],
        stop_reason=None if i % 2 else "stagnated",
        gradients=3 * i,
        restarts=[(k + 1, 10 * k + 5) for k in range(i % 4)],
        loss=None if i % 5 == 0 else 1.0 / (i + 1),
        trace=[] if i % 5 == 0 else [(1, 0.5), (i + 2, 0.25)],
        test_errors=None if i % 4 == 0 else i % 9,
        targets=[None if i % 2 else i, 3],
        weights=None if i % 4 == 0 else [0.5 * i] * run.task.structure.dimension,
    )


@pytest.fixture
def study(tmp_path):
    text = GOOD.replace("runs = 3", "runs = 40") + "targets = [0.2, 0.1]\n"
    (tmp_path / "mine.toml").write_text(text)
    return make_study(tmp_path / "mine.toml", out=tmp_path / "out")


def test_columns_say_what_the_records_say(study):
    """In any order of files and lines, and without those of other plans."""
    records = [course(run) for run in study.plan()]
    shuffled = np.random.default_rng(0).permutation(len(records))
    files = [RecordFile(study.folder / "records") for _ in range(3)]
    for i in shuffled:
        files[i % 3].append(records[i])
    files[0].append(replace(records[0], key="0" * 32))
    results = study.results()
    assert (results.unplanned, results.unreadable) == (1, 0)
    by_key = read_records(study.folder / "records").by_key
    planned = iter(study.plan())
    for cell in results.cells:
        wanted = [by_key[next(planned).key] for _ in range(cell.planned)]
        done = [r for r in wanted if r.status != "failed"]
        assert cell.results.records() == done
        assert cell.failed.records() == [r for r in wanted if r.status == "failed"]
        assert cell.results.statuses() == [r.status for r in done]
        assert cell.results.told("stop_reason") == [r.stop_reason for r in done]
        assert [k.decode() for k in cell.results["key"]] == [r.key for r in done]
        for name in ("run", "trials", "presentations", "gradients", "budget"):
            assert cell.results[name].tolist() == [getattr(r, name) for r in done]
        losses = [np.nan if r.loss is None else r.loss for r in done]
        np.testing.assert_array_equal(cell.results["loss"], losses)
        errors = [
            np.nan if r.test_errors is None else r.test_errors / r.test_size
            for r in done
        ]
        np.testing.assert_array_equal(cell.final_errors, errors)
        starts = [r.restarts[0][0] if r.restarts else r.trials for r in done]
        assert cell.first_starts("trials").costs.tolist() == starts
        first, second, _ = cell.attained("trials")
        assert first.solved.tolist() == [
            r.status == "solved" or r.targets[0] is not None for r in done
        ]
        assert second.costs.tolist() == [3.0] * len(done)


def test_what_changes_while_it_is_read_is_told(study):
    results = write(study, course)
    (path,) = (study.folder / "records").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[::-1]))
    with pytest.raises(InputError, match="changed while it was read"):
        results.cells[0].results.records()
    path.unlink()
    with pytest.raises(InputError, match="No such file"):
        results.cells[0].results.records()


def test_a_repetition_is_compared_with_the_record_that_counts(study):
    """Read again from where it stands, in another file, before or after."""
    records = [course(run) for run in study.plan()]
    for _ in range(2):
        file = RecordFile(study.folder / "records")
        for record in records:
            file.append(record)
    assert study.results().contradicting == ()
    RecordFile(study.folder / "records").append(replace(records[3], trials=1))
    assert study.results().contradicting == (records[3].key,)


def test_traces_and_weights_are_not_held_in_memory(study):
    """40 records of 200 kB, read in the memory of one or two."""
    run, *_ = study.plan()
    trace = [(i + 1, 1.0 / (i + 1)) for i in range(10_000)]
    size = len(msgspec.json.encode(made_up(run, 5, trace=trace)))
    folder = study.folder / "records"
    write(study, lambda run: made_up(run, 5 + run.run, trace=trace))
    collect(study.suite, 0, folder)  # What is imported when it is first needed.
    tracemalloc.start()
    results = collect(study.suite, 0, folder)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(len(cell.results) for cell in results.cells) == 80
    assert most < 20 * size < sum(p.stat().st_size for p in folder.iterdir()) / 3


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux's /proc"
)
def test_runs_that_are_planned_and_not_made_take_no_memory(tmp_path):
    """A plan of ten million runs, and three records of each cell."""
    text = GOOD.replace("runs = 3", "runs = 1_000_000")
    text = text.replace("hidden = 1 }", "hidden = { each = [1, 2, 3, 4, 5] } }")
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    file = RecordFile(study.folder / "records")
    numbers = (0, 777_777, 999_999)
    for task, searcher, _ in study.suite.cells():
        for run in numbers:
            file.append(made_up(study.suite.run_of(task, searcher, run), 5))
    script = (
        "import re, sys; from pathlib import Path\n"
        "from gfsearch.study.comparing import make_study\n"
        "results = make_study(sys.argv[1], out=sys.argv[2]).results()\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
        "print(*(r['run'].tolist() for r in (c.results for c in results.cells)))\n"
        "print({cell.planned for cell in results.cells})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "mine.toml", tmp_path / "out"],
        check=True,
        capture_output=True,
        text=True,
    )
    most, runs, planned = done.stdout.splitlines()
    assert int(most) < 400_000  # kB; a row for each would take 3.6 GB.
    assert set(runs.replace("] [", "]|[").split("|")) == {str(list(numbers))}
    assert planned == "{1000000}"


def test_records_under_other_names_are_found(study, tmp_path):
    """A label and a task's name belong to no key."""
    write(study, course)
    text = (tmp_path / "mine.toml").read_text()
    text = text.replace('"slow"', '"slower"').replace("parity/A1", "parity/renamed")
    (tmp_path / "mine.toml").write_text(text)
    renamed = make_study(tmp_path / "mine.toml", out=tmp_path / "out").results()
    for before, after in zip(study.results().cells, renamed.cells, strict=True):
        assert after.task.name == "parity/renamed"
        assert before.results.records() == after.results.records()
        assert before.failed.records() == after.failed.records()
    assert (renamed.unplanned, renamed.unreadable) == (0, 0)
    fewer = make_study(tmp_path / "mine.toml", out=tmp_path / "out", runs=30)
    assert fewer.results().unplanned == 20


@pytest.mark.parametrize("targets", [[1], [1, 2, 3]])
def test_a_record_of_other_targets_does_not_fit(study, targets):
    results = write(study, lambda run: made_up(run, 5, "failed", targets=targets))
    assert results.unreadable == 80
    assert not any(len(cell.failed) for cell in results.cells)
