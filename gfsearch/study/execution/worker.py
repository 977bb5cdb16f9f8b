"""The work of a process on one run: mark it, execute it, record it."""

from __future__ import annotations

import math
import os
import platform
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread, Timer, current_thread, main_thread
from types import FrameType
from typing import Any, Literal

from gfsearch.specs.errors import in_a_line
from gfsearch.study.execution import attempts
from gfsearch.study.execution.attempts import NOTHING, Attempt, Spent
from gfsearch.study.execution.checkpoints import Checkpoint
from gfsearch.study.execution.limits import GRACE, Limits, within
from gfsearch.study.records import (
    Meta,
    Record,
    RecordFile,
    Status,
    fits,
    library_versions,
)
from gfsearch.study.runner import State, execute
from gfsearch.suites.run import Run

Outcome = Status | Literal["elsewhere", "stopped"]
"""Status of a run that ended, or the reason why this process did not execute it."""

Ending = tuple[str, Outcome | Literal["left"], float]
"""The key of a run, how it ended, and the seconds that it took here; "left" if it was
not started because those before it took too long."""

CHECKPOINT_EVERY = 60.0
"""Seconds between checkpoints of a run."""

_LONGEST_REASON = 1_000
"""Characters of the reason why a run failed."""


class UnfitWorkerError(RuntimeError):
    """A process of a cluster that cannot work on the study; the message says why."""


class Stopped(Exception):  # noqa: N818
    """This process was asked to stop."""


class TimeOver(Exception):  # noqa: N818
    """A run has taken the time it may take."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Settings that all runs of one call of `run_all` share.

    Attributes:
        folder: The study's folder, absolute.
        call: Names the call.
        caller: The process that called.
        limits: What each run may take.
        part: What the names of record files begin with, see
            `gfsearch.study.records.of_another_part`.
        yielding: Leave runs to other processes that are at them.
        checkpoint_every: Seconds between checkpoints.
        versions: The caller's Python and libraries.
    """

    folder: Path
    call: str
    caller: int
    limits: Limits
    part: str = ""
    yielding: bool = True
    checkpoint_every: float = CHECKPOINT_EVERY
    versions: tuple[tuple[str, str], ...]

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.folder / "records"

    @property
    def inflight(self) -> Path:
        """The folder of the markers of attempts."""
        return self.folder / "inflight"

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints."""
        return self.folder / "checkpoints"


class _Stop:
    """A request to stop this process, and the call that it was meant for."""

    def __init__(self) -> None:
        self.asked = False
        self._call: str | None = None

    def now_working_for(self, call: str) -> None:
        """Forget what was asked of an earlier call: processes are used again."""
        if call != self._call:
            self._call, self.asked = call, False


stop = _Stop()

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
            record = _failure(run, started, "failed", str(end), spent)
        except attempts.TimeWasOver as end:
            record = _failure(run, started, "timed out", str(end), end.spent)
        file = _record_file(site.records, site.part, site.call, os.getpid())
        try:
            if not fits(record, run.task):
                raise ValueError("its record does not fit its task")
            file.append(record)
        except ValueError as error:
            record = _failure(run, started, "failed", str(error), NOTHING)
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
    pauses = _Pauses(site, attempt, checkpoint, state)
    try:
        with _ended_by(site, attempt, pauses), within(site.limits.memory):
            return execute(run, between=pauses, state=state, attempts=number)
    except Stopped:
        raise
    except TimeOver as end:
        return _failure(run, started, "timed out", str(end), Spent.by(pauses.state))
    except MemoryError as error:
        reason = in_a_line(error)
        if site.limits.memory is not None:
            reason = f"out of memory: it may take {site.limits.memory / 2**20:g}M"
        return _failure(run, started, "failed", reason, Spent.by(pauses.state))
    # sys.exit in an extension must not end the worker, nor must its KeyboardInterrupt:
    # workers ignore the signal.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and os.getpid() == site.caller:
            raise
        reason = in_a_line(error)
        return _failure(run, started, "failed", reason, Spent.by(pauses.state))


class _Pauses:
    """Checks between two evaluations: stop requests, time, checkpoints.

    Attributes:
        state: Where the run stands; None before its first evaluation.
    """

    def __init__(
        self,
        site: Site,
        attempt: Attempt,
        checkpoint: Checkpoint,
        state: State | None,
    ) -> None:
        self._every = site.checkpoint_every
        self._timeout = math.inf if site.limits.timeout is None else site.limits.timeout
        self._attempt = attempt
        self._checkpoint = checkpoint
        self.state = state
        self._save_at = time.monotonic() + self._every
        self._look_at = 0.0

    def __call__(self, state: State) -> None:
        self.state = state
        if stop.asked:
            self._checkpoint.save(state)
            raise Stopped
        now = time.monotonic()
        if now < self._look_at:
            return
        left = self._timeout - state.clock.wall
        if left <= 0:
            raise TimeOver(f"{_over(self._timeout)}, at trial {state.costs.trials}")
        if now >= self._save_at:
            if self._checkpoint.save(state):
                self._attempt.progressed()
            self._save_at = now + self._every
        self._look_at = min(self._save_at, now + left)


def _over(timeout: float) -> str:
    return f"took more than {timeout:g} s"


@contextmanager
def _ended_by(site: Site, attempt: Attempt, pauses: _Pauses) -> Iterator[None]:
    """End this process if the run does not come to its next evaluation in time."""
    timeout = site.limits.timeout
    if timeout is None or os.getpid() == site.caller:
        yield
        return
    spent = Spent.by(pauses.state).wall_seconds

    def end() -> None:
        reason = f"{_over(timeout)} and did not stop"
        attempt.ends_process(reason, Spent.by(pauses.state))
        os._exit(1)

    timer = Timer(max(timeout - spent, 0.0) + GRACE, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@lru_cache(maxsize=1)
def _record_file(folder: Path, part: str, call: str, pid: int) -> RecordFile:
    """This process's file for one call of `run_all`; a fork opens its own."""
    return RecordFile(folder, part)


def _failure(
    run: Run, started: datetime, status: Status, reason: str, spent: Spent
) -> Record:
    """The record of a run that gave no result: why, and what it had spent.

    Args:
        run: The run.
        started: When this attempt was.
        status: "failed" or "timed out".
        reason: Why; what is too long of it is left out.
        spent: What it had spent, as far as that is known.
    """
    nothing: dict[str, Any] = {
        "restarts": [],
        "loss": None,
        "trace": [],
        "targets": [],
        "test_errors": None,
        "test_size": 0,
        "weights": None,
    }
    return Record(
        **run.header(),
        status=status,
        stop_reason=_in_short(reason),
        trials=spent.trials,
        presentations=spent.presentations,
        gradients=spent.gradients,
        meta=Meta.now(started, spent.wall_seconds, spent.cpu_seconds),
        **nothing,
    )


def _in_short(reason: str) -> str:
    """A reason as a record can hold it: an exception of others may say anything."""
    text = reason.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}..."
