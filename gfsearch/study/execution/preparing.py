"""Compiling what a run needs, before its time begins to count."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np

from gfsearch.networks import Structure
from gfsearch.searchers import SEARCHERS, Searcher, start
from gfsearch.suites.run import Run

_prepared: set[object] = set()
"""Networks, with or without their gradient, and searchers, whose code is compiled."""


def prepare(run: Run) -> None:
    """Compile, or load from the cache, all that a run needs; once in each process.

    Nothing is drawn from a problem, and nothing asked of a searcher of others: what
    fails there fails its own runs.
    """
    structure, kind = run.task.structure, run.searcher.kind
    if (structure, needs_gradient(run)) not in _prepared:
        # Here and not above: reporting must not cost the import of numba.
        from gfsearch.fitness.cpu.warm import warm

        warm(structure, needs_gradient(run))
        _prepared.add((structure, needs_gradient(run)))
    # Searchers have compiled code of their own; white-box ones may for each network.
    own = kind, structure if getattr(kind, "white_box", False) else None
    if own not in _prepared and kind in SEARCHERS.values():
        with contextlib.suppress(Exception):  # A network of others, as in `warm`.
            _take_two_steps(run)
        _prepared.add(own)


def needs_gradient(run: Run) -> bool:
    """True if the kernel of the network's gradient is needed."""
    return bool(getattr(run.searcher.kind, "need", "loss") == "gradient")


def in_turn(runs: Sequence[Run]) -> list[Run]:
    """The runs, first of all some that need different compiled code.

    One of each network, then one that needs its gradient, then one of each searcher
    that is not among these: processes that begin together do not compile the same.
    """
    networks: dict[tuple[bool, Structure], list[Run]] = {}
    searchers: dict[type[Searcher], list[Run]] = {}
    for run in _of_cells(runs):
        kernels = needs_gradient(run), run.task.structure
        networks.setdefault(kernels, []).append(run)
        searchers.setdefault(run.searcher.kind, []).append(run)
    ahead: dict[str, Run] = {}
    seen: set[type[Searcher]] = set()
    groups = [networks[key] for key in sorted(networks, key=lambda key: key[0])]
    for group in [*groups, *searchers.values()]:
        if group[0].searcher.kind in seen and group in searchers.values():
            continue
        run = next((r for r in group if r.searcher.kind not in seen), group[0])
        ahead[run.key] = run
        seen.add(run.searcher.kind)
    return [*ahead.values(), *(run for run in runs if run.key not in ahead)]


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

    return announcements(
        {run.task.structure for run in runs},
        {run.task.structure for run in runs if needs_gradient(run)},
    )


def _take_two_steps(run: Run) -> None:
    """Use all compiled code of a run's searcher, on two short sequences."""
    from gfsearch.fitness.cpu.warm import two_sequences
    from gfsearch.fitness.fitness import Fitness

    task, data = run.task, two_sequences(run.task.structure)
    fitness = Fitness(task.structure, data, data, task.space, task.criterion)
    seed = np.random.SeedSequence(0)
    kind, parameters = run.searcher.kind, run.searcher.parameters
    searcher = start(kind, fitness.space, parameters, seed, run.budget)
    for _ in range(2):
        proposal = searcher.ask()
        need, shown = searcher.need, proposal.sequences
        evaluation = fitness.evaluate(proposal.weights, need, shown)
        searcher.tell(proposal, evaluation)
