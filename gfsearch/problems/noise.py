"""Gaussian noise, given by its standard deviation or by its variance.

Papers on long time lags say "variance 0.2", and some of their results can only be
reproduced with standard deviation 0.2; so a suite says which one it means.
"""

from __future__ import annotations

import math


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
