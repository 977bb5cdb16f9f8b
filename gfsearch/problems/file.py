"""One's own recorded data: sequences from a CSV, NPZ or Parquet file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from gfsearch.problems.data import Data
from gfsearch.problems.recorded import Recording, Split, check_split, split
from gfsearch.problems.sequences import Sequences
from gfsearch.problems.tables import Columns, has_numbers, numbers, read_table, texts
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray
from gfsearch.specs.errors import InputError
from gfsearch.specs.files import File


@dataclass(frozen=True, kw_only=True)
class FromFile(Split):
    """Learn from sequences in a file: one row for each step, one column for each line.

    The rows of a sequence stand together, in the order of its steps. Either a column
    holds the class of each sequence, which becomes one output for each class, 1 for the
    sequence's own and 0 for the others, wanted at its last step; or columns hold the
    targets of one output each, at every step where they are not empty. Each instance
    splits the sequences anew, each class by itself.

    Attributes:
        path: The file: .csv with the columns' names in its first row, .npz with an
            array for each column, or .parquet. Relative to the suite.
        sequence: The column that tells sequences apart; default "sequence".
        columns: The columns of the input lines; default all others with numbers.
        label: The column of the classes, the same in all rows of a sequence that are
            not empty.
        targets: The columns of the targets, in the place of `label`.
        classes: The classes, in the order of their outputs; default all there are,
            sorted.
        test, folds, validation, scale: See `gfsearch.problems.recorded.Split`.
    """

    kind: ClassVar[str] = "file"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "your own data"
    recorded: ClassVar[bool] = True

    path: File
    sequence: str = "sequence"
    columns: tuple[str, ...] = ()
    label: str | None = None
    targets: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        # From Python, fields are given as they are.
        if not isinstance(self.path, File):
            object.__setattr__(self, "path", File(self.path))
        for name in ("columns", "targets", "classes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if (self.label is None) == (not self.targets):
            raise ValueError("give either label or targets: a column of the file")
        if self.label is None and self.classes:
            raise ValueError("classes: expected a label, too")
        used = [
            *self.columns,
            *self.targets,
            self.sequence,
            *filter(None, [self.label]),
        ]
        if twice := sorted({name for name in used if name and used.count(name) > 1}):
            raise ValueError(f"column {twice[0]!r}: used twice")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("classes: expected each once")
        # What a study holds says all that is needed without the file.
        if not self.columns or (self.label is not None and not self.classes):
            found = read_table(self.path.path)
            if not self.columns:
                object.__setattr__(self, "columns", _input_columns(found, self))
            if self.label is not None and not self.classes:
                object.__setattr__(self, "classes", _classes(found, self))
            check_split(_recording(self), self)

    @property
    def inputs(self) -> int:
        """Number of input lines."""
        return len(self.columns)

    @property
    def outputs(self) -> int:
        """Number of outputs: one for each class, or each column of targets."""
        return len(self.classes) or len(self.targets)

    @property
    def class_targets(self) -> tuple[float, float] | None:
        """1 and 0 for classes; None for numbers."""
        return None if self.label is None else (1.0, 0.0)

    def draw(self, rng: np.random.Generator) -> Data[Sequences]:
        """Split the sequences."""
        return self.draw_fold(rng, 0)

    def draw_fold(self, rng: np.random.Generator, fold: int) -> Data[Sequences]:
        """Split the sequences, with a fold of them as the test set."""
        return split(_recording(self), self, rng, fold)


def _input_columns(found: Columns, problem: FromFile) -> tuple[str, ...]:
    """All columns with numbers that are nothing else.

    Raises:
        InputError: There is none, or one has other cells, too.
    """
    others = {problem.sequence, problem.label, *problem.targets}
    path = problem.path.path
    names = tuple(
        name for name in found if name not in others and has_numbers(found, name, path)
    )
    if not names:
        raise InputError(f"{problem.path.path}: no column with numbers for the inputs")
    return names


def _classes(found: Columns, problem: FromFile) -> tuple[str, ...]:
    """All classes, in the order of numbers if they are some, else of texts.

    Raises:
        InputError: There are fewer than two.
    """
    assert problem.label is not None
    labels = set(texts(found, problem.label, problem.path.path)) - {None}
    names = [label for label in labels if label is not None]
    try:
        names.sort(key=float)
    except ValueError:
        names.sort()
    if len(names) < 2:
        raise InputError(
            f"{problem.path.path}: {problem.label}: expected at least two classes, got "
            f"{', '.join(names) or 'none'}"
        )
    return tuple(names)


@lru_cache(maxsize=8)
def _recording(problem: FromFile) -> Recording:
    """The sequences of a file; read once in a process, as long as few are used.

    Raises:
        InputError: Its content has another hash than it had, or something in it is
            wrong.
    """
    problem.path.check()
    path = problem.path.path
    found = read_table(path)
    starts = _starts(texts(found, problem.sequence, path), problem.sequence, path)
    lines = [numbers(found, name, path) for name in problem.columns]
    inputs = np.split(np.stack(lines, axis=1), starts[1:])
    if problem.label is not None:
        labels = _labels(found, problem, starts)
        return Recording.labelled(inputs, labels, len(problem.classes))
    targets, masks = _targets(found, problem, starts)
    return Recording(inputs, targets, masks, None)


def _labels(found: Columns, problem: FromFile, starts: list[int]) -> IntArray:
    """(N,) the number of the one class of each sequence.

    Raises:
        InputError: One has none, several, or an unknown one.
    """
    assert problem.label is not None
    path, name = problem.path.path, problem.label
    numbered = {name: number for number, name in enumerate(problem.classes)}
    cells = texts(found, name, path)
    labels = []
    for start, stop in zip(starts, [*starts[1:], len(cells)], strict=True):
        own = sorted({cell for cell in cells[start:stop] if cell is not None})
        if len(own) != 1 or own[0] not in numbered:
            raise InputError(
                f"{path}: sequence from row {start + 1}: {name}: expected one of "
                f"{', '.join(numbered)}, got {' and '.join(own) or 'none'}"
            )
        labels.append(numbered[own[0]])
    return np.array(labels)


def _targets(
    found: Columns, problem: FromFile, starts: list[int]
) -> tuple[list[FloatArray], list[BoolArray]]:
    """The (length, O) targets of each sequence, and the (length,) steps with some.

    Raises:
        InputError: A step has some of its targets and not all, or a sequence none.
    """
    path = problem.path.path
    columns = [numbers(found, name, path, gaps=True) for name in problem.targets]
    wanted = np.stack(columns, axis=1)
    there = ~np.isnan(wanted)
    uneven = there.any(axis=1) & ~there.all(axis=1)
    if uneven.any():
        row = int(np.argmax(uneven))
        empty = problem.targets[int(np.argmin(there[row]))]
        raise InputError(
            f"{path}: row {row + 1}: {empty}: expected a finite number, got nothing: a "
            "step has all targets or none"
        )
    masks = np.split(there[:, 0], starts[1:])
    for mask, start in zip(masks, starts, strict=True):
        if not mask.any():
            raise InputError(
                f"{path}: sequence from row {start + 1}: expected a target at one of "
                "its steps at least"
            )
    return np.split(np.where(there, wanted, 0.0), starts[1:]), masks


def _starts(names: list[str | None], column: str, path: Path) -> list[int]:
    """The first row of each sequence, from 0.

    Raises:
        InputError: A row belongs to no sequence, or to one that has ended.
    """
    starts: list[int] = []
    seen: set[str] = set()
    before: str | None = None
    for row, name in enumerate(names):
        if name is None:
            raise InputError(f"{path}: row {row + 1}: {column}: expected a name")
        if name != before:
            if name in seen:
                raise InputError(
                    f"{path}: row {row + 1}: {column}: the rows of sequence {name!r} "
                    "do not stand together"
                )
            seen.add(name)
            starts.append(row)
        before = name
    return starts
