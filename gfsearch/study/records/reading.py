"""Record files read: whole, from where they were read last, or one line of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from gfsearch.study.records.fitting import fits
from gfsearch.study.records.record import (
    RESULTS,
    Record,
    Status,
    budget_of,
    content_of,
)
from gfsearch.suites.budget import Budget

if TYPE_CHECKING:
    from gfsearch.suites.run import Run

_DECODER = msgspec.json.Decoder(Record)

_LONGEST = 2**24
"""Bytes of the longest line that can be a record: more is not read at once."""


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
    """Read all record files of a folder into memory, in the order of their names.

    Lines that do not parse are skipped and counted: the process that wrote them was
    killed, or the file was damaged.
    """
    by_key: dict[str, Record] = {}
    contradicting = set()
    unreadable = 0
    for *_, record in scan(folder):
        if record is None:
            unreadable += 1
            continue
        earlier = by_key.get(record.key)
        if earlier is None or preferred(record.status, earlier.status):
            by_key[record.key] = record
        elif contradicts(record, earlier):
            contradicting.add(record.key)
    return Records(by_key, unreadable, tuple(sorted(contradicting)))


def scan(folder: Path) -> Iterator[tuple[Path, int, Record | None]]:
    """Every line of the record files of a folder, in the order of their names.

    Returns:
        The file, the offset of the line, and its record; None if it is none.
    """
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for begin, _, line in _lines(file):
                if not line.isspace():
                    yield path, begin, decode(line)


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """The lines from here, each after its beginning and end in the file.

    In the place of one that is too long stands one that is no record.
    """
    begin = file.tell()
    while line := file.readline(_LONGEST):
        end = begin + len(line)
        while len(line) == _LONGEST and not line.endswith(b"\n"):
            rest = file.readline(_LONGEST)
            end += len(rest)
            line = rest if len(rest) == _LONGEST else b"\0" + rest[-1:]
        yield begin, end, line
        begin = end


def preferred(status: Status, earlier: Status) -> bool:
    """True if a record counts, and not an earlier one of the same run."""
    return status in RESULTS and earlier not in RESULTS


def contradicts(record: Record, earlier: Record) -> bool:
    """True if both are results of one run, and differ.

    What earlier versions did not write counts only if both have it.
    """
    if not (record.status in RESULTS and earlier.status in RESULTS):
        return False
    one, other = content_of(record), content_of(earlier)
    for name in ("data", "threshold_errors"):
        if not (name in one and name in other):
            one.pop(name, None)
            other.pop(name, None)
    return record.key == earlier.key and one != other


def records_at(places: Iterator[tuple[Path, int]]) -> Iterator[Record | None]:
    """The records that begin at some places; None where there is none any more.

    Quickest in the order of files and offsets.
    """
    opened, file = None, None
    try:
        for path, offset in places:
            if path != opened:
                if file is not None:
                    file.close()
                opened, file = path, path.open("rb")
            assert file is not None
            file.seek(offset)
            yield decode(file.readline(_LONGEST))
    finally:
        if file is not None:
            file.close()


class Outcomes:
    """Outcomes of some runs, updated from where files were read last.

    Args:
        folder: Of the record files.
        runs: Them, by key. Records of other runs are passed over; one of the same run
            with a smaller budget counts if that was enough, see
            `gfsearch.suites.suite.Run.is_settled_by`.
        part: What the names of files of one part of the runs begin with, see
            `of_another_part`; files of its sister parts are not read.

    Attributes:
        by_key: A result is preferred to a failure.
        data: Digest of the data that results saw, by name of the task and instance.
    """

    def __init__(self, folder: Path, runs: Mapping[str, Run], part: str = "") -> None:
        self._folder = folder
        self._runs = runs
        # The same runs with smaller budgets, by their keys: by number and budget.
        self._smaller: dict[tuple[int, Budget], dict[str, Run]] = {}
        self._part = part
        self._read: dict[Path, int] = {}
        self.by_key: dict[str, Status] = {}
        self.data: dict[tuple[str, int], str] = {}
        self.update()

    def update(self) -> None:
        """Read what was written since."""
        for path in sorted(self._folder.glob("*.jsonl")):
            begin = self._read.get(path, 0)
            if of_another_part(path.name, self._part) or path.stat().st_size == begin:
                continue
            with path.open("rb") as file:
                file.seek(begin)
                for start, end, line in _lines(file):
                    whole = line.endswith(b"\n")  # Or it may be being written.
                    self._read[path] = end if whole else start
                    if whole:
                        self._note(decode(line))

    def _note(self, record: Record | None) -> None:
        run = None if record is None else self._run_of(record)
        if record is None or run is None or not fits(record, run.task):
            return
        earlier = self.by_key.get(run.key)
        if earlier is None or preferred(record.status, earlier):
            self.by_key[run.key] = record.status
        if record.status in RESULTS and record.data:
            self.data.setdefault((run.task.name, run.run), record.data)

    def _run_of(self, record: Record) -> Run | None:
        """The run that a record is of, or settles."""
        run = self._runs.get(record.key)
        if run is not None or record.status not in RESULTS:
            return run
        budget = budget_of(record)
        place = record.run, budget
        if place not in self._smaller:
            self._smaller[place] = {
                run.key_within(budget): run
                for run in self._by_number.get(record.run, ())
                if run.budget.exceeds(budget)
            }
        run = self._smaller[place].get(record.key)
        return (
            run
            if run is not None and run.is_settled_by(record.key, budget, record.status)
            else None
        )

    @cached_property
    def _by_number(self) -> dict[int, list[Run]]:
        """The runs by their numbers."""
        found: dict[int, list[Run]] = {}
        for run in self._runs.values():
            found.setdefault(run.run, []).append(run)
        return found


def of_another_part(name: str, part: str) -> bool:
    """True if a record file is that of another part of the runs than ours.

    Ten thousand parts of a study must not each read the files of all.

    Args:
        name: The file's, which begins with its part if it holds the runs of one.
        part: "PLAN.IofN.", the I-th of N parts of the plan with that hash; empty for
            all runs, of which every file may hold some.
    """
    if not part:
        return False
    (plan, own, _), (its_plan, _, rest) = part.split("."), name.partition(".")
    its = rest.partition(".")[0]
    same_parts = its_plan == plan and its.partition("of")[2] == own.partition("of")[2]
    return same_parts and its != own


def decode(line: bytes) -> Record | None:
    """A line's record; None if it is none."""
    if len(line) > _LONGEST:
        return None
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
