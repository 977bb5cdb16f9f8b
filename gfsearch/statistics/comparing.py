"""Tests of whether two searchers differ, and of several such differences at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.survival import risk_table


class Runs(NamedTuple):
    """The runs of one searcher on one task.

    Attributes:
        costs: (n,) cost of each, to its solution or in all.
        solved: (n,) whether each was solved.
    """

    costs: npt.ArrayLike
    solved: npt.ArrayLike


class LogRank(NamedTuple):
    """A log-rank test.

    Attributes:
        z: Standardised surplus of runs of the first searcher that were solved, over
            what would be expected if both were alike: positive if it is faster.
        p: Two-sided probability of a surplus as large by chance.
    """

    z: float
    p: float


def log_rank(strata: Sequence[tuple[Runs, Runs]]) -> LogRank:
    """The log-rank test of Mantel (1966), stratified.

    Compares whole curves of runs as they were made, without supposing restarts.

    Args:
        strata: Runs of the first and of the second searcher, once per stratum (a
            task); the surpluses and their variances are summed.

    Returns:
        z = 0 and p = 1 if no run was solved.
    """
    surplus = variance = 0.0
    for first, second in strata:
        both = risk_table(
            np.concatenate([first.costs, second.costs]),
            np.concatenate([first.solved, second.solved]),
        )
        own = np.asarray(first.costs, dtype=np.float64)
        solved = np.asarray(first.solved, dtype=bool)
        n, d = both.at_risk, both.solved
        n1 = len(own) - np.searchsorted(np.sort(own), both.costs)
        surplus += float(solved.sum() - np.sum(d * n1 / n))
        several = n > 1
        n, d, n1 = n[several], d[several], n1[several]
        variance += float(np.sum(d * n1 * (n - n1) * (n - d) / (n**2 * (n - 1))))
    if variance == 0.0:
        return LogRank(0.0, 1.0)
    z = surplus / math.sqrt(variance)
    return LogRank(z, float(2.0 * norm.sf(abs(z))))


def holm(p: npt.ArrayLike) -> FloatArray:
    """Probabilities adjusted for several tests (Holm, 1979).

    Args:
        p: (k,) a probability from each test of a family.

    Returns:
        (k,) what each is worth among the others: reject where it is below the level.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
