"""Compiling what a run needs, before its time begins to count."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gfsearch.networks import Structure
from gfsearch.searchers import SEARCHERS, Searcher, start
from gfsearch.specs.arrays import FloatArray
from gfsearch.suites.objective import AnyTask, Objective
from gfsearch.suites.run import Run

if TYPE_CHECKING:
    from gfsearch.fitness.fitness import Fitness

_prepared: set[tuple[bytes, bytes]] = set()
"""Tasks and searchers, hashed, whose code is compiled in this process."""

_compiled: set[object] = set()
"""Networks, and searchers' own code, that were used in it."""


def prepare(run: Run) -> None:
    """Compile, or load from the cache, all that a run needs; once in each process.

    Nothing is drawn from a problem, and nothing asked of a searcher of others: what
    fails there fails its own runs.
    """
    cell = run.task.hashed, run.searcher.hashed
    if cell in _prepared:
        return
    # Here and not above: reporting must not cost the import of numba.
    from gfsearch.fitness.cpu.warm import warm

    structure, kind = _network(run), run.searcher.kind
    network = structure, needs_gradient(run)
    if structure is not None and network not in _compiled:
        warm(structure, needs_gradient(run))
        _compiled.add(network)
    if kind in SEARCHERS.values():
        # White-box searchers have code for each network; others the same for all.
        own = kind, _small(run), structure if kind.white_box else None
        if own not in _compiled:
            with contextlib.suppress(Exception):  # A network of others, as in `warm`.
                _take_two_steps(run)
            _compiled.add(own)
    _prepared.add(cell)


def _network(run: Run) -> Structure | None:
    """The network of a run's task; None if nothing of it is to be compiled."""
    task = run.task
    if isinstance(task, Objective) or task.episodic:
        return None
    return task.built if isinstance(task.built, Structure) else None


def needs_gradient(run: Run) -> bool:
    """True if the kernel of the network's gradient is needed."""
    return bool(getattr(run.searcher.kind, "need", "loss") == "gradient")


def in_turn(runs: Sequence[Run]) -> list[Run]:
    """The runs, first of all some that need different compiled code.

    One of each network, then one that needs its gradient, then one of each searcher
    that is not among these: processes that begin together do not compile the same.
    """
    cells = list(_of_cells(runs))
    ahead: list[Run] = []
    ahead += _one_of_each_network([run for run in cells if not needs_gradient(run)], ())
    ahead += _one_of_each_network(filter(needs_gradient, cells), ahead)
    seen = {run.searcher.kind for run in ahead}
    for run in cells:
        if run.searcher.kind not in seen:
            seen.add(run.searcher.kind)
            ahead.append(run)
    keys = {run.key for run in ahead}
    return ahead + [run for run in runs if run.key not in keys]


def _one_of_each_network(cells: Iterable[Run], ahead: Sequence[Run]) -> list[Run]:
    """A run of each network, of a searcher that is not ahead yet if possible."""
    networks: dict[Structure | None, list[Run]] = {}
    for run in cells:
        networks.setdefault(_network(run), []).append(run)
    seen: set[type[Searcher]] = {run.searcher.kind for run in ahead}
    chosen = []
    for of_network in networks.values():
        new = [run for run in of_network if run.searcher.kind not in seen]
        chosen.append((new or of_network)[0])
        seen.add(chosen[-1].searcher.kind)
    return chosen


def _of_cells(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the first run of each task and searcher."""
    seen = set()
    for run in runs:
        cell = run.task.name, run.searcher.label
        if cell not in seen:
            seen.add(cell)
            yield run


def announced(runs: Sequence[Run]) -> Iterator[str]:
    """Yield lines on what these runs will compile on this machine."""
    from gfsearch.fitness.cpu.warm import announcements

    networks = {network for run in runs if (network := _network(run)) is not None}
    slopes = {_network(run) for run in runs if needs_gradient(run)}
    return announcements(networks, networks & slopes)


def _take_two_steps(run: Run) -> None:
    """Use all compiled code of a run's searcher, on two short sequences or a sum."""
    fitness = _short(run.task)
    kind, seed = run.searcher.kind, np.random.SeedSequence(0)
    searcher = start(kind, fitness.space, _small(run), seed)
    for _ in range(2):
        proposal = searcher.ask()
        need, shown = searcher.need, proposal.sequences
        evaluation = fitness.evaluate(proposal.weights, need, shown)
        searcher.tell(proposal, evaluation)


def _short(task: AnyTask) -> Fitness:
    """A fitness that takes no time to evaluate; nothing of others is called."""
    if (
        isinstance(task, Objective)
        or task.episodic
        or not isinstance(task.built, Structure)
    ):
        from gfsearch.fitness.function import FunctionFitness

        seed = np.random.SeedSequence(0)
        return FunctionFitness(_sum, task.space, None, seed, task.called)
    from gfsearch.fitness.cpu.warm import two_sequences
    from gfsearch.fitness.sequences import SequenceFitness

    data = two_sequences(task.structure)
    return SequenceFitness(task.structure, data, data, task.space, task.criterion)


def _sum(weights: FloatArray) -> FloatArray:
    return np.asarray(weights.sum(axis=1))


def _small(run: Run) -> Any:
    """The searcher's default parameters, which need the same code as a run's own.

    A run's own might take long. But it shows batches, or does not.
    """
    defaults: Any = run.searcher.kind.Parameters()
    if not hasattr(defaults, "batch"):
        return defaults
    return replace(defaults, batch=min(getattr(run.searcher.parameters, "batch", 0), 1))
