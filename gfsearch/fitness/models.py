"""Evaluating networks with a forward pass of their own."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.criteria import Scoring
from gfsearch.networks.own_forward import OwnForward
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray, IntArray

_MOST_BYTES = 64 * 2**20
"""Size of the outputs of one call, unless those of one vector are larger."""


class ModelEvaluator(Evaluator):
    """One model on one set of sequences; see `Evaluator`. Everything is float64.

    Args:
        network: The model.
        sequences: The sequences, in the training-set order.
        scoring: How outputs are judged.
        allowed: How many sequences a solution may get wrong.
        limit: What `measured` must be below, too; None for nothing.
    """

    def __init__(
        self,
        network: OwnForward,
        sequences: Sequences,
        scoring: Scoring,
        allowed: int = 0,
        limit: float | None = None,
    ) -> None:
        self._arrays = SequenceArrays.of(sequences)
        self._all_targets = self._arrays.target, self._arrays.first_target
        self._scoring, self._allowed, self._limit = scoring, allowed, limit
        self._fast = self._exact = _Outputs(network, sequences)


class _Outputs:
    """Outputs of a model at the targets of sequences, in the shape that kernels give.

    Args:
        network: The model.
        sequences: The sequences.
    """

    def __init__(self, network: OwnForward, sequences: Sequences) -> None:
        self._network, self._sequences = network, sequences

    def all(self, weights: FloatArray) -> FloatArray:
        """(P, M, O) outputs at all targets."""
        return self._of(weights, self._sequences)

    def some(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        """(P, M', O) outputs at the targets of the chosen sequences, in turn."""
        return self._of(weights, self._sequences.some(chosen))

    candidate_by_candidate = all

    def cost(self, candidates: int, start: int = 0, stop: int = -1) -> int:
        """0: showing a part is always cheaper than showing everything."""
        return 0

    def cost_candidate_by_candidate(self, candidates: int) -> int:
        """1: see `cost`."""
        return 1

    def _of(self, weights: FloatArray, sequences: Sequences) -> FloatArray:
        """Outputs at targets, of as many candidates at a time as fit the memory."""
        n, steps, _ = sequences.inputs.shape
        size = n * steps * self._network.outputs * np.dtype(np.float64).itemsize
        most = max(_MOST_BYTES // size, 1)
        parts = [
            self._network.run(weights[first : first + most], sequences)
            for first in range(0, len(weights), most)
        ]
        return np.concatenate([part[:, sequences.mask] for part in parts])
