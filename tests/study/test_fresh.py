"""New sequences for learning on-line: one stream for each run, whoever asks."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness import reference
from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1
from gfsearch.problems import Latch, Parity, Tomita, TwoSequence
from gfsearch.specs.errors import ExtensionError, InputError
from gfsearch.study.records import content_of
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import not_applicable
from tests.cases import HARD, make_task
from tests.extensions.on_line import Both, Greedy, OnLine

TASK = make_task(
    TwoSequence(length=(3, 6), sd=0.1, train=20, test=20), A1(hidden=2), "short"
)


def run(task, budget=400, number=0, searcher=OnLine, **parameters):
    entry = {"kind": searcher, **parameters}
    return Run(task, labelled_searcher("x", entry, "here"), number, 0, Budget(budget))


@pytest.mark.parametrize(
    "problem",
    [
        TwoSequence(length=(5, 9)),
        Latch(variant=1, length=(5, 9)),
        Parity(length=(5, 9), noise=0.1),
    ],
    ids=lambda p: p.kind,
)
def test_the_stream_does_not_depend_on_how_it_is_asked(problem):
    task = make_task(problem, A1())
    whole = task.fresh(0, 200)
    parts, at = [], 0
    for count in (1, 63, 2, 70, 64):
        parts.append(task.fresh(at, count))
        at += count
    found = [
        (x[:n].tolist(), y[:n].tolist())
        for part in parts
        for x, y, n in zip(part.inputs, part.targets, part.lengths, strict=True)
    ]
    expected = [
        (x[:n].tolist(), y[:n].tolist())
        for x, y, n in zip(whole.inputs, whole.targets, whole.lengths, strict=True)
    ]
    assert found == expected
    # In the drawing order: neither sorted by length nor dealt by class.
    assert (np.diff(whole.lengths) < 0).any()
    last = whole.targets[np.arange(200), whole.lengths - 1, 0]
    high, low = problem.class_targets
    assert 70 < (last == high).sum() < 130
    assert set(last.tolist()) == {high, low}
    again = task.fresh(0, 10, instance=1)
    assert not np.array_equal(again.inputs, task.fresh(0, 10).inputs)


def test_losses_are_those_of_the_reference():
    fitness = TASK.fitness(2)
    weights = np.random.default_rng(0).uniform(-1, 1, (3, TASK.dimension))
    found = fitness.evaluate_fresh(weights, "gradient", 10, 7)
    shown = TASK.fresh(10, 7, instance=2)
    outputs = reference.outputs(TASK.structure, weights, shown.inputs)
    expected = reference.mean_squared_error(outputs, shown)
    assert found.loss == pytest.approx(expected, rel=1e-12)
    exact = reference.gradient(TASK.structure, weights[0], shown)
    assert found.gradient[0] == pytest.approx(exact, rel=1e-9)
    assert found.presentations.tolist() == [7, 7, 7]
    losses = fitness.evaluate_fresh(weights, "loss", 10, 7)
    assert losses.loss == pytest.approx(expected, abs=1e-6)


def test_the_training_set_is_the_success_test():
    """After every 20 new sequences the weights are tested on the training set."""
    task = replace(TASK, criterion=Criterion(tolerance=0.45))
    record = execute(run(task, budget=4_000, then=5, first=5))
    assert record.status == "solved"
    solution = np.array(record.weights)
    train, _ = task.sequences()
    shown = reference.outputs(task.structure, solution, train.inputs)
    assert reference.correct_sequences(shown, train, 0.45).all()
    # A pass of 20 new ones in backward passes, then 20 of the training set without.
    assert record.presentations == 40 * record.gradients / 20
    assert record.presentations % 40 == 0
    assert record.trials == record.presentations / 20


def test_interrupted_it_goes_on_with_the_same_sequences():
    whole = execute(run(HARD, budget=30, then=7))
    states = []

    def stop(state):
        states.append(pickle.dumps(state))
        if len(states) == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(run(HARD, budget=30, then=7), between=stop)
    resumed = execute(run(HARD, budget=30, then=7), state=pickle.loads(states[-1]))
    assert content_of(resumed) == content_of(whole)


def test_a_budget_is_kept():
    record = execute(run(HARD, budget=5, then=6, first=6))
    assert record.status == "censored"
    assert record.presentations <= 5 * 20
    assert record.trials <= 5


def test_where_there_are_none_it_is_not_applicable():
    searcher = labelled_searcher("x", {"kind": OnLine}, "here")
    tomita = make_task(Tomita(grammar=1), A1())
    assert not_applicable(tomita, searcher) == "its problem draws no new sequences"
    assert not_applicable(TASK, searcher) is None
    sphere = gfsearch.Objective(abs, dimension=2, low=-1.0, high=1.0, name="s")
    assert "without new sequences" in not_applicable(sphere, searcher)
    with pytest.raises(InputError, match="its problem draws no new sequences"):
        gfsearch.run(tomita, OnLine, budget=10)


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [(Greedy, "fresh: expected a whole number"), (Both, "0 where it names sequences")],
)
def test_what_cannot_be_asked_is_refused(kind, complaint):
    with pytest.raises(ExtensionError, match=complaint):
        execute(run(TASK, searcher=kind))
