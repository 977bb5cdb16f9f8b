"""Recorded sequences: split into training, validation and test parts, and scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import msgspec
import numpy as np

from gfsearch.problems.data import Data
from gfsearch.problems.memory import check_fits
from gfsearch.problems.sequences import Sequences, arrange
from gfsearch.specs.arrays import Array, BoolArray, FloatArray, IntArray
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import Fraction, Spec

Scale = Literal["standard", "range", "none"]
"""Scaling of input lines: mean 0 and standard deviation 1; -1 to 1; none."""


NEEDED = "pip install 'gfsearch[data]'"
"""Command that installs the packages that bring data."""

_TEST = 0.25
"""Share of test sequences if nothing is said."""


@dataclass(frozen=True, eq=False)
class Recording:
    """All sequences of a data set, in its own order.

    Attributes:
        inputs: N arrays of shape (length, I).
        targets: N arrays of shape (length, O).
        masks: N arrays of shape (length,): the steps that have targets.
        classes: (N,) number of the class of each sequence; None where there are none.
    """

    inputs: Sequence[FloatArray]
    targets: Sequence[FloatArray]
    masks: Sequence[BoolArray]
    classes: IntArray | None

    def __len__(self) -> int:
        return len(self.inputs)

    @classmethod
    def labelled(
        cls, inputs: Sequence[FloatArray], labels: IntArray, of: int
    ) -> Recording:
        """Sequences of a class each, one-hot at their last steps.

        Args:
            inputs: N arrays of shape (length, I).
            labels: (N,) numbers of their classes.
            of: Number of classes.
        """
        wanted = np.eye(of)[labels]
        targets, masks = [], []
        for x, target in zip(inputs, wanted, strict=True):
            at_end = np.arange(len(x)) == len(x) - 1
            masks.append(at_end)
            targets.append(np.where(at_end[:, None], target, 0.0))
        return cls(inputs, targets, masks, labels)

    @cached_property
    def padded_size(self) -> int:
        """Bytes of all sequences padded to one length, with their targets."""
        longest = max(map(len, self.inputs))
        columns: int = self.inputs[0].shape[1] + self.targets[0].shape[1]
        return 8 * len(self) * longest * columns


@dataclass(frozen=True, kw_only=True)
class Split(Spec):
    """The split of recorded sequences, and their scaling: fields of a problem.

    Attributes:
        test: Share of test sequences; default a quarter where there are no folds.
        folds: In its place the number of folds of a cross-validation: instance i tests
            fold i, and the next instances split anew.
        validation: Share of the remaining sequences on which solutions must be right,
            too, where a task says `until = "validation"`; default none.
        scale: Scaling of the input lines, learned on the training sequences alone:
            "standard" (mean 0, standard deviation 1; the default), "range" (-1 to 1) or
            "none".
    """

    test: Fraction | None = None
    folds: Annotated[int, msgspec.Meta(ge=2, le=10**6)] | None = None
    validation: Fraction | None = None
    scale: Scale = "standard"

    def __post_init__(self) -> None:
        if self.folds is not None and self.test is not None:
            raise ValueError("give either test or folds")
        if self.folds is None and self.test is None:
            object.__setattr__(self, "test", _TEST)


def check_split(recording: Recording, how: Split) -> None:
    """Refuse a split that leaves a part empty.

    Args:
        recording: The sequences.
        how: How they are split.

    Raises:
        InputError: It does, or the sequences do not fit into a quarter of the memory.
    """
    _parts(recording, how, np.random.default_rng(0), 0)


def split(
    recording: Recording, how: Split, rng: np.random.Generator, fold: int = 0
) -> Data[Sequences]:
    """Split sequences at random, each class by itself, and scale their inputs.

    Args:
        recording: The sequences.
        how: How they are split and scaled.
        rng: Random numbers; the same ones for all folds of one cross-validation.
        fold: Number of the fold that is the test set.

    Raises:
        InputError: A part would be empty, or the data do not fit into the memory.
    """
    return parts_of(recording, how.scale, *_parts(recording, how, rng, fold))


def parts_of(
    recording: Recording,
    scale: Scale,
    train: IntArray,
    test: IntArray,
    validation: IntArray,
) -> Data[Sequences]:
    """Parts of a recording as sets of sequences, scaled as the training part asks.

    Args:
        recording: The sequences.
        scale: Scaling of the input lines.
        train: Numbers of the training sequences.
        test: Numbers of the test sequences.
        validation: Numbers of the validation sequences; none if there are none.
    """
    shift, factor = _scaling([recording.inputs[i] for i in train], scale)

    def chosen(part: IntArray) -> Sequences:
        classes = recording.classes
        return arrange(
            [(recording.inputs[i] - shift) * factor for i in part],
            [recording.targets[i] for i in part],
            [recording.masks[i] for i in part],
            None if classes is None else classes[part].astype(float).tolist(),
        )

    return Data(
        chosen(train), chosen(test), chosen(validation) if len(validation) else None
    )


def _parts(
    recording: Recording, how: Split, rng: np.random.Generator, fold: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Numbers of the sequences of training, test and validation set; none is empty."""
    count = len(recording)
    _check_whole(recording, how)
    labels = np.zeros(count, int) if recording.classes is None else recording.classes
    # Shuffled within each class, the classes one after the other.
    order = rng.permutation(count)
    order = order[np.argsort(labels[order], kind="stable")]
    if how.folds is not None:
        # Dealt in turn: folds of every class differ by one sequence at most.
        in_test = np.arange(count) % how.folds == fold
    else:
        in_test = _share(labels[order], how.test or _TEST)
    train, held_out = hold_out(recording, order[~in_test], how.validation, rng)
    parts = train, order[in_test], held_out
    for name, part in zip(("training", "test", "validation"), parts, strict=True):
        if len(part) == 0 and (name != "validation" or how.validation is not None):
            raise InputError(f"{count} sequences leave none for the {name} set")
    return parts


