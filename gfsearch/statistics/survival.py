"""Kaplan-Meier estimates of the cost to solution."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import CensoredData, ecdf

from gfsearch.statistics.interval import Interval

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Survival:
    """The probability of being unsolved, a step function of the cost.

    Attributes:
        costs: (k,) increasing costs at which runs ended.
        unsolved: (k,) probability of being unsolved just after each.
        low: (k,) lower limit of it.
        high: (k,) upper limit of it.
        low_at_start: Lower limit of it before the first run was solved.
    """

    costs: FloatArray
    unsolved: FloatArray
    low: FloatArray
    high: FloatArray
    low_at_start: float


def kaplan_meier(
    costs: npt.ArrayLike, solved: npt.ArrayLike, level: float = 0.95
) -> Survival:
    """Kaplan and Meier's estimate with log-log limits (Kalbfleisch and Prentice).

    Args:
        costs: (n,) cost of each run, to its solution or when it was censored. A run
            whose searcher gave up belongs at the budget: it stays unsolved.
        solved: (n,) whether each run was solved.
        level: Confidence level, for each cost by itself.
    """
    cost = np.asarray(costs, dtype=np.float64)
    event = np.asarray(solved, dtype=bool)
    estimate = ecdf(CensoredData.right_censored(cost, ~event)).sf
    with warnings.catch_warnings():
        # At 0 and 1 the log-log transformation has no value; see below.
        warnings.simplefilter("ignore", RuntimeWarning)
        limits: Any = estimate.confidence_interval(level, method="log-log")
    unsolved = np.asarray(estimate.probabilities)
    low, high = limits.low.probabilities, limits.high.probabilities
    # Nothing solved yet: n runs unsolved in a row leave room for a probability of
    # being unsolved down to (miss / 2)^(1/n) (Clopper and Pearson). All solved: the
    # last upper limit that could be computed still holds.
    at_start = (0.5 * (1.0 - level)) ** (1.0 / len(cost))
    last = high[unsolved > 0]
    above = last[-1] if len(last) and math.isfinite(last[-1]) else 1.0
    low = np.where(unsolved == 1.0, at_start, np.where(unsolved == 0.0, 0.0, low))
    high = np.where(unsolved == 1.0, 1.0, np.where(unsolved == 0.0, above, high))
    return Survival(np.asarray(estimate.quantiles), unsolved, low, high, at_start)


def median_cost(survival: Survival) -> Interval:
    """The median cost to solution with Brookmeyer and Crowley's interval.

    Returns:
        inf for the median, or its upper limit, if it lies beyond what was observed.
    """

    def first_below(probabilities: FloatArray) -> float:
        # The estimate is a product of fractions: one half only up to rounding.
        below = survival.costs[probabilities <= 0.5 + 1e-12]
        return float(below[0]) if len(below) else math.inf

    return Interval(
        first_below(survival.unsolved),
        first_below(survival.low),
        first_below(survival.high),
    )
