"""Large weight vectors beside the records: a line of JSON is no place for a million."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.errors import InputError, in_a_line
from gfsearch.study.records.record import Record

MOST_IN_A_LINE = 100_000
"""Weights that a record holds itself."""


def set_aside(record: Record, records: Path) -> Record:
    """Write the weights of a record to a file of their own if there are too many.

    They are on the disk when this returns.

    Args:
        record: The record.
        records: The folder of the record files.

    Returns:
        The record to be written: as it is, or with their hash in their place.

    Raises:
        OSError: They could not be written.
    """
    if record.weights is None or len(record.weights) <= MOST_IN_A_LINE:
        return record
    weights = np.array(record.weights, dtype=np.float64)
    path = _path(record, records)
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as file:
            np.save(file, weights, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return replace(record, weights=None, weights_file=_digest(weights))


def put_back(record: Record, records: Path) -> Record:
    """Read the weights of a record from their file, if they were set aside.

    Args:
        record: The record as it stands in its file.
        records: The folder of the record files.

    Raises:
        InputError: Their file is not there, or is another.
    """
    if record.weights_file is msgspec.UNSET:
        return record
    path = _path(record, records)
    try:
        weights = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: {in_a_line(error)}") from None
    if weights.dtype != np.float64 or _digest(weights) != record.weights_file:
        raise InputError(f"{path}: not the weights that its run has found")
    return replace(record, weights=weights.tolist())


def _path(record: Record, records: Path) -> Path:
    return records.parent / "weights" / f"{record.key}.npy"


def _digest(weights: FloatArray) -> str:
    content = weights.astype("<f8").tobytes()
    return hashlib.blake2b(content, digest_size=16).hexdigest()
