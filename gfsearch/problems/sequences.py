"""Sequences with targets, in the training-set order.

Everything that shows sequences to a network (evaluation, early rejection, on-line
learning) uses the one order defined here, so that costs counted by one part of the
program mean the same in every other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Sequences:
    """N input sequences of up to T steps with targets at some of the steps.

    Inputs are finite everywhere, targets and noise where `mask` is true. All arrays are
    read-only. Steps at and after a sequence's length hold zeros and no target.

    Attributes:
        inputs: (N, T, I) float64, the value of each input line at each step.
        lengths: (N,) int64, the number of steps of each sequence, at least 1.
        targets: (N, T, O) float64, wanted outputs; read only where `mask` is true.
        mask: (N, T) bool, the steps that have targets; each sequence has some.
        noise: (N, T, O) float64, what is added to the targets where losses and their
            gradients see them; criteria judge by the targets themselves. None for none.
    """

    inputs: FloatArray
    lengths: IntArray
    targets: FloatArray
    mask: BoolArray
    noise: FloatArray | None = None

    def __post_init__(self) -> None:
        """Bring all arrays to their types, and check that they fit together.

        Raises:
            ValueError: A wrong type or shape, no sequence, a length out of range, a
                sequence without a target or with one after its end, an input or a
                target that is not finite.
        """
        inputs = _array("inputs", self.inputs, "fiub", np.float64, 3)
        n, steps, _ = inputs.shape
        lengths = _array("lengths", self.lengths, "iu", np.int64, 1)
        targets = _array("targets", self.targets, "fiub", np.float64, 3)
        mask = _array("mask", self.mask, "b", np.bool_, 2)
        if n == 0 or len(lengths) == 0 or lengths.min() < 1:
            raise ValueError("Sequences: at least one sequence of at least one step")
        if not len(lengths) == len(targets) == n or targets.shape[1] != steps:
            raise ValueError(
                "Sequences: inputs, lengths, targets: expected shapes (N, T, I), (N,) "
                f"and (N, T, O), got {inputs.shape}, {lengths.shape}, {targets.shape}"
            )
        if mask.shape != (n, steps):
            raise ValueError(
                f"Sequences: mask: expected shape {n, steps}, got {mask.shape}"
            )
        if lengths.max() > steps:
            raise ValueError(
                f"Sequences: lengths: expected at most {steps}, got {lengths.max()}"
            )
        if (mask & (np.arange(steps) >= lengths[:, None])).any():
            raise ValueError("Sequences: a target stands after the end of a sequence")
        if not mask.any(axis=1).all():
            raise ValueError("Sequences: every sequence needs a target")
        _require_finite("inputs", inputs, np.ones_like(mask))
        _require_finite("targets", targets, mask)
        fields = {"inputs": inputs, "lengths": lengths, "targets": targets}
        fields["mask"] = mask
        if self.noise is not None:
            noise = _array("noise", self.noise, "fiub", np.float64, 3)
            if noise.shape != targets.shape:
                raise ValueError(
                    f"Sequences: noise: expected shape {targets.shape}, got "
                    f"{noise.shape}"
                )
            _require_finite("noise", noise, mask)
            fields["noise"] = noise
        for name, array in fields.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def aims(self) -> FloatArray:
        """(N, T, O) the targets as losses see them: with their noise."""
        return self.targets if self.noise is None else self.targets + self.noise

    def some(self, chosen: IntArray) -> Sequences:
        """The sequences of these numbers, in this order, as long as the longest."""
        steps = int(self.lengths[chosen].max())
        return Sequences(
            self.inputs[chosen, :steps],
            self.lengths[chosen],
            self.targets[chosen, :steps],
            self.mask[chosen, :steps],
            None if self.noise is None else self.noise[chosen, :steps],
        )


def digest(*sets: Sequences) -> str:
    """The hash (32 hexadecimal digits) of sets of sequences, in their order.

    Numbers are rounded to float32: the last bit of a float64 may differ between
    machines with different mathematical libraries.
    """
    state = hashlib.blake2b(digest_size=16)
    for part in sets:
        state.update(repr((part.inputs.shape, part.targets.shape)).encode())
        targets = np.where(part.mask[:, :, None], part.targets, 0.0)
        for array in (part.inputs, targets):
            with np.errstate(over="ignore"):
                rounded = (array + 0.0).astype("<f4")  # 0.0 and -0.0 are the same
            state.update(rounded.tobytes())
        state.update(part.lengths.astype("<i8").tobytes())
        state.update(part.mask.tobytes())
        if part.noise is not None:
            noise = np.where(part.mask[:, :, None], part.noise, 0.0)
            state.update((noise + 0.0).astype("<f4").tobytes())
    return state.hexdigest()


def _array(name: str, given: Any, kinds: str, dtype: Any, dimensions: int) -> Any:
    """An array of one of the fields of `Sequences`, as its type wants it.

    Args:
        name: The field.
        given: What is to be an array.
        kinds: NumPy's letters of the types that are accepted.
        dtype: The type that is wanted.
        dimensions: The number of dimensions that is wanted.

    Raises:
        ValueError: It has another type, or another number of dimensions.
    """
    array = np.asarray(given)
    if array.dtype.kind not in kinds or array.ndim != dimensions:
        wanted = {"b": "true or false", "iu": "whole numbers"}.get(kinds, "numbers")
        raise ValueError(
            f"Sequences: {name}: expected {wanted} in {dimensions} dimensions, got "
            f"{array.dtype} in {array.ndim}"
        )
    # A copy: the caller may go on using its own array.
    return np.array(array, dtype, order="C")


def _require_finite(name: str, array: FloatArray, wanted: BoolArray) -> None:
    """Refuse nan and infinity at the wanted steps of (N, T, ...) values."""
    wrong = ~np.isfinite(array) & wanted[:, :, None]
    if wrong.any():
        sequence, step, line = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"Sequences: {name}: expected finite numbers, got "
            f"{array[sequence, step, line]} in sequence {sequence} at step {step}, "
            f"line {line}"
        )


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
    *,
    as_drawn: bool = False,
) -> Sequences:
    """Pad drawn sequences to one length and store them in the training-set order.

    Args:
        inputs: N arrays of shape (length, I).
        targets: N arrays of shape (length, O).
        masks: N arrays of shape (length,): the steps that have targets.
        classes: N class targets, or None if the sequences have no classes.
        as_drawn: Keep the drawing order instead: for new sequences, which are shown
            one after the other.
    """
    order = list(range(len(inputs)))
    if not as_drawn:
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


def classified(
    inputs: Sequence[FloatArray], classes: Sequence[float], *, as_drawn: bool = False
) -> Sequences:
    """Sequences whose only target, that of their class, stands at their last step.

    Args:
        inputs: N arrays of shape (length, I).
        classes: N class targets.
        as_drawn: Keep the drawing order, see `arrange`.
    """
    targets, masks = [], []
    for x, target in zip(inputs, classes, strict=True):
        at_end = np.zeros(len(x), dtype=bool)
        at_end[-1] = True
        targets.append(np.where(at_end, target, 0.0)[:, None])
        masks.append(at_end)
    return arrange(inputs, targets, masks, classes, as_drawn=as_drawn)


def joined(parts: Sequence[Sequences]) -> Sequences:
    """Sequences of several sets, one after the other.

    Args:
        parts: At least one set; all have as many lines and outputs.
    """
    longest = max(part.inputs.shape[1] for part in parts)

    def padded(array: Any) -> Any:
        rest = [(0, 0), (0, longest - array.shape[1])]
        return np.pad(array, rest + [(0, 0)] * (array.ndim - 2))

    noise = None
    if any(part.noise is not None for part in parts):
        of_parts = [
            np.zeros_like(part.targets) if part.noise is None else part.noise
            for part in parts
        ]
        noise = np.concatenate([padded(array) for array in of_parts])
    return Sequences(
        np.concatenate([padded(part.inputs) for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([padded(part.targets) for part in parts]),
        np.concatenate([padded(part.mask) for part in parts]),
        noise,
    )


def balanced_classes(count: int, targets: tuple[float, float]) -> list[float]:
    """The class target of each of `count` sequences: two halves.

    Args:
        count: Number of sequences.
        targets: The two class targets; an odd sequence belongs to the first.
    """
    first, second = targets
    return [first] * (count - count // 2) + [second] * (count // 2)
