"""Success rate."""

from __future__ import annotations

from scipy.stats import binomtest

from gfsearch.statistics.interval import Interval


def success_rate(solved: int, runs: int, level: float = 0.95) -> Interval:
    """The share of solved runs, with Wilson's interval (Wilson, 1927).

    Args:
        solved: Number of solved runs.
        runs: Number of runs, at least 1.
        level: Confidence level.
    """
    limits = binomtest(solved, runs).proportion_ci(level, method="wilson")
    return Interval(solved / runs, float(limits.low), float(limits.high))
