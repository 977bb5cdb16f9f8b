"""Expected running time (ERT): the cost to solution with restarts until success.

ERT is the cost spent in all runs divided by the number of solved runs (Hansen, Auger,
Ros, Mersmann, Tusar and Brockhoff, "COCO", 2021, section on runtime): what a run that
fails has spent counts, no more and no less. For a memoryless searcher it is the
maximum likelihood estimate of the mean under censoring.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics.edges import FEW, chance_per_trial
from gfsearch.statistics.interval import Interval

_LARGEST = math.log(np.finfo(np.float64).max)


def exp(x: float) -> float:
    """The exponential function; inf where it overflows."""
    return math.exp(x) if x < _LARGEST else math.inf


@dataclass(frozen=True)
class LogMean:
    """An estimated mean cost, or ratio of such, and its logarithm's standard error.

    Attributes:
        value: The estimate.
        error: Standard error of its logarithm.
        freedom: Degrees of freedom of that.
        solutions: S, where trials are few, see `gfsearch.statistics.edges`; 0
            elsewhere.
        trials: N, the trials spent; of use only with S.
    """

    value: float
    error: float
    freedom: float
    solutions: int = 0
    trials: float = 0.0

    def interval(self, level: float) -> Interval:
        """The estimate with its limits at a confidence level.

        At the edges the outer ones of two: by the error of the logarithm, and by the
        number of solutions among the trials.
        """
        if self.freedom < 1:
            return Interval(self.value, math.nan, math.nan)
        factor = exp(student_t.ppf(0.5 + 0.5 * level, self.freedom) * self.error)
        low, high = self.value / factor, self.value * factor
        if self.solutions:
            least, most = chance_per_trial(self.trials, self.solutions, level)
            of_trial = self.value * self.solutions / self.trials
            low, high = min(low, of_trial / most), max(high, of_trial / least)
        return Interval(self.value, low, high)


def log_ert(
    costs: npt.ArrayLike, solved: npt.ArrayLike, per_trial: float = 1.0
) -> LogMean | None:
    """The ERT with the error of its logarithm, or None if nothing is solved.

    Args:
        costs: (n,) cost of each run, to its solution or in all, positive.
        solved: (n,) whether each run was solved.
        per_trial: Mean cost of a trial.
    """
    cost = np.asarray(costs, dtype=np.float64)
    success = np.asarray(solved, dtype=bool)
    n, solutions = len(cost), int(success.sum())
    if not solutions:
        return None
    ert = cost.sum() / solutions
    if n < 2:
        return LogMean(ert, math.nan, 0)
    _, variance = log_ert_variance(np.ones((1, n)), cost, success)
    error, trials = math.sqrt(variance[0]), float(cost.sum()) / per_trial
    if trials < FEW * n:
        return LogMean(ert, error, n - 1, solutions, trials)
    return LogMean(ert, error, n - 1)


def mover(means: Sequence[tuple[LogMean, float]], level: float) -> tuple[float, float]:
    """Distances from a weighted sum of logarithms to its lower and upper limit.

    From the limits of each of them (MOVER: Zou and Donner, "Construction of confidence
    limits about effect measures", 2008): the squares of the distances add up.

    Args:
        means: Estimates, and the weights of their logarithms.
        level: Confidence level.
    """
    below, above = 0.0, 0.0
    for mean, weight in means:
        interval = mean.interval(level)
        down = math.log(mean.value / interval.low) if interval.low else math.inf
        up = math.log(interval.high / mean.value)
        down, up = down * abs(weight), up * abs(weight)
        if weight < 0.0:
            down, up = up, down
        below, above = below + down**2, above + up**2
    return math.sqrt(below), math.sqrt(above)


def log_ert_variance(
    times: npt.ArrayLike, costs: npt.ArrayLike, solved: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Logarithm of the ERT and its variance by the delta method, for many resamples.

    ERT is a ratio of means; with d_i = cost_i - ERT solved_i, its logarithm has the
    variance var(d) / n / mean(cost)^2.

    Args:
        times: (b, n) how often each run is in each resample.
        costs: (n,) cost of each of at least two runs.
        solved: (n,) whether each was solved.

    Returns:
        (b,) logarithms and (b,) variances, both inf where nothing is solved.
    """
    weight = np.asarray(times, dtype=np.float64)
    cost = np.asarray(costs, dtype=np.float64)
    success = np.asarray(solved, dtype=np.float64)
    n = len(cost)
    total, solutions = weight @ cost, weight @ success
    found = solutions > 0.0
    ert = np.divide(total, solutions, out=np.full(len(total), math.inf), where=found)
    deviations = cost - np.where(found, ert, 0.0)[:, None] * success
    squares = np.sum(weight * deviations**2, axis=1)
    variance = np.where(found, squares * n / (n - 1) / total**2, math.inf)
    return np.log(ert), variance


def bound_unsolved(costs: npt.ArrayLike, miss: float) -> float:
    """A lower bound of the ERT where no run was solved.

    With success probability p per unit of cost, nothing is found at a cost of N with
    probability exp(-p N); the largest p for which this is still `miss` gives
    N / -log(miss): N / 3.0 for a miss of 5 %.
    """
    return float(np.sum(np.asarray(costs, dtype=np.float64)) / -math.log(miss))


def memoryless_ert(
    trials: npt.ArrayLike, solved: npt.ArrayLike, level: float = 0.95
) -> Interval:
    """ERT with an exact interval for a memoryless searcher on one instance.

    Each of the N trials spent solves the task with one probability p: 1 / ERT is its
    maximum likelihood estimate from S solutions among N trials, with the limits of
    Clopper and Pearson (1934). Between instances p differs, and the limits would be
    too narrow; presentations per trial vary, so they have none.

    Args:
        trials: (n,) trials of each run, to its solution or in all, whole numbers.
        solved: (n,) whether each run was solved.
        level: Confidence level.

    Returns:
        If no run was solved: estimate inf and a one-sided lower bound.
    """
    spent = int(np.sum(np.asarray(trials)))
    solutions = int(np.sum(np.asarray(solved, dtype=bool)))
    if not solutions:
        return Interval(math.inf, bound_unsolved(trials, 1.0 - level), math.inf)
    low, high = chance_per_trial(spent, solutions, level)
    return Interval(spent / solutions, 1.0 / high, 1.0 / low)


def sp1(costs: npt.ArrayLike, solved: npt.ArrayLike) -> float:
    """Success performance 1: mean cost of the solved runs / success rate.

    Supposes that a run that fails costs as much as one that succeeds (Auger and
    Hansen, "Performance evaluation of an advanced local search evolutionary
    algorithm", 2005): too little where unsolved runs spend the whole budget.

    Args:
        costs: (n,) cost of each run, to its solution or in all.
        solved: (n,) whether each run was solved.

    Returns:
        inf if no run was solved.
    """
    cost = np.asarray(costs, dtype=np.float64)
    success = np.asarray(solved, dtype=bool)
    if not success.any():
        return math.inf
    return float(cost[success].mean() / success.mean())


def expected_running_time(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    level: float = 0.95,
    *,
    per_trial: float = 1.0,
) -> Interval:
    """ERT with an interval by the delta method on the logarithm, Student's t.

    Where runs spend fewer than ten trials on average, their spread says too little:
    the limits are then the outer ones of these and of Clopper and Pearson's for the
    chance per trial.

    Args:
        costs: (n,) cost of each run, to its solution or in all, positive.
        solved: (n,) whether each run was solved.
        level: Confidence level.
        per_trial: Mean cost of a trial; 1 if the costs are trials.

    Returns:
        If no run was solved: estimate inf and a one-sided lower bound. With a single
        run: limits nan.
    """
    mean = log_ert(costs, solved, per_trial)
    if mean is None:
        return Interval(math.inf, bound_unsolved(costs, 1.0 - level), math.inf)
    return mean.interval(level)


def ratio_of_erts(
    costs: npt.ArrayLike,
    solved: npt.ArrayLike,
    other_costs: npt.ArrayLike,
    other_solved: npt.ArrayLike,
    level: float = 0.95,
    *,
    per_trial: tuple[float, float] = (1.0, 1.0),
) -> Interval:
    """ERT of one searcher over that of another, by Welch's method on the logarithm.

    Where one of the two has limits that count its trials, see `expected_running_time`,
    those of the ratio are at least as far as both ERTs' limits put them.

    Args:
        costs: (n,) costs of the runs in the numerator.
        solved: (n,) whether each was solved.
        other_costs: (m,) costs of the runs in the denominator.
        other_solved: (m,) whether each was solved.
        level: Confidence level.
        per_trial: Mean cost of a trial above and below the line.

    Returns:
        Where one of the two solved nothing: estimate nan and the bound that follows,
        each side at half the miss so that both hold together at the level.
    """
    above = log_ert(costs, solved, per_trial[0])
    below = log_ert(other_costs, other_solved, per_trial[1])
    half_miss = 0.5 * (1.0 - level)
    if above is None and below is None:
        return Interval(math.nan, 0.0, math.inf)
    if above is None:
        assert below is not None
        low = bound_unsolved(costs, half_miss) / below.interval(level).high
        return Interval(math.nan, low if math.isfinite(low) else 0.0, math.inf)
    if below is None:
        high = above.interval(level).high / bound_unsolved(other_costs, half_miss)
        return Interval(math.nan, 0.0, high if math.isfinite(high) else math.inf)
    return ratio_of_means(above, below, level)


def ratio_of_means(above: LogMean, below: LogMean, level: float) -> Interval:
    """A ratio of means whose logarithms are independent; Satterthwaite's freedom."""
    if min(above.freedom, below.freedom) < 1:
        return Interval(above.value / below.value, math.nan, math.nan)
    variances = above.error**2, below.error**2
    total = sum(variances)
    spread = variances[0] ** 2 / above.freedom + variances[1] ** 2 / below.freedom
    freedom = total**2 / spread if spread else above.freedom + below.freedom
    ratio = LogMean(above.value / below.value, math.sqrt(total), freedom)
    found = ratio.interval(level)
    if not (above.solutions or below.solutions):
        return found
    down, up = mover([(above, 1.0), (below, -1.0)], level)
    return Interval(
        found.estimate,
        min(found.low, found.estimate * exp(-down)),
        max(found.high, found.estimate * exp(up)),
    )
