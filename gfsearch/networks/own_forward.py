"""Networks with a forward pass of their own, in the place of units and links."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from gfsearch.networks.structure import OutputRange, Structure
from gfsearch.specs.arrays import Array, BoolArray, FloatArray, IntArray
from gfsearch.specs.errors import ExtensionError
from gfsearch.specs.errors import in_a_line as told


class Shown(Protocol):
    """N sequences of up to T steps as a model sees them; `gfsearch.Sequences` are such.

    The arrays are read-only.
    """

    @property
    def inputs(self) -> FloatArray:
        """(N, T, I) the value of each input line at each step."""

    @property
    def lengths(self) -> IntArray:
        """(N,) the number of steps of each sequence."""

    @property
    def mask(self) -> BoolArray:
        """(N, T) the steps that have targets: outputs of others are not looked at."""


class Model:
    """A network that computes its outputs itself; what a network's `build` may return.

    Hidden Markov models, chunkers, networks that grow, a model in any library: whatever
    maps sequences to outputs by a vector of weights. It is evaluated in float64. A
    model that has a method `gradient(weights, sequences, slopes)`, too, offers one: of
    slopes (P, N, T, O), the derivatives of a loss by the outputs, it makes those by the
    weights, (P, D).

    Attributes:
        dimension: D, the number of weights.
        low: The lowest value of every output; default without limit.
        high: The highest value of every output.
        groups: Weights of each group that a task may give a range of its own, by name;
            default none.
    """

    dimension: int
    low: float = -math.inf
    high: float = math.inf
    groups: ClassVar[Mapping[str, Sequence[int]]] = {}

    def outputs(self, weights: FloatArray, sequences: Shown) -> FloatArray:
        """Run P weight vectors on N sequences.

        The outputs of a vector may depend on nothing but it and the sequence: neither
        on the others beside it, nor on earlier calls.

        Args:
            weights: (P, D) float64.
            sequences: N sequences of up to T steps.

        Returns:
            (P, N, T, O) outputs; at steps without targets they are not looked at.
        """
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class OwnForward:
    """A model with its numbers of input lines and outputs, checked at every call.

    Attributes:
        model: The model.
        called: Its network's name in error messages.
        inputs: Number of input lines.
        outputs: Number of outputs.
    """

    model: Model
    called: str
    inputs: int
    outputs: int

    @property
    def dimension(self) -> int:
        """D, the number of weights."""
        return self.model.dimension

    @property
    def shows(self) -> tuple[OutputRange, ...]:
        """(O,) the ranges of its outputs."""
        return (OutputRange(self.model.low, self.model.high),) * self.outputs

    @property
    def weight_groups(self) -> dict[str, tuple[int, ...]]:
        """The weights of each group that it names."""
        return {name: tuple(group) for name, group in self.model.groups.items()}

    @property
    def has_gradient(self) -> bool:
        """True if the model offers a gradient."""
        return callable(getattr(self.model, "gradient", None))

    def pull_back(
        self, weights: FloatArray, sequences: Shown, slopes: FloatArray
    ) -> FloatArray:
        """(P, D) derivatives of a loss by the weights.

        Args:
            weights: (P, D) weight vectors; the model gets a copy.
            sequences: N sequences.
            slopes: (P, N, T, O) derivatives by the outputs; 0 at steps without targets.

        Raises:
            ExtensionError: The model fails, or returns something else.
        """
        model: Any = self.model
        try:
            found = np.asarray(model.gradient(weights.copy(), sequences, slopes))
        except (Exception, SystemExit) as error:
            raise ExtensionError(f"{self.called}: gradient: {told(error)}") from error
        return self._checked(found, weights.shape, "gradient", "(P, D)")

    def run(self, weights: FloatArray, sequences: Shown) -> FloatArray:
        """(P, N, T, O) outputs of P weight vectors, float64.

        Args:
            weights: (P, D) weight vectors; the model gets a copy.
            sequences: N sequences.

        Raises:
            ExtensionError: The model fails, or returns something else.
        """
        n, steps, _ = sequences.inputs.shape
        shape = len(weights), n, steps, self.outputs
        try:
            found = np.asarray(self.model.outputs(weights.copy(), sequences))
        except (Exception, SystemExit) as error:
            raise ExtensionError(f"{self.called}: outputs: {told(error)}") from error
        return self._checked(found, shape, "outputs", "(P, N, T, O)")

    def _checked(
        self, found: Array, shape: tuple[int, ...], what: str, letters: str
    ) -> FloatArray:
        """An array of a model as float64.

        Raises:
            ExtensionError: It has another shape, or holds no real numbers.
        """
        if found.shape != shape or found.dtype.kind not in "fiub":
            raise ExtensionError(
                f"{self.called}: {what}: expected real numbers of shape {letters} "
                f"= {shape}, got {found.dtype} of shape {found.shape}"
            )
        return found.astype(np.float64)


Built = Structure | OwnForward
"""A network built for given numbers of input lines and outputs."""
