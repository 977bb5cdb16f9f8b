"""Restarts: simulated ones, and the cutoff that suits a searcher."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gfsearch.specs.arrays import BoolArray, FloatArray
from gfsearch.statistics.interval import Interval
from gfsearch.statistics.resampling import resamples

_RESAMPLES = 500

_CUTOFFS = 1000
"""Maximum number of cutoffs tried: of more, evenly spaced ones."""

_FEWEST = 3
"""Runs solved within a cutoff below which its ERT says next to nothing."""

_FEWEST_JUDGED, _SHARE_JUDGED = 5, 0.25
"""Runs solved within a cutoff, in number and as a share of all, that are needed to
judge it: the logarithm of fewer is too far from normal."""

_STEP, _STEPS = math.sqrt(2.0), 60
"""Cutoffs that are judged lie so far apart, down from the largest cost. They are not
where runs were solved: there the ERT is lowest by chance."""

_MANY = 200
"""Runs of which sums are normal; with more they are drawn so and not resampled."""

_ALIKE = 1e-12
"""Variances of a logarithm below this are rounding: both cutoffs end the same runs."""


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
        best: The cutoff with the smallest ERT, and the limits of those whose ERT is not
            shown to exceed the smallest. The lower limit is 0 where too few runs were
            solved to say, the upper one inf where never to give up is among them. Then
            no cutoff is named: the estimate is nan.
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

    ERT(c) = sum of min(cost, c) / number of runs solved within c. Which cutoffs may be
    the best is a confidence set: one is left out if another one's ERT is shown to be
    smaller, jointly over all others (multiple comparisons with the best: Hsu, 1984, by
    the single-step maximum of pivots of the bootstrap-t). So a minimum that is one by
    chance leaves the others in.

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
    low, high = _limits(cost, success, rng, level)
    named = float(cutoffs[best]) if math.isfinite(high) else math.nan
    if math.isfinite(high):
        low, high = min(low, named), max(high, named)
    return RestartProfile(cutoffs, ert, Interval(named, low, high), float(ert[best]))


def _limits(
    cost: FloatArray, success: BoolArray, rng: np.random.Generator, level: float
) -> tuple[float, float]:
    """The smallest and the largest cutoff whose ERT may be the smallest."""
    steps = cost.max() * _STEP ** -np.arange(_STEPS, 0.0, -1.0)
    within = np.array([np.sum(success & (cost <= c)) for c in steps])
    fewest = max(_FEWEST_JUDGED, math.ceil(_SHARE_JUDGED * len(cost)))
    judged = np.append(steps[within >= fewest], math.inf)
    if success.sum() < fewest or len(judged) < 2:
        return 0.0, math.inf
    kept = np.flatnonzero(_kept(cost, success, judged, rng, level))
    low = 0.0 if kept[0] == 0 else float(judged[kept[0]])
    return low, float(judged[kept[-1]])


def _kept(
    cost: FloatArray,
    success: BoolArray,
    cutoffs: FloatArray,
    rng: np.random.Generator,
    level: float,
) -> BoolArray:
    """(k,) which cutoffs are not shown to have a larger ERT than some other one."""
    n = len(cost)
    spent = np.minimum(cost[:, None], cutoffs)
    solved = np.where(success[:, None] & (cost[:, None] <= cutoffs), 1.0, 0.0)

    def of(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Of resamples (b, n): (b, k) logarithms of the ERT, (b, k, k) covariances."""
        total, found = times @ spent, times @ solved
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(total) - np.log(found)
            ert = np.where(found > 0.0, total / found, 0.0)
        # Residuals of the delta method, see `gfsearch.statistics.ert`.
        scale = n / total[:, None, :]
        residuals = (spent - ert[:, None, :] * solved) * scale
        weighted = np.swapaxes(times[:, :, None] * residuals, 1, 2)
        return logs, weighted @ residuals / (n * (n - 1))

    def pivots(logs: FloatArray, covariance: FloatArray) -> FloatArray:
        """(..., k, k) differences of logarithms over their errors; -inf for none."""
        own = np.diagonal(covariance, axis1=-2, axis2=-1)
        variance = own[..., :, None] + own[..., None, :] - 2.0 * covariance
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (logs[..., :, None] - logs[..., None, :]) / np.sqrt(variance)
        good = np.isfinite(found) & (variance > _ALIKE)
        return np.where(good, found, -math.inf)

    (logs,), (covariance,) = of(np.ones((1, n)))
    if n > _MANY:
        drawn = rng.multivariate_normal(
            np.zeros(len(cutoffs)), covariance, _RESAMPLES, method="eigh"
        )
        resampled = pivots(drawn, covariance[None])
    else:
        again, covariances = of(resamples(n, _RESAMPLES, rng))
        resampled = pivots(again - logs, covariances)
    compared = np.isfinite(pivots(logs, covariance))
    resampled = np.where(compared, resampled, -math.inf)
    limit = np.quantile(resampled.max(axis=2), level, axis=0, method="higher")
    return np.asarray(~(pivots(logs, covariance) > limit[:, None]).any(axis=1))
