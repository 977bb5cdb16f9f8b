"""Data that come with scikit-learn and aeon; most needs `gfsearch[data]`."""

import importlib.util

import numpy as np
import pytest

import gfsearch
from gfsearch.problems import Digits, Series
from gfsearch.problems.sequences import digest
from gfsearch.specs.errors import InputError

THERE = all(importlib.util.find_spec(name) for name in ("sklearn", "aeon"))


@pytest.fixture
def packages():
    if not THERE:
        pytest.skip("no scikit-learn, or no aeon")


def drawn(problem, seed=0):
    return problem.draw(np.random.default_rng(seed))


def test_tasks_are_described_without_the_packages():
    """Keys, networks and reports of others' studies need no data."""
    suite = gfsearch.load_suite("real")
    assert {task.dimension for task in suite.tasks.values()} == {23, 46, 144, 170, 226}
    assert len({run.key for run in suite.plan()}) == 5 * 4 * 10
    with pytest.raises(ValueError, match="expected drawn = true"):
        Series(name="BasicMotions", folds=4)


@pytest.mark.skipif(THERE, reason="the packages are there")
@pytest.mark.parametrize("name", ["digits/rows", "power"])
def test_a_missing_package_is_told_before_work(tmp_path, name):
    with pytest.raises(InputError, match=r"pip install 'gfsearch\[data\]'") as caught:
        gfsearch.compare("real", tasks=[name], out=tmp_path / "out")
    assert "needs scikit-learn" in str(caught.value) or "needs aeon" in str(
        caught.value
    )
    assert not (tmp_path / "out").exists()


def test_digits_are_those_of_the_package(packages):
    from sklearn.datasets import load_digits

    found = load_digits()
    images = {image.tobytes() for image in found.data}
    for order, lines in (("rows", 8), ("pixels", 1)):
        train, test, _ = drawn(Digits(order=order, scale="none"))
        assert (len(train), len(test)) == (1347, 450)
        assert train.inputs.shape[1:] == (64 // lines, lines)
        seen = {x.tobytes() for part in (train, test) for x in part.inputs}
        assert seen == images
    labels = dict(zip((i.tobytes() for i in found.data), found.target, strict=True))
    for x, wanted in zip(train.inputs, train.targets[:, -1], strict=True):
        assert labels[x.tobytes()] == wanted.argmax()


@pytest.mark.parametrize(
    ("name", "sizes", "lengths"),
    [
        ("ItalyPowerDemand", (67, 1029), {24}),
        ("JapaneseVowels", (270, 370), set(range(7, 30))),
        ("BasicMotions", (40, 40), {100}),
    ],
)
def test_series_are_the_archives(packages, name, sizes, lengths):
    problem = Series(name=name)
    train, test, _ = drawn(problem)
    assert (len(train), len(test)) == sizes
    assert {*train.lengths.tolist(), *test.lengths.tolist()} <= lengths
    assert problem.one_training_set
    assert digest(train, test) == digest(*drawn(problem, 1)[:2])
    rows = np.concatenate(
        [x[:n] for x, n in zip(train.inputs, train.lengths, strict=True)]
    )
    assert rows.mean(axis=0) == pytest.approx(0.0, abs=1e-12)
    assert rows.std(axis=0) == pytest.approx(1.0)
    counts = train.targets[train.mask].sum(axis=0)
    assert len(counts) == problem.outputs
    assert counts.min() > 0
    again = Series(name=name, drawn=True, folds=5)
    assert sum(
        len(again.draw_fold(np.random.default_rng(3), k).test) for k in range(5)
    ) == sum(sizes)
    held = drawn(Series(name=name, validation=0.2))
    assert len(held.train) + len(held.validation) == sizes[0]
    assert len(held.test) == sizes[1]


def test_the_suite_is_learned(packages, tmp_path):
    """Adam learns three of the tasks in a few hundred passes, guessing does not."""
    study = gfsearch.compare(
        "real",
        tasks=["power", "motions", "vowels"],
        searchers=["adam", "guessing"],
        runs=2,
        budget=500,
        out=tmp_path / "out",
    )
    solved = study.summary().groupby("searcher").solved.sum()
    assert solved["adam"] >= 5
    assert solved["guessing"] == 0
