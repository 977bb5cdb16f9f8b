"""Fitness of a function: anything that can be evaluated, without sequences."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gfsearch.fitness.evaluation import Losses, Need
from gfsearch.fitness.fitness import Validate
from gfsearch.fitness.space import Space
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray
from gfsearch.specs.errors import ExtensionError, in_a_line

Function = Callable[..., Any]
"""Called with weights (P, D) float64, and with `rng` if it has an argument so named;
returns losses (P,), or a tuple of these, of what is solved (P,), and of errors (P,)."""

_FIXED = 3
"""Vectors whose losses say which function it is."""


class FunctionFitness:
    """Evaluates weight vectors by a function of others; a presentation is a trial.

    What it returns is checked. Searchers that ask only what is solved are told losses,
    too: a function computes them anyway.

    Args:
        function: The function.
        space: The weight vectors that a searcher may propose.
        loss_below: A vector with a smaller loss is a solution, unless the function says
            itself what is solved; None if nothing is solved then.
        stream: Seed of the random numbers of a noisy function.
        called: What error messages begin with.

    Attributes:
        space: The weight vectors that a searcher may propose.
        noisy: Whether the function takes random numbers.
        presentations: 1: of a full pass.
        test_size: 0: there is no test.
        validate: None.
    """

    presentations = 1
    test_size = 0
    validate: Validate | None = None

    def __init__(
        self,
        function: Function,
        space: Space,
        loss_below: float | None,
        stream: np.random.SeedSequence,
        called: str,
    ) -> None:
        self.space = space
        self.noisy = takes_rng(function)
        self._function = function
        self._loss_below = loss_below
        self._called = called
        self._entropy: Any = stream.entropy
        self._spawned = tuple(stream.spawn_key)
        self._rng = np.random.default_rng(stream)

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """(count, D) weight vectors from the prior."""
        return self.space.sample(count, rng)

    @cached_property
    def digest(self) -> str:
        """The hash of the losses of three fixed vectors of the box.

        Raises:
            ExtensionError: The function gives other losses a second time, though it
                takes no random numbers.
        """
        shares = np.random.default_rng(_FIXED).random((_FIXED, self.space.dimension))
        weights = self.space.low + shares * self.space.width
        self.begin(0)
        loss = self._losses(weights)[0]
        again = loss if self.noisy else self._losses(weights[:1])[0]
        if again[0] != loss[0]:
            first, second = float(loss[0]), float(again[0])
            raise ExtensionError(
                f"{self._called}: expected the same loss for the same weights, got "
                f"{first} and {second}: a noisy function takes its random numbers from "
                "an argument rng"
            )
        return hashlib.blake2b(loss.tobytes(), digest_size=16).hexdigest()

    def begin(self, presentations: int) -> None:
        """Give the next evaluation its own random numbers.

        Args:
            presentations: What the run has spent, which no two of its evaluations have
                in common.
        """
        if self.noisy:
            spawned = (*self._spawned, presentations)
            stream = np.random.SeedSequence(self._entropy, spawn_key=spawned)
            self._rng = np.random.default_rng(stream)

    def evaluate(
        self,
        weights: FloatArray,
        need: Need = "loss",
        sequences: IntArray | None = None,
    ) -> Losses:
        """Call the function with P weight vectors.

        Args:
            weights: (P, D) float64.
            need: "loss" or "solved": both are told both.
            sequences: None: there are no sequences to show.

        Raises:
            ExtensionError: A gradient, or sequences, are asked for, or the function
                returned something else than it should.
        """
        if need == "gradient" or sequences is not None:
            raise ExtensionError(
                f"{self._called}: a function has neither gradients nor sequences"
            )
        if weights.ndim != 2 or weights.shape[1] != self.space.dimension:
            raise ValueError(
                f"weights: expected shape (P, {self.space.dimension}), got "
                f"{weights.shape}"
            )
        count = len(weights)
        if not count:
            nothing = np.zeros(0)
            return Losses(
                nothing, nothing.astype(int), nothing > 0.0, nothing.astype(int)
            )
        loss, solved, errors = self._losses(weights)
        if solved is None:
            below = self._loss_below
            solved = np.zeros(count, bool) if below is None else loss < below
        if errors is None:
            errors = (~solved).astype(np.int64)
        return Losses(loss, errors, solved, np.ones(count, dtype=np.int64))

    def evaluate_fresh(
        self, weights: FloatArray, need: Need, start: int, count: int
    ) -> Losses:
        """Refuse: there are no new sequences."""
        raise ExtensionError(f"{self._called}: a function has no sequences")

    def test(self, weights: FloatArray) -> int | None:
        """None: there is no test."""
        return None

    def test_value(self, weights: FloatArray) -> float | None:
        """None: there is no test."""
        return None

    def test_sides(self, weights: FloatArray) -> int | None:
        """None: there is no test."""
        return None

    def _losses(
        self, weights: FloatArray
    ) -> tuple[FloatArray, BoolArray | None, IntArray | None]:
        """The function's losses, verdicts and errors of weight vectors, checked."""
        # A copy: what is done to it must not reach the searcher.
        given = np.array(weights, np.float64)
        told = (
            self._function(given, rng=self._rng)
            if self.noisy
            else self._function(given)
        )
        parts = told if isinstance(told, tuple) else (told,)
        if not 1 <= len(parts) <= 3:
            raise ExtensionError(
                f"{self._called}: expected losses, or a tuple of losses, solved and "
                f"errors, got a tuple of {len(parts)}"
            )
        loss, solved, errors = (*parts, None, None)[:3]
        count = len(weights)
        losses = self._checked("losses", loss, count, "fiu").astype(np.float64)
        if np.isnan(losses).any():
            raise ExtensionError(f"{self._called}: losses: expected numbers, got nan")
        return (
            losses,
            None if solved is None else self._checked("solved", solved, count, "b"),
            None
            if errors is None
            else self._checked("errors", errors, count, "iu").astype(np.int64),
        )

    def _checked(self, what: str, value: Any, count: int, kinds: str) -> Any:
        """An array of one entry per vector, of its own."""
        try:
            array = np.array(value)
        except Exception as error:  # Of a list of lists of different lengths.
            raise ExtensionError(
                f"{self._called}: {what}: expected an array: {in_a_line(error)}"
            ) from None
        if array.shape != (count,) or array.dtype.kind not in kinds:
            wanted = {"b": "booleans", "iu": "whole numbers"}.get(kinds, "numbers")
            raise ExtensionError(
                f"{self._called}: {what}: expected {count} {wanted}, an array of shape "
                f"({count},), got {array.dtype} of shape {array.shape}"
            )
        return array


def takes_rng(function: Function) -> bool:
    """True if a function has an argument of the name rng."""
    try:
        return "rng" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # Of a compiled function nothing is known.
        return False
