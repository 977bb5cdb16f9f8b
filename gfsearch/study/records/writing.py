"""Record files: one line of JSON per run, written by the process that made it."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path

import msgspec

from gfsearch.study.records.aside import set_aside
from gfsearch.study.records.reading import decode
from gfsearch.study.records.record import Record


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def encode(record: Record) -> bytes:
    """The line of a record, if reading it gives a record again.

    What cannot be read would be taken for a damaged line, and its run made again and
    again.

    Args:
        record: The record, which may hold what an extension handed over.

    Raises:
        ValueError: It cannot be written as JSON, or not be read back.
    """
    try:
        line = msgspec.json.encode(record) + b"\n"
    except (TypeError, UnicodeEncodeError, OverflowError) as error:
        raise ValueError(f"its record cannot be written: {error}") from None
    if decode(line) is None:
        raise ValueError("its record cannot be read back")
    return line


class RecordFile:
    """The record file of this process in a study: appended to, never rewritten.

    A record is on the disk when `append` returns, whatever happens afterwards.

    Args:
        folder: Of the record files; made if it is not there.
        part: What the names of the files of one part of the runs begin with, see
            `of_another_part`.
    """

    def __init__(self, folder: Path, part: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        process = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._path = folder / f"{part}{process}.jsonl"
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
            ValueError: It could not be read back; nothing was written.
        """
        line = encode(set_aside(record, self._path.parent))
        size = os.fstat(self._descriptor).st_size
        # On a full disk a write may be short without an error.
        written = os.write(self._descriptor, line)
        if written < len(line):
            os.ftruncate(self._descriptor, size)
            raise OSError(f"{self._path}: wrote {written} of {len(line)} bytes")
        os.fsync(self._descriptor)
