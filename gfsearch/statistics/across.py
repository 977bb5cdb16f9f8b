"""One number, or one curve, per searcher over several tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.comparing import Runs
from gfsearch.statistics.ert import (
    exp,
    log_ert,
    log_ert_variance,
    mover,
    ratio_of_erts,
)
from gfsearch.statistics.interval import Interval
from gfsearch.statistics.resampling import resamples

_RESAMPLES = 1000

FEWEST = 5
"""Runs, and solved runs, of which resamples differ enough; else Student's t helps."""

_MANY = 1000
"""Runs of which sums are normal; with more they are drawn so and not resampled."""

ALIKE = 1e-12
"""Variances of a logarithm below this are rounding: all runs cost the same."""

_Pair = tuple[Runs, Runs]
"""The runs of two searchers on a task, above and below the fraction line."""

_Units = tuple[float, float]
"""The mean cost of a trial of each."""


@dataclass(frozen=True)
class MeanRatio:
    """A geometric mean of ratios of ERTs over tasks.

    Attributes:
        ratio: The mean; estimate nan where it is only bounded.
        lowest: The mean (or its bound) without the task that does most for it; nan
            for a single task, or if nothing is known of the mean.
        highest: The mean (or its bound) without the task that does least for it.
        tasks: Number of tasks.
        bounded: Number of tasks on which one of the two solved nothing.
    """

    ratio: Interval
    lowest: float
    highest: float
    tasks: int
    bounded: int


def geometric_mean_ratio(
    tasks: Sequence[tuple[Runs, Runs]],
    rng: np.random.Generator,
    level: float = 0.95,
    *,
    per_trial: Sequence[tuple[float, float]] | None = None,
) -> MeanRatio:
    """The geometric mean over tasks of one searcher's ERT over another's.

    Interval: runs are resampled within each task and searcher (a stratified bootstrap)
    and the mean of the logarithms, divided by its standard error from the delta method
    in each resample, gives the quantiles that Student's t would give for one task
    (Efron's bootstrap-t). Resamples without a solved run somewhere are left out. Of
    more than a thousand runs the logarithm is drawn from its normal distribution. With
    fewer than five runs somewhere: Student's t with Satterthwaite's freedom; with fewer
    than five solved ones the outer limits of both. Where an ERT has limits that count
    its trials (see `expected_running_time`), those of the mean are at least as far as
    all ERTs' limits put them.

    A task on which one of the two has solved nothing contributes its bound. The miss
    is then shared: half for the tasks whose ratio is known, if any, the rest in equal
    parts for the bounds. Bounds to both sides leave nothing known.

    Args:
        tasks: At least one; for each the runs above and below the fraction line.
        rng: Random numbers of the bootstrap.
        level: Confidence level.
        per_trial: For each task the mean cost of a trial above and below; None if the
            costs are trials.
    """
    units = per_trial or [(1.0, 1.0)] * len(tasks)
    pairs = list(zip(tasks, units, strict=True))
    mean = mean_with_bounds(pairs, rng, level)
    bounded = sum(not _both_solved(runs) for runs in tasks)
    left_out = _left_out(pairs, level)
    return MeanRatio(mean, min(left_out), max(left_out), len(tasks), bounded)


def mean_with_bounds(
    pairs: Sequence[tuple[_Pair, _Units]], rng: np.random.Generator, level: float
) -> Interval:
    """The geometric mean of `geometric_mean_ratio` alone.

    Args:
        pairs: For each task the runs of both searchers, and their mean costs of a
            trial.
        rng: Random numbers of the bootstrap.
        level: Confidence level.
    """
    known = [(p, u) for p, u in pairs if _both_solved(p)]
    bounded = [(p, u) for p, u in pairs if not _both_solved(p)]
    share = 0.5 if known and bounded else 1.0
    mean = _known_mean(known, rng, 1.0 - share * (1.0 - level))
    if not bounded:
        return mean
    each = 1.0 - share * (1.0 - level) / len(bounded)
    parts = [ratio_of_erts(*a, *b, each, per_trial=u) for (a, b), u in bounded]
    if math.isnan(mean.low):  # One run says nothing of its spread.
        mean = Interval(mean.estimate, 0.0, math.inf)
    whole = [(mean, len(known)), *((part, 1) for part in parts)]
    return Interval(
        math.nan,
        _weighted([(part.low, n) for part, n in whole]),
        _weighted([(part.high, n) for part, n in whole]),
    )