def _check_whole(recording: Recording, how: Split) -> None:
    """Refuse a recording that cannot be split so, or does not fit into the memory.

    Raises:
        InputError: It does not fit, a class has fewer than two sequences, or there are
            more folds than sequences.
    """
    check_fits(recording.padded_size, "the sequences, padded to one length, take")
    if recording.classes is not None:
        count = recording.targets[0].shape[1]
        members = np.bincount(recording.classes, minlength=count)
        if (members < 2).any():
            raise InputError(
                f"class {int(np.argmin(members)) + 1} of {count}: expected at least "
                f"two sequences, one of them to test, got {members.min()}"
            )
    if how.folds is not None and how.folds > len(recording):
        raise InputError(
            f"folds: expected at most {len(recording)}, the number of sequences"
        )


def hold_out(
    recording: Recording,
    numbers: IntArray,
    share: float | None,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Hold out a share of some sequences at random, each class by itself.

    Args:
        recording: All sequences.
        numbers: Numbers of some of them.
        share: The share; None for none.
        rng: Random numbers.

    Returns:
        Numbers of those that are left, and of those held out.
    """
    if share is None:
        return numbers, numbers[:0]
    shuffled = rng.permutation(numbers)
    labels = recording.classes
    chosen = _share(
        np.zeros(len(shuffled), int) if labels is None else labels[shuffled], share
    )
    return shuffled[~chosen], shuffled[chosen]


def _share(labels: IntArray, share: float) -> BoolArray:
    """The first ones of each class that make up a share of it, at least one of two."""
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = max(round(share * len(members)), 1)
        chosen[members[: min(count, len(members) - 1)]] = True
    return chosen


def _scaling(
    inputs: Sequence[FloatArray], scale: Scale
) -> tuple[Array | float, Array | float]:
    """(I,) what is subtracted from input lines, and what they are multiplied by.

    Raises:
        InputError: Their numbers are too large.
    """
    if scale == "none":
        return 0.0, 1.0
    rows = np.concatenate(inputs)
    with np.errstate(over="ignore", invalid="ignore"):
        if scale == "standard":
            shift, size = rows.mean(axis=0), rows.std(axis=0)
        else:
            low, high = rows.min(axis=0), rows.max(axis=0)
            shift, size = 0.5 * low + 0.5 * high, 0.5 * high - 0.5 * low
    if not (np.isfinite(shift).all() and np.isfinite(size).all()):
        raise InputError("the input lines have numbers too large to be scaled")
    # A line that is always the same says nothing: 0.
    silent = size <= 1e-12 * np.maximum(np.abs(shift), 1e-300)
    return shift, np.where(silent, 0.0, 1.0) / np.where(silent, 1.0, size)
