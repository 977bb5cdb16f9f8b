"""Evaluating networks with a forward pass of their own."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.cpu.score import MARGIN
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
        self._network, self._sequences = network, sequences
        shows = _Outputs(network, sequences)
        arrays = SequenceArrays.of(sequences)
        self._show(arrays, shows, shows, scoring, allowed, limit)

    def gradient(
        self, weights: FloatArray, sequences: IntArray | None = None
    ) -> tuple[FloatArray, IntArray, FloatArray]:
        """(P,) losses, (P,) errors and (P, D) gradients of the loss.

        Args:
            weights: (P, D).
            sequences: (S,) indices into the set, in any order; None for all.

        Raises:
            ExtensionError: The model fails.
        """
        part = self._sequences if sequences is None else self._sequences.some(sequences)
        arrays = SequenceArrays.of(part)
        parts = [
            self._gradient(weights[chunk], part, arrays)
            for chunk in _chunks(len(weights), part, self._network.outputs)
        ]
        loss, errors, gradients = zip(*parts, strict=True)
        return np.concatenate(loss), np.concatenate(errors), np.concatenate(gradients)

    def _gradient(
        self, weights: FloatArray, part: Sequences, arrays: SequenceArrays
    ) -> tuple[FloatArray, IntArray, FloatArray]:
        """The same, for as many vectors as fit the memory."""
        shown = self._network.run(weights, part)
        outputs = shown[:, part.mask]
        loss, errors, _ = self._score(
            weights, outputs, arrays.judged_by, arrays.first_target
        )
        slopes = np.zeros_like(shown)
        slopes[:, part.mask] = self._slopes(outputs, arrays.aim)
        return loss, errors, self._network.pull_back(weights, part, slopes)

    def _slopes(self, outputs: FloatArray, targets: FloatArray) -> FloatArray:
        """(P, M, O) derivatives of the loss by the outputs at targets."""
        count = targets.size
        if not self._scoring.graded:
            return 2.0 * (outputs - targets) / count
        low, high = self._scoring.ranges.T
        p, q = (outputs - low) / (high - low), (targets - low) / (high - low)
        # Flat where outputs are kept from the ends of their range, as in `score`.
        flat = (p < MARGIN) | (p > 1.0 - MARGIN)
        inside = np.where(flat, 0.5, p)
        slopes = (inside - q) / (inside * (1.0 - inside)) / (high - low)
        return np.asarray(0.001 * np.where(flat, 0.0, slopes) / count)


def _chunks(vectors: int, sequences: Sequences, outputs: int) -> list[slice]:
    """As many vectors at a time as keep the outputs below 64 MB."""
    n, steps, _ = sequences.inputs.shape
    size = n * steps * outputs * np.dtype(np.float64).itemsize
    most = max(_MOST_BYTES // size, 1)
    return [slice(first, first + most) for first in range(0, vectors, most)]


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
        return np.concatenate(
            [
                self._network.run(weights[chunk], sequences)[:, sequences.mask]
                for chunk in _chunks(len(weights), sequences, self._network.outputs)
            ]
        )
