"""The Reber grammar and the embedded Reber grammar: which symbols may come next?

Reber, "Implicit learning of artificial grammars", Journal of Verbal Learning and Verbal
Behavior 6 (1967) 855-863; Cleeremans, Servan-Schreiber and McClelland, "Finite state
automata and simple recurrent networks", Neural Computation 1 (1989) 372-381; Hochreiter
and Schmidhuber (1997), section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from gfsearch.problems.examples import Example, OneByOne, one_hot
from gfsearch.specs.fields import Size

SYMBOLS = "BTPSXVE"
"""The alphabet, in the order of the input lines and of the outputs."""

# The state after each symbol that a state allows, each with probability 1/2; a string
# begins with B, which leads to state 0, and ends with E from state 5.
_GRAMMAR: tuple[dict[str, int], ...] = (
    {"T": 1, "P": 2},
    {"S": 1, "X": 3},
    {"T": 2, "V": 4},
    {"X": 2, "S": 5},
    {"P": 3, "V": 5},
)
_END = len(_GRAMMAR)


@dataclass(frozen=True, kw_only=True)
class Reber(OneByOne):
    """Predict at every symbol of a Reber string which ones may come next.

    Seven input lines and seven outputs, one for each symbol. A string is drawn from the
    grammar, both symbols that a state allows being equally likely. At each of its
    symbols but the last, E, the targets are 1.0 for the symbols that may come next and
    0.0 for all others; meant for the criterion { possible = true }: the paper counts a
    string as right if these are always the most active ones.

    The paper's: grammar, 256 training strings and 256 others as test strings. Ours: the
    targets of the two sets, since the criterion asks for all symbols that may come.
    New sequences (`fresh`) have the one that does come as their target, which is what
    the paper's networks were trained on.

    Attributes:
        train: Number of training strings; default 256.
        test: Number of test strings; default 256.
    """

    kind: ClassVar[str] = "reber"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = len(SYMBOLS)
    outputs: ClassVar[int] = len(SYMBOLS)
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "Reber (1967); Cleeremans et al. (1989)"

    train: Size = 256
    test: Size = 256

    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a string; its targets are all symbols that may come next."""
        string, allowed = self.string(rng)
        symbols = [SYMBOLS.index(s) for s in string]
        targets = np.array([[float(s in may) for s in SYMBOLS] for may in allowed])
        inputs = one_hot(symbols[:-1], len(SYMBOLS))
        return Example(inputs, targets, np.ones(len(inputs), dtype=bool), string)

    def new_example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw a string; its targets are the symbols that come next."""
        drawn = self.example(which, rng)
        symbols = [SYMBOLS.index(s) for s in str(drawn.string)]
        return replace(drawn, targets=one_hot(symbols[1:], len(SYMBOLS)))

    def string(self, rng: np.random.Generator) -> tuple[str, list[str]]:
        """Draw a string, and what may come after each of its symbols but the last."""
        string, allowed, state = "B", [], 0
        while state != _END:
            symbols = "".join(_GRAMMAR[state])
            symbol = symbols[rng.integers(2)]
            allowed.append(symbols)
            string += symbol
            state = _GRAMMAR[state][symbol]
        return string + "E", [*allowed, "E"]


@dataclass(frozen=True, kw_only=True)
class EmbeddedReber(Reber):
    """Predict at every symbol of an embedded Reber string which ones may come next.

    B, then T or P with equal probability, a Reber string, the same T or P again, E. The
    second symbol has to be remembered through the Reber string for the one before the
    last: a time lag of 6 steps or more. All else is as in the problem `reber`.

    The paper's: grammar, 256 training strings and 256 others as test strings. Ours: the
    targets of the two sets, see `reber`.

    Attributes:
        train: Number of training strings; default 256.
        test: Number of test strings; default 256.
    """

    kind: ClassVar[str] = "embedded-reber"
    source: ClassVar[str] = "Hochreiter and Schmidhuber (1997), experiment 1"

    def string(self, rng: np.random.Generator) -> tuple[str, list[str]]:
        """Draw a string, and what may come after each of its symbols but the last."""
        key = "TP"[rng.integers(2)]
        within, allowed = super().string(rng)
        return f"B{key}{within}{key}E", ["TP", "B", *allowed, key, "E"]
