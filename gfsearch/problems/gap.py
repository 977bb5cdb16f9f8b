"""Gap: the symbol that a sequence began with comes again at its end.

Mozer, "Induction of multiscale temporal structure", Advances in Neural Information
Processing Systems 4 (1992) 275-282; Ring, "Learning sequential tasks by incrementally
adding higher orders", ibid. 5 (1993) 115-122; Hochreiter and Schmidhuber (1997),
experiments 2a and 2b; Schmidhuber, "Learning complex, extended sequences using the
principle of history compression", Neural Computation 4 (1992) 234-242.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from gfsearch.problems.examples import (
    Example,
    OneByOne,
    at_the_end,
    collected,
    one_hot,
)
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import Size, Spec

Fillers = Annotated[int, msgspec.Meta(ge=1, le=2000)]
"""A number of fillers, each of which is an input line."""


def _predicted(symbols: Sequence[int], size: int) -> Example:
    """A sequence of symbols of which each but the first is to be predicted."""
    shown = one_hot(symbols, size)
    mask = np.ones(len(symbols) - 1, dtype=bool)
    return Example(shown[:-1], shown[1:], mask, tuple(symbols))


@dataclass(frozen=True, kw_only=True)
class _TwoSequences(Spec):
    """Two sequences that differ in their key alone; both sets hold these two."""

    revision: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    one_training_set: ClassVar[bool] = True

    gap: Fillers

    @property
    def inputs(self) -> int:
        """Number of input lines: the fillers and the two keys."""
        return self.gap + 2

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Both sequences, as the training set and as the test set: no others exist."""
        both = collected([self.example(0), self.example(1)], [1.0, 0.0])
        return both, both

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw one of the two sequences again and again, both equally likely."""
        drawn = rng.integers(2, size=count).tolist()
        return collected([self.example(which) for which in drawn], as_drawn=True)

    @abstractmethod
    def example(self, which: int) -> Example:
        """The sequence of the first key (0) or of the second (1)."""


@dataclass(frozen=True, kw_only=True)
class Gap(_TwoSequences):
    """Predict the next symbol; the last one is the first one again.

    There are two sequences, x a_1 .. a_gap x and y a_1 .. a_gap y, which are the
    training set and the test set; `gap` + 2 input lines and outputs, one for each
    filler, then x, then y. Every symbol but the first is to be predicted.

    Mozer's and Ring's task has a gap of 2 to 10 and asks for the largest output
    ({ largest = true }). Hochreiter and Schmidhuber's experiment 2a has p - 1 fillers,
    p = 4, 10 or 100, and asks for errors below 0.25 ({ tolerance = 0.25 }) on 10,000
    sequences in a row. Ours: both sequences once in the place of these.

    Attributes:
        gap: Number of fillers.
    """

    kind: ClassVar[str] = "gap"
    source: ClassVar[str] = (
        "Mozer (1992); Ring (1993); Hochreiter and Schmidhuber (1997), experiment 2a"
    )

    gap: Fillers

    @property
    def outputs(self) -> int:
        """Number of outputs: the fillers and the two keys."""
        return self.gap + 2

    def example(self, which: int) -> Example:
        """The sequence of x (0) or of y (1)."""
        key = self.gap + which
        return _predicted([key, *range(self.gap), key], self.inputs)


@dataclass(frozen=True, kw_only=True)
class DelayedKey(_TwoSequences):
    """Tell the key of a sequence when all of its fillers have passed by.

    There are two sequences, a b_1 .. b_gap (target 1.0 at the last step) and
    x b_1 .. b_gap (target 0.0), which are the training set and the test set; `gap` + 2
    input lines, one for each filler, then a, then x, and one output.

    The paper's: 20 fillers, so that the target comes 20 steps after the key; its two
    networks, automatizer and chunker, also predict the next symbol. Ours: the target
    alone is judged, which is what the paper compares.

    Attributes:
        gap: Number of fillers; default 20.
    """

    kind: ClassVar[str] = "delayed-key"
    source: ClassVar[str] = "Schmidhuber (1992)"
    outputs: ClassVar[int] = 1

    gap: Fillers = 20

    def example(self, which: int) -> Example:
        """The sequence of a (0) or of x (1)."""
        symbols = [self.gap + which, *range(self.gap)]
        return at_the_end(one_hot(symbols, self.inputs), [1.0 - which])


@dataclass(frozen=True, kw_only=True)
class RandomGap(OneByOne):
    """Tell at the end of a sequence of random fillers which key it began with.

    A sequence is a key, x or y, then `gap` fillers, each equally likely one of `gap`
    symbols, then the same key again; `gap` + 2 input lines and outputs, one for each
    filler, then x, then y. The key alone can be predicted, and is judged.

    The paper's: generator and criterion (errors below 0.25 at the end of 10,000
    sequences in a row, p = 100, which is a gap of 99). Ours: sets of sequences in the
    place of these. New sequences (`fresh`) have all next symbols as targets, as in the
    paper.

    Attributes:
        gap: Number of fillers, and of their symbols.
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "random-gap"
    revision: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiment 2b"

    gap: Fillers

    @property
    def inputs(self) -> int:
        """Number of input lines: the fillers and the two keys."""
        return self.gap + 2

    @property
    def outputs(self) -> int:
        """Number of outputs: the fillers and the two keys."""
        return self.gap + 2

    @property
    def classes(self) -> int:
        """Two: the sequences of x and those of y."""
        return 2

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence of the key x (0) or y (1), the key its target."""
        drawn = self.new_example(which, rng)
        return at_the_end(drawn.inputs, drawn.targets[-1].tolist(), drawn.string)

    def new_example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence with targets at every step."""
        key = self.gap + which
        fillers = rng.integers(self.gap, size=self.gap).tolist()
        return _predicted([key, *fillers, key], self.inputs)


@dataclass(frozen=True, kw_only=True)
class Trigger(OneByOne):
    """Tell the key of a sequence of random distractors when a trigger comes.

    A sequence is b (begin), a key (x or y), `lag` distractors, then further ones with
    probability 9/10 each until e (the trigger) comes, at which the key is asked for:
    the time lag from the key is `lag` + 1 or more. Input lines: one for each
    distractor, then b, e, x, y. Two outputs, x and y, 1.0 for the key and 0.0 for the
    other.

    The paper's: generator, 50 to 1,000 distractors and lags, criterion (both errors
    below 0.2 on 10,000 sequences in a row). Ours: sets of sequences in the place of
    these.

    Attributes:
        distractors: Number of symbols that distract (p).
        lag: Number of distractors before the trigger may come (q).
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    kind: ClassVar[str] = "trigger"
    revision: ClassVar[int] = 1
    outputs: ClassVar[int] = 2
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiment 2c"

    distractors: Fillers
    lag: Size

    @property
    def inputs(self) -> int:
        """Number of input lines: the distractors, begin, trigger and two keys."""
        return self.distractors + 4

    @property
    def classes(self) -> int:
        """Two: the sequences of x and those of y."""
        return 2

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a sequence of the key x (0) or y (1)."""
        begin, trigger = self.distractors, self.distractors + 1
        # Distractors beyond the lag until the trigger comes with probability 1/10.
        more = rng.geometric(0.1) - 1
        shown = rng.integers(self.distractors, size=self.lag + more).tolist()
        symbols = [begin, trigger + 1 + which, *shown, trigger]
        inputs: FloatArray = one_hot(symbols, self.inputs)
        return at_the_end(inputs, [1.0 - which, float(which)], tuple(symbols))
