"""Means, profiles and power laws over several tasks."""

import math

import numpy as np
import pytest
from scipy import stats

from gfsearch.statistics import (
    Runs,
    data_profile,
    geometric_mean_ratio,
    performance_profile,
    power_law,
    ratio_of_erts,
    runtime_ecdf,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def memoryless(mean, n, draw, budget=math.inf):
    cost = draw.geometric(1 / mean, n).astype(float)
    return Runs(np.minimum(cost, budget), cost <= budget)


def test_the_mean_is_geometric():
    """Ratios 2, 8 and 4 have the mean 4; without one of them 2.83 to 5.66."""
    draw = rng(1)
    tasks = []
    for factor in (2, 8, 4):
        cost = draw.geometric(0.01, 20).astype(float)
        solved = np.ones(20, dtype=bool)
        tasks.append(
            (Runs(factor * cost, solved), Runs(draw.permutation(cost), solved))
        )
    mean = geometric_mean_ratio(tasks, rng())
    assert mean.ratio.estimate == pytest.approx(4.0)
    assert mean.ratio.low < 4.0 < mean.ratio.high
    assert mean.lowest == pytest.approx(math.sqrt(2 * 4))
    assert mean.highest == pytest.approx(math.sqrt(8 * 4))
    assert (mean.tasks, mean.bounded) == (3, 0)
    assert geometric_mean_ratio(tasks, rng()) == mean  # the same random numbers


def test_of_one_task_it_is_nearly_welchs_interval():
    draw = rng(2)
    pair = memoryless(300, 20, draw, 900), memoryless(100, 20, draw, 900)
    mean, ratio = geometric_mean_ratio([pair], rng()), ratio_of_erts(*pair[0], *pair[1])
    assert mean.ratio.estimate == pytest.approx(ratio.estimate)
    width = math.log(mean.ratio.high / mean.ratio.low)
    assert width == pytest.approx(math.log(ratio.high / ratio.low), rel=0.4)
    assert math.isnan(mean.lowest)


def test_the_mean_covers():
    """Three tasks with a true ratio of 3, 12 runs each: 91 % of 200 at least."""
    draw = rng(3)
    covered = 0
    for _ in range(200):
        tasks = [
            (memoryless(300, 12, draw), memoryless(100, 12, draw)) for _ in range(3)
        ]
        interval = geometric_mean_ratio(tasks, rng()).ratio
        covered += interval.low <= 3.0 <= interval.high
    assert covered / 200 >= 0.91


def test_bounds_are_carried_through_the_mean():
    draw = rng(4)
    vain = Runs(np.full(20, 1e6), np.zeros(20, dtype=bool))
    known = memoryless(400, 20, draw), memoryless(100, 20, draw)
    better = memoryless(100, 20, draw)
    mean = geometric_mean_ratio([known, (vain, better)], rng())
    assert math.isnan(mean.ratio.estimate)
    assert mean.ratio.high == math.inf
    assert mean.bounded == 1
    # The unknown ratio is at least some 2e7 / 4.4 / 150; the known one about 4.
    assert 100 < mean.ratio.low < math.sqrt(2e7 / 3.7 / 100 * 4)
    assert mean.lowest > 1.0
    alone = geometric_mean_ratio([(vain, better)], rng()).ratio
    assert alone.low == pytest.approx(ratio_of_erts(*vain, *better).low)
    worse = geometric_mean_ratio([(better, vain)], rng()).ratio
    assert (worse.low, worse.high) == (0.0, pytest.approx(1 / alone.low))
    both = geometric_mean_ratio([(vain, better), (better, vain)], rng())
    assert (both.ratio.low, both.ratio.high) == (0.0, math.inf)
    assert math.isnan(both.lowest)


def test_single_runs_have_a_mean_but_no_interval():
    one = Runs([10.0], [True])
    mean = geometric_mean_ratio([(Runs([40.0], [True]), one)], rng())
    assert mean.ratio.estimate == pytest.approx(4.0)
    assert math.isnan(mean.ratio.low)


def test_equal_costs_have_no_width():
    same = Runs([10.0, 10.0], [True, True])
    ratio = geometric_mean_ratio([(same, same)], rng()).ratio
    assert (ratio.low, ratio.estimate, ratio.high) == pytest.approx((1.0, 1.0, 1.0))


def test_performance_profile_by_hand():
    """Three tasks, two searchers; nobody solves the third."""
    erts = [[10, 20], [90, 30], [math.inf, math.inf]]
    first, second = performance_profile(erts, [1.0, 2.0, 3.0])
    assert first == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert second == pytest.approx([1 / 3, 2 / 3, 2 / 3])


def test_data_profile_by_hand():
    """Costs 10, 20 with one weight, 30 and never with two."""
    shares = data_profile([[10, 20], [30, math.inf]], [1, 2], [4, 5, 10, 1000])
    assert shares == pytest.approx([0.0, 0.25, 0.75, 0.75])


def test_runtime_ecdf_by_hand():
    """Tasks weigh the same, however many costs there are of each."""
    shares = runtime_ecdf([[1, 2, 3, 4], [10, math.inf]], [0, 2, 4, 10])
    assert shares == pytest.approx([0.0, 0.25, 0.5, 0.75])


def test_a_power_law_is_found():
    x = [10, 20, 40, 80]
    spread = np.array([0.5, 0.8, 1.0, 1.7])
    solved = np.ones(4, dtype=bool)
    law = power_law(x, [Runs(3 * v**1.5 * spread, solved) for v in x])
    assert law.exponent.estimate == pytest.approx(1.5)
    assert law.factor == pytest.approx(3.0)
    # Equal variances v: the slope's error is sqrt(v / sum (u - mean)^2).
    u = np.log(x)
    error = spread.std(ddof=1) / 2 / math.sqrt(np.sum((u - u.mean()) ** 2))
    half = stats.norm.ppf(0.975) * error
    assert law.exponent.high - 1.5 == pytest.approx(half)


def test_points_off_the_line_widen_the_exponent():
    x = [1, 2, 4, 8]
    tight = np.array([0.99, 1.0, 1.01])
    solved = np.ones(3, dtype=bool)
    line = power_law(x, [Runs(v * tight, solved) for v in x])
    off = power_law(
        x, [Runs(v * f * tight, solved) for v, f in zip(x, [1, 3, 1, 3], strict=True)]
    )
    widths = [law.exponent.high - law.exponent.low for law in (line, off)]
    assert widths[1] > 20 * widths[0]


def test_no_power_law_from_part_of_the_points():
    few = [Runs([10.0, 20.0], [True, True])] * 2
    assert power_law([1, 2], few) is None
    vain = Runs([99.0, 99.0], [False, False])
    assert power_law([1, 2, 3, 4], [*few, few[0], vain]) is None
