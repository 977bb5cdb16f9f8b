"""The work of a process on one run: mark it, execute it, record it."""

from __future__ import annotations

import os
import platform
import signal
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock, Thread, current_thread, main_thread
from types import FrameType
from typing import Literal

from gfsearch.specs.errors import in_a_line
from gfsearch.study.execution import attempts
from gfsearch.study.execution.attempts import NOTHING, Attempt, Spent
from gfsearch.study.execution.checkpoints import Checkpoint
from gfsearch.study.execution.failures import failure
from gfsearch.study.execution.limits import within
from gfsearch.study.execution.pauses import Pauses, TimeOver, ended_by
from gfsearch.study.execution.preparing import prepare
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.stopping import Stopped, stop
from gfsearch.study.records import (
    Record,
    RecordFile,
    Status,
    fits,
    library_versions,
)
from gfsearch.study.runner import execute
from gfsearch.suites.run import Run

Outcome = Status | Literal["elsewhere", "stopped"]
"""Status of a run that ended, or the reason why this process did not execute it."""

Ending = tuple[str, Outcome | Literal["left"], float]
"""The key of a run, how it ended, and the seconds that it took here; "left" if it was
not started because those before it took too long."""


class UnfitWorkerError(RuntimeError):
    """A process of a cluster that cannot work on the study; the message says why."""


# Limits and signals are a process's, not a thread's.
_one_at_a_time = Lock()


def work(runs: Sequence[Run], site: Site, seconds: float) -> list[Ending]:
    """Make runs, one after the other, and put their records on disk.

    Args:
        runs: The runs.
        site: What they have in common.
        seconds: No run but the first is started after this time: another process may
            have none.

    Raises:
        OSError: A record, or a marker, could not be written.
        UnfitWorkerError: This process cannot work on the study.
    """
    endings: list[Ending] = []
    spent = 0.0
    for run in runs:
        if endings and spent > seconds:
            endings.append((run.key, "left", 0.0))
        else:
            outcome, took = _work(run, site)
            endings.append((run.key, outcome, took))
            spent += took
    return endings


def _work(run: Run, site: Site) -> tuple[Outcome, float]:
    """Make one run and put its record on disk, unless another process is at it.

    Returns:
        What came of it, and the seconds that it took, once its code was compiled.

    Raises:
        OSError: The record, or the marker, could not be written.
        UnfitWorkerError: This process cannot work on the study.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise UnfitWorkerError(f"{_here()} has several threads: it needs --nthreads 1")
    try:
        process = _process(site)
        stop.now_working_for(site.call)
        prepare(run)
        began = time.perf_counter()
        outcome: Outcome = "stopped" if stop.asked else _attempt(run, site, process)
        return outcome, time.perf_counter() - began
    finally:
        _one_at_a_time.release()


class _Process:
    """This process, ready to work for one call of `run_all`.

    Raises:
        UnfitWorkerError: It cannot work on the study.
    """

    def __init__(self, site: Site) -> None:
        _check(site)
        self._site, self._pid = site, os.getpid()
        owned = os.getppid() == site.caller
        if self._pid != site.caller and current_thread() is main_thread():
            # Ctrl-C on a terminal reaches the workers too. The caller ends them: a
            # worker that met it between two runs would print a traceback.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            # The caller may ask just as a run ends: dying then would break its pool,
            # and cost what the other processes have not saved yet.
            signal.signal(signal.SIGTERM, _stop_next if owned else _stop_soon)
        if owned:
            Thread(target=_leave_with, args=(site.caller,), daemon=True).start()

    def works_for(self, site: Site) -> bool:
        """True if this is the process that was made ready, and for this call."""
        return (self._site.call, self._pid) == (site.call, os.getpid())

    @cached_property
    def records(self) -> RecordFile:
        """Its file in the study; opened for its first record."""
        return RecordFile(self._site.records, self._site.part)


_ready: _Process | None = None
"""This process as it was made ready last."""


def _process(site: Site) -> _Process:
    """This process, made ready once for each call; a fork is made ready anew."""
    global _ready
    if _ready is None or not _ready.works_for(site):
        _ready = _Process(site)
    return _ready


def _check(site: Site) -> None:
    """Refuse a process that does not see the study, or has other libraries."""
    # No worker makes the study's folder: no other process would see it.
    if not (site.folder / "study.json").exists():
        raise UnfitWorkerError(
            f"{_here()} does not see {site.folder}: the study must be on a file system "
            "that all machines share"
        )
    if (own := versions()) != site.versions:
        told = ", ".join(f"{name} {number}" for name, number in own)
        needed = ", ".join(f"{name} {number}" for name, number in site.versions)
        raise UnfitWorkerError(
            f"{_here()} has {told}; the study is made with {needed}, and results could "
            "differ"
        )


def _leave_with(caller: int) -> None:
    """End this process when its caller was killed and its run has ended."""
    while os.getppid() == caller or _one_at_a_time.locked():
        time.sleep(1.0)
    os._exit(0)


def versions() -> tuple[tuple[str, str], ...]:
    """This process's Python and the libraries that could change a result."""
    return ("python", platform.python_version()), *library_versions().items()


