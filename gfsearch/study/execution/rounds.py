"""Runs in parallel: on the cores of this machine, or on a Dask cluster.

An engine makes each run at least once; the records keep one for each key. So whatever
an engine loses is found out by reading the records again, and made again.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import RLock

from gfsearch.study.execution import attempts
from gfsearch.study.execution.engine import Ended, Engine
from gfsearch.study.execution.interruption import interruptible
from gfsearch.study.execution.limits import NO_LIMITS, Limits
from gfsearch.study.execution.site import CHECKPOINT_EVERY, Site
from gfsearch.study.execution.stopping import stop
from gfsearch.study.execution.worker import versions
from gfsearch.study.records import RESULTS, Outcomes, Status
from gfsearch.suites.run import Run

OnDone = Callable[[Run, Status], None]
"""Called in the caller each time a run has ended and its record is on disk."""


_READ_EVERY = 2.0
"""Seconds between looks at what other calls have done."""

_FRUITLESS = 3
"""Times that an engine may break without a run finished or started in between."""


def run_all(
    folder: Path,
    runs: Sequence[Run],
    engine: Engine,
    on_done: OnDone = lambda run, status: None,
    limits: Limits = NO_LIMITS,
    part: str = "",
    checkpoint_every: float = CHECKPOINT_EVERY,
) -> list[Run]:
    """Make runs in parallel, each recorded by the process that made it.

    Args:
        folder: The study's folder.
        runs: What to run, for instance `study.missing()`.
        engine: Where.
        on_done: Told of each run that has ended.
        limits: What each run may take.
        part: The name of the part of the plan that they are, see
            `gfsearch.study.study.Study.name_of_part`.
        checkpoint_every: Seconds between checkpoints of a run.

    Returns:
        Those that have no record yet, because other processes are at them.

    Raises:
        BrokenExecutor: The engine breaks again and again without any progress.
        OSError: A record could not be written.
        UnfitWorkerError: A process of a cluster cannot work on the study.
    """
    # Workers may stand in another folder, and outlive this call.
    site = Site(
        folder=folder.resolve(),
        call=secrets.token_hex(8),
        caller=os.getpid(),
        limits=limits,
        part=part,
        checkpoint_every=checkpoint_every,
        versions=versions(),
    )
    site.inflight.mkdir(exist_ok=True)
    keys = {run.key for run in runs}
    try:
        with interruptible(site, keys, at_once=engine.goes_on):
            return _Rounds(engine, site, runs, on_done).make()
    finally:
        if not engine.goes_on:
            attempts.release(site.inflight, site.call, keys)


class _Rounds:
    """Runs, made round by round until all have a record."""

    def __init__(
        self, engine: Engine, site: Site, runs: Sequence[Run], on_done: OnDone
    ) -> None:
        self._engine = engine
        self._site = site
        self._on_done = on_done
        self._left = {run.key: run for run in runs}
        found = attempts.markers(site.inflight, self._left)
        if any(lives for *_, lives in found):
            # Another call that is at these runs began at their beginning.
            self._left = dict(reversed(self._left.items()))
        self._outcomes = Outcomes(site.records, self._left, site.part)
        self._read_at = 0.0
        # joblib asks for the next run in another thread.
        self._lock = RLock()
        # Failures that are to be repeated: their records do not end anything.
        self._earlier = self._outcomes.by_key.keys() & self._left.keys()

    def make(self) -> list[Run]:
        """Make all runs, in as many rounds as are of any use.

        Returns:
            Those at which others still are.

        Raises:
            Exception: What the engine raised in the last of them, if it broke.
        """
        fruitless = 0
        while self._left and not stop.asked:
            before, broke = self._state(), None
            try:
                self._make_left()
            except self._engine.broken as error:
                broke = error
            self._read()
            fruitless = fruitless + 1 if self._state() == before else 0
            if fruitless == _FRUITLESS:
                if broke is not None:
                    raise broke
                break
            # Other processes have claimed the remaining runs and may never finish them.
            self._site = replace(self._site, yielding=fruitless == 0)
        return list(self._left.values())

    def _state(self) -> tuple[int, int]:
        """Counters that change if a round was of any use: runs left, attempts lost."""
        return len(self._left), sum(self._lost().values())

    def _lost(self) -> Counter[str]:
        return attempts.left_over(self._site.inflight, self._left)

    def _make_left(self) -> None:
        """Execute the remaining runs; last, and alone, those that lost many attempts.

        When one process of a pool dies, all are ended, and it is unknown whose run was
        to blame.
        """
        lost, trusted = self._lost(), self._engine.trusted
        others = [run for key, run in self._left.items() if lost[key] <= trusted]
        suspects = [run for key, run in self._left.items() if lost[key] > trusted]
        if others:
            self._note(self._engine.map(others, self._site, self._wanted))
        if suspects and not stop.asked:
            self._note(self._engine.one_by_one(suspects, self._site, self._wanted))

    def _wanted(self, run: Run) -> bool:
        """True if a run is still to be started: another call may have finished it."""
        with self._lock:
            if time.monotonic() >= self._read_at:
                took = -time.monotonic()
                self._read()
                took += time.monotonic()
                self._read_at = time.monotonic() + max(_READ_EVERY, 20.0 * took)
            return run.key in self._left and not stop.asked

    def _note(self, ended: Ended) -> None:
        for key, outcome in ended:
            if outcome != "elsewhere" and outcome != "stopped":
                self._done(key, outcome)

    def _read(self) -> None:
        """Find runs on disk that neither the engine nor another call has reported."""
        with self._lock:
            self._outcomes.update()
            for key in self._left.keys() & self._outcomes.by_key.keys():
                status = self._outcomes.by_key[key]
                if status in RESULTS or key not in self._earlier:
                    self._done(key, status)

    def _done(self, key: str, status: Status) -> None:
        with self._lock:
            # An engine may make a run twice.
            if (run := self._left.pop(key, None)) is not None:
                self._on_done(run, status)