def _both_solved(pair: _Pair) -> bool:
    return all(np.any(runs.solved) for runs in pair)


def _known_mean(
    pairs: Sequence[tuple[_Pair, _Units]], rng: np.random.Generator, level: float
) -> Interval:
    """The mean over tasks that both have solved."""
    if not pairs:
        return Interval(1.0, 1.0, 1.0)  # Of no factors.
    mean = _bootstrapped([pair for pair, _ in pairs], rng, level)
    return with_edges(mean, pairs, level)


def with_edges(
    mean: Interval, pairs: Sequence[tuple[_Pair, _Units]], level: float
) -> Interval:
    """A mean with limits at least as far as the limits of all ERTs that count trials.

    Args:
        mean: The geometric mean over tasks that both searchers have solved.
        pairs: For each task the runs of both, and their mean costs of a trial.
        level: Confidence level.
    """
    erts = [
        (found, sign / len(pairs))
        for pair, units in pairs
        for runs, unit, sign in zip(pair, units, (1.0, -1.0), strict=True)
        if (found := log_ert(*runs, unit)) is not None
    ]
    if math.isnan(mean.low) or not any(ert.solutions for ert, _ in erts):
        return mean
    down, up = mover(erts, level)
    return Interval(
        mean.estimate,
        min(mean.low, mean.estimate * exp(-down)),
        max(mean.high, mean.estimate * exp(up)),
    )


def _bootstrapped(
    tasks: Sequence[_Pair], rng: np.random.Generator, level: float
) -> Interval:
    """The mean over tasks that both have solved, by the bootstrap-t."""
    logs, variances = np.zeros(_RESAMPLES + 1), np.zeros(_RESAMPLES + 1)
    fewest, solved, squares = math.inf, math.inf, 0.0
    for pair in tasks:
        for runs, sign in zip(pair, (1.0, -1.0), strict=True):
            cost = np.asarray(runs.costs, dtype=np.float64)
            success = np.asarray(runs.solved, dtype=np.float64)
            n = len(cost)
            if n < 2:
                return Interval(_point(tasks), math.nan, math.nan)
            log_ert, variance = resampled(cost, success, rng, _RESAMPLES)
            with np.errstate(invalid="ignore"):  # inf - inf: left out below.
                logs += sign * log_ert
            variances += variance
            fewest, solved = min(fewest, n), min(solved, int(success.sum()))
            squares += float(variance[0]) ** 2 / (n - 1)
    mean, error = float(logs[0]), math.sqrt(variances[0])
    tail = 0.5 * (1.0 - level)
    if variances[0] < ALIKE:
        low = high = 0.0
    else:
        wide = float(student_t.ppf(1.0 - tail, variances[0] ** 2 / squares))
        low, high = -wide, wide
        if fewest >= FEWEST:
            good = np.isfinite(variances[1:]) & (variances[1:] > ALIKE)
            pivots = (logs[1:][good] - mean) / np.sqrt(variances[1:][good])
            low, high = np.quantile(pivots, [tail, 1.0 - tail])
        if solved < FEWEST:
            # A single solution is drawn or it is not: resamples alone say too little.
            low, high = min(low, -wide), max(high, wide)
    with np.errstate(over="ignore"):
        limits = np.exp(np.array([0.0, -high * error, -low * error]) / len(tasks))
    return Interval(*(float(math.exp(mean / len(tasks)) * limit) for limit in limits))


