"""Several searchers at once: which beat guessing, and which may be the fastest.

Of several intervals at 95 % one may miss its truth more often than in 5 % of studies,
and the best of several is chosen for its luck, too. Both claims here allow for that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gfsearch.specs.arrays import BoolArray, FloatArray
from gfsearch.statistics.across import (
    ALIKE,
    FEWEST,
    mean_with_bounds,
    resampled,
    with_edges,
)
from gfsearch.statistics.comparing import Runs
from gfsearch.statistics.ert import exp, expected_running_time, log_ert, mover
from gfsearch.statistics.interval import Interval

RESAMPLES = 2000

Units = Sequence[float]
"""The mean cost of a trial on each task."""


class Searched(NamedTuple):
    """The runs of a searcher on some tasks.

    Attributes:
        runs: The runs on each task.
        units: The mean cost of a trial on each.
    """

    runs: Sequence[Runs]
    units: Units


class Claim(NamedTuple):
    """A searcher among others that are compared with guessing.

    Attributes:
        speedup: The geometric mean over tasks of ERT of guessing / ERT, with limits
            that hold for all searchers together.
        p: Probability by chance of a mean as far from 1 for any of them; nan where the
            mean is only bounded.
    """

    speedup: Interval
    p: float


class _Drawn(NamedTuple):
    """Sums over tasks of logarithms of ERTs.

    Attributes:
        logs: (b + 1,) of the runs themselves, then of each resample.
        variances: (b + 1,) their variances.
    """

    logs: FloatArray
    variances: FloatArray


def joint_speedups(
    baseline: Searched,
    searchers: Sequence[Searched],
    rng: np.random.Generator,
    level: float = 0.95,
) -> list[Claim]:
    """Each searcher against guessing, in claims that hold together.

    Dunnett's comparison with a control (1955) by the single-step maximum of pivots
    (Westfall and Young, 1993). In each of 2,000 resamples the runs of guessing are
    drawn once for all searchers, so that what they owe to its luck is the same luck;
    pivots are those of the bootstrap-t, see
    `gfsearch.statistics.across.geometric_mean_ratio`. Limits and p are of the same
    distribution. Where a mean is only bounded, or one of its cells has fewer than five
    solved runs or no spread, the searcher's part of the miss is set apart
    (Bonferroni).

    Args:
        baseline: Guessing.
        searchers: At least one, all on the same tasks.
        rng: Random numbers of the bootstrap.
        level: Confidence level.
    """
    guessing = _drawn(baseline, rng)
    drawn = [None if guessing is None else _drawn(s, rng) for s in searchers]
    known = [i for i, d in enumerate(drawn) if d is not None and guessing is not None]
    each = 1.0 - (1.0 - level) / len(searchers)
    claims = {
        i: _apart(baseline, searchers[i], rng, each)
        for i in range(len(searchers))
        if i not in known
    }
    if guessing is not None and known:
        share = 1.0 - (1.0 - level) * len(known) / len(searchers)
        ratios = [_difference(guessing, one) for one in drawn if one is not None]
        found = _together(ratios, len(baseline.runs), share)
        for i, (interval, p) in zip(known, found, strict=True):
            pairs = _pairs(baseline, searchers[i])
            claims[i] = with_edges(interval, pairs, each), p
    return [Claim(*claims[i]) for i in range(len(searchers))]


def geometric_mean_ert(
    searched: Searched, rng: np.random.Generator, level: float = 0.95
) -> Interval:
    """The geometric mean of a searcher's ERTs over tasks.

    Limits by the bootstrap-t, as of `joint_speedups`; with fewer than five solved runs
    somewhere from the limits of the tasks' own (Zou and Donner's method); bounds share
    the miss (Bonferroni).

    Args:
        searched: The searcher's runs on at least one task.
        rng: Random numbers of the bootstrap.
        level: Confidence level.

    Returns:
        Where some task was never solved: estimate inf and a lower bound.
    """
    tasks = len(searched.runs)
    each = 1.0 - (1.0 - level) / tasks
    cells = list(zip(searched.runs, searched.units, strict=True))
    erts = [expected_running_time(*runs, each, per_trial=unit) for runs, unit in cells]
    # Of one task this is its own interval; resamples say more of several.
    drawn = _drawn(searched, rng) if tasks > 1 else None
    if drawn is not None:
        ((mean, _),) = _together([drawn], tasks, level)
        return mean
    known = [log_ert(*runs, unit) for runs, unit in cells]
    if all(mean is not None and mean.freedom >= 1 for mean in known):
        parts = [(mean, 1.0 / tasks) for mean in known if mean is not None]
        down, up = mover(parts, level)
        value = float(np.exp(np.mean([np.log(ert.estimate) for ert in erts])))
        return Interval(value, value * exp(-down), value * exp(up))
    ends = np.array([[ert.estimate, ert.low, ert.high] for ert in erts])
    return Interval(*np.exp(np.log(ends).mean(axis=0)).tolist())


def _pairs(
    above: Searched, below: Searched
) -> list[tuple[tuple[Runs, Runs], tuple[float, float]]]:
    runs = zip(above.runs, below.runs, strict=True)
    units = zip(above.units, below.units, strict=True)
    return list(zip(runs, units, strict=True))


def _apart(
    above: Searched, below: Searched, rng: np.random.Generator, level: float
) -> tuple[Interval, float]:
    """A ratio by itself, without p."""
    return mean_with_bounds(_pairs(above, below), rng, level), math.nan


def _drawn(searched: Searched, rng: np.random.Generator) -> _Drawn | None:
    """A searcher's runs resampled; None where that says nothing."""
    logs, variances = np.zeros(RESAMPLES + 1), np.zeros(RESAMPLES + 1)
    for runs in searched.runs:
        cost = np.asarray(runs.costs, dtype=np.float64)
        success = np.asarray(runs.solved, dtype=np.float64)
        if success.sum() < FEWEST:
            return None
        log_ert, variance = resampled(cost, success, rng, RESAMPLES)
        logs += log_ert
        variances += variance
    return _Drawn(logs, variances) if variances[0] > ALIKE else None


