"""Fitness: what runner and searchers know of a task made concrete for one instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gfsearch.fitness.evaluation import Evaluation, Need
from gfsearch.fitness.space import Space
from gfsearch.specs.arrays import FloatArray, IntArray

Validate = Callable[[FloatArray], tuple[bool, int]]
"""A check of a (D,) vector on the validation set: the verdict, and the presentations
that led to it."""


class Fitness(Protocol):
    """Evaluates weight vectors; one implementation for each kind of cases.

    `gfsearch.fitness.sequences.SequenceFitness` shows sequences to a network,
    `gfsearch.fitness.function.FunctionFitness` calls a function of the weights.

    """

    @property
    def space(self) -> Space:
        """The weight vectors that a searcher may propose."""

    @property
    def validate(self) -> Validate | None:
        """A further check of a solution; None if there is none."""

    @property
    def noisy(self) -> bool:
        """True if the same vector may have another loss next time.

        Then `begin` says before each evaluation how much the run has spent, which gives
        the evaluation its random numbers.
        """

    @property
    def digest(self) -> str:
        """The hash (32 hexadecimal digits) of what is evaluated."""

    @property
    def presentations(self) -> int:
        """Presentations of a full pass, in which a vector is shown everything."""

    @property
    def test_size(self) -> int:
        """The number of test cases; 0 if there are none."""

    def evaluate(
        self,
        weights: FloatArray,
        need: Need = "loss",
        sequences: IntArray | None = None,
    ) -> Evaluation:
        """Evaluate P weight vectors.

        Args:
            weights: (P, D) float64.
            need: What the searcher needs.
            sequences: Indices of the training sequences to show; None for everything.
        """

    def evaluate_fresh(
        self, weights: FloatArray, need: Need, start: int, count: int
    ) -> Evaluation:
        """Evaluate P weight vectors on new sequences.

        Args:
            weights: (P, D) float64.
            need: What the searcher needs.
            start: Number of new sequences that the run has seen before.
            count: Number of those to show.

        Raises:
            ExtensionError: There are none.
        """

    def begin(self, presentations: int) -> None:
        """Begin an evaluation after so many presentations of the run."""

    def test(self, weights: FloatArray) -> int | None:
        """Number of test cases that one (D,) vector gets wrong; None without a test."""

    def test_value(self, weights: FloatArray) -> float | None:
        """Loss or mean absolute error on the test set; None without a limit on it."""

    def test_sides(self, weights: FloatArray) -> int | None:
        """Number of test cases on the wrong side of a threshold; None without one."""
