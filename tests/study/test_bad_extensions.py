"""What an extension does wrong fails its own runs, with a reason, and no other."""

import csv
import inspect
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1
from gfsearch.problems import Parity, Sequences
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.errors import ExtensionError
from gfsearch.specs.fields import Spec
from gfsearch.study.execution.attempts import NOTHING
from gfsearch.study.execution.failures import failure
from gfsearch.study.records import content_of, read_records
from gfsearch.study.records.writing import encode
from gfsearch.study.runner import execute
from gfsearch.study.study import Study
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights
from tests.extensions import bad

ROOT = Path(__file__).parents[2]

BAD_SEARCHERS = {
    "BoolStop": "stop_reason: expected a string or None, got True",
    "Surrogate": "stop_reason: expected a short word, got '\\udcff'",
    "Verbose": "stop_reason: expected a short word, got 'tiredtired",
    "Negative": "presentations: expected a whole number >= 0, got -10",
    "Fractional": "presentations: expected a whole number >= 0, got 0.5",
    "Countless": "gradients: expected a whole number >= 0, got 1000000000",
    "Complex": "weights: expected real numbers of shape (P, 7), got complex128",
    "Flat": "weights: expected shape (P, 7), got (7,)",
    "Nothing": "ask: expected a gfsearch.Proposal, got NoneType",
    "NoSequences": "indices of at least one training sequence",
    "Idle": "got 1,000 empty proposals in a row",
    "Exits": "SystemExit: 3",
    "Speechless": "SpeechlessError: its message cannot be shown",
    "Interrupts": "KeyboardInterrupt",
}
GOOD_SEARCHERS = ["Good", "NumpyCounts", "Infinite", "Reusing"]
BAD_PROBLEMS = {
    "FewLines": "training set: expected 12 inputs, as the problem declares, got 1",
    "ManyOutputs": "training set: expected 2 outputs, as the problem declares, got 1",
    "NotANumber": "inputs: expected finite numbers, got nan in sequence",
    "Forged": "lengths: expected at most 5, got 1005",
    "OneSet": "expected a training set and a test set, got Sequences",
    "NoFile": "FileNotFoundError",
    "EndsProcess": "SystemExit: no data",
}
WHITE_BOXES = ["adam", "pseudo-newton"]

HEAD = """
title = "bad and good"
runs = 2
budget = 60

[searchers]
guessing = {}
"""

TASK = """
[[task]]
name = "{name}"
problem = {problem}
network = {{ kind = "A1" }}
weights = {{ low = -10.0, high = 10.0 }}
criterion = {{ tolerance = 0.3 }}
"""

# No network of A1 solves so many sequences within these budgets.
PARITY = '{ kind = "parity", length = [20, 30], train = 40, test = 10 }'


def own(name):
    return f'{{ kind = "tests.extensions.bad:{name}" }}'


def command(*arguments, cwd, code):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *arguments, "--allow-imports"],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """One study of bad searchers, one of bad problems, each beside good ones."""
    folder = tmp_path_factory.mktemp("bad")
    lines = [f"{n.lower()} = {own(n)}\n" for n in [*GOOD_SEARCHERS, *BAD_SEARCHERS]]
    text = HEAD + "".join(lines) + TASK.format(name="parity", problem=PARITY)
    (folder / "searchers.toml").write_text(text)
    lines = [f"{name} = {{}}\n" for name in WHITE_BOXES]
    tasks = [TASK.format(name="parity", problem=PARITY)]
    tasks += [TASK.format(name=n.lower(), problem=own(n)) for n in BAD_PROBLEMS]
    (folder / "problems.toml").write_text(HEAD + "".join([*lines, *tasks]))
    told = {
        name: command("compare", f"{name}.toml", "--jobs", "2", cwd=folder, code=1)
        for name in ("searchers", "problems")
    }
    return folder, told


