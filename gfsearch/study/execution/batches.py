"""Batches of runs: a process is handed several short ones at a time.

Handing over costs a millisecond or more, however little is to be done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from gfsearch.study.execution.worker import Ending, Outcome
from gfsearch.suites.run import Run

_MOST = 100
"""Runs in a batch: how long they take is known of the first ones only."""

_ROUNDS = 4
"""Batches per process that the remaining runs must suffice for."""


class Batches:
    """Runs, in batches that take about as long as is wished.

    A batch is of one task and searcher, whose runs take about the same time; while that
    is not known, and towards the end, a batch is a single run. Runs that a process has
    left, because those before them took longer than thought, are handed over again.

    Args:
        runs: The runs.
        wanted: Whether a run is still to be made when it is its turn.
    """

    def __init__(self, runs: Sequence[Run], wanted: Callable[[Run], bool]) -> None:
        self._todo = deque(runs)
        self._wanted = wanted
        self._handed_over: dict[str, Run] = {}
        self._took: dict[object, tuple[float, int]] = {}

    @property
    def left(self) -> int:
        """Number of runs that are to be handed over."""
        return len(self._todo)

    def all(self, seconds: float, processes: int) -> Iterator[list[Run]]:
        """Batches as long as there are runs to be handed over; see `next`."""
        while self._todo:
            if batch := self.next(seconds, processes):
                yield batch

    def next(self, seconds: float, processes: int) -> list[Run]:
        """The next runs of one cell that are wanted; empty if none of them is.

        Args:
            seconds: How long they should take.
            processes: Among how many all that is left is to be shared.
        """
        cell = _cell(self._todo[0])
        total, number = self._took.get(cell, (0.0, 0))
        known = seconds * number / max(total, 1e-9)
        size = max(int(min(known, _MOST, self.left / (_ROUNDS * processes))), 1)
        batch: list[Run] = []
        while self._todo and len(batch) < size and _cell(self._todo[0]) == cell:
            run = self._todo.popleft()
            if self._wanted(run):
                batch.append(run)
                self._handed_over[run.key] = run
        return batch

    def ended(self, endings: Iterable[Ending]) -> Iterator[tuple[str, Outcome]]:
        """Learn what has come of runs that were handed over, and tell it."""
        for key, outcome, seconds in endings:
            run = self._handed_over.pop(key)
            if outcome == "left":
                self._todo.append(run)
                continue
            if outcome not in ("elsewhere", "stopped"):
                total, number = self._took.get(_cell(run), (0.0, 0))
                self._took[_cell(run)] = total + seconds, number + 1
            yield key, outcome


def _cell(run: Run) -> object:
    return run.task.name, run.searcher.label
