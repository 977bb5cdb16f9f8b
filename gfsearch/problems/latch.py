"""Latch: remember one bit, given at the first step, through noise.

Bengio, Simard and Frasconi (1994), section III; the two variants are those of
Schmidhuber, Hochreiter and Bengio, "Evaluating (long-term dependency) benchmark
problems by random guessing" (2001), section on the latch problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gfsearch.problems.fields import (
    Length,
    Noise,
    draw_lengths,
    length_range,
    standard_deviation,
)
from gfsearch.problems.sequences import Sequences, balanced_classes, classified
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import Size, Spec


@dataclass(frozen=True, kw_only=True)
class Latch(Spec):
    """Tell at the end of a noisy sequence which of two values it began with.

    Variant 1: three input lines. The first step of a sequence is a one on line 0
    (class +0.8) or on line 1 (class -0.8), so that the weights of these lines are
    the two initial input values which the paper leaves free; line 2 carries
    Gaussian noise at every later step and is meant for a fixed weight of 1.
    Variant 2: one input line, +1.0 or -1.0 at the first step, Gaussian noise
    alone at every later one; targets +1.0 and -1.0.

    Half of the sequences of a set belong to each class (the class of the larger
    target has the odd one); lengths are uniform over their range. Test sequences
    are new draws of the noise.

    Attributes:
        variant: 1 or 2.
        length: Steps, a number or [low, high]; default 500 to 600.
        sd: Standard deviation of the noise; default 0.2.
        variance: The same as a variance; give one of the two.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "latch"
    revision: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994); Schmidhuber, Hochreiter and Bengio (2001)"
    )

    variant: Literal[1, 2]
    length: Length = (500, 600)
    sd: Noise | None = None
    variance: Noise | None = None
    train: Size = 100
    test: Size = 100

    def __post_init__(self) -> None:
        sd = standard_deviation(self.sd, self.variance, default=0.2)
        object.__setattr__(self, "length", length_range(self.length))
        object.__setattr__(self, "sd", sd)
        object.__setattr__(self, "variance", None)

    @property
    def inputs(self) -> int:
        """Number of input lines."""
        return 3 if self.variant == 1 else 1

    @property
    def class_targets(self) -> tuple[float, float]:
        """The targets of the two classes, the larger first."""
        return (0.8, -0.8) if self.variant == 1 else (1.0, -1.0)

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set."""
        return self._draw_set(self.train, rng), self._draw_set(self.test, rng)

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw new sequences of random classes, for learning on-line."""
        classes = rng.choice(self.class_targets, count).tolist()
        drawn = zip(draw_lengths(self.length, count, rng), classes, strict=True)
        inputs = [self._draw_one(t, c, rng) for t, c in drawn]
        return classified(inputs, classes, as_drawn=True)

    def _draw_set(self, count: int, rng: np.random.Generator) -> Sequences:
        classes = balanced_classes(count, self.class_targets)
        lengths = draw_lengths(self.length, count, rng)
        drawn = zip(lengths, classes, strict=True)
        return classified([self._draw_one(t, c, rng) for t, c in drawn], classes)

    def _draw_one(
        self, length: int, target: float, rng: np.random.Generator
    ) -> FloatArray:
        x = np.zeros((length, self.inputs))
        x[:, -1] = rng.normal(0.0, self.sd or 0.0, size=length)
        if self.variant == 1:
            x[0] = [target > 0, target < 0, 0.0]
        else:
            x[0] = target
        return x
