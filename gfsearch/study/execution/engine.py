"""Engines: they execute runs in processes of this machine, or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from typing import Protocol

import joblib

from gfsearch.study.execution import attempts
from gfsearch.study.execution.batches import Batches
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.worker import Outcome, work
from gfsearch.suites.run import Run

Wanted = Callable[[Run], bool]


Ended = Iterator[tuple[str, Outcome]]
"""The keys of runs and how they ended, as they end."""


_BATCH = 0.05
"""Seconds that a process of this machine is given to do at a time."""


class Engine(Protocol):
    """An executor of runs: it executes each at least once."""

    @property
    def broken(self) -> tuple[type[BaseException], ...]:
        """Exceptions that it raises when it has lost a process."""

    @property
    def here(self) -> bool:
        """True if its processes are on this machine, and find kernels compiled here."""

    @property
    def goes_on(self) -> bool:
        """True if runs that it has started go on when the caller leaves."""

    @property
    def trusted(self) -> int:
        """Lost attempts that a run may have to be made with others."""

    def map(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs, in any order, those that are wanted when it is their turn."""

    def one_by_one(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs so that, if a process dies, one run is to blame."""


class Local:
    """Processes of this machine, through joblib.

    Args:
        jobs: Number of processes; -1 for one per core.
        isolated: Make no run in this process, even with one job.
    """

    broken = (BrokenExecutor,)
    here = True
    goes_on = False

    def __init__(self, jobs: int, isolated: bool = False) -> None:
        self._jobs = joblib.cpu_count() if jobs == -1 else jobs
        self._isolated = isolated
        # In this process, a run that dies would end all.
        self.trusted = 0 if self._jobs == 1 else attempts.MOST - 2

    def map(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs, in any order, those that are wanted when it is their turn."""
        if self._jobs > 1:
            # A pool costs seconds to start: not more of it than there is to do.
            return _on(max(2, min(self._jobs, len(runs))), runs, site, wanted)
        if self._isolated:
            return self.one_by_one(runs, site, wanted)
        return _on(1, runs, site, wanted)

    def one_by_one(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs in another process, never two at a time."""
        for run in runs:
            # With one process joblib would make it in this one.
            yield from _on(2, [run], site, wanted)


def _on(processes: int, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
    batches = Batches(runs, wanted)
    # joblib's own batches would hold runs of all lengths.
    parallel = joblib.Parallel(
        n_jobs=processes, return_as="generator_unordered", batch_size=1
    )
    tasks = (
        joblib.delayed(work)(batch, site, _BATCH)
        for batch in batches.all(_BATCH, processes)
    )
    for endings in parallel(tasks):
        yield from batches.ended(endings)
