"""Outputs and gradients by a backward kernel, in the cheaper layout."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.cpu.arrays import KernelData, LaneArrays, SequenceArrays
from gfsearch.fitness.cpu.backward_source import backward_groups
from gfsearch.fitness.cpu.compiled import backward_kernel
from gfsearch.fitness.cpu.precision import FLOAT64
from gfsearch.fitness.criteria import Scoring
from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import FloatArray, IntArray


class Gradients:
    """Back-propagation through time for one network on one set of sequences, float64.

    Needs some 16 bytes for each unit, step and lane.

    Args:
        structure: The network.
        arrays: The sequences.
        scoring: What the loss is.
    """

    def __init__(
        self, structure: Structure, arrays: SequenceArrays, scoring: Scoring
    ) -> None:
        self._backward = backward_kernel(structure)
        self._lanes = backward_groups(structure) * FLOAT64.lanes
        side = LaneArrays.of(arrays, FLOAT64.name, FLOAT64.lanes, self._lanes)
        self._data = KernelData.of(arrays, side)
        self._lane_sequence, self._target = side.lane_sequence, arrays.aim
        self._scoring = scoring
        self._first_target = arrays.first_target
        self._outputs = structure.outputs
        # The mean is over targets and outputs; of the graded loss, the cross-entropy
        # alone has a slope.
        self._factor = (0.001 if scoring.graded else 1.0) / structure.outputs
        self._sequences = np.arange(len(arrays))
        self._blocks = np.arange(len(side.first_event) - 1)
        self._steps = int(arrays.duration.sum())
        self._side_by_side_steps = side.duration

    def all(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(P, M, O) outputs at all targets, and (P, D) gradients of the loss."""
        p = len(weights)
        if -(-p // self._lanes) * self._steps < p * self._side_by_side_steps:
            return self.some(weights, self._sequences)
        outputs, gradients = self._run(weights, self._sequences, self._blocks, False)
        # A sequence beside longer ones runs on behind its end, where a network may
        # overflow; then only the other layout is right.
        wrong = ~np.isfinite(gradients).all(axis=1)
        if wrong.any():
            gradients[wrong] = self.some(weights[wrong], self._sequences)[1]
        return outputs, gradients

    def some(
        self, weights: FloatArray, chosen: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """The same for the chosen sequences alone; lanes are candidates."""
        return self._run(weights, chosen, chosen, True)

    def _run(
        self,
        weights: FloatArray,
        sequences: IntArray,
        shown: IntArray,
        lanes_are_candidates: bool,
    ) -> tuple[FloatArray, FloatArray]:
        first = self._first_target
        targets = int((first[sequences + 1] - first[sequences]).sum())
        outputs = np.empty((len(weights), targets, self._outputs))
        gradients = np.empty(weights.shape)
        self._backward(
            weights,
            shown,
            lanes_are_candidates,
            *self._data,
            self._lane_sequence,
            self._target,
            self._scoring.graded,
            self._scoring.ranges,
            outputs,
            gradients,
        )
        gradients *= self._factor / targets
        return outputs, gradients
