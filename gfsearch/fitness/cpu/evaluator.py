"""Losses, errors and verdicts of weight vectors.

Everything is computed in float32 first; what looks like a solution, in float64.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.gradients import Gradients
from gfsearch.fitness.cpu.lanes import Lanes, Outputs, Shows
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64
from gfsearch.fitness.cpu.score import first_wrong, score
from gfsearch.fitness.criteria import OWN_LOSS, TOLERANCE, Scoring
from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray


class Evaluator:
    """One network on one set of sequences: losses, errors, early rejection.

    What float32 finds to be a solution is one only if float64 agrees.

    Args:
        structure: The network.
        arrays: The sequences, in the training-set order.
        scoring: How outputs are judged.
        allowed: How many sequences a solution may get wrong.
        limit: What `measured` must be below, too; None for nothing.
    """

    def __init__(
        self,
        structure: Structure,
        arrays: SequenceArrays,
        scoring: Scoring,
        allowed: int = 0,
        limit: float | None = None,
    ) -> None:
        self._structure = structure
        fast, exact = (Lanes(structure, arrays, p) for p in (FLOAT32, FLOAT64))
        self._show(arrays, fast, exact, scoring, allowed, limit)

    def _show(
        self,
        arrays: SequenceArrays,
        fast: Shows,
        exact: Shows,
        scoring: Scoring,
        allowed: int,
        limit: float | None,
    ) -> None:
        """Take the sequences, a fast way to show them, and one that confirms."""
        self._arrays, self._fast, self._exact = arrays, fast, exact
        self._all_targets = arrays.judged_by, arrays.first_target
        self._scoring, self._allowed, self._limit = scoring, allowed, limit

    def full(
        self, weights: FloatArray
    ) -> tuple[FloatArray, IntArray, BoolArray | None]:
        """Loss and number of wrong sequences of each row, solutions confirmed.

        Args:
            weights: (P, D).

        Returns:
            (P,) losses, (P,) errors, and (P,) whether each row is a solution, None if
            none is; rows that float32 finds to be one carry the values of float64.
        """
        loss, errors, fewest = self._score(
            weights, self._fast.all(weights), *self._all_targets
        )
        if fewest > self._allowed:
            return loss, errors, None
        found = errors <= self._allowed
        if self._scoring.rule == OWN_LOSS and self._limit is not None:
            found &= loss < self._limit
        rows = np.flatnonzero(found)
        loss[rows], errors[rows] = self.exact(weights[rows])
        found[rows] = self.meets(weights[rows], loss[rows], errors[rows])
        return loss, errors, found

    def meets(
        self, weights: FloatArray, loss: FloatArray, errors: IntArray
    ) -> BoolArray:
        """Judge rows by their losses and errors in float64.

        Args:
            weights: (P, D).
            loss: (P,) losses.
            errors: (P,) numbers of wrong sequences.

        Returns:
            (P,) whether each meets the criterion.
        """
        met = errors <= self._allowed
        if self._limit is None:
            return met
        if self._scoring.rule == OWN_LOSS:
            return met & (loss < self._limit)
        if met.any():
            met[met] = self.measured(weights[met]) < self._limit
        return met

    def measured(self, weights: FloatArray) -> FloatArray:
        """(P,) the loss of each row, or its mean absolute error, as the rule asks.

        In float64.
        """
        if self._scoring.rule == OWN_LOSS:
            return self.exact(weights)[0]
        outputs = self._exact.all(weights)
        return np.asarray(np.abs(outputs - self._arrays.target).mean(axis=(1, 2)))

    def exact(self, weights: FloatArray) -> tuple[FloatArray, IntArray]:
        """(P,) losses and (P,) errors in float64."""
        return self._score(weights, self._exact.all(weights), *self._all_targets)[:2]

    def on_wrong_side(self, weights: FloatArray) -> IntArray | None:
        """(P,) sequences with an output on the wrong side of the targets' middle.

        In float64. None if the targets take more than two values.
        """
        targets = self._arrays.target
        low, high = targets.min(), targets.max()
        if not (low < high and np.isin(targets, (low, high)).all()):
            return None
        tolerance = 0.5 * (high - low)
        sides = self._scoring._replace(tolerance=tolerance, rule=TOLERANCE)
        errors = np.empty(len(weights), dtype=np.int64)
        score(
            self._exact.all(weights),
            *self._all_targets,
            *sides,
            weights,
            np.empty(len(weights)),
            errors,
        )
        return errors

    def partial(
        self, weights: FloatArray, sequences: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Loss and number of wrong sequences of each row on some sequences.

        Args:
            weights: (P, D).
            sequences: (S,) indices into the set, in any order.
        """
        part = self._arrays.some(sequences)
        outputs = self._fast.some(weights, sequences)
        return self._score(weights, outputs, part.judged_by, part.first_target)[:2]

    def gradient(
        self, weights: FloatArray, sequences: IntArray | None = None
    ) -> tuple[FloatArray, IntArray, FloatArray]:
        """(P,) losses, (P,) errors and (P, D) gradients of the loss, in float64.

        Args:
            weights: (P, D).
            sequences: (S,) indices into the set, in any order; None for all.
        """
        if sequences is None:
            outputs, gradients = self._gradients.all(weights)
            scores = self._score(weights, outputs, *self._all_targets)
            return *scores[:2], gradients
        part = self._arrays.some(sequences)
        if len(sequences) > len(weights):
            # A mini-batch: side by side, its sequences fill the lanes.
            batch = Gradients(self._structure, part, self._scoring)
            outputs, gradients = batch.all(weights)
        else:
            outputs, gradients = self._gradients.some(weights, sequences)
        scores = self._score(weights, outputs, part.judged_by, part.first_target)
        return *scores[:2], gradients

    @cached_property
    def _gradients(self) -> Gradients:
        """Made, and its kernel compiled, only for searchers that need it."""
        return Gradients(self._structure, self._arrays, self._scoring)

    def early_rejecting(self, weights: FloatArray) -> tuple[BoolArray, IntArray]:
        """Solve each row or reject it early; count the presentations that decided it.

        Rows are shown a growing prefix of the set and leave at the first sequence that
        is one wrong too many; those that pass all are confirmed by float64. The answers
        do not depend on how the prefix grows.

        Args:
            weights: (P, D).

        Returns:
            (P,) solved, and (P,) sequences shown up to and including that one.
        """
        n = len(self._arrays)
        presentations = np.full(len(weights), n)
        if self._scoring.rule == OWN_LOSS:  # The loss of the whole set decides.
            _, _, verdicts = self.full(weights)
            if verdicts is None:
                verdicts = np.zeros(len(weights), dtype=bool)
            return verdicts, presentations
        alive = np.arange(len(weights))
        left = np.full(len(weights), self._allowed)
        start = 0
        while start < n and len(alive):
            found, stop = self._next_stage(weights[alive], start, left)
            wrong = found < stop
            presentations[alive[wrong]] = found[wrong] + 1
            alive, left = alive[~wrong], left[~wrong]
            start = stop
        solved = np.zeros(len(weights), dtype=bool)
        if len(alive):
            outputs = self._exact.all(weights[alive])
            left = np.full(len(alive), self._allowed)
            found = self._first_wrong(outputs, 0, 0, n, left)
            passed = (found == n) & np.isfinite(weights[alive]).all(axis=1)
            solved[alive] = passed
            if self._limit is not None and passed.any():
                solved[solved] = self.measured(weights[solved]) < self._limit
            presentations[alive] = np.minimum(found + 1, n)
        return solved, presentations

    def _next_stage(
        self, weights: FloatArray, start: int, left: IntArray
    ) -> tuple[IntArray, int]:
        """Show the next part of the prefix; its length doubles from stage to stage.

        Most rows leave at the first sequences, so the first parts are short; the few
        that stay fill the lanes badly, and it is soon cheaper to show each of them
        everything, with sequences as lanes.

        Returns:
            (P,) the first sequence of each row that is wrong too many, or the stage's
            end; `left` says how many may be, and is reduced.
        """
        p, n = len(weights), len(self._arrays)
        stop = min(max(2 * start, 1), n)
        fast = self._fast
        if fast.cost(p, start, stop) < fast.cost_candidate_by_candidate(p):
            outputs = fast.some(weights, np.arange(start, stop))
            offset = int(self._arrays.first_target[start])
        else:
            stop = n
            outputs = fast.candidate_by_candidate(weights)
            offset = 0
        return self._first_wrong(outputs, offset, start, stop, left), stop

    def _first_wrong(
        self, outputs: Outputs, offset: int, start: int, stop: int, left: IntArray
    ) -> IntArray:
        found = np.empty(len(outputs), dtype=np.int64)
        first_wrong(
            outputs,
            offset,
            self._arrays.target,
            self._arrays.first_target,
            start,
            stop,
            self._scoring.tolerance,
            self._scoring.rule,
            left,
            found,
        )
        return found

    def _score(
        self,
        weights: FloatArray,
        outputs: Outputs,
        targets: FloatArray,
        first_target: IntArray,
    ) -> tuple[FloatArray, IntArray, int]:
        """Loss and errors of each row, and the errors of the best."""
        loss = np.empty(len(outputs))
        errors = np.empty(len(outputs), dtype=np.int64)
        fewest = score(
            outputs, targets, first_target, *self._scoring, weights, loss, errors
        )
        return loss, errors, fewest
