"""Sequences with targets, in the training-set order.

Everything that shows sequences to a network (evaluation, early rejection, on-line
learning) uses the one order defined here, so that costs counted by one part of the
program mean the same in every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sequences:
    """N input sequences of up to T steps with targets at some of the steps.

    All arrays are read-only. Steps at and after a sequence's length hold zeros and
    no target.

    Attributes:
        inputs: (N, T, I) float64, the value of each input line at each step.
        lengths: (N,) int64, the number of steps of each sequence, at least 1.
        targets: (N, T, O) float64, wanted outputs; read only where `mask` is true.
        mask: (N, T) bool, the steps that have targets; each sequence has some.
    """

    inputs: FloatArray
    lengths: IntArray
    targets: FloatArray
    mask: BoolArray

    def __post_init__(self) -> None:
        steps = np.arange(self.inputs.shape[1])
        if len(self.lengths) == 0 or self.lengths.min() < 1:
            raise ValueError("Sequences: at least one sequence of at least one step")
        if (self.mask & (steps >= self.lengths[:, None])).any():
            raise ValueError("Sequences: a target stands behind the end of a sequence")
        if not self.mask.any(axis=1).all():
            raise ValueError("Sequences: every sequence needs a target")
        for array in (self.inputs, self.lengths, self.targets, self.mask):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.lengths)


def training_set_order(
    lengths: Sequence[int], classes: Sequence[float] | None
) -> list[int]:
    """The order in which a training set is stored, shown, summed and counted.

    Each class is sorted by length (ties in drawing order); the classes are then
    dealt in turn, starting with the class of the largest target, so that a network
    that answers always the same is found wrong at the second sequence at the
    latest, and on the shortest sequences there are. What is left of the longer
    classes comes last. Without classes the order is by length.

    Args:
        lengths: The number of steps of each sequence, in drawing order.
        classes: The target of the class of each sequence, or None.

    Returns:
        Indices into the drawing order.
    """
    by_length = sorted(range(len(lengths)), key=lambda i: lengths[i])
    if classes is None:
        return by_length
    piles = [
        [i for i in by_length if classes[i] == target]
        for target in sorted(set(classes), reverse=True)
    ]
    return [i for deal in zip_longest(*piles) for i in deal if i is not None]


def arrange(
    inputs: Sequence[FloatArray],
    targets: Sequence[FloatArray],
    masks: Sequence[BoolArray],
    classes: Sequence[float] | None = None,
) -> Sequences:
    """Pad drawn sequences to one length and store them in the training-set order.

    Args:
        inputs: N arrays of shape (length, I).
        targets: N arrays of shape (length, O).
        masks: N arrays of shape (length,): the steps that have targets.
        classes: N class targets, or None if the sequences have no classes.
    """
    order = training_set_order([len(x) for x in inputs], classes)
    longest = max(len(x) for x in inputs)
    n = len(order)
    padded_inputs = np.zeros((n, longest, inputs[0].shape[1]))
    padded_targets = np.zeros((n, longest, targets[0].shape[1]))
    padded_mask = np.zeros((n, longest), dtype=bool)
    for row, i in enumerate(order):
        padded_inputs[row, : len(inputs[i])] = inputs[i]
        padded_targets[row, : len(inputs[i])] = targets[i]
        padded_mask[row, : len(inputs[i])] = masks[i]
    lengths = np.array([len(inputs[i]) for i in order], dtype=np.int64)
    return Sequences(padded_inputs, lengths, padded_targets, padded_mask)


def classified(inputs: Sequence[FloatArray], classes: Sequence[float]) -> Sequences:
    """Sequences whose only target, that of their class, stands at their last step.

    Args:
        inputs: N arrays of shape (length, I).
        classes: N class targets.
    """
    targets, masks = [], []
    for x, target in zip(inputs, classes, strict=True):
        at_end = np.zeros(len(x), dtype=bool)
        at_end[-1] = True
        targets.append(np.where(at_end, target, 0.0)[:, None])
        masks.append(at_end)
    return arrange(inputs, targets, masks, classes)
