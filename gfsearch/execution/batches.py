"""How many runs a process is handed at a time: short ones in batches.

Handing over costs a millisecond or more, however little is to be done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from gfsearch.plan import Run

_MOST = 100
"""Runs in a batch: how long they take is known of the first ones only."""


class Batches:
    """Runs, in batches that take about as long as is wished.

    A batch is of one task and searcher, whose runs take about the same time; while that
    is not known, a batch is a single run.

    Args:
        runs: The runs.
        wanted: Whether a run is still to be made when it is its turn.
        seconds: How long a batch should take.
    """

    def __init__(
        self, runs: Sequence[Run], wanted: Callable[[Run], bool], seconds: float
    ) -> None:
        self._todo = deque(runs)
        self._wanted = wanted
        self._handed_over: dict[str, object] = {}
        self._took: dict[object, tuple[float, int]] = {}
        self.seconds = seconds

    def __iter__(self) -> Iterator[list[Run]]:
        while self.left:
            if batch := self.next():
                yield batch

    @property
    def left(self) -> int:
        """Number of runs that are still to be handed over."""
        return len(self._todo)

    def took(self, key: str, seconds: float) -> None:
        """Learn how long a run that was handed over has taken."""
        cell = self._handed_over.pop(key)
        total, number = self._took.get(cell, (0.0, 0))
        self._took[cell] = total + seconds, number + 1

    def next(self) -> list[Run]:
        """The next runs of one cell that are wanted; empty if none of them is."""
        cell = _cell(self._todo[0])
        total, number = self._took.get(cell, (0.0, 0))
        size = 1 if not number else int(self.seconds * number / max(total, 1e-9))
        batch: list[Run] = []
        while self._todo and len(batch) < min(max(size, 1), _MOST):
            if _cell(self._todo[0]) != cell:
                break
            run = self._todo.popleft()
            if self._wanted(run):
                batch.append(run)
                self._handed_over[run.key] = cell
        return batch


def _cell(run: Run) -> object:
    return run.task.name, run.searcher.label
