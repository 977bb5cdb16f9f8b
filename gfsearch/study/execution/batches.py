"""Batches of runs: a process is handed several short ones at a time.

Handing over costs a millisecond or more, however little is to be done. All tasks and
searchers go ahead side by side: so what has been done tells how long the rest takes,
and a study that is interrupted has runs of all.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from gfsearch.study.execution.worker import Ending, Outcome
from gfsearch.suites.run import Run

_MOST = 100
"""Runs in a batch: how long they take is known of the first ones only."""

_SHARES = 20
"""Batches that the runs of a cell suffice for: it is not to run ahead of the others."""

_ROUNDS = 4
"""Batches per process that the remaining runs must suffice for."""


@dataclass(slots=True)
class _Cell:
    """The runs of one task and searcher.

    Attributes:
        place: Its place among the cells.
        todo: Runs that are to be handed over.
        size: Number of runs at first.
        seconds: Time that those took which have ended.
        ended: Their number.
    """

    place: int
    todo: deque[Run] = field(default_factory=deque)
    size: int = 0
    seconds: float = 0.0
    ended: int = 0

    @property
    def rank(self) -> tuple[float, float, int]:
        """Smallest for the cell with the largest share left, then the longest runs."""
        return -len(self.todo) / self.size, -self.mean, self.place

    @property
    def mean(self) -> float:
        """Mean duration of its runs; 0 while nothing is known."""
        return self.seconds / self.ended if self.ended else 0.0


class Batches:
    """Runs, in batches that take about as long as is wished.

    A batch is of one task and searcher, whose runs take about the same time; while that
    is not known, and towards the end, a batch is a single run. Next is the cell of
    which the largest share was left when it last came up. Runs that a process has left,
    because those before them took longer than thought, are handed over again.

    Args:
        runs: The runs.
        wanted: Whether a run is still to be made when it is its turn.
    """

    def __init__(self, runs: Sequence[Run], wanted: Callable[[Run], bool]) -> None:
        self._wanted = wanted
        # joblib asks for the next batch in another thread.
        self._lock = Lock()
        self._handed_over: dict[str, Run] = {}
        self._cells: dict[tuple[str, str], _Cell] = {}
        for run in runs:
            cell = self._cells.setdefault(_name(run), _Cell(len(self._cells)))
            cell.todo.append(run)
            cell.size += 1
        self.left = len(runs)
        """Number of runs that are to be handed over."""
        self._queue = [(cell.rank, cell) for cell in self._cells.values()]
        heapq.heapify(self._queue)

    def all(self, seconds: float, processes: int) -> Iterator[list[Run]]:
        """Batches as long as there are runs to be handed over; see `next`."""
        while self.left:
            if batch := self.next(seconds, processes):
                yield batch

    def next(self, seconds: float, processes: int) -> list[Run]:
        """The next runs of one cell that are wanted; empty if none of them is.

        Args:
            seconds: How long they should take.
            processes: Among how many all that is left is to be shared.
        """
        with self._lock:
            _, cell = heapq.heappop(self._queue)
            known = seconds / max(cell.mean, 1e-9) if cell.ended else 1.0
            fair = min(cell.size / _SHARES, self.left / (_ROUNDS * processes))
            size = max(int(min(known, _MOST, fair)), 1)
            batch: list[Run] = []
            try:
                while cell.todo and len(batch) < size:
                    wanted = self._wanted(cell.todo[0])  # Reads; it may raise.
                    run = cell.todo.popleft()
                    self.left -= 1
                    if wanted:
                        batch.append(run)
                        self._handed_over[run.key] = run
            finally:
                if cell.todo:
                    heapq.heappush(self._queue, (cell.rank, cell))
            return batch

    def ended(self, endings: Iterable[Ending]) -> Iterator[tuple[str, Outcome]]:
        """Learn what has come of runs that were handed over, and tell it."""
        for key, outcome, seconds in endings:
            with self._lock:
                run = self._handed_over.pop(key)
                cell = self._cells[_name(run)]
                if outcome == "left":
                    self._again(run, cell)
                    continue
                if outcome not in ("elsewhere", "stopped"):
                    cell.seconds += seconds
                    cell.ended += 1
            yield key, outcome

    def _again(self, run: Run, cell: _Cell) -> None:
        """Put a run back."""
        cell.todo.append(run)
        self.left += 1
        if len(cell.todo) == 1:
            heapq.heappush(self._queue, (cell.rank, cell))


def _name(run: Run) -> tuple[str, str]:
    return run.task.name, run.searcher.label
