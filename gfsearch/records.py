"""What a run leaves on disk: one line of JSON, written by the process that ran it."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

Status = Literal["solved", "censored", "gave up", "failed", "timed out"]

Key = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""What statistics can count with: a record may come from anywhere."""

RESULTS: frozenset[Status] = frozenset({"solved", "censored", "gave up"})
"""The statuses that are results; runs with another one count for nothing."""

_LIBRARIES = ("gfsearch", "numpy", "numba", "deap")


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """Versions of the libraries that could change a result."""
    return {name: version(name) for name in _LIBRARIES}


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What may differ between repetitions of a run.

    Attributes:
        wall_seconds: Duration.
        cpu_seconds: Processor time.
        host: Machine.
        pid: Process.
        started: ISO 8601, UTC.
        versions: Versions of the libraries that could change a result.
        attempts: How often the run was begun.
    """

    wall_seconds: float
    cpu_seconds: float
    host: str
    pid: int
    started: str
    versions: dict[str, str]
    attempts: int = 1

    @classmethod
    def now(
        cls,
        started: datetime,
        wall_seconds: float,
        cpu_seconds: float,
        attempts: int = 1,
    ) -> Meta:
        """The meta data of a run that ends in this process now."""
        return cls(
            wall_seconds=wall_seconds,
            cpu_seconds=cpu_seconds,
            host=socket.gethostname(),
            pid=os.getpid(),
            started=started.isoformat(timespec="milliseconds"),
            versions=library_versions(),
            attempts=attempts,
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """One run's result.

    Attributes:
        key: The hash of everything the run depends on.
        task: Name of the task.
        searcher: Label of the searcher.
        parameters: The searcher's kind and all its parameters.
        run: Number of the run.
        instance: Number of the drawn training and test set.
        seed: Root seed of the study.
        revisions: Revisions of problem, network and searcher.
        status: "solved"; "censored": out of budget; "gave up": its searcher stopped
            and was not started afresh; "failed" and "timed out": no results.
        stop_reason: Why the searcher stopped, or what failed.
        trials: Trials spent, to the solution or in all.
        presentations: Presentations spent.
        gradients: Backward passes spent.
        restarts: Numbers of trials and presentations at which the searcher was
            started afresh.
        budget: Trials that might be spent.
        loss: The best loss seen, or None if the searcher saw none.
        trace: Pairs of trial and loss at improvements, thinned to about 200.
        targets: First trial at which each declared loss target was reached, or None.
        test_errors: Test sequences that `weights` gets wrong, or None without weights.
        test_size: Number of test sequences.
        weights: The solution, or the best vector seen, or None.
        meta: What may differ between repetitions.
    """

    key: Key
    task: str
    searcher: str
    parameters: dict[str, Any]
    run: Number
    instance: Number
    seed: Number
    revisions: dict[str, int]
    status: Status
    stop_reason: str | None
    trials: Number
    presentations: Number
    gradients: Number
    restarts: list[tuple[Number, Number]]
    budget: Number
    loss: float | None
    trace: list[tuple[Number, float]]
    targets: list[Number | None]
    test_errors: Number | None
    test_size: Number
    weights: list[float] | None
    meta: Meta


def content_of(record: Record) -> dict[str, Any]:
    """What every repetition of a run must reproduce.

    Not its meta data, and not the names of task and searcher: these do not belong to
    its key, and two studies may call one run by different names.
    """
    content: dict[str, Any] = msgspec.to_builtins(record)
    for name in ("meta", "task", "searcher"):
        del content[name]
    return content


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class RecordFile:
    """The record file of this process in a study: appended to, never rewritten.

    A record is on the disk when `append` returns, whatever happens afterwards.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._path = folder / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._descriptor = os.open(self._path, flags, 0o644)
        sync_folder(folder)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self._descriptor)

    def append(self, record: Record) -> None:
        """Write one record and wait for the disk.

        Raises:
            OSError: The record could not be written, for instance because the disk is
                full; what was written of it is taken back.
        """
        line = msgspec.json.encode(record) + b"\n"
        size = os.fstat(self._descriptor).st_size
        # On a full disk a write may be short without an error.
        written = os.write(self._descriptor, line)
        if written < len(line):
            os.ftruncate(self._descriptor, size)
            raise OSError(f"{self._path}: wrote {written} of {len(line)} bytes")
        os.fsync(self._descriptor)


@dataclass(frozen=True)
class Records:
    """The records of a study as they stand on disk.

    Attributes:
        by_key: One record per run; a result is preferred to a failure.
        unreadable: Number of lines that are no records.
        contradicting: Keys with two results that differ outside `meta`.
    """

    by_key: dict[str, Record]
    unreadable: int
    contradicting: tuple[str, ...]


def read_records(folder: Path) -> Records:
    """Read all record files of a folder, in the order of their names.

    Lines that do not parse are skipped and counted: the process that wrote them was
    killed, or the file was damaged.
    """
    by_key: dict[str, Record] = {}
    contradicting = set()
    unreadable = 0
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                if not line.strip():
                    continue
                record = _decode(line)
                if record is None:
                    unreadable += 1
                    continue
                earlier = by_key.setdefault(record.key, record)
                if earlier is record or record.status not in RESULTS:
                    continue
                if earlier.status not in RESULTS:
                    by_key[record.key] = record
                elif content_of(earlier) != content_of(record):
                    contradicting.add(record.key)
    return Records(by_key, unreadable, tuple(sorted(contradicting)))


class Outcomes:
    """How the runs on disk ended, read again from where it was read last.

    Args:
        folder: Of the record files.

    Attributes:
        by_key: A result is preferred to a failure.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}
        self.by_key: dict[str, Status] = {}
        self.update()

    def update(self) -> None:
        """Read what was written since."""
        for path in sorted(self._folder.glob("*.jsonl")):
            begin = self._read.get(path, 0)
            if path.stat().st_size == begin:
                continue
            with path.open("rb") as file:
                file.seek(begin)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # It may be being written.
                    begin += len(line)
                    record = _decode(line)
                    if record and self.by_key.get(record.key) not in RESULTS:
                        self.by_key[record.key] = record.status
            self._read[path] = begin


_DECODER = msgspec.json.Decoder(Record)


def _decode(line: bytes) -> Record | None:
    """A line's record; None if it is none."""
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