@pytest.mark.parametrize("name", ["searchers", "problems"])
def test_every_run_has_a_record_that_can_be_read_and_bad_ones_a_reason(studies, name):
    folder, told = studies
    read = read_records(folder / f"runs/{name}/records")
    assert (read.unreadable, read.contradicting) == (0, ())
    study = Study.open(folder / f"runs/{name}", allow_imports=True)
    assert {run.key for run in study.plan()} == set(read.by_key)
    expected = BAD_SEARCHERS if name == "searchers" else BAD_PROBLEMS
    reasons = {key.lower(): why for key, why in expected.items()}
    for record in read.by_key.values():
        which = record.searcher if name == "searchers" else record.task
        if which in reasons:
            assert record.status == "failed"
            assert reasons[which] in record.stop_reason
        else:
            assert record.status == "censored"
            assert record.trials == 60
    for which, why in reasons.items():
        line = rf"{which}\b.*: 2 runs failed.*{re.escape(why[:30])}"
        assert re.search(line, told[name].stderr)


@pytest.mark.parametrize("name", ["searchers", "problems"])
def test_the_report_is_complete_and_nothing_is_made_again(studies, name):
    folder, told = studies
    report = folder / f"runs/{name}/report"
    assert (report / "index.html").exists()
    for figure in ("survival", "loss"):
        assert (report / f"{figure}.png").exists()
    with (report / "summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    column = "searcher" if name == "searchers" else "task"
    failed = {row[column] for row in rows if int(row["failed"])}
    expected = BAD_SEARCHERS if name == "searchers" else BAD_PROBLEMS
    assert failed == {key.lower() for key in expected}
    again = command("compare", f"{name}.toml", cwd=folder, code=1)
    assert re.search(r"(\d+) of \1 runs found, 0 to do", again.stderr)
    assert again.stdout == told[name].stdout


def test_a_run_that_fails_keeps_what_it_had_spent(studies):
    folder, _ = studies
    records = read_records(folder / "runs/searchers/records").by_key.values()
    spent = {r.searcher: (r.trials, r.presentations) for r in records}
    assert spent["boolstop"] == (30, 1200)
    assert spent["nothing"] == (0, 0)


TASKS = Task(
    name="t",
    problem=Parity(length=(20, 30), train=40, test=10),
    network=A1(),
    weights=Weights(low=-10.0, high=10.0),
    criterion=Criterion(tolerance=0.3),
)


def run_of(kind, budget=60, task=TASKS):
    searcher = LabelledSearcher(label="x", kind=kind, parameters=Spec())
    return Run(task, searcher, 0, 0, Budget(budget))


def test_infinite_weights_have_infinite_loss_and_are_never_kept():
    record = execute(run_of(bad.Infinite))
    assert (record.status, record.loss, record.weights) == ("censored", None, None)
    fitness = TASKS.fitness()
    weights = fitness.sample(4, np.random.default_rng(0))
    weights[1, 3], weights[2, 0] = np.inf, np.nan
    for need in ("loss", "gradient"):
        loss = fitness.evaluate(weights, need).loss
        assert np.isfinite(loss).tolist() == [True, False, False, True]
    part = fitness.evaluate(weights, sequences=np.arange(3))
    assert np.isinf(part.loss).tolist() == [False, True, True, False]
    assert part.errors[1:3].tolist() == [3, 3]


def test_infinite_weights_solve_nothing():
    """A saturated unit that answers always right would."""
    task = Task(
        name="one class",
        problem=bad.Signs(),
        network=A1(output_bias=True),
        weights=Weights(low=-10.0, high=10.0),
        criterion=Criterion(tolerance=0.3),
    )
    fitness = task.fitness()
    rows = fitness.sample(20_000, np.random.default_rng(0))
    rows = rows[fitness.solves(rows)][:1]
    assert len(rows)
    # Weights from the unit's own past are multiplied by nothing at the first step; to
    # make sure of one that changes no output, look for it.
    for d in range(rows.shape[1]):
        changed = rows.copy()
        changed[0, d] = np.inf * np.sign(changed[0, d])
        assert not fitness.solves(changed)[0]
        assert not fitness.evaluate(changed).solved[0]
        assert np.isinf(fitness.evaluate(changed).loss[0])


def test_the_recorded_weights_had_the_recorded_loss():
    record = execute(run_of(bad.Reusing))
    best = np.array(record.weights)
    assert TASKS.fitness().evaluate(best[None]).loss[0] == record.loss
    assert record.loss == min(loss for _, loss in record.trace)


def test_counts_of_any_integer_type_are_counted():
    record = execute(run_of(bad.NumpyCounts, budget=10))
    assert record.status == "censored"
    assert type(record.presentations) is type(record.gradients) is int


class Hostile(Searcher):
    """Hands over whatever it is given."""

    kind, revision, source = "hostile", 1, "a test"
    proposals: ClassVar[list] = []
    reasons: ClassVar[list] = []

    def __init__(self, space, parameters, seed):
        self.number = -1

    def ask(self):
        self.number += 1
        return self.proposals[self.number % len(self.proposals)]

    def tell(self, proposal, evaluation):
        pass

    def stop_reason(self):
        return self.reasons[self.number % len(self.reasons)]


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=5),
    st.just("\ud800"),
    st.lists(st.integers(-3, 50), max_size=4),
    st.integers(-3, 50).map(np.int32),
    st.just(object()),
)
weights = st.one_of(
    anything,
    st.tuples(st.integers(0, 3), st.sampled_from([6, 7])).map(np.zeros),
    st.integers(0, 3).map(lambda p: np.full((p, 7), np.nan)),
    st.integers(1, 3).map(lambda p: np.ones((p, 7), dtype=complex)),
    st.integers(1, 3).map(lambda p: np.asfortranarray(np.ones((p, 7)))),
    st.integers(1, 3).map(lambda p: np.ones((p, 14))[:, ::2]),
    st.just(np.array([["a"] * 7])),
)
proposals = st.one_of(
    st.builds(Proposal, weights, anything, anything, anything),
    st.builds(Proposal, weights.filter(lambda w: isinstance(w, np.ndarray))),
    anything,
)