def resampled(
    cost: FloatArray, success: FloatArray, rng: np.random.Generator, number: int
) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the ERT and their variances: of the runs, then of resamples.

    Args:
        cost: (n,) cost of each run.
        success: (n,) 1 for each solved run, else 0.
        rng: Random numbers.
        number: b, how many resamples.

    Returns:
        (b + 1,) logarithms and (b + 1,) variances.
    """
    n = len(cost)
    if n > _MANY:
        log_ert, variance = log_ert_variance(np.ones((1, n)), cost, success)
        drawn = rng.normal(log_ert[0], math.sqrt(variance[0]), number)
        return np.append(log_ert, drawn), np.full(number + 1, variance[0])
    times = resamples(n, number + 1, rng)
    times[0] = 1.0
    return log_ert_variance(times, cost, success)


def _point(tasks: Sequence[_Pair]) -> float:
    """The geometric mean of the ratios of tasks that both have solved."""
    ratios = [ratio_of_erts(*above, *below).estimate for above, below in tasks]
    return float(np.exp(np.mean(np.log(ratios))))


def _weighted(factors: Sequence[tuple[float, int]]) -> float:
    """The geometric mean of bounds; 0 or inf if one of them is, nan if both occur."""
    values = [value for value, _ in factors]
    if 0.0 in values:
        return 0.0
    count = sum(n for _, n in factors)
    return math.exp(sum(n * math.log(value) for value, n in factors) / count)


def _left_out(pairs: Sequence[tuple[_Pair, _Units]], level: float) -> list[float]:
    """The mean without each task in turn; where it is bounded, its bound."""
    ratios = [
        ratio_of_erts(*above, *below, level, per_trial=units)
        for (above, below), units in pairs
    ]
    unknown = [ratio for ratio in ratios if math.isnan(ratio.estimate)]
    from_below = all(ratio.low > 0.0 for ratio in unknown)
    from_above = all(math.isfinite(ratio.high) for ratio in unknown)
    if len(pairs) == 1 or not (from_below or from_above):
        return [math.nan]
    bounds = [ratio.low if from_below else ratio.high for ratio in ratios]
    points = [
        bound if math.isnan(ratio.estimate) else ratio.estimate
        for ratio, bound in zip(ratios, bounds, strict=True)
    ]
    logs = np.log(points)
    return [
        float(np.exp(np.mean(np.delete(logs, left)))) for left in range(len(points))
    ]


def performance_profile(erts: npt.ArrayLike, factors: npt.ArrayLike) -> FloatArray:
    """Share of tasks on which a searcher is within a factor of the best.

    Dolan and More, "Benchmarking optimization software with performance profiles"
    (2002). It depends on who else takes part: of three, the order of two may change
    with the third.

    Args:
        erts: (tasks, searchers) ERT, inf where nothing was solved.
        factors: (k,) factors of at least 1.

    Returns:
        (searchers, k) shares.
    """
    table = np.asarray(erts, dtype=np.float64)
    best = table.min(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # Nobody solved it: inf / inf.
        ratios = np.where(np.isfinite(table), table / best, math.inf)
    return np.asarray((ratios[:, :, None] <= np.asarray(factors)).mean(axis=0))


def data_profile(
    costs: Sequence[npt.ArrayLike],
    dimensions: Sequence[int],
    budgets: npt.ArrayLike,
) -> FloatArray:
    """Share of runs solved within k (D + 1), tasks weighing the same.

    More and Wild, "Benchmarking derivative-free optimization algorithms" (2009).

    Args:
        costs: Per task (n,) cost to solution of each run, inf if unsolved.
        dimensions: Per task the number of weights D.
        budgets: (m,) values of k.

    Returns:
        (m,) shares.
    """
    scaled = [
        np.asarray(cost, dtype=np.float64) / (d + 1)
        for cost, d in zip(costs, dimensions, strict=True)
    ]
    return runtime_ecdf(scaled, budgets)


def runtime_ecdf(runtimes: Sequence[npt.ArrayLike], costs: npt.ArrayLike) -> FloatArray:
    """Share of targets attained within a cost, over tasks and their targets.

    Hansen and others, "COCO" (2021), section on runtime distributions.

    Args:
        runtimes: Per task and target (n,) costs, inf where it was not attained.
        costs: (k,) where the share is wanted.

    Returns:
        (k,) shares, each task and target weighing the same.
    """
    at = np.asarray(costs, dtype=np.float64)
    shares = [
        np.searchsorted(np.sort(np.asarray(runtime)), at, side="right")
        / np.size(runtime)
        for runtime in runtimes
    ]
    return np.asarray(np.mean(shares, axis=0))