def _difference(above: _Drawn, below: _Drawn) -> _Drawn:
    """Logarithms of ratios; nan where neither has a solution in a resample."""
    with np.errstate(invalid="ignore"):
        return _Drawn(above.logs - below.logs, above.variances + below.variances)


def _pivots(drawn: _Drawn) -> FloatArray:
    """(b,) deviations of resamples, in units of their errors; nan for none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (drawn.logs[1:] - drawn.logs[0]) / np.sqrt(drawn.variances[1:])
    good = np.isfinite(found) & (drawn.variances[1:] > ALIKE)
    return np.where(good, found, np.nan)


def _together(
    ratios: Sequence[_Drawn], tasks: int, level: float
) -> list[tuple[Interval, float]]:
    """Limits of logarithms of ratios, and p, from the extremes over all of them."""
    pivots = np.array([_pivots(ratio) for ratio in ratios])
    pivots = pivots[:, ~np.isnan(pivots).all(axis=0)]
    largest, smallest = np.nanmax(pivots, axis=0), np.nanmin(pivots, axis=0)
    tail, number = 0.5 * (1.0 - level), pivots.shape[1] + 1
    above, below = np.quantile(largest, 1.0 - tail), np.quantile(smallest, tail)
    found = []
    for ratio in ratios:
        mean, error = float(ratio.logs[0]), math.sqrt(ratio.variances[0])
        logs = np.array([mean, mean - above * error, mean - below * error]) / tasks
        with np.errstate(over="ignore"):
            interval = Interval(*(float(value) for value in np.exp(logs)))
        more = (np.sum(largest >= mean / error) + 1) / number
        less = (np.sum(smallest <= mean / error) + 1) / number
        found.append((interval, float(min(1.0, 2.0 * min(more, less)))))
    return found


def among_fastest(
    searchers: Sequence[Searched], rng: np.random.Generator, level: float = 0.95
) -> list[bool]:
    """For each searcher, whether none of the others is shown to be faster.

    Multiple comparisons with the best (Hsu, 1984), one-sided, jointly over the others
    with the pivots of `joint_speedups`. The best is among those that are left with the
    given level.

    Args:
        searchers: At least one, all on the same tasks.
        rng: Random numbers of the bootstrap.
        level: Confidence level.
    """
    if len(searchers) == 1:
        return [True]
    drawn = [_drawn(searched, rng) for searched in searchers]
    each = 1.0 - (1.0 - level) / (len(searchers) - 1)
    found = []
    for i, own in enumerate(drawn):
        others = [j for j in range(len(searchers)) if j != i]
        faster = [
            _difference(own, one)
            for j in others
            if own is not None and (one := drawn[j]) is not None
        ]
        # The part of the miss of those that can only be looked at one by one.
        share = 1.0 - (1.0 - level) * len(faster) / len(others)
        beaten = bool(faster) and bool(_exceeding(faster, share).any())
        for j in others:
            if own is None or drawn[j] is None:
                # A limit at each end: the upper one is not looked at.
                ratio, _ = _apart(searchers[i], searchers[j], rng, 2.0 * each - 1.0)
                beaten |= ratio.low > 1.0
        found.append(not beaten)
    return found


def _exceeding(ratios: Sequence[_Drawn], level: float) -> BoolArray:
    """(k,) which logarithms are above 0, jointly and one-sided."""
    pivots = np.array([_pivots(ratio) for ratio in ratios])
    pivots = pivots[:, ~np.isnan(pivots).all(axis=0)]
    limit = np.quantile(np.nanmax(pivots, axis=0), level)
    observed = [ratio.logs[0] / math.sqrt(ratio.variances[0]) for ratio in ratios]
    return np.asarray(np.array(observed) > limit)
