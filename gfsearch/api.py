"""One run from Python."""

from __future__ import annotations

from typing import Any

from gfsearch.errors import InputError
from gfsearch.fields import whole
from gfsearch.labelled import labelled_searcher
from gfsearch.plan import Run, check_criterion, not_applicable
from gfsearch.records import Record
from gfsearch.runner import execute
from gfsearch.task import Task


def run(
    task: Task,
    searcher: str,
    *,
    run: int = 0,
    seed: int = 0,
    budget: int = 100_000,
    restarts: bool = True,
    allow_imports: bool = False,
    **parameters: Any,
) -> Record:
    """Make one run and return its record; nothing is written.

    Args:
        task: The task, for instance `load_suite("quick").tasks["parity/A2"]`.
        searcher: A searcher's name, or "module:Class".
        run: Number of the run, from 0, and of the instance it is made on.
        seed: Root seed.
        budget: Trials that may be spent; a whole number, which may be written 2e4.
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
    budget = whole("budget", budget, least=1)
    entry = {"restarts": restarts, **parameters}
    chosen = labelled_searcher(searcher, entry, f"searcher {searcher!r}", allow_imports)
    why_not = not_applicable(task, chosen)
    if why_not is not None:
        raise InputError(f"{searcher} is not applicable to {task.name}: {why_not}")
    check_criterion(task)
    return execute(Run(task, chosen, run, seed, budget))
