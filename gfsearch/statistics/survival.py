"""Kaplan-Meier estimates of the cost to solution."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import CensoredData, ecdf
from scipy.stats import t as student_t

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.edges import FEW, chance_per_trial
from gfsearch.statistics.ert import exp
from gfsearch.statistics.interval import Interval


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
        # Up to five runs leave room for a median before the first of them.
        0.0 if survival.low_at_start <= 0.5 else first_below(survival.low),
        first_below(survival.high),
    )


class RiskTable(NamedTuple):
    """Numbers of runs solved at each cost, and of runs at risk there.

    Attributes:
        costs: (k,) increasing costs at which runs were solved.
        at_risk: (k,) runs that were neither solved nor censored before.
        solved: (k,) runs solved at this cost.
    """

    costs: FloatArray
    at_risk: FloatArray
    solved: FloatArray


def risk_table(costs: npt.ArrayLike, solved: npt.ArrayLike) -> RiskTable:
    """Count the runs at risk; a run censored at a cost was still at risk there.

    Args:
        costs: (n,) cost of each run, to its solution or when it was censored.
        solved: (n,) whether each run was solved.
    """
    cost = np.asarray(costs, dtype=np.float64)
    event = np.asarray(solved, dtype=bool)
    times, count = np.unique(cost[event], return_counts=True)
    at_risk = len(cost) - np.searchsorted(np.sort(cost), times)
    return RiskTable(times, at_risk.astype(np.float64), count.astype(np.float64))


def known_until(costs: npt.ArrayLike, solved: npt.ArrayLike) -> float:
    """Up to which cost Kaplan and Meier's estimate is known.

    Args:
        costs: (n,) cost of each run, to its solution or when it was censored.
        solved: (n,) whether each run was solved.

    Returns:
        The largest cost if a run was censored there; inf if all was solved by then.
    """
    cost = np.asarray(costs, dtype=np.float64)
    vain = np.max(cost[~np.asarray(solved, dtype=bool)], initial=0.0)
    return float(vain) if vain == cost.max() else math.inf


def mean_up_to(costs: npt.ArrayLike, solved: npt.ArrayLike, horizon: float) -> float:
    """The estimate of `restricted_mean` alone.

    Args:
        costs: (n,) cost of each run, to its solution or when it was censored.
        solved: (n,) whether each run was solved.
        horizon: Where runs are ended; no more than `known_until`.

    Raises:
        ValueError: The horizon lies beyond what was observed.
    """
    return float(_areas(costs, solved, horizon, risk_table(costs, solved)).sum())


def _areas(
    costs: npt.ArrayLike, solved: npt.ArrayLike, horizon: float, table: RiskTable
) -> FloatArray:
    """Areas under Kaplan and Meier's estimate, from each cost to the next.

    Raises:
        ValueError: The horizon lies beyond what was observed.
    """
    if horizon > known_until(costs, solved):
        raise ValueError(f"horizon: {horizon:g} lies beyond the observed costs")
    survival = np.cumprod(1.0 - table.solved / table.at_risk)
    before = table.costs < horizon
    ends = np.concatenate([table.costs[before], [horizon]])
    height = np.concatenate([[1.0], survival[before]])
    return np.asarray(height * np.diff(ends, prepend=0.0))


def restricted_mean(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    horizon: float,
    level: float = 0.95,
    *,
    per_trial: float = 1.0,
) -> Interval:
    """The mean cost of a single run that is ended at a horizon.

    The area under Kaplan and Meier's estimate up to the horizon, with the variance of
    Irwin (1949): for each cost t at which d of r runs were solved, the squared area
    from t on, times d / (r (r - d)). Always finite, solved or not. The limits are
    Student's on the logarithm, as costs have long tails. Where runs spend fewer than
    ten trials on average, or none is solved, they are the outer ones of these and of
    what Clopper and Pearson's limits of the chance per trial say.

    Args:
        costs: (n,) cost of each run, to its solution or when it was censored.
        solved: (n,) whether each run was solved.
        horizon: Where runs are ended; no more than `known_until`.
        level: Confidence level.
        per_trial: Mean cost of a trial; 1 if the costs are trials.

    Returns:
        The limits are nan if there is one run.

    Raises:
        ValueError: The horizon lies beyond what was observed.
    """
    cost = np.asarray(costs, dtype=np.float64)
    table = risk_table(costs, solved)
    before = table.costs < horizon
    areas = _areas(costs, solved, horizon, table)
    mean = float(areas.sum())
    if len(cost) == 1:
        return Interval(mean, math.nan, math.nan)
    left = table.at_risk[before] - table.solved[before]
    # The area after each cost; nothing is left where nobody is.
    after = np.cumsum(areas[::-1])[::-1][1:]
    terms = after**2 * table.solved[before] / table.at_risk[before]
    # Without censoring the sum is that of the squared deviations over n^2.
    n = len(cost)
    variance = float(np.sum(terms[left > 0] / left[left > 0])) * n / (n - 1)
    error = math.sqrt(variance) / mean
    factor = exp(student_t.ppf(0.5 + 0.5 * level, n - 1) * error)
    low, high = mean / factor, min(mean * factor, horizon)
    within = int(np.sum(np.asarray(solved, dtype=bool) & (cost <= horizon)))
    if mean < FEW * per_trial or not within:
        spent = float(np.minimum(cost, horizon).sum()) / per_trial
        least, most = chance_per_trial(spent, within, level)
        low = min(low, per_trial * _geometric_mean(most, horizon / per_trial))
        high = max(high, per_trial * _geometric_mean(least, horizon / per_trial))
    return Interval(mean, low, high)


def _geometric_mean(chance: float, horizon: float) -> float:
    """Mean trials until solved or ended, if each solves with the same chance."""
    if chance == 0.0:
        return horizon
    if chance == 1.0:
        return min(1.0, horizon)
    return -math.expm1(horizon * math.log1p(-chance)) / chance
