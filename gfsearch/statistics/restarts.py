"""Restarts: simulated ones, and the cutoff that suits a searcher."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.interval import Interval

_RESAMPLES = 500

_CUTOFFS = 1000
"""Maximum number of cutoffs tried: of more, evenly spaced ones."""

_FEWEST = 3
"""Runs solved within a cutoff below which its ERT says next to nothing."""


def simulated_restarts(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    size: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Costs to solution when runs, drawn at random, follow each other until solved.

    Their mean is the ERT (Hansen and others, "COCO", 2021). The first run of each is
    not drawn but taken in turn, so that up to the smallest unsolved cost their
    distribution is that of the runs themselves.

    Args:
        costs: (n,) cost of each run, to its solution or in all.
        solved: (n,) whether each run was solved.
        size: How many to simulate.
        rng: Random numbers.

    Returns:
        (size,) costs, all inf if no run was solved.
    """
    cost = np.asarray(costs, dtype=np.float64)
    success = np.asarray(solved, dtype=bool)
    if not success.any():
        return np.full(size, math.inf)
    run = np.arange(size) * len(cost) // size
    total = np.zeros(size)
    going = np.arange(size)
    while len(going):
        total[going] += cost[run]
        going = going[~success[run]]
        run = rng.integers(len(cost), size=len(going))
    return total


@dataclass(frozen=True, eq=False)
class RestartProfile:
    """The ERT of a searcher that is started afresh after a cost of c.

    Attributes:
        cutoffs: (k,) increasing costs c at which runs were solved, from the third
            on: what fewer say is chance. The minimum is always at such a cost; of
            more than a thousand, a thousand are tried.
        ert: (k,) ERT with each.
        best: The cutoff with the smallest ERT, with an interval; estimate nan if
            fewer than three runs were solved.
        best_ert: The smallest ERT; optimistic, being a minimum.
    """

    cutoffs: FloatArray
    ert: FloatArray
    best: Interval
    best_ert: float


def restart_profile(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    rng: np.random.Generator,
    level: float = 0.95,
) -> RestartProfile:
    """ERT against the cost after which a run is given up.

    ERT(c) = sum of min(cost, c) / number of runs solved within c. The interval of the
    best cutoff is a percentile interval of bootstrapped runs.

    Args:
        costs: (n,) cost of each single run, without restarts.
        solved: (n,) whether each was solved.
        rng: Random numbers of the bootstrap.
        level: Confidence level.
    """
    cost = np.asarray(costs, dtype=np.float64)
    success = np.asarray(solved, dtype=bool)
    cutoffs = np.unique(np.sort(cost[success])[_FEWEST - 1 :])
    if not len(cutoffs):
        nothing = Interval(math.nan, 0.0, math.inf)
        return RestartProfile(cutoffs, cutoffs, nothing, math.inf)
    if len(cutoffs) > _CUTOFFS:
        cutoffs = cutoffs[np.linspace(0, len(cutoffs) - 1, _CUTOFFS).astype(int)]
    k, n = len(cutoffs), len(cost)
    # The first cutoff within which each run ends; unsolved runs are counted after them.
    ends = np.searchsorted(cutoffs, cost)
    kind = ends + (k + 1) * ~success

    def profile(runs: npt.NDArray[np.int64]) -> FloatArray:
        """(k,) ERT with each cutoff of these runs."""
        number = np.bincount(kind[runs], minlength=2 * (k + 1)).reshape(2, k + 1)
        spent = np.bincount(ends[runs], weights=cost[runs], minlength=k + 1)
        ended = np.cumsum(number.sum(axis=0)[:k])
        total = np.cumsum(spent[:k]) + cutoffs * (n - ended)
        with np.errstate(divide="ignore"):
            return np.asarray(total / np.cumsum(number[0, :k]))

    ert = profile(np.arange(n))
    best = int(ert.argmin())
    drawn = []
    for _ in range(_RESAMPLES):
        resampled = profile(rng.integers(n, size=n))
        if np.isfinite(resampled).any():
            drawn.append(cutoffs[resampled.argmin()])
    tail = 0.5 * (1.0 - level)
    low, high = np.quantile(drawn, [tail, 1.0 - tail], method="nearest")
    limits = Interval(float(cutoffs[best]), float(low), float(high))
    return RestartProfile(cutoffs, ert, limits, float(ert[best]))
