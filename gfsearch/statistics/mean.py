"""Means of what every run has, solved or not."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import t

from gfsearch.statistics.interval import Interval


def mean_share(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """The mean of shares between 0 and 1, with Student's interval within them.

    Args:
        values: (n,) one share per run, at least one. With one run the limits are nan.
        level: Confidence level.
    """
    shares = np.asarray(values, dtype=np.float64)
    n, mean = len(shares), float(shares.mean())
    if n == 1:
        return Interval(mean, math.nan, math.nan)
    half = t.ppf(0.5 + level / 2, n - 1) * float(shares.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, max(mean - half, 0.0), min(mean + half, 1.0))
