"""Counting, stopping and restarting."""

from dataclasses import dataclass, replace
from typing import ClassVar

import msgspec
import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.evaluation import Evaluation
from gfsearch.networks import A1
from gfsearch.problems import Parity
from gfsearch.searchers import Proposal, Searcher
from gfsearch.specs.errors import ExtensionError
from gfsearch.specs.fields import Spec
from gfsearch.study.costs import Costs
from gfsearch.study.records import content_of
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.weights import Weights
from tests.cases import EASY, HARD, LATCH, make_run, make_task


def evaluation(losses, solved=None, shown=10):
    n = len(losses)
    return Evaluation(
        np.array(losses, dtype=float),
        np.ones(n, dtype=int),
        np.zeros(n, dtype=bool) if solved is None else np.array(solved),
        np.full(n, shown),
    )


def test_counting_stops_at_the_first_solution_in_the_order_asked():
    costs = Costs(budget=Budget(100), training_set=10)
    weights = np.arange(4.0)[:, None]
    rejected = Evaluation(
        None, None, np.array([False, False, True, True]), np.array([3, 1, 10, 10])
    )
    assert costs.count_full(weights, rejected)
    assert (costs.trials, costs.presentations) == (3, 14)
    assert costs.best.tolist() == [2.0]
    assert costs.trace == []


def test_the_trace_keeps_improvements_and_targets_their_first_trial():
    costs = Costs(budget=Budget(100), training_set=10, targets=(0.5, 0.25, 0.1))
    weights = np.arange(5.0)[:, None]
    assert not costs.count_full(weights, evaluation([0.9, 0.95, 0.4, 0.4, 0.3]))
    assert not costs.count_full(weights[:1], evaluation([0.2]))
    assert costs.trace == [(1, 0.9), (3, 0.4), (5, 0.3), (6, 0.2)]
    assert costs.reached == [3, 6, None]
    assert (costs.trials, costs.presentations, costs.left) == (6, 60, 94)


def test_of_a_budget_in_presentations_trials_count_that_begin_within_it():
    costs = Costs(budget=Budget(14, "presentations"), training_set=10)
    weights = np.arange(4.0)[:, None]
    # The third begins after 14: it is not seen, though it solves the task.
    rejected = Evaluation(
        None, None, np.array([False, False, True, True]), np.array([10, 4, 1, 10])
    )
    assert not costs.count_full(weights, rejected)
    assert (costs.trials, costs.presentations) == (2, 14)
    assert (costs.left, costs.presentations_left) == (0, 0)
    # One that has begun is finished.
    costs = Costs(budget=Budget(14, "presentations"), training_set=10)
    assert costs.cut(Proposal(weights)).weights.tolist() == [[0.0], [1.0]]
    assert costs.cut(Proposal(weights), "solved") is None
    assert not costs.count_full(weights[:2], evaluation([0.3, 0.2]))
    assert (costs.presentations, costs.left) == (20, 0)


