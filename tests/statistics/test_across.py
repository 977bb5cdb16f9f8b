"""Means and profiles over several tasks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.statistics import (
    Runs,
    data_profile,
    geometric_mean_ratio,
    performance_profile,
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


def test_few_trials_are_counted_in_the_mean():
    """Of two tasks, all solved at once: the root of the sum of squares, over two."""
    one = Runs([1.0] * 10, [True] * 10)
    single = geometric_mean_ratio([(one, one)], rng()).ratio
    assert single.low == pytest.approx(1 / single.high)
    of_one = math.log(0.025 ** (-1 / 10))
    assert math.log(single.high) == pytest.approx(of_one)
    double = geometric_mean_ratio([(one, one)] * 2, rng()).ratio
    assert math.log(double.high) == pytest.approx(of_one * math.sqrt(2) / 2)
    units = [(10.0, 10.0)]
    shown = Runs([10.0] * 10, [True] * 10)
    scaled = geometric_mean_ratio([(shown, shown)], rng(), per_trial=units).ratio
    assert scaled.high == pytest.approx(single.high)


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


def proportional(factor, cost):
    solved = np.ones(len(cost), dtype=bool)
    return Runs(factor * cost, solved), Runs(cost, solved)


def test_of_equal_tasks_the_mean_is_that_of_each():
    cost = np.array([3.0, 5.0, 9.0, 14.0])
    mean = geometric_mean_ratio([proportional(2, cost)] * 4, rng())
    assert mean.ratio.estimate == pytest.approx(2.0)
    assert (mean.lowest, mean.highest) == (pytest.approx(2.0), pytest.approx(2.0))
    assert mean.ratio.low < 2.0 < mean.ratio.high
    one = geometric_mean_ratio([proportional(2, cost)], rng()).ratio
    assert math.log(mean.ratio.high / mean.ratio.low) < math.log(one.high / one.low)


def test_leaving_out_a_bounded_task_by_hand():
    """Ratios 2 and 8 and a bound b: without each sqrt(8 b), sqrt(2 b) and 4."""
    cost = np.array([30.0, 50.0, 90.0, 140.0, 60.0])
    vain = Runs(np.full(5, 1e7), np.zeros(5, dtype=bool))
    bounded = vain, proportional(1, cost)[1]
    b = ratio_of_erts(*bounded[0], *bounded[1]).low
    tasks = [proportional(2, cost), proportional(8, cost), bounded]
    mean = geometric_mean_ratio(tasks, rng())
    expected = sorted([math.sqrt(8 * b), math.sqrt(2 * b), 4.0])
    assert mean.lowest == pytest.approx(expected[0])
    assert mean.highest == pytest.approx(expected[-1])


def test_the_miss_is_shared_between_known_and_bounded():
    """Half of 5 % for the two known tasks, half of the rest for each bound."""
    draw = rng(11)
    known = [(memoryless(400, 15, draw), memoryless(100, 15, draw)) for _ in range(2)]
    vain = Runs(np.full(15, 1e5), np.zeros(15, dtype=bool))
    bounded = [(vain, memoryless(100, 15, draw)) for _ in range(2)]
    mean = geometric_mean_ratio([*known, *bounded], rng()).ratio
    part = geometric_mean_ratio(known, rng(), 0.975).ratio
    bounds = [ratio_of_erts(*a, *b, 0.9875).low for a, b in bounded]
    assert mean.low == pytest.approx((part.low**2 * bounds[0] * bounds[1]) ** 0.25)
    assert math.isnan(mean.estimate)
    assert mean.high == math.inf


def test_bounds_hold_for_what_is_true():
    """Means 1e5 and 100, 20 runs each, budget 1,000: a ratio of 1,000 is not seen."""
    held = 0
    for seed in range(40):
        draw = rng(seed)
        tasks = [
            (memoryless(1e5, 20, draw, 1000.0), memoryless(100, 20, draw, 1000.0)),
            (memoryless(300, 20, draw), memoryless(100, 20, draw)),
        ]
        mean = geometric_mean_ratio(tasks, rng()).ratio
        assert mean.low > 0.0
        held += mean.low <= math.sqrt(1000 * 3) <= mean.high
    assert held >= 38


def test_turning_a_ratio_over():
    draw = rng(12)
    tasks = [(memoryless(300, 20, draw), memoryless(100, 20, draw)) for _ in range(3)]
    there = geometric_mean_ratio(tasks, rng())
    back = geometric_mean_ratio([pair[::-1] for pair in tasks], rng())
    assert there.ratio.estimate * back.ratio.estimate == pytest.approx(1.0)
    assert there.lowest * back.highest == pytest.approx(1.0)
    assert there.highest * back.lowest == pytest.approx(1.0)
    # Limits are resampled with other random numbers.
    width = math.log(there.ratio.high / there.ratio.low)
    assert abs(math.log(there.ratio.low * back.ratio.high)) < 0.1 * width
    assert abs(math.log(there.ratio.high * back.ratio.low)) < 0.1 * width


@pytest.mark.parametrize("seed", range(5))
def test_one_task_of_geometric_costs_is_nearly_welchs(seed):
    draw = rng(20 + seed)
    pair = memoryless(1000, 20, draw), memoryless(200, 20, draw)
    mean, ratio = (
        geometric_mean_ratio([pair], rng()).ratio,
        ratio_of_erts(*pair[0], *pair[1]),
    )
    width = math.log(mean.high / mean.low)
    assert width == pytest.approx(math.log(ratio.high / ratio.low), rel=0.4)


def test_nobody_solved_leaves_nothing_known():
    vain = Runs([100.0, 100.0], [False, False])
    mean = geometric_mean_ratio([(vain, vain)], rng())
    assert math.isnan(mean.ratio.estimate)
    assert (mean.ratio.low, mean.ratio.high) == (0.0, math.inf)
    assert (mean.tasks, mean.bounded) == (1, 1)


erts = st.lists(
    st.lists(st.one_of(st.integers(1, 100), st.just(math.inf)), min_size=3, max_size=3),
    min_size=1,
    max_size=8,
)


@given(erts)
def test_performance_profiles_by_brute_force(table):
    factors = [1.0, 1.5, 2.0, 10.0, 100.0]
    profile = performance_profile(table, factors)
    for who in range(3):
        for k, factor in enumerate(factors):
            near = [
                row[who] < math.inf and row[who] <= factor * min(row) for row in table
            ]
            assert profile[who, k] == pytest.approx(np.mean(near))
    # At a factor of a hundred everything that was solved is within it.
    assert profile[:, -1] == pytest.approx(np.isfinite(table).mean(axis=0))
    scaled = 4.0 * np.array(table)
    np.testing.assert_array_equal(performance_profile(scaled, factors), profile)


@given(
    st.lists(
        st.lists(
            st.one_of(st.integers(1, 50), st.just(math.inf)), min_size=1, max_size=6
        ),
        min_size=1,
        max_size=5,
    )
)
def test_runtime_ecdfs_by_brute_force(runtimes):
    at = [0, 1, 10, 25, 50]
    shares = runtime_ecdf(runtimes, at)
    for cost, share in zip(at, shares, strict=True):
        each = [np.mean([runtime <= cost for runtime in task]) for task in runtimes]
        assert share == pytest.approx(np.mean(each))
    # With D = 1 a data profile has costs in units of two.
    halves = data_profile(runtimes, [1] * len(runtimes), np.array(at) / 2)
    np.testing.assert_array_equal(halves, shares)


def test_profiles_of_nobody_and_of_all():
    assert runtime_ecdf([[math.inf]], [1, 1e9]).tolist() == [0.0, 0.0]
    assert runtime_ecdf([[5, 5], [5]], [4.9, 5]).tolist() == [0.0, 1.0]
    assert performance_profile([[7]], [1]).tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (([18, 1000], [1, 0]), ([48, 49], [1, 1])),
        (([10, 1000, 10, 10], [1, 0, 1, 1]), ([1000, 1000, 1000, 10], [1, 1, 1, 0])),
        (([0.1, 0.1, 0.1, 0.7], [1] * 4), ([0.1, 0.1, 0.3], [1] * 3)),
        (([5, 5], [1, 1]), ([5, 9], [1, 1])),
    ],
)
def test_few_runs_have_an_interval_like_welchs(above, below):
    """Resamples of two to four runs are too few kinds for a bootstrap."""
    pair = (
        Runs(above[0], np.array(above[1], bool)),
        Runs(below[0], np.array(below[1], bool)),
    )
    ours = geometric_mean_ratio([pair], rng()).ratio
    welch = ratio_of_erts(*pair[0], *pair[1])
    assert ours.estimate == pytest.approx(welch.estimate)
    assert ours.low == pytest.approx(welch.low)
    assert ours.high == pytest.approx(welch.high)


def test_beside_a_single_run_a_bound_says_nothing():
    single = Runs([40.0], [True]), Runs([10.0], [True])
    vain = Runs([1e6] * 5, [False] * 5), Runs([10, 12, 9, 11], [True] * 4)
    bound = ratio_of_erts(*vain[0], *vain[1])
    mean = geometric_mean_ratio([single, vain], rng())
    assert (mean.ratio.low, mean.ratio.high) == (0.0, math.inf)
    # But without it there is the bound, and without the bound the ratio.
    assert mean.lowest == pytest.approx(4.0)
    assert mean.highest == pytest.approx(bound.low)
    back = geometric_mean_ratio([(b, a) for a, b in (single, vain)], rng())
    assert back.lowest == pytest.approx(1 / bound.low)
    assert back.highest == pytest.approx(0.25)


def test_of_thousands_of_runs_the_limits_are_normal():
    """1,000 runs are resampled, 4,000 drawn: half the width, and Welch's interval."""
    draw = rng(3)
    few = memoryless(300, 1000, draw, 900), memoryless(100, 1000, draw, 900)
    many = tuple(Runs(np.tile(runs.costs, 4), np.tile(runs.solved, 4)) for runs in few)
    resampled, drawn = (
        geometric_mean_ratio([pair], rng()).ratio for pair in (few, many)
    )
    assert drawn.estimate == pytest.approx(resampled.estimate)
    width = math.log(resampled.high / resampled.low)
    assert math.log(drawn.high / drawn.low) == pytest.approx(width / 2, rel=0.1)
    welch = ratio_of_erts(*many[0], *many[1])
    assert math.log(drawn.high / welch.high) == pytest.approx(0.0, abs=0.02)
    assert math.log(drawn.low / welch.low) == pytest.approx(0.0, abs=0.02)


def test_a_mean_of_few_and_many_runs_is_as_wide_as_its_parts():
    """Errors of logarithms add up, however many runs are behind each."""
    draw = rng(4)
    few = memoryless(300, 100, draw), memoryless(100, 100, draw)
    many = memoryless(300, 3000, draw), memoryless(100, 3000, draw)
    alone, thousands, both = (
        math.log(ratio.high / ratio.low)
        for ratio in (
            geometric_mean_ratio(pairs, rng()).ratio
            for pairs in ([few], [many], [few, many])
        )
    )
    assert both == pytest.approx(math.hypot(alone, thousands) / 2, rel=0.1)
