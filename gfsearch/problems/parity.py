"""Parity: is the number of ones in a sequence odd?

Bengio, Simard and Frasconi (1994), section III; Schmidhuber, Hochreiter and Bengio
(2001), section on the parity problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.fields import (
    Length,
    Noise,
    draw_lengths,
    length_range,
    two_targets,
)
from gfsearch.problems.sequences import Sequences, balanced_classes, classified
from gfsearch.problems.strings import Bits, draw_disjoint
from gfsearch.specs.fields import Size, Spec


@dataclass(frozen=True, kw_only=True)
class Parity(Spec):
    """Tell at the end of a sequence of +1.0 and -1.0 whether the +1.0 are odd.

    One input line; target 1.0 for an odd number of +1.0, 0.0 for an even one. Half
    of the sequences of a set belong to each class (odd has the odd one); lengths
    are uniform over their range, and each string is uniform among those of its
    length and class: all elements but the last are fair coins, the last one
    makes the class right. Test strings are not training strings unless the strings
    of that length and class are used up. Uniform noise may be added to every
    element.

    Attributes:
        length: Steps, a number or [low, high]; default 500 to 600.
        noise: Half-width of the uniform noise; default 0 (none).
        targets: Targets of odd and of even strings; default 1.0 and 0.0.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "parity"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    added_later: ClassVar[frozenset[str]] = frozenset(("targets",))
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994); Schmidhuber, Hochreiter and Bengio (2001)"
    )

    length: Length = (500, 600)
    noise: Noise = 0.0
    targets: tuple[float, float] = (1.0, 0.0)
    train: Size = 100
    test: Size = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", length_range(self.length))
        two_targets(self.targets)

    @property
    def class_targets(self) -> tuple[float, float]:
        """The targets of the two classes, the larger first."""
        return max(self.targets), min(self.targets)

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set."""
        train = self._draw_strings(self.train, rng, taken=set())
        test = self._draw_strings(self.test, rng, taken=set(train))
        return self._with_noise(train, rng), self._with_noise(test, rng)

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw new strings, for learning on-line."""
        lengths = draw_lengths(self.length, count, rng)
        strings = [tuple(rng.integers(0, 2, size=n).tolist()) for n in lengths]
        return self._with_noise(strings, rng, as_drawn=True)

    def _draw_strings(
        self, count: int, rng: np.random.Generator, taken: set[Bits]
    ) -> list[Bits]:
        odd = balanced_classes(count, (1, 0))

        def draw_one(which: int) -> Bits:
            bits = rng.integers(0, 2, size=draw_lengths(self.length, 1, rng)[0])
            bits[-1] = (bits[:-1].sum() + odd[which]) % 2
            return tuple(bits.tolist())

        return draw_disjoint(count, draw_one, taken)

    def _with_noise(
        self, strings: list[Bits], rng: np.random.Generator, as_drawn: bool = False
    ) -> Sequences:
        inputs = []
        for bits in strings:
            x = 2.0 * np.array(bits, dtype=np.float64)[:, None] - 1.0
            inputs.append(x + rng.uniform(-self.noise, self.noise, size=x.shape))
        odd, even = self.targets
        classes = [odd if sum(bits) % 2 else even for bits in strings]
        return classified(inputs, classes, as_drawn=as_drawn)