@pytest.mark.parametrize("amount", [1, 19, 20, 21, 95, 300, 3000])
@pytest.mark.parametrize(
    "name", ["guessing", "annealing", "multigrid", "genetic", "gradient"]
)
def test_a_budget_in_presentations_is_a_part_of_the_same_run(name, amount):
    """As much of it as begins within the budget."""
    whole = make_run(HARD, name)
    part = execute(replace(whole, budget=Budget(amount, "presentations")))
    assert (part.budget, part.budget_unit, part.status) == (
        amount,
        "presentations",
        "censored",
    )
    training_set = len(HARD.fitness().train)
    if name == "guessing":  # It is left at the first wrong sequence.
        assert amount <= part.presentations < amount + training_set
    elif name == "gradient":  # Sequences one by one; a trial ends each pass.
        assert amount <= part.presentations <= amount + training_set
    else:
        assert part.presentations == -(-amount // training_set) * training_set
        assert part.trials * training_set == part.presentations
    assert part.key != whole.key
    # The next trial would have begun too late.
    larger = execute(replace(whole, budget=Budget(part.presentations, "presentations")))
    assert (larger.trials, larger.presentations) == (part.trials, part.presentations)


def test_guessing_counts_each_vector_of_its_batches_by_itself():
    """Independently: one vector after the other."""
    run = replace(make_run(HARD, "guessing"), budget=Budget(777, "presentations"))
    fitness = run.task.fitness(run.run, run.seed)
    stream = gfsearch.specs.seeds.seed_sequence(run.search_content())
    searcher = run.searcher.kind(fitness.space, run.searcher.parameters, stream)
    trials = presentations = 0
    while presentations < 777:
        for vector in searcher.ask().weights:
            if presentations < 777:
                shown = fitness.evaluate(vector[None], "solved").presentations
                trials, presentations = trials + 1, presentations + int(shown[0])
    record = execute(run)
    assert (record.trials, record.presentations) == (trials, presentations)


def test_losses_behind_a_solution_do_not_count():
    costs = Costs(budget=Budget(100), training_set=10)
    batch = evaluation([0.5, 0.2, 0.1], [False, True, False])
    assert costs.count_full(np.zeros((3, 1)), batch)
    assert costs.best_loss == 0.2


def test_partial_evaluations_cost_their_presentations():
    costs = Costs(budget=Budget(5), training_set=10)
    for _ in range(3):
        costs.count_partial(evaluation([0.5], shown=4))
    assert (costs.trials, costs.presentations) == (2, 12)
    assert costs.pass_is_over
    costs.count_full(np.zeros((1, 1)), evaluation([0.5]))
    assert (costs.trials, costs.presentations) == (3, 22)
    assert not costs.pass_is_over


def test_a_batch_is_cut_to_the_budget():
    costs = Costs(budget=Budget(5), training_set=10)
    costs.count_full(np.zeros((3, 1)), evaluation([0.5] * 3))
    fits, too_large = Proposal(np.zeros((2, 1))), Proposal(np.zeros((4, 1)))
    assert costs.cut(fits) is None
    assert len(costs.cut(too_large).weights) == 2
    part = Proposal(np.zeros((9, 1)), np.arange(4))
    assert len(costs.cut(part).weights) == 5  # 20 presentations left


@pytest.mark.parametrize("name", ["guessing", "annealing", "multigrid", "genetic"])
@pytest.mark.parametrize("budget", [1, 7, 333])
def test_the_budget_is_spent_to_the_last_trial(name, budget):
    record = execute(make_run(HARD, name, budget=budget))
    assert record.status == "censored"
    assert record.trials == budget
    if name != "guessing":
        assert record.presentations == 20 * budget


@pytest.mark.parametrize("name", ["guessing", "annealing", "multigrid", "genetic"])
def test_a_larger_budget_continues_the_same_run(name):
    short = execute(make_run(HARD, name, budget=400))
    long = execute(make_run(HARD, name, budget=900))
    assert short.key != long.key
    within = [point for point in long.trace if point[0] <= 400]
    assert short.trace == within
    assert [r for r in long.restarts if r[0] < 400] == short.restarts


@pytest.mark.parametrize("name", ["guessing", "annealing", "multigrid", "genetic"])
def test_a_run_repeats_and_its_solution_is_one(name):
    run = make_run(EASY, name, budget=100_000)
    record = execute(run)
    assert content_of(execute(run)) == content_of(record)
    assert record.status == "solved"
    fitness = EASY.fitness(0, 0)
    weights = np.array(record.weights)
    assert fitness.solves(weights[None])[0]
    assert fitness.test(weights) == record.test_errors
    assert record.test_size == 100
    if name == "guessing":
        assert record.loss is None
        assert record.trace == []
    else:
        assert record.loss == record.trace[-1][1]
        assert record.trace[-1][0] == record.trials
        assert record.presentations == record.trials * len(fitness.train)


def test_guessing_counts_what_early_rejection_shows():
    """Trials and presentations against guessing one vector at a time."""
    record = execute(make_run(EASY, "guessing", run=2, budget=100_000))
    fitness = EASY.fitness(2, 0)
    from gfsearch.specs.seeds import seed_sequence

    stream = seed_sequence(make_run(EASY, "guessing", run=2).search_content())
    weights = fitness.sample(record.trials, np.random.default_rng(stream))
    presentations = 0
    for i, w in enumerate(weights):
        single = [
            fitness.evaluate(w[None], sequences=np.array([s])).errors[0]
            for s in range(len(fitness.train))
        ]
        wrong = np.flatnonzero(single)
        presentations += wrong[0] + 1 if len(wrong) else len(single)
        assert (i == len(weights) - 1) == (len(wrong) == 0)
    assert record.presentations == presentations


def test_runs_instances_seeds_and_parameters_change_the_run():
    base = make_run(HARD, "annealing", budget=200)
    others = [
        replace(base, run=1),
        replace(base, seed=1),
        make_run(HARD, "annealing", budget=200, cooling=0.5),
        make_run(LATCH, "annealing", budget=200),
    ]
    contents = [execute(run).trace for run in (base, *others)]
    assert len({str(c) for c in contents}) == len(contents)
    keys = {run.key for run in (base, *others)}
    assert len(keys) == len(contents)


def test_labels_and_names_do_not_enter_the_key():
    base = make_run(HARD, "annealing")
    renamed = replace(base, task=replace(HARD, name="other"))
    relabelled = replace(base, searcher=replace(base.searcher, label="slow"))
    assert base.key == renamed.key == relabelled.key
    targets = replace(base, task=replace(HARD, targets=(0.1,)))
    no_restarts = replace(base, searcher=replace(base.searcher, restarts=False))
    assert len({base.key, targets.key, no_restarts.key}) == 3
    assert targets.search_content() == base.search_content()


def test_restarts_are_the_runners_and_counted():
    record = execute(make_run(HARD, "multigrid", budget=2000))
    assert len(record.restarts) >= 2
    trials, presentations = zip(*record.restarts, strict=True)
    assert list(trials) == sorted(set(trials))
    assert list(presentations) == [20 * t for t in trials]
    single = execute(make_run(HARD, "multigrid", budget=2000, restarts=False))
    assert single.status == "gave up"
    assert single.stop_reason == "stagnated"
    assert single.trials == record.restarts[0][0]
    assert single.restarts == []
    assert single.trace == [p for p in record.trace if p[0] <= single.trials]


class OnLine(Searcher):
    """Shows one sequence at a time to a weight vector that it never changes."""

    kind: ClassVar[str] = "on-line"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "a test"

    def __init__(self, space, parameters, seed):
        self._weights = space.sample(1, np.random.default_rng(seed))
        self._next = 0
        self.told = []

    def ask(self):
        self._next = (self._next + 1) % 20
        return Proposal(self._weights, np.array([self._next]))

    def tell(self, proposal, evaluation):
        assert evaluation.solved is None
        assert evaluation.presentations.tolist() == [1]

    def stop_reason(self):
        return None


def test_an_on_line_searcher_is_fully_evaluated_after_every_pass():
    searcher = LabelledSearcher(label="x", kind=OnLine, parameters=Spec())
    record = execute(Run(HARD, searcher, 0, 0, Budget(6)))
    # Three passes of 20 presentations, each one trial, each followed by a full one.
    assert record.status == "censored"
    assert (record.trials, record.presentations) == (6, 120)
    assert record.trace[0][0] == 2
    assert len(record.trace) == 1


@dataclass(frozen=True)
class _Nothing(Spec):
    pass


class Idle(OnLine):
    def ask(self):
        return Proposal(np.empty((0, 7)))

    def tell(self, proposal, evaluation):
        pass

    def stop_reason(self):
        return "tired"


def test_a_searcher_that_stops_without_trying_does_not_hang_the_run():
    searcher = LabelledSearcher(label="idle", kind=Idle, parameters=_Nothing())
    with pytest.raises(RuntimeError, match="idle stops before its first trial"):
        execute(Run(HARD, searcher, 0, 0, Budget(6)))


class Halting(OnLine):
    """Stops at every second presentation."""

    kind: ClassVar[str] = "halting"

    def __init__(self, space, parameters, seed):
        super().__init__(space, parameters, seed)
        self.tells = 0

    def tell(self, proposal, evaluation):
        self.tells += 1

    def stop_reason(self):
        return "diverged" if self.tells == 2 else None


def test_a_searcher_may_stop_twice_within_one_pass(monkeypatch):
    """Progress is what was presented, not what trials were begun."""
    searcher = LabelledSearcher(label="x", kind=Halting, parameters=_Nothing())
    record = execute(Run(HARD, searcher, 0, 0, Budget(3)))
    assert (record.status, record.stop_reason) == ("censored", "diverged")
    # A trial of 20 presentations, a full one, and another pass to its end.
    assert (record.trials, record.presentations) == (3, 60)
    shown = [presentations for _, presentations in record.restarts]
    assert shown == [*range(2, 20, 2), *range(40, 60, 2)]
    assert record.more_restarts is msgspec.UNSET
    # Records hold a limited number of places.
    monkeypatch.setattr("gfsearch.study.runner._MOST_RESTARTS", 4)
    short = execute(Run(HARD, searcher, 0, 0, Budget(3)))
    assert short.restarts == record.restarts[:4]
    assert short.more_restarts == len(record.restarts) - 4
    assert short.trace == record.trace


def test_a_run_that_diverges_has_a_result():
    """The gradient of linear units over 500 steps: infinite at once."""
    linear = make_task(
        Parity(length=(500, 600), train=20, test=6),
        A1(activation="identity", output_activation="identity"),
        weights=Weights(low=-10.0, high=10.0),
        criterion=Criterion(tolerance=0.2),
    )
    for name in ("gradient", "adam", "pseudo-newton"):
        record = execute(make_run(linear, name, budget=40))
        assert (record.status, record.trials) == ("censored", 40)
        assert record.restarts or name == "adam"  # whose steps are bounded
        assert record.stop_reason in (None, "diverged")
        assert record.presentations == 40 * 20


def test_a_begun_trial_is_finished():
    """With a budget of one trial, all its presentations."""
    searcher = LabelledSearcher(label="x", kind=OnLine, parameters=_Nothing())
    for budget, presentations in ((1, 20), (2, 40), (3, 60), (7, 140)):
        record = execute(Run(HARD, searcher, 0, 0, Budget(budget)))
        assert (record.trials, record.presentations) == (budget, presentations)


class Greedy(OnLine):
    """Shows more at once than the whole budget."""

    kind: ClassVar[str] = "greedy"

    def ask(self):
        return Proposal(self._weights, np.arange(100) % 20)

    def tell(self, proposal, evaluation):
        pass


def test_a_first_proposal_beyond_the_budget_is_no_result():
    searcher = LabelledSearcher(label="greedy", kind=Greedy, parameters=_Nothing())
    with pytest.raises(ExtensionError, match="a first proposal within the budget of 4"):
        execute(Run(HARD, searcher, 0, 0, Budget(4)))
    assert execute(Run(HARD, searcher, 0, 0, Budget(5))).presentations == 100


def test_the_bounds_of_a_space_cannot_be_changed():
    """A searcher that is started afresh finds what the first one found."""
    fitness = HARD.fitness()
    for bounds in (fitness.low, fitness.space.high, HARD.space.low):
        with pytest.raises(ValueError, match="read-only"):
            bounds[0] = 0.0
    low = np.zeros(3)
    space = gfsearch.Space(low, np.ones(3))
    low[0] = 5.0
    assert space.low.tolist() == [0.0, 0.0, 0.0]


class InTurn(Searcher):
    """Whole batches, or parts of the training set; refuses any other order of calls."""

    kind: ClassVar[str] = "in-turn"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "a test"
    parts: ClassVar[bool] = False

    def __init__(self, space, parameters, seed):
        self.space, self.rng = space, np.random.default_rng(seed)
        self.proposal, self.tells, self.may_stop = None, 0, False

    def ask(self):
        assert self.proposal is None
        assert not self.may_stop
        part = np.arange(7) if self.parts else None
        self.proposal = Proposal(self.space.sample(3, self.rng), part)
        return self.proposal

    def tell(self, proposal, evaluation):
        assert proposal is self.proposal
        assert len(evaluation.loss) == 3
        self.proposal, self.may_stop = None, True
        self.tells += 1

    def stop_reason(self):
        assert self.may_stop
        self.may_stop = False
        return "enough" if self.tells == 5 else None


@pytest.mark.parametrize("parts", [False, True])
def test_searchers_are_asked_and_told_in_turn(parts, monkeypatch):
    monkeypatch.setattr(InTurn, "parts", parts)
    searcher = LabelledSearcher(label="x", kind=InTurn, parameters=_Nothing())
    record = execute(Run(HARD, searcher, 0, 0, Budget(50)))
    assert (record.status, record.trials) == ("censored", 50)
    assert record.restarts
    easy = execute(Run(EASY, searcher, 0, 0, Budget(100_000)))
    assert easy.status == "solved"


def test_run_from_python():
    record = gfsearch.run(HARD, "genetic", run=3, budget=120, population=30)
    assert record.run == record.instance == 3
    assert record.parameters["population"] == 30
    assert record.parameters["tournament"] == 3
    assert gfsearch.run(HARD, "guessing", budget=1.2e2, run=np.int64(1)).trials == 120
    for budget in (0, 1.5, "many", None, True):
        with pytest.raises(gfsearch.InputError, match="budget: expected a whole numb"):
            gfsearch.run(HARD, "genetic", budget=budget)


def test_traces_are_thinned_but_keep_their_ends():
    from gfsearch.study.runner import _thinned

    trace = [(i, 1.0 / i) for i in range(1, 5001)]
    kept = _thinned(trace)
    assert 190 <= len(kept) <= 200
    assert kept[0] == trace[0]
    assert kept[-1] == trace[-1]
    assert _thinned(trace[:150]) == trace[:150]
