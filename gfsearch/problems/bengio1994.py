"""The latch and the two-sequence problem as Bengio, Simard and Frasconi stated them.

Bengio, Simard and Frasconi, "Learning long-term dependencies with gradient descent is
difficult", IEEE Transactions on Neural Networks 5 (1994) 157-166, sections III and IV;
Bengio and Frasconi, "Credit assignment through time: alternatives to backpropagation",
Advances in Neural Information Processing Systems 6 (1993) 75-82. What became of them in
the comparisons of 1997 and 2001 are the problems `latch` and `two-sequence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, OneByOne, at_the_end, collected
from gfsearch.problems.fields import (
    Length,
    Noise,
    count_range,
    draw_lengths,
    length_range,
    standard_deviation,
    two_targets,
)
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import Size, Spec


@dataclass(frozen=True, kw_only=True)
class MinimalLatch(OneByOne):
    """Tell at the end of a noisy sequence its class; the first inputs are weights.

    2 L + 1 input lines. At step t of the first L, line t (class +0.8) or line L + t
    (class -0.8) is 1.0, so that the weights of these lines are the inputs of that step;
    at every later step the last line carries noise. Meant for a tanh unit without bias
    whose weight of the last line is fixed at 1: { kind = "tanh-unit", bias = false,
    fixed_inputs = 1 } has 2 L + 1 weights, 3 with L = 1.

    The paper's: unit, inputs, targets at the end. Its Fig. 2 has L = 3 and Gaussian
    noise, its Fig. 4 L = 1 and uniform noise of half-width 0.2, with lengths from T/2
    to T. With L = 1 and Gaussian noise it is variant 1 of the problem `latch`.

    Attributes:
        length: Steps, a number or [low, high].
        informative: Number of steps whose input is a weight (L); default 1.
        sd: Standard deviation of Gaussian noise; default 0.2 if no noise is given.
        variance: The same as a variance.
        noise: Half-width of uniform noise in the place of Gaussian noise.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "minimal-latch"
    revision: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (0.8, -0.8)
    source: ClassVar[str] = "Bengio, Simard and Frasconi (1994)"

    length: Length
    informative: Size = 1
    sd: Noise | None = None
    variance: Noise | None = None
    noise: Noise | None = None

    def __post_init__(self) -> None:
        low, high = _with_room(self.length, self.informative)
        object.__setattr__(self, "length", (low, high))
        if self.noise is None:
            sd = standard_deviation(self.sd, self.variance, default=0.2)
            object.__setattr__(self, "sd", sd)
            object.__setattr__(self, "variance", None)
        elif self.sd is not None or self.variance is not None:
            raise ValueError("sd, variance, noise: give one of the three")

    @property
    def inputs(self) -> int:
        """Number of input lines: L for each class, and the noise."""
        return 2 * self.informative + 1

    @property
    def classes(self) -> int:
        """Two: those of the targets +0.8 and -0.8."""
        return 2

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence of the target +0.8 (0) or -0.8 (1)."""
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        own = self.informative
        inputs = np.zeros((steps, self.inputs))
        inputs[:own, own * which : own * (which + 1)] = np.eye(own)
        later = steps - own
        if self.noise is None:
            inputs[own:, -1] = rng.normal(0.0, self.sd or 0.0, size=later)
        else:
            inputs[own:, -1] = rng.uniform(-self.noise, self.noise, size=later)
        return at_the_end(inputs, [self.class_targets[which]])


@dataclass(frozen=True, kw_only=True)
class TwoKeys(Spec):
    """Tell at the end of a sequence with which of two keys it began.

    One input line. For each instance two keys are drawn, sequences of numbers uniform
    over [-1, 1]. A sequence begins with the first N elements of a key and goes on with
    uniform noise; target 1.0 for the first key, 0.0 for the second. Half of the
    sequences of a set belong to each (the first has the odd one).

    The papers': keys, noise, lengths from T/2 to T; N may vary from sequence to
    sequence (1994), or is 3 (1993). Ours: noise of half-width 0.2 behind the keys,
    and on them if asked for; keys are drawn for each instance. There are no new
    sequences: the papers' methods learn from a training set.

    Attributes:
        length: Steps, a number or [low, high].
        informative: N, a number or [low, high]; default 3.
        noise: Half-width of the noise behind the keys; default 0.2.
        key_noise: Half-width of noise added to their elements; default 0 (none).
        targets: Targets of the first and of the second key; default 1.0 and 0.0.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "two-keys"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994); Bengio and Frasconi (1993)"
    )

    length: Length
    informative: Length = 3
    noise: Noise = 0.2
    key_noise: Noise = 0.0
    targets: tuple[float, float] = (1.0, 0.0)
    train: Size = 100
    test: Size = 100

    def __post_init__(self) -> None:
        least, most = count_range("informative", self.informative)
        object.__setattr__(self, "length", _with_room(self.length, most))
        object.__setattr__(self, "informative", (least, most))
        two_targets(self.targets)

    @property
    def class_targets(self) -> tuple[float, float]:
        """The targets of the two classes, the larger first."""
        return max(self.targets), min(self.targets)

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw two keys, then a training set and a test set."""
        _, longest = count_range("informative", self.informative)
        keys = rng.uniform(-1.0, 1.0, size=(2, longest))
        train = self._draw_set(self.train, keys, rng)
        return train, self._draw_set(self.test, keys, rng)

    def _draw_set(
        self, count: int, keys: FloatArray, rng: np.random.Generator
    ) -> Sequences:
        which = [i % 2 for i in range(count)]
        classes = [self.targets[k] for k in which]
        examples = [self._example(keys[k], self.targets[k], rng) for k in which]
        return collected(examples, classes)

    def _example(
        self, key: FloatArray, target: float, rng: np.random.Generator
    ) -> Example:
        (steps,) = draw_lengths(self.length, 1, rng).tolist()
        (own,) = draw_lengths(self.informative, 1, rng).tolist()
        x = rng.uniform(-self.noise, self.noise, size=steps)
        x[:own] = key[:own] + rng.uniform(-self.key_noise, self.key_noise, size=own)
        return at_the_end(x[:, None], [target])


def _with_room(length: Length, informative: int) -> tuple[int, int]:
    """A range of lengths into which informative elements fit.

    Raises:
        ValueError: They do not fit.
    """
    low, high = length_range(length)
    if informative > low:
        raise ValueError(
            f"informative: {informative} elements do not fit into sequences of {low} "
            "steps"
        )
    return low, high
