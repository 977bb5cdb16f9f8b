"""Tomita's seven regular languages over {0, 1}.

M. Tomita, "Dynamic construction of finite automata from examples using hill-climbing"
(1982); definitions as printed by Watrous and Kuhn (1991). Tomita's example strings
are those reprinted by Pollack (1991) and by Angeline, Saunders and Pollack (1994),
from memory; each was checked against the definition of its language.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Literal, NamedTuple

import msgspec
import numpy as np

from gfsearch.problems.fields import Length, length_range
from gfsearch.problems.sequences import Sequences, balanced_classes, classified
from gfsearch.problems.strings import Bits, draw_disjoint
from gfsearch.specs.fields import Size, Spec


class Automaton(NamedTuple):
    """A deterministic finite automaton; state 0 is the start.

    Attributes:
        on_zero: The next state of each state after a 0.
        on_one: The next state of each state after a 1.
        accepting: Whether each state accepts.
    """

    on_zero: tuple[int, ...]
    on_one: tuple[int, ...]
    accepting: tuple[bool, ...]

    def accepts(self, bits: Bits) -> bool:
        """True if a string belongs to the language."""
        state = 0
        for bit in bits:
            state = self.on_one[state] if bit else self.on_zero[state]
        return self.accepting[state]


# In each automaton that has one, the last state is the one without return.
AUTOMATA: dict[int, Automaton] = {
    # 1: 1*
    1: Automaton((1, 1), (0, 1), (True, False)),
    # 2: (10)*
    2: Automaton((2, 0, 2), (1, 2, 2), (True, False, False)),
    # 3: no run of 0s of odd length anywhere after a run of 1s of odd length. States:
    # no odd run of 1s yet; within an odd run of 1s; then odd 0s; even 0s; 1s; dead.
    3: Automaton(
        (0, 2, 3, 2, 2, 5), (1, 0, 5, 4, 4, 5), (True, True, False, True, True, False)
    ),
    # 4: never more than two 0s in a row
    4: Automaton((1, 2, 3, 3), (0, 0, 0, 3), (True, True, True, False)),
    # 5: an even number of 0s and an even number of 1s
    5: Automaton((1, 0, 3, 2), (2, 3, 0, 1), (True, False, False, False)),
    # 6: number of 1s minus number of 0s divisible by 3
    6: Automaton((2, 0, 1), (1, 2, 0), (True, False, False)),
    # 7: 0*1*0*1*
    7: Automaton((0, 2, 2, 4, 4), (1, 1, 3, 3, 4), (True, True, True, True, False)),
}

# Tomita's accepted and rejected strings, the empty string left out.
ORIGINAL_STRINGS: dict[int, tuple[str, str]] = {
    1: (
        "1 11 111 1111 11111 111111 1111111 11111111",
        "0 10 01 00 011 110 11111110 10111111",
    ),
    2: (
        "10 1010 101010 10101010 10101010101010",
        "1 0 11 00 01 101 100 1001010 10110 110101010",
    ),
    3: (
        "1 0 01 11 00 100 110 111 000 100100 110000011100001 111101100010011100",
        "10 101 010 1010 1110 1011 10001 111010 1001000 11111000 0111001101 "
        "11011100110",
    ),
    4: (
        "1 0 10 01 00 100100 001111110100 0100100100 11100 010",
        "000 11000 0001 000000000 00000 0000 11111000011 1101010000010111 1010010001",
    ),
    5: (
        "11 00 1001 0101 1010 1000111101 1001100001111010 111111 0000",
        "0 111 010 000000000 1000 01 10 1110010100 010111111110 0001 011",
    ),
    6: (
        "10 01 1100 101010 111 000000 10111 0111101111 100100100",
        "1 0 11 00 101 011 11001 1111 00000000 010111 10111101111 1001001001",
    ),
    7: (
        "1 0 10 01 11111 000 00110011 0101 0000100001111 00100 011111011111 00",
        "1010 00110011000 0101010101 1011010 10101 010100 101001 100100110101",
    ),
}


@lru_cache(maxsize=64)
def _chance_of_one(grammar: int, member: bool, longest: int) -> list[list[float]]:
    """Probability that a uniform member (or non-member) goes on with a 1.

    Exact counting: of the strings of r letters that lead from a state to membership,
    how many begin with a 1. Row r, column state; -1.0 where no string leads there.
    """
    automaton = AUTOMATA[grammar]
    ways = [int(accepting == member) for accepting in automaton.accepting]
    table = [[0.0 if n else -1.0 for n in ways]]
    for _ in range(longest):
        with_one = [ways[s] for s in automaton.on_one]
        with_zero = [ways[s] for s in automaton.on_zero]
        ways = [a + b for a, b in zip(with_one, with_zero, strict=True)]
        table.append(
            [a / n if n else -1.0 for a, n in zip(with_one, ways, strict=True)]
        )
    return table


@dataclass(frozen=True, kw_only=True)
class Tomita(Spec):
    """Tell at the end of a string whether it belongs to a language of Tomita's.

    One input line, a 1 shown as +1.0 and a 0 as -1.0; target 1.0 for members, 0.0
    for others. The training set is either Tomita's own strings or balanced random
    strings: one half members, one half not; the length uniform among the lengths of
    the range at which such a string exists, then the string uniform among all of
    that length and class (by exact counting on the language's automaton). The test
    set is always made of balanced random strings, none of them a training string
    unless all strings of the class are used up. The empty string is left out.

    Attributes:
        grammar: 1 to 7.
        strings: "original" (Tomita's) or "balanced" (random); default "original".
        length: Letters of the random strings, a number or [low, high]; default 1
            to 15.
        train: Number of training strings; default 100; not with original strings.
        test: Number of test strings; default 100.
    """

    kind: ClassVar[str] = "tomita"
    revision: ClassVar[int] = 1
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    source: ClassVar[str] = "Tomita (1982); Watrous and Kuhn (1991)"

    grammar: Annotated[int, msgspec.Meta(ge=1, le=7)]
    strings: Literal["original", "balanced"] = "original"
    length: Length = (1, 15)
    train: Size | None = None
    test: Size = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", length_range(self.length))
        if self.strings == "original":
            if self.train is not None:
                raise ValueError("train: fixed by strings = 'original', leave it out")
        elif self.train is None:
            object.__setattr__(self, "train", 100)
        for member in (True, False):
            if not self._lengths(member):
                raise ValueError(
                    f"length: no {'member' if member else 'non-member'} of language "
                    f"{self.grammar} has a length in {list(length_range(self.length))}"
                )

    @property
    def one_training_set(self) -> bool:
        """True if all instances share their training set: Tomita's own strings."""
        return self.train is None

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set (unless Tomita's own) and a test set."""
        if self.train is None:
            train = [
                tuple(map(int, string))
                for strings in ORIGINAL_STRINGS[self.grammar]
                for string in strings.split()
            ]
        else:
            train = self._draw_strings(self.train, rng, taken=set())
        test = self._draw_strings(self.test, rng, taken=set(train))
        return self._sequences(train), self._sequences(test)

    def _lengths(self, member: bool) -> list[int]:
        """The lengths of the range at which a member (or non-member) exists."""
        low, high = length_range(self.length)
        table = _chance_of_one(self.grammar, member, high)
        return [r for r in range(low, high + 1) if table[r][0] >= 0]

    def _draw_strings(
        self, count: int, rng: np.random.Generator, taken: set[Bits]
    ) -> list[Bits]:
        classes = balanced_classes(count, self.class_targets)
        lengths = {member: self._lengths(member) for member in (True, False)}

        def draw_one(which: int) -> Bits:
            member = classes[which] == 1.0
            length = lengths[member][rng.integers(len(lengths[member]))]
            return self._draw_string(length, member, rng)

        return draw_disjoint(count, draw_one, taken)

    def _draw_string(self, length: int, member: bool, rng: np.random.Generator) -> Bits:
        automaton = AUTOMATA[self.grammar]
        table = _chance_of_one(self.grammar, member, length_range(self.length)[1])
        state, bits = 0, []
        for step, uniform in enumerate(rng.random(length).tolist()):
            bit = uniform < table[length - step][state]
            state = (automaton.on_one if bit else automaton.on_zero)[state]
            bits.append(int(bit))
        return tuple(bits)

    def _sequences(self, strings: list[Bits]) -> Sequences:
        automaton = AUTOMATA[self.grammar]
        inputs = [2.0 * np.array(s, dtype=np.float64)[:, None] - 1.0 for s in strings]
        return classified(inputs, [float(automaton.accepts(s)) for s in strings])
