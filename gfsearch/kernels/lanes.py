"""Running weight vectors on sequences by the lane kernels, in the cheaper layout."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gfsearch.kernels.arrays import LANES, NetworkArrays, Scoring, SequenceArrays
from gfsearch.kernels.compiled import lane_kernel
from gfsearch.kernels.score import confirm, first_wrong, score
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import BoolArray, FloatArray, IntArray

Outputs = npt.NDArray[np.float32]


def _blocks(count: int) -> int:
    """How many blocks hold so many lanes."""
    return -(-count // LANES)


class Evaluator:
    """One network on one set of sequences: losses, errors, early rejection.

    Args:
        structure: The network.
        arrays: The sequences, in the training-set order.
        scoring: How outputs are judged.
    """

    def __init__(
        self, structure: Structure, arrays: SequenceArrays, scoring: Scoring
    ) -> None:
        self._forward = lane_kernel(structure)
        self._network = NetworkArrays.of(structure)
        self._arrays = arrays
        self._scoring = scoring
        self._everything = np.arange(len(arrays))

    def full(self, weights: FloatArray) -> tuple[FloatArray, IntArray]:
        """Loss and number of wrong sequences of each row, solutions confirmed.

        Args:
            weights: (P, D).

        Returns:
            (P,) losses and (P,) errors; rows that the float32 lanes find without
            error carry the values of the float64 kernel.
        """
        p, n = len(weights), len(self._arrays)
        if _blocks(p) * n < p * _blocks(n):
            outputs = self._with_candidate_lanes(weights, self._everything)
        else:
            outputs = self._with_sequence_lanes(weights, 0, _blocks(n))
        loss, errors = self._score(
            outputs, self._arrays.target, self._arrays.first_target
        )
        for row in np.flatnonzero(errors == 0):
            loss[row], errors[row], _ = self.confirm(weights[row], stop_at_error=False)
        return loss, errors

    def partial(
        self, weights: FloatArray, sequences: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Loss and number of wrong sequences of each row on some sequences.

        Args:
            weights: (P, D).
            sequences: (S,) indices into the set, in any order.
        """
        first = self._arrays.first_target
        owned = [np.arange(first[s], first[s + 1]) for s in sequences]
        ends = np.cumsum([0] + [len(targets) for targets in owned])
        targets = self._arrays.target[np.concatenate(owned)]
        outputs = self._with_candidate_lanes(weights, sequences)
        return self._score(outputs, targets, ends)

    def early_rejecting(self, weights: FloatArray) -> tuple[BoolArray, IntArray]:
        """Whether each row solves the set, and the presentations that decided it.

        Rows are shown a growing prefix of the set and leave at their first wrong
        sequence; those that pass all are confirmed by the float64 kernel. The
        answers do not depend on how the prefix grows.

        Args:
            weights: (P, D).

        Returns:
            (P,) solved, and (P,) sequences shown up to and including the first
            wrong one.
        """
        n = len(self._arrays)
        presentations = np.full(len(weights), n)
        alive = np.arange(len(weights))
        start = 0
        while start < n and len(alive):
            found, stop = self._next_stage(weights[alive], start)
            wrong = found < stop
            presentations[alive[wrong]] = found[wrong] + 1
            alive = alive[~wrong]
            start = stop
        solved = np.zeros(len(weights), dtype=bool)
        for row in alive:
            _, errors, shown = self.confirm(weights[row], stop_at_error=True)
            solved[row] = errors == 0
            presentations[row] = shown
        return solved, presentations

    def confirm(
        self, weights: FloatArray, *, stop_at_error: bool
    ) -> tuple[float, int, int]:
        """Loss, errors and presentations of one (D,) weight vector in float64."""
        network, arrays, scoring = self._network, self._arrays, self._scoring
        loss, errors, shown = confirm(
            np.ascontiguousarray(weights),
            network.first_link,
            network.slot,
            network.weight,
            network.fixed,
            network.activation,
            network.sizes,
            arrays.inputs,
            arrays.first_target,
            arrays.target_step,
            arrays.target,
            scoring.tolerance,
            scoring.graded,
            scoring.low,
            scoring.high,
            stop_at_error,
        )
        return loss, errors, shown

    def _next_stage(self, weights: FloatArray, start: int) -> tuple[IntArray, int]:
        """Show the next part of the prefix; its length doubles from stage to stage.

        Few survivors fill the lanes badly; then it is cheaper to show each of them
        the rest of the block of sequences that comes next.

        Returns:
            (P,) the first wrong sequence of each row, or the stage's end.
        """
        arrays = self._arrays
        n, p = len(arrays), len(weights)
        stop = min(max(2 * start, 1), n)
        if _blocks(p) * (stop - start) <= p:
            outputs = self._with_candidate_lanes(weights, self._everything[start:stop])
            offset = arrays.first_target[start]
        else:
            block = start // LANES
            stop = min((block + 1) * LANES, n)
            outputs = self._with_sequence_lanes(weights, block, block + 1)
            offset = 0
        found = np.empty(p, dtype=np.int64)
        first_wrong(
            outputs,
            offset,
            arrays.target,
            arrays.first_target,
            start,
            stop,
            self._scoring.tolerance,
            found,
        )
        return found, stop

    def _with_candidate_lanes(self, weights: FloatArray, chosen: IntArray) -> Outputs:
        """(P, M', O) outputs at the targets of the chosen sequences, in turn."""
        first = self._arrays.first_target
        targets = int((first[chosen + 1] - first[chosen]).sum())
        outputs = np.empty((len(weights), targets, self._network.sizes[2]), np.float32)
        self._call(weights, chosen, True, slice(None), outputs)
        return outputs

    def _with_sequence_lanes(
        self, weights: FloatArray, first: int, last: int
    ) -> Outputs:
        """(P, M, O) outputs at all targets, filled for the blocks first to last-1."""
        shape = len(weights), len(self._arrays.target), self._network.sizes[2]
        outputs = np.empty(shape, np.float32)
        self._call(weights, self._everything, False, slice(first, last), outputs)
        return outputs

    def _call(
        self,
        weights: FloatArray,
        chosen: IntArray,
        lanes_are_candidates: bool,
        blocks: slice,
        outputs: Outputs,
    ) -> None:
        arrays = self._arrays
        self._forward(
            weights,
            chosen,
            lanes_are_candidates,
            arrays.narrow,
            arrays.packed[blocks],
            arrays.first_target,
            arrays.target_step,
            arrays.first_event[blocks.start :] if blocks.start else arrays.first_event,
            arrays.event_step,
            arrays.event_lane,
            arrays.event_target,
            outputs,
        )

    def _score(
        self, outputs: Outputs, targets: FloatArray, first_target: IntArray
    ) -> tuple[FloatArray, IntArray]:
        loss = np.empty(len(outputs))
        errors = np.empty(len(outputs), dtype=np.int64)
        scoring = self._scoring
        score(
            outputs,
            targets,
            first_target,
            scoring.tolerance,
            scoring.graded,
            scoring.low,
            scoring.high,
            loss,
            errors,
        )
        return loss, errors
