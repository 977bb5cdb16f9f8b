"""Fields that problems share: lengths of sequences, and Gaussian noise.

A length is a range that a suite gives as one number or as [low, high]. Noise is given
by its standard deviation or by its variance: papers on long time lags say "variance
0.2", and some of their results can only be reproduced with standard deviation 0.2; so a
suite says which one it means.
"""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np

from gfsearch.specs.arrays import IntArray

# The limits are checked in `length_range`: msgspec (0.22) confuses the limits of a
# constrained number with the size of a tuple when a union holds both.
Length = int | tuple[int, int]

Noise = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
"""A half-width, standard deviation or variance of noise."""

_LONGEST = 10**6


def length_range(length: Length) -> tuple[int, int]:
    """The range [low, high], both included, that a `length` field stands for.

    Raises:
        ValueError: The range is reversed, begins below 1 or ends above a million.
    """
    return count_range("length", length, _LONGEST, " steps")


def count_range(
    name: str, value: Length, most: int = _LONGEST, unit: str = ""
) -> tuple[int, int]:
    """The range [low, high], both included, that a field stands for.

    Args:
        name: The field.
        value: A number or [low, high].
        most: The largest number accepted.
        unit: What its messages say behind a number.

    Raises:
        ValueError: The range is reversed, begins below 1 or ends above the largest.
    """
    low, high = (value, value) if isinstance(value, int) else value
    if low < 1:
        raise ValueError(f"{name}: {low}{unit}, give at least 1")
    if high > most:
        raise ValueError(f"{name}: {high}{unit}, give at most {most}")
    if low > high:
        raise ValueError(f"{name}: [{low}, {high}] is reversed, give [low, high]")
    return low, high


def draw_lengths(length: Length, count: int, rng: np.random.Generator) -> IntArray:
    """(count,) lengths, uniform over the range."""
    low, high = length_range(length)
    return rng.integers(low, high, size=count, endpoint=True)


def two_targets(targets: tuple[float, float]) -> None:
    """Refuse targets of two classes that are one.

    Raises:
        ValueError: They are equal.
    """
    if targets[0] == targets[1]:
        raise ValueError("targets: expected two that differ")


def standard_deviation(
    sd: float | None, variance: float | None, default: float
) -> float:
    """The standard deviation that a pair of fields `sd`, `variance` stands for.

    Raises:
        ValueError: Both fields are given.
    """
    if sd is not None and variance is not None:
        raise ValueError("sd, variance: give one of the two")
    if variance is not None:
        return math.sqrt(variance)
    return default if sd is None else sd
