"""Memory of a searcher, and spread between instances for a memoryless one."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2

from gfsearch.statistics.edges import FEW
from gfsearch.statistics.interval import Interval

_NOTHING = Interval(math.nan, 0.0, math.inf)

# Logarithms of the smallest and largest Weibull shape that is looked for.
_SHAPES = (-7.0, 7.0)
# The largest squared coefficient of variation between instances that is looked for.
_MOST_SPREAD = 100.0


def weibull_shape(
    costs: npt.ArrayLike, solved: npt.ArrayLike, level: float = 0.95
) -> Interval:
    """The shape of a Weibull distribution of costs to solution, under censoring.

    Below 1 the longer a run has been vain the less it is likely to end: restarts
    help, or instances differ. About 1: memoryless. Above 1: it learns on the way.
    Maximum likelihood; limits by the likelihood ratio. For a shape k the scale is
    known: its k-th power is the mean of costs^k over the solved runs.

    Args:
        costs: (n,) trials of each run, to its solution or in all, positive.
        solved: (n,) whether each run was solved.
        level: Confidence level.

    Returns:
        Estimate nan if fewer than two runs were solved, or all at the same cost; also
        if runs spend fewer than ten trials on average: whole numbers that small have no
        such shape.
    """
    cost = np.asarray(costs, dtype=np.float64)
    event = np.asarray(solved, dtype=bool)
    d = int(event.sum())
    alike = np.ptp(cost) == 0.0 and event.all()
    if d < 2 or alike or cost.mean() < FEW:
        return _NOTHING
    # Relative to the largest, so that no power overflows.
    log_cost = np.log(cost / cost.max())
    total = float(log_cost[event].sum())

    def likelihood(log_shape: float) -> float:
        k = math.exp(log_shape)
        scale = math.log(np.exp(k * log_cost).sum() / d)
        return d * (log_shape - scale) + (k - 1.0) * total

    best = _maximum(likelihood, *_SHAPES)
    if best > 0.99 * _SHAPES[1]:  # All solved at the largest cost: no finite shape.
        return _NOTHING
    low, high = _limits(likelihood, best, *_SHAPES, level)
    return Interval(
        math.exp(best),
        0.0 if low == _SHAPES[0] else math.exp(low),
        math.inf if high == _SHAPES[1] else math.exp(high),
    )


def spread_between_instances(
    costs: npt.ArrayLike, solved: npt.ArrayLike, level: float = 0.95
) -> Interval:
    """Variation of a memoryless searcher's success probability between instances.

    Costs on one instance are exponential; if the rate is gamma distributed among
    instances with mean m and squared coefficient of variation s, a run is unsolved
    at a cost t with probability (1 + s m t)^(-1/s) (Lomax, 1954). Maximum likelihood;
    limits by the likelihood ratio.

    Args:
        costs: (n,) cost of each run, each on its own instance, positive.
        solved: (n,) whether each run was solved.
        level: Confidence level.

    Returns:
        The coefficient of variation, sqrt(s), 0 if costs spread no more than on one
        instance; estimate nan if fewer than two runs were solved.
    """
    cost = np.asarray(costs, dtype=np.float64)
    event = np.asarray(solved, dtype=bool)
    d = int(event.sum())
    if d < 2:
        return _NOTHING
    scaled = cost * d / cost.sum()

    def likelihood(spread: float) -> float:
        """The largest over the mean rate."""

        def given(log_rate: float) -> float:
            at = math.exp(log_rate) * scaled
            if spread == 0.0:
                return float(d * log_rate - at.sum())
            logs = np.log1p(spread * at)
            return float(d * log_rate - logs.sum() / spread - logs[event].sum())

        found = minimize_scalar(lambda r: -given(r), bounds=(-20.0, 20.0))
        return -float(found.fun)

    def of_root(root: float) -> float:
        return likelihood(root * root)

    most = math.sqrt(_MOST_SPREAD)
    best = _maximum(of_root, 0.0, most)
    if of_root(0.0) >= of_root(best):
        best = 0.0
    low, high = _limits(of_root, best, 0.0, most, level)
    return Interval(best, low, math.inf if high == most else high)


def _maximum(function: Callable[[float], float], low: float, high: float) -> float:
    found = minimize_scalar(lambda x: -function(x), bounds=(low, high))
    return float(found.x)


def _limits(
    likelihood: Callable[[float], float],
    best: float,
    low: float,
    high: float,
    level: float,
) -> tuple[float, float]:
    """Limits at which the log-likelihood has fallen by half of chi-squared."""
    least = likelihood(best) - 0.5 * float(chi2.ppf(level, 1))

    def above(x: float) -> float:
        return likelihood(x) - least

    return (
        low if above(low) >= 0.0 else float(brentq(above, low, best)),
        high if above(high) >= 0.0 else float(brentq(above, best, high)),
    )