@given(
    st.lists(proposals, min_size=1, max_size=3),
    st.lists(anything, min_size=1, max_size=3),
)
def test_whatever_a_searcher_hands_over_its_run_has_a_record(proposals, reasons):
    """A result, or a failure with a reason; a record that can be read in any case."""
    Hostile.proposals, Hostile.reasons = proposals, reasons
    run = run_of(Hostile, budget=8)
    try:
        record = execute(run)
        encode(record)
    except (ExtensionError, ValueError, OverflowError) as error:
        record = failure(run, datetime.now(UTC), "failed", str(error), NOTHING)
        assert record.stop_reason
    else:
        assert 1 <= record.trials <= 8
        assert record.weights is None or np.isfinite(record.weights).all()
        assert content_of(execute(run)) == content_of(record)
    encode(record)


arrays = st.one_of(
    anything,
    st.builds(
        lambda shape, value, kind: np.full(shape, value).astype(kind),
        st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple),
        st.sampled_from([0, 1, 2]),
        st.sampled_from([float, int, bool, complex, "U1", object]),
    ),
    st.just(np.full((2, 2, 1), np.nan)),
)
sequences = st.builds(lambda *a: ("sequences", a), arrays, arrays, arrays, arrays)
sound = st.just(
    (
        "sequences",
        (
            np.zeros((2, 2, 1)),
            np.array([2, 2]),
            np.ones((2, 2, 1)),
            np.array([[False, True]] * 2),
        ),
    )
)


class Drawing(Spec):
    """Draws whatever it is given."""

    kind, revision, source = "drawing", 1, "a test"
    inputs, outputs, class_targets = 1, 1, (1.0, 0.0)
    drawn: object = None

    def draw(self, rng):
        made = [
            Sequences(*part[1])
            if isinstance(part, tuple) and part[:1] == ("sequences",)
            else part
            for part in Drawing.drawn
        ]
        return tuple(made)


@given(st.lists(st.one_of(anything, sequences, sound), max_size=3))
def test_whatever_a_problem_draws_its_run_has_a_record(drawn):
    Drawing.drawn = drawn
    task = Task(
        name="drawn",
        problem=Drawing(),
        network=A1(),
        weights=Weights(low=-10.0, high=10.0),
        criterion=Criterion(tolerance=0.3),
    )
    try:
        record = execute(run_of(bad.Good, budget=20, task=task))
    except (ExtensionError, ValueError):
        return
    assert record.status in ("solved", "censored")
    encode(record)


def test_all_bad_kinds_are_tried():
    classes = {
        name
        for name, found in inspect.getmembers(bad, inspect.isclass)
        if found.__module__ == bad.__name__ and name not in ("Base", "Signs")
    }
    assert classes == {*BAD_SEARCHERS, *GOOD_SEARCHERS, *BAD_PROBLEMS}
