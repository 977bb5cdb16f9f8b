"""Temporal order: classify a sequence by the order of two or three of its symbols.

Hochreiter and Schmidhuber (1997), experiments 6a and 6b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gfsearch.problems.examples import Example, OneByOne, at_the_end, one_hot
from gfsearch.problems.fields import Length, draw_lengths, length_range

SYMBOLS = "EBabcdXY"
"""The alphabet, in the order of the input lines."""

# Where relevant symbols stand, in hundredths of the shortest length.
_PLACES = {2: ((10, 20), (50, 60)), 3: ((10, 20), (33, 43), (66, 76))}


@dataclass(frozen=True, kw_only=True)
class TemporalOrder(OneByOne):
    """Tell at the end of a sequence in which order its relevant symbols came.

    Eight input lines, one for each symbol. A sequence begins with E and ends with B;
    between them stand random symbols a, b, c and d, but for two (or three) relevant
    ones, each X or Y with equal probability. One output for each of the 4 (or 8)
    classes, 1.0 for that of the sequence at its end: XX, XY, YX, YY (XXX, XXY, .. YYY).

    The paper's: all of it for lengths of 100 to 110, where the relevant symbols stand
    at steps 10 to 20 and 50 to 60 (10 to 20, 33 to 43 and 66 to 76), and the criterion
    { tolerance = 0.3 } on 2,000 sequences in a row. Ours: other lengths, where these
    steps grow in proportion to the shortest one; sets of sequences; equal classes.

    Attributes:
        relevant: Number of relevant symbols, 2 (experiment 6a) or 3 (6b).
        length: Steps, a number or [low, high]; default 100 to 110.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "temporal-order"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = len(SYMBOLS)
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiments 6a and 6b"

    relevant: Literal[2, 3] = 2
    length: Length = (100, 110)

    def __post_init__(self) -> None:
        low, high = length_range(self.length)
        if low < 10:
            raise ValueError(f"length: {low} steps, give at least 10")
        object.__setattr__(self, "length", (low, high))

    @property
    def classes(self) -> int:
        """Number of orders of X and Y."""
        return int(2**self.relevant)

    @property
    def outputs(self) -> int:
        """Number of outputs: the classes."""
        return self.classes

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence of a class: its binary digits are the symbols, Y for 1."""
        shortest, _ = length_range(self.length)
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        string = list("E" + "".join(rng.choice(list("abcd"), size=steps - 2)) + "B")
        digits = f"{which:0{self.relevant}b}"
        for digit, (low, high) in zip(digits, _PLACES[self.relevant], strict=True):
            place = rng.integers(
                low * shortest // 100, high * shortest // 100, endpoint=True
            )
            string[place] = "XY"[int(digit)]
        inputs = one_hot([SYMBOLS.index(s) for s in string], len(SYMBOLS))
        target = np.eye(self.classes)[which].tolist()
        return at_the_end(inputs, target, "".join(string))
