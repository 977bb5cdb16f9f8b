"""Adding and multiplication: two marked numbers of a long sequence are to be joined.

Hochreiter and Schmidhuber (1997), experiments 4 and 5.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, OneByOne, at_the_end
from gfsearch.problems.fields import Length, draw_lengths, length_range
from gfsearch.specs.arrays import FloatArray

_SHORTEST = 6
"""Steps: below, the paper's rule leaves no two elements to mark."""


@dataclass(frozen=True, kw_only=True)
class _Marked(OneByOne):
    """Two elements of a sequence are marked; the target at its end joins them.

    Attributes:
        length: Steps, a number or [low, high]; low is the paper's T.
    """

    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 2
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[None] = None
    neutral: ClassVar[float]
    """Value of the first element if it is marked."""

    length: Length = (100, 110)

    def __post_init__(self) -> None:
        low, high = length_range(self.length)
        if low < _SHORTEST:
            raise ValueError(f"length: {low} steps, give at least {_SHORTEST}")
        object.__setattr__(self, "length", (low, high))

    @abstractmethod
    def values(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw the first components of (count,) elements."""

    @abstractmethod
    def target(self, first: float, second: float) -> float:
        """The target of two marked values."""

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence."""
        shortest, _ = length_range(self.length)
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        inputs = np.zeros((steps, 2))
        inputs[:, 0] = self.values(steps, rng)
        first = int(rng.integers(min(10, steps - 1)))
        # The first T/2 - 1 elements that are not marked yet.
        unmarked = [t for t in range(steps) if t != first][: shortest // 2 - 1]
        second = int(rng.choice(unmarked))
        inputs[[0, -1], 1] = -1.0
        inputs[[first, second], 1] = 1.0
        if inputs[0, 1] == 1.0:
            inputs[0, 0] = self.neutral
        marked = inputs[[first, second], 0].tolist()
        return at_the_end(inputs, [self.target(*marked)])


@dataclass(frozen=True, kw_only=True)
class Adding(_Marked):
    """Tell at the end of a sequence the sum of its two marked numbers.

    Two input lines: a number, uniform over [-1, 1], and a marker. One of the first ten
    elements is marked (marker 1.0), then one of the first T/2 - 1 others, T being the
    shortest length; the markers of the first and the last element are -1.0, all others
    0.0. The target at the end is 0.5 + (X1 + X2) / 4, which lies between 0 and 1. If
    the first element is marked, its number is 0.

    The paper's: all of it, lengths of T to 1.1 T for T = 100, 500 and 1,000, and the
    criterion { tolerance = 0.04, mean_error = 0.01 } on 2,000 sequences in a row. Ours:
    sets of sequences in the place of these; with fewer than 11 steps the first marked
    element is not the last one.

    Attributes:
        length: Steps, a number or [low, high]; default 100 to 110.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "adding"
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiment 4"
    neutral: ClassVar[float] = 0.0

    def values(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Uniform over [-1, 1]."""
        return rng.uniform(-1.0, 1.0, count)

    def target(self, first: float, second: float) -> float:
        """The sum, brought into [0, 1]."""
        return 0.5 + (first + second) / 4.0


@dataclass(frozen=True, kw_only=True)
class Multiplication(_Marked):
    """Tell at the end of a sequence the product of its two marked numbers.

    As the problem `adding`, but numbers are uniform over [0, 1], the target is X1 X2,
    and if the first element is marked, its number is 1.

    The paper's: all of it, lengths of 100 to 110, and a criterion of its own: fewer
    than 140 (or 13) of 2,000 sequences in a row with an error of 0.04 or more, which is
    { tolerance = 0.04, share = 0.93 } (or 0.9935). Ours: sets of sequences in the place
    of these.

    Attributes:
        length: Steps, a number or [low, high]; default 100 to 110.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "multiplication"
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiment 5"
    neutral: ClassVar[float] = 1.0

    def values(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Uniform over [0, 1]."""
        return rng.random(count)

    def target(self, first: float, second: float) -> float:
        """The product."""
        return first * second
