"""Strings of zeros and ones: drawing test strings that are not training strings."""

from __future__ import annotations

from collections.abc import Callable, Set

Bits = tuple[int, ...]

# A class with a tenth of its strings free is missed once in 10**4 drawings.
_ATTEMPTS = 100


def draw_disjoint(
    count: int, draw_one: Callable[[int], Bits], taken: Set[Bits]
) -> list[Bits]:
    """Draw `count` strings outside `taken` where that is possible.

    A string in `taken` is drawn again, up to 100 times; after that its language is
    considered used up (1* of up to ten letters has ten strings) and it stays.

    Args:
        count: Number of strings.
        draw_one: Draws the string with a given number, 0 to count - 1.
        taken: The strings to avoid.
    """
    strings = []
    for which in range(count):
        for _ in range(_ATTEMPTS):
            bits = draw_one(which)
            if bits not in taken:
                break
        strings.append(bits)
    return strings
