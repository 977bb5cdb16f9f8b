"""Fitness on sequences: a network shown the training set of one instance."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal, overload

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.criteria import Criterion, Loss, Scoring
from gfsearch.fitness.evaluation import (
    Evaluation,
    Gradients,
    Losses,
    Need,
    Verdicts,
)
from gfsearch.fitness.fitness import Validate
from gfsearch.fitness.models import ModelEvaluator
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.own_forward import Built
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import Sequences, digest
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray
from gfsearch.specs.errors import ExtensionError

_FLOAT64 = np.dtype(np.float64)


class SequenceFitness:
    """Evaluates weight vectors of one network on one drawn training set.

    Immutable. A row of a batch gets the same values as the same vector evaluated
    alone, bit for bit. Outputs are computed in float32; a vector that these find to
    solve the training set counts as a solution only if float64 agrees, and then
    carries the float64 values.

    Args:
        network: The network.
        train: The training set.
        test_set: The test set.
        space: The weight vectors a searcher may propose.
        criterion: When a sequence is correct.
        loss: "mse": mean squared error over the targets; "graded": fraction of wrong
            sequences plus 0.001 times the mean cross-entropy.
        validation: A further set on which a solution must be right; None for none.
        fresh: Draws new sequences, by the number of those before and their own; None
            if there are none.

    Attributes:
        train: The training set.
        test_set: The test set.
        space: The weight vectors a searcher may propose.
        validate: Whether a (D,) weight vector is right on the validation set, and how
            many sequences it was shown: it is left at its first wrong one. None where
            there is no such set.
        noisy: False: the same vector always has the same loss.
    """

    validate: Validate | None
    noisy = False

    def __init__(
        self,
        network: Built,
        train: Sequences,
        test_set: Sequences,
        space: Space,
        criterion: Criterion,
        loss: Loss = "mse",
        validation: Sequences | None = None,
        fresh: Callable[[int, int], Sequences] | None = None,
    ) -> None:
        scoring = Scoring.of(network, criterion, loss)
        self.train = train
        self.test_set = test_set
        self.space = space
        if isinstance(network, Structure):
            self.space = NetworkSpace(
                space.low, space.high, network, train, scoring, sd=space.sd
            )
        self._dimension = space.dimension
        # What one vector is told most of the time: making it costs more than a short
        # sequence.
        self._everything = np.full(1, len(train))
        self._unsolved = np.zeros(1, dtype=bool)
        self._everything.flags.writeable = self._unsolved.flags.writeable = False
        self._limited = criterion.limit is not None

        def evaluator(part: Sequences) -> Evaluator:
            allowed, limit = criterion.allowed(len(part)), criterion.limit
            if not isinstance(network, Structure):
                return ModelEvaluator(network, part, scoring, allowed, limit)
            arrays = SequenceArrays.of(part)
            return Evaluator(network, arrays, scoring, allowed, limit)

        self._evaluator, self._test = evaluator(train), evaluator(test_set)
        self._draw_fresh, self._evaluator_of = fresh, evaluator
        self.validate = None
        if validation is not None:
            self._validation = evaluator(validation)
            self.validate = self._validate

    @property
    def presentations(self) -> int:
        """Number of training sequences."""
        return len(self.train)

    @property
    def test_size(self) -> int:
        """Number of test sequences."""
        return len(self.test_set)

    def begin(self, presentations: int) -> None:
        """Nothing: no evaluation needs random numbers."""

    @property
    def dimension(self) -> int:
        """D, the number of weights."""
        return self.space.dimension

    @cached_property
    def digest(self) -> str:
        """The hash (32 hexadecimal digits) of the training set and the test set."""
        return digest(self.train, self.test_set)

    @property
    def low(self) -> FloatArray:
        """(D,) lower bounds of the weights."""
        return self.space.low

    @property
    def high(self) -> FloatArray:
        """(D,) upper bounds of the weights."""
        return self.space.high

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """(count, D) weight vectors from the task's prior."""
        return self.space.sample(count, rng)

    @overload
    def evaluate(
        self,
        weights: FloatArray,
        need: Literal["loss"] = ...,
        sequences: IntArray | None = ...,
    ) -> Losses: ...
    @overload
    def evaluate(
        self, weights: FloatArray, need: Literal["solved"], sequences: None = ...
    ) -> Verdicts: ...
    @overload
    def evaluate(
        self,
        weights: FloatArray,
        need: Literal["gradient"],
        sequences: IntArray | None = ...,
    ) -> Gradients: ...
    @overload
    def evaluate(
        self,
        weights: FloatArray,
        need: Literal["loss", "gradient"] = ...,
        sequences: IntArray | None = ...,
        *,
        gradient: Literal[True],
    ) -> Gradients: ...
    @overload
    def evaluate(
        self,
        weights: FloatArray,
        need: Need = ...,
        sequences: IntArray | None = ...,
        *,
        gradient: bool = ...,
    ) -> Evaluation: ...
    def evaluate(
        self,
        weights: FloatArray,
        need: Need = "loss",
        sequences: IntArray | None = None,
        *,
        gradient: bool = False,
    ) -> Evaluation:
        """Show training sequences to P weight vectors.

        Args:
            weights: (P, D) float64.
            need: "loss": show the whole set. "solved": a vector leaves at its first
                wrong sequence in the training-set order (the first too many, where some
                may be wrong); loss and errors are then None. "gradient": the loss and
                its gradient by full back-propagation through time, everything in
                float64.
            sequences: Indices of the training sequences to show instead of all;
                `solved` is then None.
            gradient: The same as `need="gradient"`.

        Raises:
            ValueError: Wrong shape, an unknown need, indices that are no training
                sequences, or `need="solved"` on part of the set or with a gradient.
        """
        if gradient or need != "loss":
            return self._evaluate(weights, need, sequences, gradient)
        # What most searchers need at every trial comes first.
        weights = self._checked(weights)
        if sequences is not None:
            chosen = self._checked_indices(sequences)
            loss, errors = self._evaluator.partial(weights, chosen)
            return Losses(loss, errors, None, np.full(len(weights), len(chosen)))
        loss, errors, found = self._evaluator.full(weights)
        shown = self._everything
        if len(weights) != 1:
            shown = shown.repeat(len(weights))
        if found is None:
            count = len(weights)
            found = self._unsolved if count == 1 else self._unsolved.repeat(count)
        return Losses(loss, errors, found, shown)

    def _evaluate(
        self,
        weights: FloatArray,
        need: Need,
        sequences: IntArray | None,
        gradient: bool,
    ) -> Evaluation:
        """Evaluate as `evaluate` does, but for losses alone."""
        weights = self._checked(weights)
        chosen = None if sequences is None else self._checked_indices(sequences)
        if need == "solved":
            if gradient:
                raise ValueError("need='solved' comes without a gradient")
            if chosen is not None:
                raise ValueError("need='solved' takes the whole training set")
            solved, shown = self._evaluator.early_rejecting(weights)
            return Verdicts(None, None, solved, shown)
        if need not in ("loss", "gradient"):
            raise ValueError(
                f"need: expected 'loss', 'solved' or 'gradient', got {need!r}"
            )
        loss, errors, slopes = self._evaluator.gradient(weights, chosen)
        count = len(self.train if chosen is None else chosen)
        return Gradients(
            loss,
            errors,
            self._evaluator.meets(weights, loss, errors) if chosen is None else None,
            np.full(len(weights), count),
            slopes,
        )

    def evaluate_fresh(
        self, weights: FloatArray, need: Need, start: int, count: int
    ) -> Losses:
        """Show new sequences to P weight vectors.

        Args:
            weights: (P, D) float64.
            need: "loss" or "gradient".
            start: Number of new sequences before these.
            count: Number of those to show.

        Returns:
            Losses and errors on them, with the gradient if that is needed; `solved` is
            None.

        Raises:
            ExtensionError: The problem draws none, or only verdicts are needed.
        """
        if self._draw_fresh is None or need == "solved":
            raise ExtensionError("new sequences: expected losses, of a problem of them")
        weights = self._checked(weights)
        sequences = self._draw_fresh(start, count)
        evaluator, shown = self._evaluator_of(sequences), np.full(len(weights), count)
        if need == "gradient":
            loss, errors, slopes = evaluator.gradient(weights)
            return Gradients(loss, errors, None, shown, slopes)
        loss, errors = evaluator.partial(weights, np.arange(count))
        return Losses(loss, errors, None, shown)

    def solves(self, weights: FloatArray) -> BoolArray:
        """(P,) whether each vector solves the training set, as the criterion says."""
        return self.evaluate(weights, need="solved").solved

    def test(self, weights: FloatArray) -> int:
        """Number of test sequences that one (D,) weight vector gets wrong."""
        _, errors = self._test.exact(self._checked(np.asarray(weights)[None]))
        return int(errors[0])

    def test_value(self, weights: FloatArray) -> float | None:
        """Loss or mean absolute error on the test set; None without a limit on it.

        Args:
            weights: (D,) the weight vector.
        """
        if not self._limited:
            return None
        return float(self._test.measured(self._checked(np.asarray(weights)[None]))[0])

    def _validate(self, weights: FloatArray) -> tuple[bool, int]:
        vector = self._checked(np.asarray(weights)[None])
        right, shown = self._validation.early_rejecting(vector)
        return bool(right[0]), int(shown[0])

    def test_sides(self, weights: FloatArray) -> int | None:
        """Number of test sequences with an output on the wrong side of the threshold.

        The threshold is the middle of the targets of two classes, as papers of 1993
        and 1994 count errors; None if there are more than two targets.

        Args:
            weights: (D,) the weight vector.
        """
        errors = self._test.on_wrong_side(self._checked(np.asarray(weights)[None]))
        return None if errors is None else int(errors[0])

    def _checked_indices(self, sequences: IntArray) -> IntArray:
        indices = np.asarray(sequences)
        count = len(self.train)
        if indices.ndim != 1 or len(indices) == 0 or indices.dtype.kind not in "iu":
            raise ValueError(f"sequences: expected some indices, got {sequences!r}")
        if indices.min() < 0 or indices.max() >= count:
            raise ValueError(f"sequences: expected indices from 0 to {count - 1}")
        return indices.astype(np.int64)

    def _checked(self, weights: FloatArray) -> FloatArray:
        """Weights as the kernels take them; this is called at every trial."""
        shape = weights.shape
        if len(shape) != 2 or shape[1] != self._dimension:
            raise ValueError(
                f"weights: expected shape (P, {self.dimension}), got {shape}"
            )
        if weights.dtype is _FLOAT64 and weights.flags.carray:
            return weights
        if weights.dtype.kind not in "fiu":
            raise ValueError(
                f"weights: expected real numbers of shape (P, {self.dimension}), got "
                f"{weights.dtype}"
            )
        return np.require(weights, np.float64, ["C", "W"])
