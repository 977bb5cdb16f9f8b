"""Data that have changed since records were made: held against the records' digests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gfsearch.specs.errors import InputError
from gfsearch.study.results import Cell, Results
from gfsearch.suites.objective import AnyTask


def has_changed(task: AnyTask, instance: int, seed: int, known: str) -> bool:
    """True if a problem draws other data now than records saw.

    Not if it draws other data each time: its runs then fail by themselves.

    Args:
        task: The task.
        instance: Number of the instance.
        seed: Root seed of the study.
        known: The digest of what records saw.
    """
    now, again = (drawn_digest(task, instance, seed) for _ in range(2))
    return now == again and now not in (None, known)


def drawn_digest(task: AnyTask, instance: int, seed: int) -> str | None:
    """The digest of an instance as it is drawn now; None if it cannot be drawn.

    Args:
        task: The task.
        instance: Number of the instance.
        seed: Root seed of the study.
    """
    digest, _ = _drawn(task, instance, seed)
    return digest


def _drawn(task: AnyTask, instance: int, seed: int) -> tuple[str | None, str]:
    """The digest of an instance, or the reason why there is none if a user can act."""
    try:
        return task.digest(instance, seed), ""
    except InputError as error:
        return None, f" ({error})"
    except (Exception, SystemExit):  # In a problem of others: its runs say why.
        return None, ""


def data_remarks(results: Results) -> Iterator[str]:
    """Yield remarks on the data that the runs of a study saw.

    Args:
        results: Collected results of the study.
    """
    for name, cells in results.tasks.items():
        known = _by_instance(cells)
        mixed = sorted(i for i, digests in known.items() if len(digests) > 1)
        if mixed:
            yield (
                f"the runs of task {name} saw different data in {len(mixed)} of "
                f"{len(known)} instances: they cannot be compared"
            )
            continue
        if 0 not in known:
            continue
        now, why_not = _drawn(cells[0].task, 0, cells[0].seed)
        if now is None:
            yield (
                f"the data of task {name} cannot be drawn here{why_not}: whether they "
                "are still those of its runs was not checked"
                if cells[0].task.tested
                else f"the function of task {name} is not here: whether it is still "
                "that of its runs was not checked"
            )
        elif {now} != known[0]:
            yield (
                f"task {name} has other data now than its runs saw: the numbers are "
                "those of the earlier data"
                if cells[0].task.tested
                else f"the function of task {name} gives other losses now: the numbers "
                "are those of the earlier one"
            )


def _by_instance(cells: list[Cell]) -> dict[int, set[str]]:
    """The digests of each instance that are known, by its number."""
    known: dict[int, set[str]] = {}
    for cell in cells:
        seen = np.unique(cell.results.rows[["run", "data"]])
        for run, data in seen.tolist():
            if data:
                known.setdefault(run, set()).add(data.decode())
    return known
