"""The cost of searching until a solution is right on the test set, too."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from gfsearch.statistics.comparing import Runs
from gfsearch.statistics.ert import expected_running_time
from gfsearch.statistics.interval import Interval

FEWEST_RIGHT = 3
"""Runs that are right below which the cost to a right one is only bounded."""


def generalising_ert(
    costs: npt.ArrayLike,
    right: npt.ArrayLike,
    level: float = 0.95,
    *,
    per_trial: float = 1.0,
) -> Interval:
    """The expected cost of searching until the test set agrees.

    A search whose solution is wrong on the test set is started afresh, like one that
    found none; the test is not charged. So it is an ERT in which solved runs count as
    such only if they are right: all cost / runs that are right, with the limits of
    `expected_running_time`.

    Args:
        costs: (n,) cost of each run, to its solution or in all, positive.
        right: (n,) whether each run was solved by a vector that meets the criterion on
            the test set, too.
        level: Confidence level.
        per_trial: Mean cost of a trial; 1 if the costs are trials.

    Returns:
        With fewer than three runs that are right, whose spread says too little: the
        one-sided lower bound alone, for as many successes at a constant chance per
        cost; estimate inf if there is none, else nan.
    """
    found = int(np.sum(np.asarray(right, dtype=bool)))
    if found >= FEWEST_RIGHT:
        return expected_running_time(costs, right, level, per_trial=per_trial)
    most = chi2.ppf(level, 2 * found + 2) / 2.0
    spent = float(np.sum(np.asarray(costs, dtype=np.float64)))
    return Interval(math.nan if found else math.inf, spent / float(most), math.inf)


def as_bound(costs: npt.ArrayLike, right: npt.ArrayLike) -> Runs:
    """Runs of which too few are right to say more than a bound, as unsolved ones.

    Costs are made smaller, so that the bound of no solution is that of the few; at
    levels above 95 % it lies a little lower than theirs.

    Args:
        costs: (n,) cost of each run.
        right: (n,) whether each was solved by a vector that is right.

    Returns:
        The runs as they are if three are right or more.
    """
    solved = np.asarray(right, dtype=bool)
    cost = np.asarray(costs, dtype=np.float64)
    found = int(solved.sum())
    if found >= FEWEST_RIGHT:
        return Runs(cost, solved)
    share = float(chi2.ppf(0.95, 2) / chi2.ppf(0.95, 2 * found + 2))
    return Runs(cost * share, np.zeros_like(solved))
