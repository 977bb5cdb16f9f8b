"""Published means of costs to solution, of which only the number of runs is known."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from gfsearch.statistics.ert import LogMean, bound_unsolved, log_ert, ratio_of_means
from gfsearch.statistics.interval import Interval


def ratio_to_published(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    published: float,
    runs: int,
    level: float = 0.95,
    *,
    per_trial: float = 1.0,
) -> Interval:
    """Our ERT over a published mean cost to solution.

    Of the published mean only its number of runs is known; costs to solution by
    guessing are geometric, with a standard deviation as large as their mean, which
    makes the standard error of the logarithm 1 / sqrt(runs).

    Args:
        costs: (n,) costs of our runs.
        solved: (n,) whether each was solved.
        published: The published mean.
        runs: Number of runs that were averaged, at least 2.
        level: Confidence level.
        per_trial: Mean cost of one of our trials.

    Returns:
        If none of our runs was solved: estimate nan and a lower bound.
    """
    theirs = _published(published, runs)
    ours = log_ert(costs, solved, per_trial)
    if ours is None:
        low = bound_unsolved(costs, 0.5 * (1.0 - level)) / theirs.interval(level).high
        return Interval(math.nan, low, math.inf)
    return ratio_of_means(ours, theirs, level)


def spent_to_published(
    costs: npt.ArrayLike, published: float, runs: int, level: float = 0.95
) -> tuple[Interval, Interval]:
    """Our mean cost until a method stops, and its ratio to a published one.

    Runs that failed are included in both. The published mean is taken to spread as in
    `ratio_to_published`.

    Args:
        costs: (n,) costs of our runs until their method stopped, n at least 2.
        published: The published mean.
        runs: Number of runs that were averaged, at least 2.
        level: Confidence level.
    """
    spent = np.asarray(costs, dtype=np.float64)
    n, mean = len(spent), float(spent.mean())
    error = float(spent.std(ddof=1)) / mean / math.sqrt(n)
    ours = LogMean(mean, error, n - 1)
    ratio = ratio_of_means(ours, _published(published, runs), level)
    return ours.interval(level), ratio


def share_less_published(
    shares: npt.ArrayLike, published: float, runs: int | None, level: float = 0.95
) -> Interval:
    """Our mean share of errors less a published one, with Student's interval.

    The runs behind the published mean are taken to spread like ours; if their number is
    unknown, our error alone is counted.

    Args:
        shares: (n,) our shares, n at least 2.
        published: The published mean.
        runs: Number of runs that were averaged; None if unknown.
        level: Confidence level.
    """
    ours = np.asarray(shares, dtype=np.float64)
    n = len(ours)
    error = float(ours.std(ddof=1)) * math.sqrt(1.0 / n + (1.0 / runs if runs else 0.0))
    half = float(student_t.ppf(0.5 + 0.5 * level, n - 1)) * error
    difference = float(ours.mean()) - published
    return Interval(difference, difference - half, difference + half)


def published_interval(published: float, runs: int, level: float = 0.95) -> Interval:
    """The interval of a published mean; see `ratio_to_published`.

    Args:
        published: The published mean.
        runs: Number of runs that were averaged; with one, the limits are nan.
        level: Confidence level.
    """
    return _published(published, runs).interval(level)


def _published(mean: float, runs: int) -> LogMean:
    return LogMean(mean, 1.0 / math.sqrt(runs), runs - 1)
