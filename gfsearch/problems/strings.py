"""Strings of symbols: drawing test strings that are not training strings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Set
from typing import TypeVar

Bits = tuple[int, ...]

# A class with a tenth of its strings free is missed once in 10**4 drawings.
_ATTEMPTS = 100

_Drawn = TypeVar("_Drawn")


def _itself(drawn: object) -> Hashable:
    return drawn


def draw_disjoint(
    count: int,
    draw_one: Callable[[int], _Drawn],
    taken: Set[Hashable],
    string_of: Callable[[_Drawn], Hashable] = _itself,
) -> list[_Drawn]:
    """Draw `count` strings outside `taken` where that is possible.

    A string in `taken` is drawn again, up to 100 times; after that its language is
    considered used up (1* of up to ten letters has ten strings) and it stays.

    Args:
        count: Number of strings.
        draw_one: Draws the string with a given number, 0 to count - 1.
        taken: The strings to avoid.
        string_of: The string of what was drawn, if that is more than its string.
    """
    drawn = []
    for which in range(count):
        for _ in range(_ATTEMPTS):
            one = draw_one(which)
            if string_of(one) not in taken:
                break
        drawn.append(one)
    return drawn
