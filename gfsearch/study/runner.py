"""One run: the loop of ask, evaluate and tell, and the only counter of costs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from gfsearch.searchers import Proposal, Searcher, start
from gfsearch.searchers.asking import ask, checked_reason
from gfsearch.specs.errors import ExtensionError, InputError
from gfsearch.specs.fields import whole
from gfsearch.specs.seeds import seed_sequence
from gfsearch.study.costs import Costs
from gfsearch.study.records import Meta, Record, Status
from gfsearch.suites.budget import Budget, BudgetLike
from gfsearch.suites.checking import check_criterion
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import not_applicable

if TYPE_CHECKING:
    from gfsearch.fitness.evaluation import Evaluation
    from gfsearch.fitness.fitness import Fitness

_TRACE_POINTS = 200

_MOST_RESTARTS = 10_000
"""Restarts whose places a record holds; of further ones it holds the number."""

_MOST_IDLE = 1_000
"""Proposals in a row that may cost nothing."""


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
    """State of a run between two evaluations; pickled, it is a checkpoint.

    Attributes:
        costs: What it has spent and found.
        searcher: Its searcher.
        restarts: Numbers of trials and presentations at which its searcher was started
            afresh, the first 10,000 times.
        more_restarts: How often it was after these.
        started_at: Presentations at the last start.
        idle: Proposals in a row that cost nothing.
        clock: The time it took.
        attempts: Number of times the run was started.
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
        attempts: Number of times the run was started, this time included.

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
            f"{run.task.called}: expected the data that other records of instance "
            f"{run.run} saw (digest {run.data}), got others ({digest})"
        )
    if state is None:
        costs = Costs(run.budget, fitness.presentations, run.task.targets)
        state = State(costs, _start(run, fitness, 0), clock=clock)
    state.attempts = attempts
    costs = state.costs
    status, stop_reason = _search(run, fitness, state, watch, between)
    test_errors = None if costs.best is None else fitness.test(costs.best)
    sides = None if costs.best is None else fitness.test_sides(costs.best)
    value = None if costs.best is None else fitness.test_value(costs.best)
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
        threshold_errors=msgspec.UNSET if sides is None else sides,
        environment_steps=costs.steps or msgspec.UNSET,
        test_value=value
        if value is not None and math.isfinite(value)
        else msgspec.UNSET,
        test_size=fitness.test_size,
        weights=None if costs.best is None else costs.best.tolist(),
        meta=Meta.now(started, state.clock.wall, state.clock.cpu, state.attempts),
    )


def run(
    task: AnyTask,
    searcher: str | type[Searcher],
    *,
    run: int = 0,
    seed: int = 0,
    budget: BudgetLike = 100_000,
    restarts: bool = True,
    allow_imports: bool = False,
    **parameters: Any,
) -> Record:
    """Make one run and return its record; nothing is written.

    Args:
        task: The task, for instance `load_suite("quick").tasks["parity/A2"]`, or an
            `Objective`.
        searcher: A searcher's name, "module:Class", or a class.
        run: Number of the run, from 0, and of the instance it is made on.
        seed: Root seed.
        budget: Trials that may be spent, a whole number, which may be written 2e4; or
            {"presentations": N}.
        restarts: Start the searcher afresh when it stops.
        allow_imports: Whether the searcher may be "module:Class": importing a module
            runs its code.
        **parameters: The searcher's parameters; the others keep their defaults.

    Raises:
        InputError: An unknown searcher or parameter, a number out of range, or
            a searcher that cannot work on this task.
        ExtensionError: A problem or a searcher of others handed over something that
            cannot be used.
    """
    run, seed = whole("run", run), whole("seed", seed)
    if not isinstance(task, AnyTask):
        got = type(task).__name__
        raise InputError(f"task: expected a Task or an Objective, got {got}")
    label = searcher if isinstance(searcher, str) else searcher.__name__
    entry = {"kind": searcher, "restarts": restarts, **parameters}
    chosen = labelled_searcher(label, entry, f"searcher {label!r}", allow_imports)
    why_not = not_applicable(task, chosen)
    if why_not is not None:
        raise InputError(f"{label} is not applicable to {task.name}: {why_not}")
    check_criterion(task)
    return execute(Run(task, chosen, run, seed, Budget.given(budget)))


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
    costs, dimension = state.costs, fitness.space.dimension
    while costs.left > 0 or costs.presentations_left > 0:
        if between is not None:
            between(state)
        searcher, before = state.searcher, costs.presentations
        proposal = ask(searcher, dimension)
        cut = costs.cut(proposal, searcher.need)
        affordable = proposal if cut is None else cut
        solved, evaluation = _evaluate(affordable, fitness, searcher, costs)
        if watch is not None:
            watch(costs, affordable)
        if solved:
            return "solved", None
        if cut is not None:
            break
        searcher.tell(proposal, evaluation)
        reason = searcher.stop_reason()
        if costs.presentations == before:
            state.idle += 1
            if state.idle == _MOST_IDLE:
                raise ExtensionError(
                    f"searcher {run.searcher.label!r}: expected something to evaluate, "
                    f"got {_MOST_IDLE:,} empty proposals in a row"
                )
        elif state.idle:
            state.idle = 0
        if reason is None:
            continue
        reason = checked_reason(searcher, reason)
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
            f"budget of {run.budget}, got one that costs more"
        )
    return "censored", None


def _start(run: Run, fitness: Fitness, restart: int) -> Searcher:
    """A fresh searcher with the random stream of this run and restart."""
    stream = seed_sequence(run.search_content(), spawn=restart)
    kind, parameters = run.searcher.kind, run.searcher.parameters
    trials = run.budget.trials(fitness.presentations)
    return start(kind, fitness.space, parameters, stream, trials)


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
    if fitness.noisy:
        fitness.begin(costs.presentations)
    weights, need, fresh = proposal.weights, searcher.need, proposal.fresh
    if fresh:
        evaluation = fitness.evaluate_fresh(weights, need, costs.fresh, fresh)
        costs.fresh += fresh
    else:
        evaluation = fitness.evaluate(weights, need, proposal.sequences)
    if proposal.sequences is None and not fresh:
        solved = costs.count_full(proposal.weights, evaluation, fitness.validate)
        return solved, evaluation
    costs.count_partial(evaluation)
    if costs.pass_is_over and costs.left >= len(proposal.weights):
        full = fitness.evaluate(proposal.weights)
        return costs.count_full(proposal.weights, full, fitness.validate), evaluation
    return False, evaluation


def _thinned(trace: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """About 200 points of a trace, first and last included."""
    if len(trace) <= _TRACE_POINTS:
        return trace
    kept = np.unique(np.linspace(0, len(trace) - 1, _TRACE_POINTS).round().astype(int))
    return [trace[i] for i in kept]
