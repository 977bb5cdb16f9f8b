"""Networks and sequences as the flat arrays that compiled code reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import FloatArray, IntArray, Sequences

LANES = 32
"""Lanes of a block. With 16, small networks wait for their own results; with 64,
a training set of 100 sequences would leave too many lanes empty."""

ACTIVATION_CODES = {"logistic": 0, "tanh": 1, "sign": 2, "identity": 3}


@dataclass(frozen=True, eq=False)
class NetworkArrays:
    """A structure for the scalar kernel.

    What a unit can see stands in one row of slots: the input lines, the constant 1,
    all units at the step before, all units at this step.

    Attributes:
        first_link: (U + 1,) unit u has the links first_link[u] to first_link[u+1]-1.
        slot: Where each link looks.
        weight: Index of each link's free weight, -1 for a fixed one.
        fixed: Each link's fixed weight.
        activation: (U,) codes of the units' activations.
        sizes: (3,) numbers of input lines, units and outputs.
    """

    first_link: IntArray
    slot: IntArray
    weight: IntArray
    fixed: FloatArray
    activation: IntArray
    sizes: IntArray

    @classmethod
    def of(cls, structure: Structure) -> NetworkArrays:
        """The arrays of a structure."""
        lines, units = structure.inputs, len(structure.units)
        offset = {"input": 0, "bias": lines, "past": lines + 1}
        offset["now"] = lines + 1 + units
        links = [link for unit in structure.units for link in unit.links]
        first = np.cumsum([0] + [len(unit.links) for unit in structure.units])
        return cls(
            first_link=first.astype(np.int64),
            slot=np.array([offset[k.origin] + k.index for k in links], np.int64),
            weight=np.array(
                [-1 if k.weight is None else k.weight for k in links], np.int64
            ),
            fixed=np.array([k.fixed for k in links], np.float64),
            activation=np.array(
                [ACTIVATION_CODES[unit.activation] for unit in structure.units],
                np.int64,
            ),
            sizes=np.array([lines, units, structure.outputs], np.int64),
        )


@dataclass(frozen=True, eq=False)
class SequenceArrays:
    """Sequences for the kernels.

    The targets (steps with wanted outputs) are numbered 0 to M - 1 through the
    sequences in their order and, within one, by step. For kernels whose lanes are
    sequences, `LANES` consecutive sequences form a block; since the training-set
    order is nearly by length, a block's sequences end at nearly the same step.

    Attributes:
        inputs: (N, T, I) float64.
        narrow: (N, T, I) float32, the same.
        packed: (B, T, I, LANES) float32, the same by blocks; empty lanes hold 0.
        first_target: (N + 1,) number of the first target of each sequence.
        target_step: (M,) the step of each target.
        target: (M, O) float64, the wanted outputs.
        first_event: (B + 1,) number of the first event of each block.
        event_step, event_lane, event_target: (M,) the targets again, sorted within
            each block by step: at which step, in which lane, which target.
    """

    inputs: FloatArray
    narrow: npt.NDArray[np.float32]
    packed: npt.NDArray[np.float32]
    first_target: IntArray
    target_step: IntArray
    target: FloatArray
    first_event: IntArray
    event_step: IntArray
    event_lane: IntArray
    event_target: IntArray

    @classmethod
    def of(cls, sequences: Sequences) -> SequenceArrays:
        """The arrays of a set of sequences."""
        n, steps, lines = sequences.inputs.shape
        blocks = -(-n // LANES)
        narrow = sequences.inputs.astype(np.float32)
        lanes = np.zeros((blocks * LANES, steps, lines), np.float32)
        lanes[:n] = narrow
        packed = lanes.reshape(blocks, LANES, steps, lines).transpose(0, 2, 3, 1)
        owner, target_step = np.nonzero(sequences.mask)
        by_block = np.lexsort((owner, target_step, owner // LANES))
        return cls(
            inputs=sequences.inputs.copy(),
            narrow=narrow,
            packed=np.ascontiguousarray(packed),
            first_target=np.searchsorted(owner, np.arange(n + 1)).astype(np.int64),
            target_step=np.ascontiguousarray(target_step),
            target=sequences.targets[sequences.mask],
            first_event=np.searchsorted(
                owner[by_block] // LANES, np.arange(blocks + 1)
            ).astype(np.int64),
            event_step=target_step[by_block],
            event_lane=owner[by_block] % LANES,
            event_target=by_block.astype(np.int64),
        )

    def __len__(self) -> int:
        return len(self.first_target) - 1


@dataclass(frozen=True)
class Scoring:
    """How outputs are judged.

    Attributes:
        tolerance: Largest absolute error (excluded), or -1 for "of the target's
            sign".
        graded: Loss is the graded one instead of the mean squared error.
        low: Lowest output, mapped to 0 for the cross-entropy of the graded loss.
        high: Highest output, mapped to 1.
    """

    tolerance: float
    graded: bool
    low: float
    high: float
