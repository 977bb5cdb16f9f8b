"""Running weight vectors on sequences by a forward kernel, in the cheaper layout."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gfsearch.fitness.cpu.arrays import KernelData, LaneArrays, SequenceArrays
from gfsearch.fitness.cpu.compiled import forward_kernel
from gfsearch.fitness.cpu.precision import Precision
from gfsearch.fitness.cpu.source import groups
from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import FloatArray, IntArray

Outputs = npt.NDArray[Any]


class Shows(Protocol):
    """Shows sequences to weight vectors; `Lanes` does, by a forward kernel."""

    def all(self, weights: FloatArray) -> Outputs:
        """(P, M, O) outputs at all targets."""

    def some(self, weights: FloatArray, chosen: IntArray) -> Outputs:
        """(P, M', O) outputs at the targets of the chosen sequences, in turn."""

    def candidate_by_candidate(self, weights: FloatArray) -> Outputs:
        """(P, M, O) outputs at all targets, in the way that suits few vectors."""

    def cost(self, candidates: int, start: int = 0, stop: int = -1) -> int:
        """The cost of showing sequences, all or some, to vectors side by side."""

    def cost_candidate_by_candidate(self, candidates: int) -> int:
        """The cost of showing all sequences in the other way."""


class Lanes:
    """One network on one set of sequences, in one precision.

    Args:
        structure: The network.
        arrays: The sequences.
        precision: The format of all numbers but the weights given.
    """

    def __init__(
        self, structure: Structure, arrays: SequenceArrays, precision: Precision
    ) -> None:
        self._lanes = groups(structure) * precision.lanes
        self._forward = forward_kernel(structure, precision)
        side_by_side = LaneArrays.of(
            arrays, precision.name, precision.lanes, self._lanes
        )
        self._data = KernelData.of(arrays, side_by_side)
        self._first_target = arrays.first_target
        self._dtype = np.dtype(precision.name)
        self._targets, self._outputs = len(arrays.target), structure.outputs
        self._sequences = np.arange(len(arrays))
        self._blocks = np.arange(len(side_by_side.first_event) - 1)
        self._steps_before: list[int] = [0, *np.cumsum(arrays.duration).tolist()]
        self._side_by_side_steps = side_by_side.duration
        self._worth_a_block = self._steps_before[-1] // side_by_side.duration

    def all(self, weights: FloatArray) -> Outputs:
        """(P, M, O) outputs at all targets.

        Candidates fill whole blocks as long as there are enough of them; the rest
        goes whichever way is cheaper.
        """
        p = len(weights)
        rest = p % self._lanes
        if rest > self._worth_a_block:
            rest = 0
        if rest == p:
            return self.candidate_by_candidate(weights)
        outputs = np.empty((p, self._targets, self._outputs), self._dtype)
        full = p - rest
        self._forward(
            weights[:full], self._sequences, True, *self._data, outputs[:full]
        )
        if rest:
            self._forward(
                weights[full:], self._blocks, False, *self._data, outputs[full:]
            )
        return outputs

    def some(self, weights: FloatArray, chosen: IntArray) -> Outputs:
        """(P, M', O) outputs at the targets of the chosen sequences, in turn."""
        first = self._first_target
        targets = (first[chosen + 1] - first[chosen]).sum()
        outputs = np.empty((len(weights), targets, self._outputs), self._dtype)
        self._forward(weights, chosen, True, *self._data, outputs)
        return outputs

    def candidate_by_candidate(self, weights: FloatArray) -> Outputs:
        """(P, M, O) outputs at all targets; lanes are sequences."""
        p = len(weights)
        outputs = np.empty((p, self._targets, self._outputs), self._dtype)
        self._forward(weights, self._blocks, False, *self._data, outputs)
        return outputs

    def cost(self, candidates: int, start: int = 0, stop: int = -1) -> int:
        """Steps of blocks to show sequences, all or some; lanes are candidates."""
        blocks = -(-candidates // self._lanes)
        return blocks * (self._steps_before[stop] - self._steps_before[start])

    def cost_candidate_by_candidate(self, candidates: int) -> int:
        """Steps of blocks to show all sequences; lanes are sequences."""
        return candidates * self._side_by_side_steps
