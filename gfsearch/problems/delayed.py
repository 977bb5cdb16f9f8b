"""Copy and exclusive or with a delay: a memory that forgets again.

Tasks of this kind measure how far back a network's state reaches: Jaeger, "Short term
memory in echo state networks", GMD Report 152 (2002); Bertschinger and Natschlaeger,
"Real-time computation at the edge of chaos in recurrent neural networks", Neural
Computation 16 (2004) 1413-1436.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, OneByOne
from gfsearch.problems.fields import Length, draw_lengths, length_range
from gfsearch.specs.arrays import BoolArray
from gfsearch.specs.fields import Natural


@dataclass(frozen=True, kw_only=True)
class _Delayed(OneByOne):
    """At every step from the delay on, tell something of the inputs before the delay.

    Attributes:
        delay: Number of steps between the inputs and the answer.
        length: Steps, a number or [low, high].
    """

    revision: ClassVar[int] = 1
    inputs: ClassVar[int]
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)

    delay: Natural
    length: Length = 20

    def __post_init__(self) -> None:
        low, high = length_range(self.length)
        if low <= self.delay:
            raise ValueError(f"length: {low} steps, give more than the delay")
        object.__setattr__(self, "length", (low, high))

    @abstractmethod
    def answer(self, bits: BoolArray) -> BoolArray:
        """(T,) the answers to (T, I) inputs, each at the step of its inputs."""

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence of fair coins."""
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        bits = rng.random((steps, self.inputs)) < 0.5
        targets = np.zeros((steps, 1))
        targets[self.delay :, 0] = self.answer(bits)[: steps - self.delay]
        inputs = np.where(bits, 1.0, -1.0)
        return Example(inputs, targets, np.arange(steps) >= self.delay, bits.tobytes())


@dataclass(frozen=True, kw_only=True)
class Copy(_Delayed):
    """Tell at every step what the input was some steps ago.

    One input line, 1.0 or -1.0 with equal probability at each step; at every step from
    `delay` on the target is 1.0 if the input `delay` steps ago was 1.0, else 0.0.

    Attributes:
        delay: Number of steps between an input and its copy.
        length: Steps, a number or [low, high]; default 20.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "copy"
    source: ClassVar[str] = "after Jaeger (2002): delayed recall"
    inputs: ClassVar[int] = 1

    def answer(self, bits: BoolArray) -> BoolArray:
        """The input itself."""
        return bits[:, 0]


@dataclass(frozen=True, kw_only=True)
class DelayedXor(_Delayed):
    """Tell at every step whether two inputs differed some steps ago.

    Two input lines, each 1.0 or -1.0 with equal probability at each step; at every step
    from `delay` on the target is 1.0 if they differed `delay` steps ago, else 0.0.

    Attributes:
        delay: Number of steps between the inputs and the answer.
        length: Steps, a number or [low, high]; default 20.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "delayed-xor"
    source: ClassVar[str] = "after Bertschinger and Natschlaeger (2004)"
    inputs: ClassVar[int] = 2

    def answer(self, bits: BoolArray) -> BoolArray:
        """The exclusive or of both inputs."""
        return bits[:, 0] ^ bits[:, 1]
