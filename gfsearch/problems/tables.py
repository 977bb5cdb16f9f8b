"""Tables of recorded data: CSV, NPZ and Parquet files as columns of one length."""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gfsearch.problems.memory import check_fits
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.errors import InputError, in_a_line, unknown

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, Any]
"""Columns by name: arrays or series of one length, in the file's order."""


def read_table(path: Path) -> Columns:
    """Read all columns of a file.

    Args:
        path: A file that ends in .csv, .npz or .parquet.

    Raises:
        InputError: It has another ending, does not fit into a quarter of the memory,
            or is no such table.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: expected a file that ends in {', '.join(_READERS)}")
    try:
        check_fits(path.stat().st_size, str(path))
        columns = reader(path)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or in_a_line(error)}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file in UTF-8") from None
    lengths = {len(column) for column in columns.values()}
    if not columns or lengths == {0}:
        raise InputError(f"{path}: no rows")
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise InputError(f"{path}: expected columns of one length, got {told}")
    return columns


def column(columns: Columns, name: str, path: Path) -> Any:
    """A column by its name.

    Raises:
        InputError: There is none.
    """
    if name not in columns:
        raise InputError(f"{path}: {unknown('column', name, columns)}")
    return columns[name]


def numbers(columns: Columns, name: str, path: Path, gaps: bool = False) -> FloatArray:
    """(R,) a column of finite numbers.

    Args:
        columns: All columns.
        name: The column's name.
        path: The file.
        gaps: Accept empty cells, which become nan.

    Raises:
        InputError: A cell is none; the message names its row.
    """
    import pandas as pd

    found = pd.Series(column(columns, name, path))
    if found.dtype.kind not in "fiub":
        told = pd.to_numeric(found, errors="coerce")
        wrong = told.isna() & found.notna()
        if wrong.any():
            row = int(np.argmax(wrong))
            raise _not_a_number(path, row, name, found.iloc[row])
        found = told
    values = found.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.isinf(values) if gaps else ~np.isfinite(values)
    if wrong.any():
        row = int(np.argmax(wrong))
        got = "nothing" if np.isnan(values[row]) else float(values[row])
        raise _not_a_number(path, row, name, got)
    return np.asarray(values)


def has_numbers(columns: Columns, name: str, path: Path) -> bool:
    """True if a column consists of numbers; False if it holds none.

    Raises:
        InputError: It holds numbers and something else: leaving it out in silence
            would lose an input line.
    """
    import pandas as pd

    found = pd.Series(column(columns, name, path))
    if found.dtype.kind in "fiub":
        return True
    told = pd.to_numeric(found, errors="coerce")
    if told.notna().any():
        numbers(columns, name, path)
    return bool(told.notna().all())


def texts(columns: Columns, name: str, path: Path) -> list[str | None]:
    """The cells of a column as texts; None for empty ones. 3 and 3.0 are the same.

    Raises:
        InputError: There is no such column.
    """
    import pandas as pd

    found = pd.Series(column(columns, name, path))
    if found.dtype.kind == "f" and (found.dropna() % 1 == 0).all():
        found = found.astype("Int64")
    return [None if pd.isna(cell) else str(cell) for cell in found]


def _not_a_number(path: Path, row: int, name: str, got: object) -> InputError:
    shown = got if got == "nothing" else repr(got)[:60]
    return InputError(
        f"{path}: row {row + 1}: {name}: expected a finite number, got {shown}"
    )


def _csv(path: Path) -> Columns:
    """The columns of a text file with commas between them and their names on top."""
    import pandas as pd

    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            names = next(csv.reader(file), [])
        except csv.Error as error:
            raise InputError(f"{path}: {error}") from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or "" in names:
        got = f"none for column {names.index('') + 1}" if names else "an empty file"
        raise InputError(
            f"{path}: expected a name for each column in the first row, got {got}"
        )
    if twice:
        raise InputError(f"{path}: expected each column once, got {twice[0]!r} twice")
    try:
        with warnings.catch_warnings():
            # Rows that are too long would be cut.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path,
                encoding="utf-8-sig",
                # A class may be called NA or null.
                keep_default_na=False,
                na_values=[""],
                index_col=False,
                low_memory=False,
            )
    except pd.errors.ParserWarning:
        raise InputError(
            f"{path}: expected {len(names)} cells in every row, as in the first, got "
            "more in some"
        ) from None
    except UnicodeDecodeError:
        raise
    except ValueError as error:  # pandas' own errors are some.
        raise InputError(f"{path}: {in_a_line(error)}") from None
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise InputError(
            f"{path}: expected commas between columns, and points in numbers, got one "
            f"column {names[0]!r}"
        )
    return _of_frame(table)


def _parquet(path: Path) -> Columns:
    """The columns of a Parquet file."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            f"{path}: reading Parquet needs pyarrow: pip install 'gfsearch[parquet]'"
        ) from None
    try:
        groups = pq.ParquetFile(path).metadata
        sizes = [
            groups.row_group(g).total_byte_size for g in range(groups.num_row_groups)
        ]
        check_fits(sum(sizes), str(path))
        return _of_frame(pq.read_table(path).to_pandas())
    except (pa.ArrowException, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: {in_a_line(error)}") from None


def _of_frame(table: pd.DataFrame) -> Columns:
    return {str(name): table[name] for name in table.columns}


def _npz(path: Path) -> Columns:
    """The columns of NumPy's archive: vectors, and matrices as columns name.0, ..."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_fits(sum(each.file_size for each in archive.infolist()), str(path))
        found: dict[str, Any] = {}
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                array = arrays[name]
                if array.ndim == 1:
                    found[name] = array
                elif array.ndim == 2:
                    parts = enumerate(array.T)
                    found |= {f"{name}.{i}": part for i, part in parts}
                else:
                    raise InputError(
                        f"{path}: {name}: expected an array of 1 or 2 dimensions, one "
                        f"row for each step, got {array.ndim}"
                    )
    except InputError:
        raise
    except ValueError as error:
        hint = ": give texts as arrays of type U: astype(str)" * (
            "Object" in str(error)
        )
        raise InputError(f"{path}: {in_a_line(error)}{hint}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise InputError(f"{path}: {in_a_line(error)}") from None
    return found


_READERS: dict[str, Callable[[Path], Columns]] = {
    ".csv": _csv,
    ".npz": _npz,
    ".parquet": _parquet,
}
