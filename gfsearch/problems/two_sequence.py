"""Two-sequence: classify a sequence by its first elements, the rest being noise.

Bengio, Simard and Frasconi (1994), section III; Hochreiter and Schmidhuber, "Long
Short-Term Memory" (1997), experiment 3a; Schmidhuber, Hochreiter and Bengio (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.fields import (
    Length,
    draw_lengths,
    length_range,
    standard_deviation,
)
from gfsearch.problems.sequences import Sequences, balanced_classes, classified
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import Count, NonNegative, Size, Spec


@dataclass(frozen=True, kw_only=True)
class TwoSequence(Spec):
    """Tell at the end of a sequence whether it began with +1.0 or with -1.0.

    One input line. The first `informative` elements are +1.0 (class 1, target 1.0)
    or -1.0 (class 2, target 0.0); all later ones are Gaussian noise. Half of the
    sequences of a set belong to each class (class 1 has the odd one); lengths are
    uniform over their range. Test sequences are new draws of the noise.

    Attributes:
        length: Steps, a number or [low, high]; default 500 to 600.
        sd: Standard deviation of the noise; default 0.2. The published guessing
            results of 2001 are reproduced with this value, not with variance 0.2.
        variance: The same as a variance; give one of the two.
        informative: Number of leading elements that carry the class; default 1.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "two-sequence"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994); Hochreiter and Schmidhuber (1997), "
        "experiment 3a"
    )

    length: Length = (500, 600)
    sd: NonNegative | None = None
    variance: NonNegative | None = None
    informative: Count = 1
    train: Size = 100
    test: Size = 100

    def __post_init__(self) -> None:
        sd = standard_deviation(self.sd, self.variance, default=0.2)
        low, high = length_range(self.length)
        if self.informative > low:
            raise ValueError(
                f"informative: {self.informative} elements do not fit into "
                f"sequences of {low} steps"
            )
        object.__setattr__(self, "length", (low, high))
        object.__setattr__(self, "sd", sd)
        object.__setattr__(self, "variance", None)

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set."""
        return self._draw_set(self.train, rng), self._draw_set(self.test, rng)

    def _draw_set(self, count: int, rng: np.random.Generator) -> Sequences:
        classes = balanced_classes(count, self.class_targets)
        return classified(self._inputs(classes, rng), classes)

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw new sequences of random classes, for learning on-line."""
        classes = rng.choice(self.class_targets, count).tolist()
        return classified(self._inputs(classes, rng), classes, as_drawn=True)

    def _inputs(
        self, classes: list[float], rng: np.random.Generator
    ) -> list[FloatArray]:
        inputs = []
        for length, target in zip(
            draw_lengths(self.length, len(classes), rng), classes, strict=True
        ):
            x = rng.normal(0.0, self.sd or 0.0, size=(length, 1))
            x[: self.informative] = 1.0 if target else -1.0
            inputs.append(x)
        return inputs
