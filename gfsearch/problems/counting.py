"""Counting: are there more ones than minus ones in a sequence?

A task of tests of recurrent networks: unlike parity, whose state is one bit, it needs a
state that grows with the length of the sequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, OneByOne, at_the_end
from gfsearch.problems.fields import Length, draw_lengths, length_range


@dataclass(frozen=True, kw_only=True)
class Counting(OneByOne):
    """Tell at the end of a sequence whether there were more +1.0 than -1.0.

    One input line; target 1.0 for more +1.0, 0.0 for more -1.0. Half of the sequences
    of a set belong to each class; lengths are uniform over their range, and each string
    is uniform among those of its length and class. No string has as many of both.

    Attributes:
        length: Steps, a number or [low, high]; default 10 to 20.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "counting"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "gfsearch"

    length: Length = (10, 20)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", length_range(self.length))

    @property
    def classes(self) -> int:
        """Two: more ones, and more minus ones."""
        return 2

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a string with more ones (0) or more minus ones (1)."""
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        total = 0.0
        while total == 0.0:
            signs = rng.choice([-1.0, 1.0], size=steps)
            total = signs.sum()
        # Turning all signs round maps one class onto the other, string by string.
        if (total < 0.0) != (which == 1):
            signs = -signs
        return at_the_end(signs[:, None], [1.0 - which], signs.tobytes())
