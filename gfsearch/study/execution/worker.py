"""The work of a process on one run: mark it, execute it, record it."""

from __future__ import annotations

import os
import platform
import signal
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
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
    start = time.perf_counter()
    for run in runs:
        began = time.perf_counter()
        if endings and began - start > seconds:
            endings.append((run.key, "left", 0.0))
        else:
            outcome = _work(run, site)
            endings.append((run.key, outcome, time.perf_counter() - began))
    return endings


def _work(run: Run, site: Site) -> Outcome:
    """Make one run and put its record on disk, unless another process is at it.

    Raises:
        OSError: The record, or the marker, could not be written.
        UnfitWorkerError: This process cannot work on the study.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise UnfitWorkerError(f"{_here()} has several threads: it needs --nthreads 1")
    try:
        _prepare(site.folder, site.call, site.caller, site.versions, os.getpid())
        stop.now_working_for(site.call)
        if stop.asked:
            return "stopped"
        return _record(run, site)
    except attempts.Elsewhere:
        return "elsewhere"
    except Stopped:
        return "stopped"
    finally:
        _one_at_a_time.release()


@lru_cache(maxsize=1)
def _prepare(
    folder: Path, call: str, caller: int, wanted: tuple[tuple[str, str], ...], pid: int
) -> None:
    """Look, once for each call, whether this process can work on the study."""
    # No worker makes the study's folder: no other process would see it.
    if not (folder / "study.json").exists():
        raise UnfitWorkerError(
            f"{_here()} does not see {folder}: the study must be on a file system "
            "that all machines share"
        )
    if (own := versions()) != wanted:
        told = ", ".join(f"{name} {number}" for name, number in own)
        needed = ", ".join(f"{name} {number}" for name, number in wanted)
        raise UnfitWorkerError(
            f"{_here()} has {told}; the study is made with {needed}, and results could "
            "differ"
        )
    if pid != caller and current_thread() is main_thread():
        # Ctrl-C on a terminal reaches the workers too. The caller ends them: a worker
        # that met it between two runs would print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _stop_soon)
    if os.getppid() == caller:
        Thread(target=_leave_with, args=(caller,), daemon=True).start()


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


def _stop_soon(number: int, frame: FrameType | None) -> None:
    """Stop before the next evaluation; at once if there is no run."""
    if _one_at_a_time.locked():
        stop.asked = True
    else:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _record(run: Run, site: Site) -> Status:
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
        file = _record_file(site.records, site.part, site.call, os.getpid())
        try:
            if not fits(record, run.task):
                raise ValueError("its record does not fit its task")
            file.append(record)
        except ValueError as error:
            record = failure(run, started, "failed", str(error), NOTHING)
            file.append(record)
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


@lru_cache(maxsize=1)
def _record_file(folder: Path, part: str, call: str, pid: int) -> RecordFile:
    """This process's file for one call of `run_all`; a fork opens its own."""
    return RecordFile(folder, part)
