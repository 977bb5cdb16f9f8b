"""The languages a^n b^n and a^n b^n c^n: which symbols may come next?

Rodriguez, Wiles and Elman, "A recurrent neural network that learns to count",
Connection Science 11 (1999) 5-40; Gers and Schmidhuber, "LSTM recurrent networks learn
simple context-free and context-sensitive languages", IEEE Transactions on Neural
Networks 12 (2001) 1333-1340.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, collected, one_hot
from gfsearch.problems.fields import Length, count_range
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.fields import Spec

_MOST = 1000
"""Largest n: all words of a set are as long as the longest."""


@dataclass(frozen=True, kw_only=True)
class _Counted(Spec):
    """A language of words in which each letter of a few stands n times.

    Attributes:
        n: The training words, a number or [low, high]: one word for each n.
        test_n: The test words likewise: longer ones ask for generalisation.
    """

    revision: ClassVar[int] = 1
    letters: ClassVar[int]
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    one_training_set: ClassVar[bool] = True
    source: ClassVar[str] = (
        "Rodriguez, Wiles and Elman (1999); Gers and Schmidhuber (2001)"
    )

    n: Length = (1, 10)
    test_n: Length = (11, 20)

    def __post_init__(self) -> None:
        for name in ("n", "test_n"):
            counts = count_range(name, getattr(self, name), _MOST)
            object.__setattr__(self, name, counts)

    @property
    def inputs(self) -> int:
        """Number of input lines: the start symbol and the letters."""
        return self.letters + 1

    @property
    def outputs(self) -> int:
        """Number of outputs: the letters and the end symbol."""
        return self.letters + 1

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """All training words and all test words; nothing is random."""
        train, test = (
            collected([self._word(n) for n in range(low, high + 1)])
            for low, high in (count_range("n", self.n), count_range("n", self.test_n))
        )
        return train, test

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw training words, each n being equally likely."""
        low, high = count_range("n", self.n)
        drawn = rng.integers(low, high, size=count, endpoint=True).tolist()
        return collected([self._word(n) for n in drawn], as_drawn=True)

    def _word(self, n: int) -> Example:
        # Symbol 0 is the start, k the k-th letter; output k - 1 announces letter k.
        symbols = [0, *(k for k in range(1, self.letters + 1) for _ in range(n))]
        following = [*symbols[1:], self.letters + 1]
        targets = one_hot([k - 1 for k in following], self.outputs)
        targets[1 : n + 1, :2] = 1.0  # After each a: another one, or the first b.
        mask = np.ones(len(symbols), dtype=bool)
        return Example(one_hot(symbols, self.inputs), targets, mask)


@dataclass(frozen=True, kw_only=True)
class AnBn(_Counted):
    """Predict at every symbol of a word a^n b^n which ones may come next.

    Three input lines (start, a, b), three outputs (a, b, end), the targets of all
    symbols that may come next 1.0, those of the others 0.0: after the start an a, after
    each a an a or a b, after each b but the last a b, then the end. So a network has to
    count. Meant for the criterion { possible = true }.

    The papers': prediction of the next symbol, words of up to about ten letters a for
    training, success when all predictions are right. Ours: one word for each n, targets
    for all symbols that may come.

    Attributes:
        n: The training words, a number or [low, high], one word each; default 1 to 10.
        test_n: The test words likewise; default 11 to 20.
    """

    kind: ClassVar[str] = "anbn"
    letters: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class AnBnCn(_Counted):
    """Predict at every symbol of a word a^n b^n c^n which ones may come next.

    Four input lines (start, a, b, c) and four outputs (a, b, c, end). No context-free
    grammar generates the language: two counters are needed. All else is as in the
    problem `anbn`.

    The papers': prediction of the next symbol, success when all predictions are right.
    Ours: one word for each n, targets for all symbols that may come.

    Attributes:
        n: The training words, a number or [low, high], one word each; default 1 to 10.
        test_n: The test words likewise; default 11 to 20.
    """

    kind: ClassVar[str] = "anbncn"
    letters: ClassVar[int] = 3
    source: ClassVar[str] = "Gers and Schmidhuber (2001)"
