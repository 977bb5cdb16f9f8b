"""What holds for every searcher on every family of tasks that it applies to."""

import pickle
import random

import numpy as np
import pytest

from gfsearch.networks import A1, A2, Elman, Masked, TanhUnit
from gfsearch.problems import Latch, Parity, Tomita, TwoSequence
from gfsearch.searchers import SEARCHERS, start
from gfsearch.study.costs import Costs
from gfsearch.study.records import content_of
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import not_applicable
from tests.cases import make_task

THRESHOLD = {"activation": "sign", "output_activation": "sign"}
FAMILIES = {
    "latch/I": (
        Latch(variant=1, length=(5, 12), train=12, test=4),
        TanhUnit(bias=False, fixed_inputs=1),
    ),
    "latch/II": (Latch(variant=2, length=(5, 12), train=12, test=4), TanhUnit()),
    "two-sequence/A2": (TwoSequence(length=(8, 12), train=11, test=4), A2(hidden=3)),
    "two-sequence/elman": (
        TwoSequence(length=(8, 12), informative=2, train=8, test=4),
        Elman(hidden=2),
    ),
    "parity/A1": (Parity(length=(7, 9), train=20, test=4), A1(hidden=2)),
    "parity/threshold": (
        Parity(length=(7, 9), noise=0.1, train=20, test=4),
        A1(hidden_self=False, output_bias=True, **THRESHOLD),
    ),
    "parity/mask": (
        Parity(length=(7, 9), train=20, test=4),
        Masked(hidden=1, mask=((1, 0, 1, 1), (1, 1, 1, 1))),
    ),
    "tomita4": (Tomita(grammar=4), A1(hidden=3)),
}
TASKS = {name: make_task(p, n, name=name) for name, (p, n) in FAMILIES.items()}
NOT_APPLICABLE = {
    ("gradient", "parity/threshold"),
    ("adam", "parity/threshold"),
    ("pseudo-newton", "parity/threshold"),
    ("discrete-error", "parity/A1"),  # the output has no bias
    ("discrete-error", "tomita4"),
}
PAIRS = [
    (searcher, task)
    for searcher in SEARCHERS
    for task in TASKS
    if (searcher, task) not in NOT_APPLICABLE
]
every_pair = pytest.mark.parametrize(("searcher", "task"), PAIRS)


def made(searcher, task, run=0, seed=0, budget=60, **fields):
    labelled = labelled_searcher(searcher, fields, searcher)
    return Run(TASKS[task], labelled, run, seed, Budget(budget))


def proposals(searcher, task, seed, rounds=12, pickle_at=None):
    """What it asks, and pays for on its own, when it is told the truth."""
    space = TASKS[task].fitness().space
    parameters = labelled_searcher(searcher, {}, searcher).parameters
    own = start(SEARCHERS[searcher], space, parameters, np.random.SeedSequence(seed))
    fitness = TASKS[task].fitness()
    asked = []
    for i in range(rounds):
        if i == pickle_at:
            own = pickle.loads(pickle.dumps(own))
        proposal = own.ask()
        if i == pickle_at:  # between ask and tell as well
            own = pickle.loads(pickle.dumps(own))
        asked.append(proposal)
        weights, sequences = proposal.weights, proposal.sequences
        own.tell(proposal, fitness.evaluate(weights, own.need, sequences))
        if own.stop_reason():
            break
    return asked


def same(first, second):
    return len(first) == len(second) and all(
        np.array_equal(a.weights, b.weights)
        and np.array_equal(a.sequences, b.sequences)
        and (a.presentations, a.gradients) == (b.presentations, b.gradients)
        for a, b in zip(first, second, strict=True)
    )


def test_what_cannot_work_is_known():
    told = {
        (searcher, name)
        for searcher in SEARCHERS
        for name, task in TASKS.items()
        if not_applicable(task, labelled_searcher(searcher, {}, searcher))
    }
    assert told == NOT_APPLICABLE


@every_pair
def test_its_state_is_all_that_a_searcher_has_learned(searcher, task):
    """Pickled and given to another searcher, it makes that one go on like the first."""
    fitness = TASKS[task].fitness()
    parameters = labelled_searcher(searcher, {}, searcher).parameters
    first, other = (
        start(SEARCHERS[searcher], fitness.space, parameters, np.random.SeedSequence(n))
        for n in (1, 2)
    )
    advance(first, fitness, 7)
    advance(other, fitness, 2)
    other.state = pickle.loads(pickle.dumps(first.state))
    assert advance(other, fitness, 6) == advance(first, fitness, 6)


def advance(searcher, fitness, rounds):
    """Ask and tell; returns what was asked."""
    asked = []
    for _ in range(rounds):
        proposal = searcher.ask()
        asked.append((proposal.weights.tolist(), proposal.presentations))
        evaluation = fitness.evaluate(
            proposal.weights,
            searcher.need,
            proposal.sequences,
        )
        searcher.tell(proposal, evaluation)
    return asked


@every_pair
def test_a_seed_decides_what_is_asked(searcher, task):
    # It asks nothing before its own model is right.
    rounds = 300 if searcher == "discrete-error" else 12
    first = proposals(searcher, task, 7, rounds)
    assert same(first, proposals(searcher, task, 7, rounds))
    others = [proposals(searcher, task, seed, rounds) for seed in (8, 9)]
    assert not all(same(first, other) for other in others)


@every_pair
@pytest.mark.parametrize("moment", [0, 1, 5])
def test_pickled_in_the_middle_it_goes_on_the_same(searcher, task, moment):
    expected = proposals(searcher, task, 5)
    assert same(expected, proposals(searcher, task, 5, pickle_at=moment))


@every_pair
def test_what_is_asked_is_within_the_bounds(searcher, task):
    space = TASKS[task].space
    for proposal in proposals(searcher, task, 3, rounds=40):
        assert proposal.weights.dtype == np.float64
        assert proposal.weights.shape[1] == space.dimension
        assert (proposal.weights >= space.low).all()
        assert (proposal.weights <= space.high).all()


@every_pair
def test_nothing_global_is_touched(searcher, task):
    random.seed(1)
    before = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = content_of(execute(made(searcher, task)))
    assert random.getstate() == before[0]
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
    random.seed(2)
    assert content_of(execute(made(searcher, task))) == first


@every_pair
@pytest.mark.parametrize("budget", [1, 2, 37])
def test_the_budget_is_respected_exactly(searcher, task, budget):
    n = len(TASKS[task].fitness().train)
    most = []

    def watch(costs: Costs, proposal):
        most.append(costs.trials)

    for number in range(3):
        record = execute(made(searcher, task, run=number, budget=budget), watch)
        assert max(most) <= budget
        assert record.trials == most[-1]
        assert record.presentations <= n * record.trials
        assert record.gradients <= 2 * record.presentations
        assert record.status in ("solved", "censored")
        if record.status == "censored":
            assert record.trials == budget
        most.clear()


@every_pair
def test_runs_differ_and_a_larger_budget_continues_the_same(searcher, task):
    small = [execute(made(searcher, task, run=r, budget=20)) for r in range(3)]
    large = [execute(made(searcher, task, run=r, budget=60)) for r in range(3)]
    for short, long in zip(small, large, strict=True):
        if short.status == "solved":
            assert content_of(short)["weights"] == content_of(long)["weights"]
        else:
            assert long.trials > short.trials
            # A batch that the smaller budget cut is whole in the larger one.
            points = [point for point in long.trace if point[0] <= short.trials]
            assert short.trace == points
    spent = [(r.status, r.trials, r.presentations, r.weights) for r in large]
    assert any(other != spent[0] for other in spent[1:])