def _here() -> str:
    return f"worker {socket.gethostname()}:{os.getpid()}"


def _stop_next(number: int, frame: FrameType | None) -> None:
    """Stop before the next evaluation, of this run or of the next one."""
    stop.asked = True


def _stop_soon(number: int, frame: FrameType | None) -> None:
    """Stop before the next evaluation; at once if there is no run."""
    if _one_at_a_time.locked():
        _stop_next(number, frame)
    else:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _attempt(run: Run, site: Site, process: _Process) -> Outcome:
    """Make a run, unless another process is at it or this one is to stop."""
    try:
        return _record(run, site, process)
    except attempts.Elsewhere:
        return "elsewhere"
    except Stopped:
        return "stopped"


def _record(run: Run, site: Site, process: _Process) -> Status:
    """Make an attempt at a run, and put on disk what came of it."""
    started = datetime.now(UTC)
    checkpoint = Checkpoint(site.checkpoints, run.key)
    attempt = None
    try:
        try:
            attempt = Attempt(site.inflight, run, site.call, site.yielding)
            record = _make(run, site, attempt, checkpoint)
        except attempts.Exhausted as end:
            spent = Spent.by(checkpoint.load())
            record = failure(run, started, "failed", str(end), spent)
        except attempts.TimeWasOver as end:
            record = failure(run, started, "timed out", str(end), end.spent)
        try:
            if not fits(record, run.task):
                raise ValueError("its record does not fit its task")
            process.records.append(record)
        except ValueError as error:
            record = failure(run, started, "failed", str(error), NOTHING)
            process.records.append(record)
        checkpoint.remove()
    finally:
        if attempt is not None:
            attempt.end()
    if attempt is None or attempt.number > 1:
        attempts.clear(site.inflight, run.key)
    return record.status


def _make(run: Run, site: Site, attempt: Attempt, checkpoint: Checkpoint) -> Record:
    """Execute a run, or the rest of it, within its limits."""
    started = datetime.now(UTC)
    state = checkpoint.load()
    number = (
        attempt.number if state is None else max(attempt.number, state.attempts + 1)
    )
    pauses = Pauses(site, attempt, checkpoint, state)
    try:
        with ended_by(site, attempt, pauses), within(site.limits.memory):
            return execute(run, between=pauses, state=state, attempts=number)
    except Stopped:
        raise
    except TimeOver as end:
        return failure(run, started, "timed out", str(end), Spent.by(pauses.state))
    except MemoryError as error:
        reason = in_a_line(error)
        if site.limits.memory is not None:
            reason = f"out of memory: it may take {site.limits.memory / 2**20:g}M"
        return failure(run, started, "failed", reason, Spent.by(pauses.state))
    # sys.exit in an extension must not end the worker, nor must its KeyboardInterrupt:
    # workers ignore the signal.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and os.getpid() == site.caller:
            raise
        reason = in_a_line(error)
        return failure(run, started, "failed", reason, Spent.by(pauses.state))
