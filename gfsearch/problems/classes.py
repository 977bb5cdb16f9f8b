"""Balanced classes."""

from __future__ import annotations


def balanced_classes(count: int, targets: tuple[float, float]) -> list[float]:
    """The class target of each of `count` sequences: two halves.

    Args:
        count: Number of sequences.
        targets: The two class targets; an odd sequence belongs to the first.
    """
    first, second = targets
    return [first] * (count - count // 2) + [second] * (count // 2)
