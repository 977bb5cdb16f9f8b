"""Searchers that follow the gradient: their steps, batches, and what they cost."""

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.evaluation import Evaluation
from gfsearch.networks import A1
from gfsearch.problems import Parity, Tomita
from gfsearch.searchers import make_searcher
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import labelled_searcher
from tests.cases import make_task
from tests.searchers.functions import box, sphere, told

PARITY = make_task(Parity(length=(3, 12), train=20, test=10), A1())
EASY = make_task(Tomita(grammar=1), A1(hidden=3))


def steps(name, weights_of, count, space=None, **parameters):
    """The first proposals on a sphere, and what they should have been."""
    searcher = make_searcher(name, space or box(3), 1, batch=0, **parameters)
    proposal = searcher.ask()
    expected = weights_of(proposal.weights)
    for _ in range(count):
        np.testing.assert_allclose(proposal.weights, next(expected), atol=1e-7)
        searcher.tell(proposal, told(sphere, proposal.weights, "gradient"))
        proposal = searcher.ask()


def test_gradient_takes_steps_with_momentum():
    def by_hand(w):
        step = 0.0
        while True:
            yield w
            step = 0.8 * step - 0.05 * 2.0 * w
            w = w + step

    steps("gradient", by_hand, 30, rate=0.05, momentum=0.8)


def test_adam_takes_the_steps_of_its_paper():
    """Algorithm 1 with the decays left as sums, after clipping the norm to 0.5."""

    def by_hand(w):
        gradients = []
        while True:
            yield w
            g = 2.0 * w
            gradients.append(g * min(1.0, 0.5 / np.linalg.norm(g)))
            t = len(gradients)
            first = 0.1 * 0.9 ** np.arange(t)[::-1]
            second = 0.001 * 0.999 ** np.arange(t)[::-1]
            seen = np.concatenate(gradients)
            mean = first @ seen / first.sum()
            square = second @ seen**2 / second.sum()
            w = w - 0.2 * mean / (np.sqrt(square) + 1e-8)

    steps("adam", by_hand, 30, rate=0.2, clip=0.5, initial=2.0)


@pytest.mark.parametrize("name", ["gradient", "adam"])
def test_it_begins_near_zero_or_as_near_as_the_space_lets_it(name):
    for low, high, from_, to in ((-5.0, 5.0, -0.3, 0.3), (2.0, 5.0, 2.0, 2.3)):
        space = box(200, low, high)
        first = make_searcher(name, space, 3, initial=0.3, batch=0).ask().weights
        assert first.shape == (1, 200)
        assert (first >= from_).all()
        assert (first <= to).all()
        assert np.ptp(first) > 0.9 * (to - from_)


@pytest.mark.parametrize("name", ["gradient", "adam"])
@pytest.mark.parametrize("batch", [1, 8])
def test_a_pass_shows_every_sequence_once_and_is_paid_for(name, batch):
    fitness = PARITY.fitness()
    searcher = make_searcher(name, fitness.space, 0, batch=batch)
    assert searcher.need == "loss"
    for _ in range(3):
        proposal = searcher.ask()
        assert (proposal.presentations, proposal.gradients) == (20, 20)
        assert proposal.sequences is None
        searcher.tell(proposal, fitness.evaluate(proposal.weights))


def test_a_batch_of_all_sequences_is_a_full_evaluation():
    searcher = make_searcher("adam", PARITY.fitness().space, 0, batch=20)
    assert searcher.ask().sequences is None


def test_weights_are_projected_onto_the_task_s_range():
    searcher = make_searcher("gradient", box(2, -1.0, 1.0), 0, batch=0, rate=5.0)
    proposal = searcher.ask()
    evaluation = told(lambda w: w[:, 0] - w[:, 1], proposal.weights, "gradient")
    searcher.tell(proposal, evaluation)
    np.testing.assert_array_equal(searcher.ask().weights, [[-1.0, 1.0]])


