"""Markers of the runs that are being made, one file for each attempt at a run.

An attempt that ends removes its marker. A marker that is left over tells of a process
that died at its run; after `MOST` of them the run is not tried again.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, Self

import msgspec

from gfsearch.study.runner import State
from gfsearch.suites.run import Run

MOST = 3
"""Attempts at a run whose process may die."""

BEAT, STALE = 30.0, 300.0
"""Seconds between the signs of life of an attempt, and without one until it is dead."""


class Elsewhere(Exception):  # noqa: N818
    """Another process is at this run."""


class Exhausted(Exception):  # noqa: N818
    """A run must not be tried again: its processes died."""


class Spent(NamedTuple):
    """Costs of a run without a result, as far as they are known."""

    trials: int = 0
    presentations: int = 0
    gradients: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0

    @classmethod
    def by(cls, state: State | None) -> Self:
        """Costs of a run in a state; zeros if the state is not known."""
        if state is None:
            return cls()
        costs, clock = state.costs, state.clock
        return cls(
            costs.trials, costs.presentations, costs.gradients, clock.wall, clock.cpu
        )


NOTHING = Spent()


class TimeWasOver(Exception):  # noqa: N818
    """A run must not be tried again: it had to be ended with its process.

    Attributes:
        spent: What it had spent by then.
    """

    def __init__(self, reason: str, spent: Spent) -> None:
        super().__init__(reason)
        self.spent = spent


@dataclass(frozen=True, kw_only=True)
class Marker:
    """Description of an attempt, in its marker file.

    Attributes:
        task: Name of the task.
        searcher: Label of the searcher.
        run: Number of the run.
        host: Machine.
        place: What tells apart the machines, and the containers on them, in which a
            process number means the same process.
        pid: Process.
        born: When that process started, in ticks of its machine's clock.
        call: The call of `run_all` that it belongs to.
        over: Why the attempt ended its own process, if it did.
        spent: What its run had spent by then.
    """

    task: str
    searcher: str
    run: int
    host: str
    place: str
    pid: int
    born: int
    call: str
    over: str | None = None
    spent: Spent = NOTHING

    def lives(self, beat: float) -> bool:
        """True if the attempt is still going on.

        Args:
            beat: Time of its last sign of life; what counts on other machines.
        """
        if self.over is not None:
            return False
        if self.place == place():
            return _born(self.pid) == self.born
        return time.time() - beat < STALE


class Attempt:
    """This process's attempt at a run.

    Args:
        folder: Where the markers are.
        run: The run.
        call: The call of `run_all` that makes it.
        yielding: Leave the run to another process that is at it.

    Attributes:
        number: 1 for the first attempt.

    Raises:
        Elsewhere: Another process is at the run.
        Exhausted: Its processes died `MOST` times.
        TimeWasOver: It could be ended only with its process.
    """

    def __init__(self, folder: Path, run: Run, call: str, yielding: bool) -> None:
        self._paths = [folder / f"{run.key}.{n}" for n in range(1, MOST + 1)]
        self._marker = Marker(
            task=run.task.name,
            searcher=run.searcher.label,
            run=run.run,
            host=socket.gethostname(),
            place=place(),
            pid=os.getpid(),
            born=_born(os.getpid()),
            call=call,
        )
        self._path, self.number = self._claim(yielding)
        _pulse().path = self._path

    def _claim(self, yielding: bool) -> tuple[Path, int]:
        """Make the marker with the first number that is free."""
        dead = 0
        for path in self._paths:
            try:
                _create(path, self._marker)
            except FileExistsError:
                found = _read(path)
            else:
                return path, dead + 1
            if found is None or found[1]:
                if yielding:
                    raise Elsewhere
                continue
            if found[0].over is not None:
                raise TimeWasOver(found[0].over, found[0].spent)
            dead += 1
        if dead == MOST:
            raise Exhausted(f"its process died {MOST} times")
        raise Elsewhere

    def progressed(self) -> None:
        """Reset the attempt count: a checkpoint is past where earlier attempts died."""
        first = self._paths[0]
        if self._path == first:
            return
        for path in self._paths:
            found = _read(path)
            if path != self._path and found is not None and not found[1]:
                path.unlink(missing_ok=True)
        if not first.exists():
            self._path.replace(first)
            self._path = _pulse().path = first

    def ends_process(self, reason: str, spent: Spent = NOTHING) -> None:
        """Leave a marker that says why no other attempt is to be made."""
        told = _last_words(self._path)
        # There may be one, of a process that was killed as it wrote it.
        told.write_bytes(
            msgspec.json.encode(replace(self._marker, over=reason, spent=spent))
        )
        told.replace(self._path)

    def end(self) -> None:
        """Remove the marker."""
        _pulse().path = None
        self._path.unlink(missing_ok=True)


def _last_words(path: Path) -> Path:
    """The path of a marker that is to replace the one at a path."""
    return path.with_suffix(".over")


def clear(folder: Path, key: str) -> None:
    """Remove what dead attempts at a run have left; it has a record."""
    _last_words(folder / f"{key}.1").unlink(missing_ok=True)
    for n in range(1, MOST + 1):
        path = folder / f"{key}.{n}"
        if path.exists() and (found := _read(path)) is not None and not found[1]:
            path.unlink(missing_ok=True)


def markers(
    folder: Path, keys: Container[str] | None = None
) -> Iterator[tuple[str, Marker, bool]]:
    """The key, the marker and whether it lives of every attempt that has not ended.

    Args:
        folder: Where the markers are.
        keys: At which runs; None for all. No other markers are read: on a cluster
            there are thousands.
    """
    for path in sorted(folder.glob("*.[0-9]")):
        if keys is None or path.stem in keys:
            found = _read(path)
            if found is not None:
                yield path.stem, *found


def release(folder: Path, call: str, keys: Container[str]) -> None:
    """Remove the markers, at some runs, of a call whose processes were ended."""
    for path in folder.glob("*.[0-9]"):
        found = _read(path) if path.stem in keys else None
        if found is not None and found[0].call == call and found[0].over is None:
            path.unlink(missing_ok=True)


def left_over(folder: Path, keys: Container[str]) -> Counter[str]:
    """Numbers of processes that died at each of some runs."""
    return Counter(key for key, _, lives in markers(folder, keys) if not lives)


def _create(path: Path, marker: Marker) -> None:
    """Make a marker.

    Raises:
        FileExistsError: There is one.
        OSError: It could not be written, for instance because the disk is full; there
            is none.
    """
    content = msgspec.json.encode(marker)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        written = os.write(descriptor, content)
        if written < len(content):
            raise OSError(f"{path}: wrote {written} of {len(content)} bytes")
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _read(path: Path) -> tuple[Marker, bool] | None:
    """A marker, and whether its attempt lives; None if it went, or is being written."""
    try:
        beat = path.stat().st_mtime
        marker = msgspec.json.decode(path.read_bytes(), type=Marker)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Its process died between making and filling it.
        nobody: Any = {"task": "", "searcher": "", "host": "", "place": "", "call": ""}
        marker = Marker(run=0, pid=0, born=0, **nobody)
    return marker, marker.lives(beat)


@cache
def place() -> str:
    """Scope within which process ids are unique: a machine's boot, or a container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _born(pid: int) -> int:
    """Start time of a process; -1 if there is none."""
    try:
        # After the name in parentheses, which may hold anything.
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return -1
    except ProcessLookupError:
        return -1
    else:
        return -1 if after_name[0] == b"Z" else int(after_name[19])
    try:  # No /proc, as on macOS.
        os.kill(pid, 0)
    except ProcessLookupError:
        return -1
    except PermissionError:
        pass
    return 0


class _Pulse(Thread):
    """Gives signs of life of this process's attempt."""

    def __init__(self) -> None:
        super().__init__(name="gfsearch-pulse", daemon=True)
        self.path: Path | None = None
        self.start()

    def run(self) -> None:
        while True:
            time.sleep(BEAT)
            if (path := self.path) is not None:
                # It may have ended in between.
                with contextlib.suppress(OSError):
                    os.utime(path)


_beating: _Pulse | None = None


def _pulse() -> _Pulse:
    """The thread of this process; threads do not survive a fork."""
    global _beating
    if _beating is None or not _beating.is_alive():
        _beating = _Pulse()
    return _beating
