"""Growth of the cost to solution with a varied number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.comparing import Runs
from gfsearch.statistics.ert import log_ert_variance
from gfsearch.statistics.interval import Interval

LawKind = Literal["power law", "exponential"]

LACK_OF_FIT = 0.05
"""Probability of a scatter as large by chance below which a law does not fit."""


class Growth(NamedTuple):
    """A law of growth, fitted to costs.

    Attributes:
        kind: "power law": factor x^rate; "exponential": factor exp(rate x).
        rate: The exponent, or the rate per unit of x, with its interval.
        factor: The cost at x = 1, or at x = 0.
        p: Probability of a scatter of the points about it as large by chance.
    """

    kind: LawKind
    rate: Interval
    factor: float
    p: float

    @property
    def fits(self) -> bool:
        """False if the points contradict it: then it says nothing beyond them."""
        return self.p >= LACK_OF_FIT

    def at(self, x: npt.ArrayLike) -> FloatArray:
        """The cost at some values."""
        values = np.asarray(x, dtype=np.float64)
        by = np.log(values) if self.kind == "power law" else values
        return np.asarray(self.factor * np.exp(self.rate.estimate * by))


def growth(
    x: npt.ArrayLike, runs: Sequence[Runs], level: float = 0.95
) -> Growth | None:
    """Fit a power law and an exponential, and return the one that is nearer.

    Both by least squares of the logarithm of the ERT, points weighing by the inverse
    of its variance (delta method). The sum of weighted squares is that of chi-squared
    if a law holds, with as many degrees of freedom as there are points beyond two: the
    test of lack of fit (Neter, Wasserman and Kutner, "Applied linear statistical
    models", 1990, with known variances). The law with the smaller sum is returned.

    Args:
        x: (k,) positive, different values of what is varied.
        runs: The runs at each.
        level: Confidence level.

    Returns:
        None with fewer than three points at which the costs of two runs or more
        differ. None too if no run was solved at some point: without the points that
        cost most, the growth would be too small.
    """
    if not all(np.any(solved) for _, solved in runs):
        return None
    points = []
    for value, (costs, solved) in zip(np.asarray(x, dtype=float), runs, strict=True):
        n = len(np.asarray(costs))
        if n > 1:
            log_ert, variance = log_ert_variance(np.ones((1, n)), costs, solved)
            if variance[0] > 0.0:
                points.append((value, log_ert[0], 1.0 / variance[0]))
    if len(points) < 3:
        return None
    values, logs, weights = np.array(points).T
    laws = [
        _line("power law", np.log(values), logs, weights, level),
        _line("exponential", values, logs, weights, level),
    ]
    return max(laws, key=lambda law: law.p)


def _line(
    kind: LawKind, u: FloatArray, y: FloatArray, weight: FloatArray, level: float
) -> Growth:
    """A weighted line through logarithms."""
    centre = np.average(u, weights=weight)
    spread = float(np.sum(weight * (u - centre) ** 2))
    slope = float(np.sum(weight * (u - centre) * y)) / spread
    start = float(np.average(y, weights=weight)) - slope * centre
    squares = float(np.sum(weight * (y - start - slope * u) ** 2))
    half = float(norm.ppf(0.5 + 0.5 * level)) / math.sqrt(spread)
    rate = Interval(slope, slope - half, slope + half)
    return Growth(kind, rate, math.exp(start), float(chi2.sf(squares, len(u) - 2)))