@pytest.mark.parametrize("name", ["gradient", "adam"])
def test_it_stops_when_passes_bring_no_progress(name):
    searcher = make_searcher(name, box(2), 0, batch=0, patience=7)
    for _ in range(8):  # the first pass is progress
        assert searcher.stop_reason() is None
        proposal = searcher.ask()
        flat = told(lambda w: np.ones(len(w)), proposal.weights, "gradient")
        searcher.tell(proposal, flat)
    assert searcher.stop_reason() == "stagnated"


@pytest.mark.parametrize("name", ["gradient", "adam"])
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_it_stops_at_a_gradient_that_is_no_number(name, bad):
    searcher = make_searcher(name, box(2), 0, batch=0)
    proposal = searcher.ask()
    one = np.ones(1)
    lost = Evaluation(one * np.inf, one, one > 1, one, np.array([[1.0, bad]]))
    searcher.tell(proposal, lost)
    assert searcher.stop_reason() == "diverged"
    assert np.isfinite(searcher.ask().weights).all()


def run(task, name, budget=40, run=0, **parameters):
    searcher = labelled_searcher(name, parameters, "test")
    return execute(Run(task, searcher, run, 0, Budget(budget)))


def test_full_batch_costs():
    """A trial is one pass forward and one back over all sequences."""
    record = run(PARITY, "adam", patience=0)
    assert record.status == "censored"
    assert record.trials == 40
    assert record.presentations == record.gradients == 40 * 20
    assert record.restarts == []


def test_on_line_costs():
    """A pass is a trial with gradients; the trial that judges it has none."""
    record = run(PARITY, "gradient", batch=1, patience=0)
    assert record.status == "censored"
    assert record.trials == 40
    assert record.presentations == 40 * 20
    assert record.gradients == 20 * 20
    # Only full evaluations enter the trace: every second trial.
    assert all(trial % 2 == 0 for trial, _ in record.trace)


def test_mini_batch_costs():
    """Batches of 8, 8 and 4 make a pass."""
    record = run(PARITY, "adam", batch=8, patience=0)
    assert (record.trials, record.presentations) == (40, 800)
    assert record.gradients == 400


def test_restarts_when_stalled_are_counted():
    record = run(PARITY, "gradient", budget=60, batch=0, patience=5, rate=1e-6)
    # No progress after the first pass: six trials each.
    assert record.restarts == [(6 * i, 120 * i) for i in range(1, 10)]
    single = run(PARITY, "gradient", 60, batch=0, patience=5, rate=1e-6, restarts=False)
    assert (single.status, single.stop_reason) == ("gave up", "stagnated")
    assert single.trials == 6


@pytest.mark.parametrize("parameters", [{"batch": 0}, {"batch": 1}, {"batch": 5}])
@pytest.mark.parametrize("name", ["gradient", "adam"])
def test_a_run_is_reproducible(name, parameters):
    first, second = (run(PARITY, name, **parameters) for _ in range(2))
    assert first.trace == second.trace
    assert first.weights == second.weights


def test_the_solution_counts_its_own_gradients():
    record = run(EASY, "adam", budget=1000)
    assert record.status == "solved"
    assert record.gradients == record.presentations == record.trials * 16


def test_adam_solves_tomita_1_2_and_4_in_most_runs():
    """Original strings, A1 with 3 hidden units, within 1,000 gradients."""
    suite = gfsearch.load_suite("quick")
    for name in ("tomita1/A1", "tomita2/A1", "tomita4/A1"):
        records = [run(suite.tasks[name], "adam", 1000, r) for r in range(10)]
        assert sum(record.status == "solved" for record in records) >= 8, name


def test_gradient_descends_on_every_sequence_too():
    records = [run(EASY, "gradient", 1000, r) for r in range(5)]
    assert sum(record.status == "solved" for record in records) >= 4


def test_a_threshold_network_has_no_gradient_to_follow():
    task = make_task(Parity(), A1(activation="sign"), name="thresholds")
    with pytest.raises(gfsearch.InputError, match="gradient is not applicable to thr"):
        gfsearch.run(task, "gradient")
