"""Records of one searcher on one task as arrays: studies have millions of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from gfsearch.specs.arrays import BoolArray
from gfsearch.specs.errors import InputError
from gfsearch.study.records.aside import put_back
from gfsearch.study.records.reading import records_at
from gfsearch.study.records.record import Record, Status

_STATUSES: tuple[Status, ...] = get_args(Status)
_NO_RECORD = 0
"""The status of a run without a record, or 1 more than its index above.

Zeros, which are not written, take no memory: millions of runs may be planned.
"""

_FIELDS = [
    ("run", np.int64),
    ("status", np.int8),  # See `_NO_RECORD`.
    ("stop_reason", np.int32),  # Code of a text.
    ("trials", np.int64),
    ("presentations", np.int64),
    ("gradients", np.int64),
    ("environment_steps", np.int64),  # 0 where there is no environment.
    ("restarts", np.int64),  # Their number.
    ("first_start", np.int64, 2),  # Trials and presentations until the first of them.
    ("budget", np.int64),
    ("loss", np.float64),  # nan for None.
    ("test_errors", np.float64),  # nan for None.
    ("threshold_errors", np.float64),  # nan if unknown.
    ("test_value", np.float64),  # nan if there is none.
    ("test_size", np.int64),
    ("has_trace", np.bool_),
    ("has_weights", np.bool_),
    ("key", "S32"),
    ("wall_seconds", np.float64),
    ("cpu_seconds", np.float64),
    ("started", "S19"),  # To the second.
    ("host", np.int32),  # Code of a text.
    ("versions", np.int32),  # Code of a text.
    ("data", "S32"),  # Empty if unknown.
    ("file", np.int32),  # Index in the files.
    ("offset", np.int64),
]


class Shared:
    """Texts and files that the columns of all searchers and tasks share.

    Attributes:
        texts: What codes stand for.
        files: The record files.
    """

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self.files: list[Path] = []
        self._codes: dict[str | None, int] = {None: 0}

    def code(self, text: str | None) -> int:
        """Code of a text in a column."""
        code = self._codes.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code

    def file(self, path: Path) -> int:
        """Code of a file; records of one file come one after the other."""
        if not self.files or self.files[-1] is not path:
            self.files.append(path)
        return len(self.files) - 1


@lru_cache(maxsize=1000)
def _listed(versions: tuple[tuple[str, str], ...]) -> str:
    """Libraries with their versions, as text."""
    return ", ".join(f"{name} {value}" for name, value in versions)


@dataclass(frozen=True, eq=False)
class Columns:
    """Records of one searcher on one task: a column for each field that is counted.

    What is not, traces and weights, is read again from where it stands.

    Attributes:
        rows: (n,) of the fields above, and "targets" (n, T), nan for None.
        shared: What codes of texts and files stand for.
    """

    rows: npt.NDArray[Any]
    shared: Shared

    @classmethod
    def empty(cls, runs: int, targets: int, shared: Shared) -> Self:
        """A row for each of some runs, without any record."""
        fields = [*_FIELDS, ("targets", np.float64, (targets,))]
        return cls(np.zeros(runs, dtype=fields), shared)

    def put(self, record: Record, path: Path, offset: int) -> None:
        """Put a record in the row of its run."""
        meta, code = record.meta, self.shared.code
        self.rows[record.run] = (
            record.run,
            _STATUSES.index(record.status) + 1,
            code(record.stop_reason),
            record.trials,
            record.presentations,
            record.gradients,
            record.environment_steps or 0,
            len(record.restarts) + (record.more_restarts or 0),
            record.restarts[0] if record.restarts else (0, 0),
            record.budget,
            np.nan if record.loss is None else record.loss,
            np.nan if record.test_errors is None else record.test_errors,
            np.nan
            if record.threshold_errors is msgspec.UNSET
            else record.threshold_errors,
            np.nan if record.test_value is msgspec.UNSET else record.test_value,
            record.test_size,
            bool(record.trace),
            record.weights is not None or record.weights_file is not msgspec.UNSET,
            record.key,
            meta.wall_seconds,
            meta.cpu_seconds,
            meta.started[:19].encode("ascii", "replace"),
            code(meta.host),
            code(_listed(tuple(meta.versions.items()))),
            record.data or b"",
            self.shared.file(path),
            offset,
            # Records that are no results have none.
            [np.nan if t is None else t for t in record.targets]
            or [np.nan] * self.rows.dtype["targets"].shape[0],
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """(n,) a column."""
        column: npt.NDArray[Any] = self.rows[name]
        return column

    def status_of(self, run: int) -> Status | None:
        """Status of a run, where all runs have a row."""
        code = int(self.rows["status"][run])
        return None if code == _NO_RECORD else _STATUSES[code - 1]

    def place_of(self, run: int) -> tuple[Path, int]:
        """The file and the offset of a run's record, where all runs have a row."""
        row = self.rows[run]
        return self.shared.files[row["file"]], int(row["offset"])

    def having(self, *statuses: Status) -> BoolArray:
        """(n,) whether each record has one of some statuses."""
        codes = [_STATUSES.index(status) + 1 for status in statuses]
        return np.isin(self.rows["status"], codes)

    def only(self, wanted: slice | npt.NDArray[Any]) -> Columns:
        """Some of the records: a slice, their indices, or whether each is wanted."""
        return Columns(self.rows[wanted], self.shared)

    def statuses(self) -> list[Status]:
        """Status of each run."""
        return [_STATUSES[code - 1] for code in self.rows["status"].tolist()]

    def told(self, name: str) -> list[str | None]:
        """A column of texts: "stop_reason", "host" or "versions"."""
        return [self.shared.texts[code] for code in self.rows[name].tolist()]

    def records(self) -> list[Record]:
        """The records themselves, read again.

        Raises:
            InputError: A file has changed since.
        """
        order = np.lexsort((self.rows["offset"], self.rows["file"])).tolist()
        read: list[Record | None] = [None] * len(order)
        try:
            for i, record in zip(
                order,
                records_at(map(self.place_of, order)),
                strict=True,
            ):
                if record is None or record.key.encode() != self.rows["key"][i]:
                    raise InputError(
                        f"{self.place_of(i)[0]}: changed while it was read"
                    )
                read[i] = put_back(record, self.place_of(i)[0].parent)
        except OSError as error:
            raise InputError(f"{error.filename}: {error.strerror}") from None
        return [record for record in read if record is not None]
