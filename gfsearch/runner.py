"""One run: the loop of ask, evaluate and tell, and the only counter of costs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gfsearch.errors import ExtensionError
from gfsearch.plan import Run
from gfsearch.records import Meta, Record, Status
from gfsearch.searchers import Proposal, Searcher, start
from gfsearch.searchers.asking import ask, stop_reason
from gfsearch.seeds import seed_sequence

if TYPE_CHECKING:
    from gfsearch.fitness import Evaluation, Fitness
    from gfsearch.problems.sequences import FloatArray

_TRACE_POINTS = 200

_MOST_RESTARTS = 10_000
"""Restarts whose places a record holds; of further ones it holds the number."""

_MOST_IDLE = 1_000
"""Proposals in a row that may cost nothing."""


class Costs:
    """What a run has spent and found; the rules of counting stand here only.

    A trial is one weight vector shown the whole training set (or shown it until its
    first wrong sequence); a presentation is one sequence shown; a gradient is one
    backward pass over one presentation. Partial evaluations
    cost their presentations, and one trial per begun pass through the training set.
    Counting stops at the first vector that solves the task, in the order asked.

    Args:
        budget: Trials that may be spent.
        training_set: Number of training sequences.
        targets: Losses whose first attainment is recorded.
    """

    def __init__(
        self, budget: int, training_set: int, targets: Sequence[float] = ()
    ) -> None:
        self.trials = 0
        self.presentations = 0
        self.gradients = 0
        self.best_loss = math.inf
        self.best: FloatArray | None = None
        self.trace: list[tuple[int, float]] = []
        self.reached: list[int | None] = [None] * len(targets)
        self._budget = budget
        self._training_set = training_set
        self._targets = targets
        self._full = 0
        self._partial = 0
        self._since_full = 0

    @property
    def left(self) -> int:
        """Trials that may still be begun."""
        return self._budget - self.trials

    @property
    def presentations_left(self) -> int:
        """Presentations that may still be made one by one.

        More than none while there are trials left, and until the last of them that
        partial evaluations have begun is over.
        """
        return (self._budget - self._full) * self._training_set - self._partial

    @property
    def pass_is_over(self) -> bool:
        """Whether partial evaluations made up a pass since the last full one."""
        return self._since_full >= self._training_set

    def affordable(self, proposal: Proposal) -> Proposal:
        """The proposal, cut to what the budget leaves."""
        left = self.presentations_left
        own = min(proposal.presentations, left)
        if proposal.sequences is None:
            rows = self._budget - self._trials(own)
        else:
            rows = (left - own) // len(proposal.sequences)
        if rows >= len(proposal.weights) and own == proposal.presentations:
            return proposal
        gradients = proposal.gradients * own // max(proposal.presentations, 1)
        return Proposal(proposal.weights[:rows], proposal.sequences, own, gradients)

    def count_own(self, proposal: Proposal) -> None:
        """Count what a searcher showed to a model of its own."""
        self.gradients += proposal.gradients
        self._count_shown(proposal.presentations)

    def count_partial(self, evaluation: Evaluation) -> None:
        """Count vectors that were shown part of the training set."""
        shown = int(evaluation.presentations.sum())
        self.gradients += shown if evaluation.gradient is not None else 0
        self._count_shown(shown)

    def _count_shown(self, presentations: int) -> None:
        """Count sequences that were shown one by one."""
        self.presentations += presentations
        self._partial += presentations
        self._since_full += presentations
        self.trials = self._trials()

    def _trials(self, more: int = 0) -> int:
        """Trials so far, if so many presentations more were made one by one."""
        return self._full - (-(self._partial + more) // self._training_set)

    def count_full(self, weights: FloatArray, evaluation: Evaluation) -> bool:
        """Count vectors that were shown the training set; tell whether one solves it.

        If one does, it becomes `best`.
        """
        assert evaluation.solved is not None
        # Lists: for the one row of most searchers, arrays would take longer to count
        # than many a network to run.
        solved = evaluation.solved.tolist()
        shown = evaluation.presentations.tolist()
        losses = [] if evaluation.loss is None else evaluation.loss.tolist()
        any_solves = True in solved
        if any_solves:
            counted = solved.index(True) + 1
            del shown[counted:], losses[counted:]
        if losses and min(losses) < self.best_loss:
            self._follow(weights, losses)
        self.presentations += sum(shown)
        self.gradients += sum(shown) if evaluation.gradient is not None else 0
        self._full += len(shown)
        self.trials += len(shown)
        self._since_full = 0
        if any_solves:
            self.best = weights[counted - 1].copy()
        return any_solves

    def _follow(self, weights: FloatArray, losses: list[float]) -> None:
        """Note each new best loss with the number of its trial.

        The weights are copied: their searcher may go on using its array.
        """
        best = None
        for row, loss in enumerate(losses):
            if loss < self.best_loss:
                self.best_loss = loss
                best = row
                trial = self.trials + row + 1
                self.trace.append((trial, self.best_loss))
                for i, target in enumerate(self._targets):
                    if self.reached[i] is None and self.best_loss <= target:
                        self.reached[i] = trial
        if best is not None:
            self.best = weights[best].copy()


class Stopwatch:
    """Time spent on a run: by this process, and before the watch was pickled."""

    def __init__(self, wall: float = 0.0, cpu: float = 0.0) -> None:
        self._wall = time.perf_counter() - wall
        self._cpu = time.process_time() - cpu

    @property
    def wall(self) -> float:
        """Seconds that passed."""
        return time.perf_counter() - self._wall

    @property
    def cpu(self) -> float:
        """Seconds of processor time."""
        return time.process_time() - self._cpu

    def __reduce__(self) -> tuple[type[Stopwatch], tuple[float, float]]:
        return Stopwatch, (self.wall, self.cpu)


@dataclass
class State:
    """Where a run stands between two evaluations; pickled, it is a checkpoint.

    Attributes:
        costs: What it has spent and found.
        searcher: Its searcher.
        restarts: Numbers of trials and presentations at which its searcher was started
            afresh, the first 10,000 times.
        more_restarts: How often it was after these.
        started_at: Presentations at the last start.
        idle: Proposals in a row that cost nothing.
        clock: The time it took.
        attempts: How often the run was begun.
    """

    costs: Costs
    searcher: Searcher
    restarts: list[tuple[int, int]] = field(default_factory=list)
    more_restarts: int = 0
    started_at: int = 0
    idle: int = 0
    clock: Stopwatch = field(default_factory=Stopwatch)
    attempts: int = 1

    def restart(self) -> int:
        """Note that the searcher is started afresh, and say for which time."""
        if len(self.restarts) < _MOST_RESTARTS:
            self.restarts.append((self.costs.trials, self.costs.presentations))
        else:
            self.more_restarts += 1
        self.started_at = self.costs.presentations
        return len(self.restarts) + self.more_restarts


Watch = Callable[[Costs, Proposal], None]
"""Told, after each evaluation, of the costs so far and of what was evaluated."""

Between = Callable[[State], None]
"""Called before each evaluation; may pickle the state, or raise to end the run."""


def execute(
    run: Run,
    watch: Watch | None = None,
    between: Between | None = None,
    state: State | None = None,
    attempts: int = 1,
) -> Record:
    """Make one run; a pure function of what the run says, but for the record's meta.

    A searcher that stops is started afresh, with another random stream, until the
    budget is spent, or (if the run does not restart) gives up.

    Args:
        run: What to run.
        watch: Told of every evaluation; it cannot change anything.
        between: Called before every evaluation.
        state: Where to go on, as `between` got it; the result is the same.
        attempts: How often the run was begun, this time included.

    Raises:
        ExtensionError: Its problem or its searcher handed over something that cannot be
            used.
        Exception: Whatever else a problem or a searcher of others may raise.
    """
    started, clock = datetime.now(UTC), Stopwatch()
    fitness = run.task.fitness(run.run, run.seed)
    digest = fitness.digest
    if run.data is not None and run.data != digest:
        raise ExtensionError(
            f"problem {run.task.problem.kind!r}: expected the data that other records "
            f"of instance {run.run} saw (digest {run.data}), got others ({digest})"
        )
    if state is None:
        costs = Costs(run.budget, len(fitness.train), run.task.targets)
        state = State(costs, _start(run, fitness, 0), clock=clock)
    state.attempts = attempts
    costs = state.costs
    # A search that diverges overflows: that is a result, not a message to the user.
    with np.errstate(over="ignore", invalid="ignore"):
        status, stop_reason = _search(run, fitness, state, watch, between)
    test_errors = None if costs.best is None else fitness.test(costs.best)
    return Record(
        **run.header(),
        status=status,
        stop_reason=stop_reason,
        trials=costs.trials,
        presentations=costs.presentations,
        gradients=costs.gradients,
        restarts=state.restarts,
        more_restarts=state.more_restarts or msgspec.UNSET,
        data=digest,
        loss=costs.best_loss if costs.trace else None,
        trace=_thinned(costs.trace),
        targets=costs.reached,
        test_errors=test_errors,
        test_size=len(fitness.test_set),
        weights=None if costs.best is None else costs.best.tolist(),
        meta=Meta.now(started, state.clock.wall, state.clock.cpu, state.attempts),
    )


def _search(
    run: Run,
    fitness: Fitness,
    state: State,
    watch: Watch | None,
    between: Between | None,
) -> tuple[Status, str | None]:
    """Search until solved, given up or out of budget.

    Returns:
        Status, and the searcher's reason to stop if it did.
    """
    costs, dimension = state.costs, fitness.dimension
    while costs.presentations_left > 0:
        if between is not None:
            between(state)
        searcher, before = state.searcher, costs.presentations
        proposal = ask(searcher, dimension)
        affordable = costs.affordable(proposal)
        solved, evaluation = _evaluate(affordable, fitness, searcher, costs)
        if watch is not None:
            watch(costs, affordable)
        if solved:
            return "solved", None
        if affordable is not proposal:
            break
        searcher.tell(proposal, evaluation)
        reason = stop_reason(searcher)
        if costs.presentations == before:
            state.idle += 1
            if state.idle == _MOST_IDLE:
                raise ExtensionError(
                    f"searcher {run.searcher.label!r}: expected something to evaluate, "
                    f"got {_MOST_IDLE:,} empty proposals in a row"
                )
        else:
            state.idle = 0
        if reason is None:
            continue
        if costs.presentations == state.started_at:
            raise ExtensionError(
                f"{run.searcher.label} stops before its first trial: expected "
                f"something to evaluate, got the reason to stop {reason!r}"
            )
        if not run.searcher.restarts:
            return "gave up", reason
        if costs.presentations_left == 0:
            return "censored", reason
        state.searcher = _start(run, fitness, state.restart())
    if costs.presentations == 0:
        raise ExtensionError(
            f"searcher {run.searcher.label!r}: expected a first proposal within the "
            f"budget of {run.budget:,} trials, got one that costs more"
        )
    return "censored", None


def _start(run: Run, fitness: Fitness, restart: int) -> Searcher:
    """A fresh searcher with the random stream of this run and restart."""
    stream = seed_sequence(run.search_content(), spawn=restart)
    kind, parameters = run.searcher.kind, run.searcher.parameters
    return start(kind, fitness.space, parameters, stream, run.budget)


def _evaluate(
    proposal: Proposal, fitness: Fitness, searcher: Searcher, costs: Costs
) -> tuple[bool, Evaluation]:
    """Evaluate a proposal as its searcher needs it, and count it.

    Only a full evaluation can find a solution; so after every pass through the
    training set in partial evaluations, the last proposal is evaluated in full.

    Returns:
        Whether the task is solved, and what the searcher is to be told.
    """
    costs.count_own(proposal)
    evaluation = fitness.evaluate(proposal.weights, searcher.need, proposal.sequences)
    if proposal.sequences is None:
        return costs.count_full(proposal.weights, evaluation), evaluation
    costs.count_partial(evaluation)
    if costs.pass_is_over and costs.left >= len(proposal.weights):
        full = fitness.evaluate(proposal.weights)
        return costs.count_full(proposal.weights, full), evaluation
    return False, evaluation


def _thinned(trace: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """About 200 points of a trace, first and last included."""
    if len(trace) <= _TRACE_POINTS:
        return trace
    kept = np.unique(np.linspace(0, len(trace) - 1, _TRACE_POINTS).round().astype(int))
    return [trace[i] for i in kept]
