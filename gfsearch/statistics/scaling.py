"""Growth of the cost to solution with a varied number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from gfsearch.statistics.comparing import Runs
from gfsearch.statistics.ert import log_ert_variance
from gfsearch.statistics.interval import Interval


class PowerLaw(NamedTuple):
    """A cost proportional to x^exponent.

    Attributes:
        exponent: The exponent with its interval.
        factor: The cost at x = 1.
    """

    exponent: Interval
    factor: float


def power_law(
    x: npt.ArrayLike, runs: Sequence[Runs], level: float = 0.95
) -> PowerLaw | None:
    """Fit ERT = factor x^exponent by least squares of the logarithms.

    Points weigh by the inverse variance of their logarithm (delta method). Where they
    scatter about the line more than that explains, the error grows by the ratio.

    Args:
        x: (k,) positive, different values of what is varied.
        runs: The runs at each.
        level: Confidence level.

    Returns:
        None with fewer than three points at which the costs of two runs or more
        differ. None too if no run was solved at some point: without the points that
        cost most, the exponent would be too small.
    """
    if not all(np.any(solved) for _, solved in runs):
        return None
    points = []
    for value, (costs, solved) in zip(np.asarray(x, dtype=float), runs, strict=True):
        n = len(np.asarray(costs))
        if n > 1:
            log_ert, variance = log_ert_variance(np.ones((1, n)), costs, solved)
            if variance[0] > 0.0:
                points.append((math.log(value), log_ert[0], 1.0 / variance[0]))
    if len(points) < 3:
        return None
    u, y, weight = np.array(points).T
    centre = np.average(u, weights=weight)
    spread = float(np.sum(weight * (u - centre) ** 2))
    slope = float(np.sum(weight * (u - centre) * y)) / spread
    start = float(np.average(y, weights=weight)) - slope * centre
    residuals = weight * (y - start - slope * u) ** 2
    excess = max(1.0, float(residuals.sum()) / (len(points) - 2))
    half = float(norm.ppf(0.5 + 0.5 * level)) * math.sqrt(excess / spread)
    return PowerLaw(Interval(slope, slope - half, slope + half), math.exp(start))
