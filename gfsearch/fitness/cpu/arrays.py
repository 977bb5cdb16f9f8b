"""Sequences and criteria as the flat arrays that compiled code reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from gfsearch.fitness.cpu.vectors import BYTES
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import Array, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class SequenceArrays:
    """Sequences with their targets.

    The targets (steps with wanted outputs) are numbered 0 to M - 1 through the
    sequences in their order and, within one, by step.

    Attributes:
        inputs: (N, T, I) float64.
        first_target: (N + 1,) number of the first target of each sequence.
        target_step: (M,) the step of each target.
        target: (M, O) float64, the wanted outputs.
        noise: (M, O) float64, what is added to them where losses see them; or None.
    """

    inputs: FloatArray
    first_target: IntArray
    target_step: IntArray
    target: FloatArray
    noise: FloatArray | None

    @classmethod
    def of(cls, sequences: Sequences) -> SequenceArrays:
        """The arrays of a set of sequences."""
        owner, step = np.nonzero(sequences.mask)
        return cls(
            inputs=sequences.inputs.copy(),
            first_target=np.searchsorted(owner, np.arange(len(sequences) + 1)),
            target_step=np.ascontiguousarray(step),
            target=sequences.targets[sequences.mask],
            noise=None if sequences.noise is None else sequences.noise[sequences.mask],
        )

    def __len__(self) -> int:
        return len(self.first_target) - 1

    def some(self, chosen: IntArray) -> SequenceArrays:
        """The sequences of these numbers, in this order."""
        first = self.first_target
        targets = [np.arange(first[s], first[s + 1]) for s in chosen]
        numbers = np.concatenate(targets)
        return SequenceArrays(
            inputs=self.inputs[chosen],
            first_target=np.cumsum([0, *map(len, targets)]),
            target_step=self.target_step[numbers],
            target=self.target[numbers],
            noise=None if self.noise is None else self.noise[numbers],
        )

    @property
    def aim(self) -> FloatArray:
        """(M, O) the wanted outputs as losses see them."""
        return self.target if self.noise is None else self.target + self.noise

    @property
    def judged_by(self) -> FloatArray:
        """(M, O) the wanted outputs; with noise (M, 2 O), as losses see them behind."""
        if self.noise is None:
            return self.target
        return np.concatenate([self.target, self.aim], axis=1)

    @property
    def duration(self) -> IntArray:
        """(N,) steps of each sequence up to its last target."""
        return self.target_step[self.first_target[1:] - 1] + 1


@dataclass(frozen=True, eq=False)
class LaneArrays:
    """The same sequences side by side, for kernels whose lanes are sequences.

    Sequences are sorted by their last target, so that the lanes of a block end at
    nearly the same step; lanes to spare come first, where sequences are shortest.
    Vectors are the consecutive sequences that fill a register, blocks the consecutive
    vectors that run together. An event is a target, seen from its block.

    Attributes:
        packed: (V, T * I * width) the inputs by vectors: step, line, lane. Lanes to
            spare hold 0.
        first_event: (B + 1,) number of the first event of each block.
        event_step: (M,) at which step each event is, ascending within a block.
        event_lane: (M,) in which lane of its block.
        event_target: (M,) the number of its target.
        lane_sequence: (B * lanes,) which sequence each lane of each block holds; -1
            for lanes to spare.
        duration: Steps of all blocks together, up to their last targets.
    """

    packed: Array
    first_event: IntArray
    event_step: IntArray
    event_lane: IntArray
    event_target: IntArray
    lane_sequence: IntArray
    duration: int

    @classmethod
    def of(cls, arrays: SequenceArrays, dtype: str, width: int, lanes: int) -> Self:
        """Lay sequences side by side.

        Args:
            arrays: The sequences.
            dtype: Format of the packed inputs.
            width: Lanes of a vector.
            lanes: Lanes of a block, a multiple of the width.
        """
        n, steps, lines = arrays.inputs.shape
        order = np.argsort(arrays.duration, kind="stable")
        blocks = -(-n // lanes)
        place = np.empty(n, np.int64)
        place[order] = np.arange(blocks * lanes - n, blocks * lanes)
        lane_sequence = np.full(blocks * lanes, -1)
        lane_sequence[place] = np.arange(n)
        padded = np.zeros((blocks * lanes, steps, lines), dtype)
        with np.errstate(over="ignore"):  # What float32 lacks is infinite there.
            padded[place] = arrays.inputs
        packed = padded.reshape(-1, width, steps * lines).transpose(0, 2, 1)
        owner = np.repeat(place, np.diff(arrays.first_target))
        block, lane = np.divmod(owner, lanes)
        events = np.lexsort((lane, arrays.target_step, block))
        first_event = np.searchsorted(block[events], np.arange(blocks + 1))
        event_step = arrays.target_step[events]
        return cls(
            packed=_aligned(packed.reshape(len(packed), -1)),
            first_event=first_event,
            event_step=event_step,
            event_lane=lane[events],
            event_target=events,
            lane_sequence=lane_sequence,
            duration=int((event_step[first_event[1:] - 1] + 1).sum()),
        )


class KernelData(NamedTuple):
    """Sequences in both layouts, in the order in which kernels take them.

    It is handed over field by field: as one argument, a named tuple would add 0.4
    microseconds to each call of a compiled function.

    Attributes: those of `SequenceArrays` and `LaneArrays`.
    """

    inputs: FloatArray
    first_target: IntArray
    target_step: IntArray
    packed: Array
    first_event: IntArray
    event_step: IntArray
    event_lane: IntArray
    event_target: IntArray

    @classmethod
    def of(cls, arrays: SequenceArrays, lanes: LaneArrays) -> Self:
        """Join both layouts of the same sequences."""
        return cls(
            arrays.inputs,
            arrays.first_target,
            arrays.target_step,
            lanes.packed,
            lanes.first_event,
            lanes.event_step,
            lanes.event_lane,
            lanes.event_target,
        )


def _aligned(array: Array) -> Array:
    """A copy that begins where a cache line does: no vector then straddles two."""
    space = np.empty(array.nbytes + BYTES, np.uint8)
    start = -space.ctypes.data % BYTES
    copy = space[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[:] = array
    return copy
