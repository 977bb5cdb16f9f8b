"""Expected running times, their ratios, and success rates."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from gfsearch.statistics import (
    as_bound,
    expected_running_time,
    generalising_ert,
    memoryless_ert,
    published_interval,
    ratio_of_erts,
    ratio_to_published,
    sp1,
    success_rate,
)
from tests.statistics.strategies import runs


def test_success_rate_by_hand():
    """Wilson's interval for 17 of 20: (0.6396, 0.9476)."""
    rate = success_rate(17, 20)
    assert rate.estimate == 0.85
    assert (rate.low, rate.high) == (
        pytest.approx(0.6396, abs=1e-4),
        pytest.approx(0.9476, abs=1e-4),
    )
    assert success_rate(0, 20).low == 0.0
    assert success_rate(0, 20).high == pytest.approx(0.1611, abs=1e-4)


def test_ert_by_hand():
    """Two runs solved after 10 and 30, one spent 60 in vain: 100 / 2."""
    ert = expected_running_time([10, 30, 60], [True, True, False])
    assert ert.estimate == 50.0
    # d = cost - 50 solved = -40, -20, 60; sd 52.915; se(log) = 52.915 / sqrt(3) / 33.33
    error = np.std([-40, -20, 60], ddof=1) / math.sqrt(3) / (100 / 3)
    factor = math.exp(stats.t.ppf(0.975, 2) * error)
    assert ert.high == pytest.approx(50 * factor)
    assert ert.low == pytest.approx(50 / factor)


def test_ert_is_the_mean_of_simulated_restarts():
    cost = np.array([5.0, 100.0, 20.0, 100.0, 100.0])
    solved = np.array([True, False, True, False, False])
    rng = np.random.default_rng(0)
    draws = rng.integers(5, size=(40_000, 60))
    first = solved[draws].argmax(axis=1)
    totals = np.cumsum(cost[draws], axis=1)[np.arange(len(draws)), first]
    ert = expected_running_time(cost, solved).estimate
    assert totals.mean() == pytest.approx(ert, rel=0.02)


def test_nothing_solved_gives_a_bound():
    """N / -log(0.05): 3,000 trials in vain say more than 1,001, with 95 %."""
    ert = expected_running_time([1000, 1000, 1000], [False] * 3)
    assert ert.estimate == math.inf
    assert ert.high == math.inf
    assert ert.low == pytest.approx(3000 / 2.99573, rel=1e-5)
    # The bound is the mean cost at which 3,000 vain trials happen in 5 % of cases.
    assert math.exp(-3000 / ert.low) == pytest.approx(0.05)


def test_memoryless_ert_is_clopper_and_pearsons():
    """Three solutions in 100 trials: quantiles of beta distributions."""
    ert = memoryless_ert([20, 30, 10, 40], [True, True, True, False])
    assert ert.estimate == pytest.approx(100 / 3)
    assert ert.low == pytest.approx(1 / stats.beta.ppf(0.975, 4, 97))
    assert ert.high == pytest.approx(1 / stats.beta.ppf(0.025, 3, 98))
    # Close to the gamma limits of continuous time, 2 N / chi-squared.
    assert ert.high == pytest.approx(200 / stats.chi2.ppf(0.025, 6), rel=0.02)
    vain = memoryless_ert([1000] * 3, [False] * 3)
    assert vain == expected_running_time([1000] * 3, [False] * 3)


def test_exact_limits_cover():
    """Two-sided 95 % of geometric costs under censoring: .92 to .98 of 1,500."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(1500):
        t = rng.geometric(1 / 100, 20)
        ert = memoryless_ert(np.minimum(t, 300), t <= 300)
        covered += ert.low <= 100 <= ert.high
    assert 0.92 <= covered / 1500 <= 0.98


def test_sp1_by_hand():
    """Solved at 10 and 30, two runs in vain, whatever they spent: 20 / (2 / 4)."""
    assert sp1([10, 30, 60, 5000], [True, True, False, False]) == 40.0
    assert sp1([60], [False]) == math.inf


def test_published_interval_is_that_of_geometric_means():
    interval = published_interval(100.0, 16)
    assert interval.high == pytest.approx(100 * math.exp(stats.t.ppf(0.975, 15) / 4))
    assert interval.low * interval.high == pytest.approx(100.0**2)
    assert math.isnan(published_interval(100.0, 1).low)


def test_one_run_has_no_interval():
    ert = expected_running_time([10], [True])
    assert ert.estimate == 10.0
    assert math.isnan(ert.low)
    assert math.isnan(ert.high)


def test_intervals_cover():
    """Nominal 95 % covers at least 91 % at 20 runs: geometric and stuck truths."""
    rng = np.random.default_rng(1)
    for stuck in (0.0, 0.4):
        covered = 0
        for _ in range(800):
            t = rng.geometric(1 / 300, 20).astype(float)
            t[rng.random(20) < stuck] = np.inf
            ert = expected_running_time(np.minimum(t, 1000), t <= 1000)
            p = (1 - stuck) * (1 - (1 - 1 / 300) ** 1000)
            spent = (1 - stuck) * 300 * (1 - (1 - 1 / 300) ** 1000) + stuck * 1000
            covered += ert.low <= spent / p <= ert.high
        assert covered / 800 >= 0.91


def test_ratio_by_hand():
    """Equal spreads: Welch's t with n + m - 2 degrees of freedom."""
    a = np.array([10.0, 20.0, 30.0, 40.0])
    solved = np.ones(4, dtype=bool)
    ratio = ratio_of_erts(3 * a, solved, a, solved)
    assert ratio.estimate == pytest.approx(3.0)
    error = math.sqrt(2 * a.var(ddof=1) / 4) / 25.0
    assert ratio.high == pytest.approx(3 * math.exp(stats.t.ppf(0.975, 6) * error))


@given(runs, runs)
def test_ratios_turn_over(first, second):
    there, back = ratio_of_erts(*first, *second), ratio_of_erts(*second, *first)
    if math.isnan(there.estimate):
        assert math.isnan(back.estimate)
    else:
        assert there.estimate * back.estimate == pytest.approx(1.0)
    if there.low > 0 and math.isfinite(back.high):
        assert there.low * back.high == pytest.approx(1.0)


def test_bounds_are_carried_through_ratios():
    solved, unsolved = np.ones(10, dtype=bool), np.zeros(10, dtype=bool)
    cost = np.linspace(50, 150, 10)
    spent = np.full(10, 100_000.0)
    # Guessing never solves: at least its bound over our upper limit.
    better = ratio_of_erts(spent, unsolved, cost, solved)
    assert math.isnan(better.estimate)
    ours = expected_running_time(cost, solved)
    assert better.low == pytest.approx(1e6 / -math.log(0.025) / ours.high)
    assert better.high == math.inf
    worse = ratio_of_erts(cost, solved, spent, unsolved)
    assert worse.low == 0.0
    assert worse.high == pytest.approx(1 / better.low)
    nothing = ratio_of_erts(spent, unsolved, spent, unsolved)
    assert (nothing.low, nothing.high) == (0.0, math.inf)
    # With one solved run nothing is known of its spread: no bound follows.
    assert ratio_of_erts(spent, unsolved, cost[:1], solved[:1]).low == 0.0
    assert ratio_of_erts(cost[:1], solved[:1], spent, unsolved).high == math.inf


def test_published_figures_carry_their_own_error():
    """Geometric costs: 16 simulations leave 25 %, 64 leave 12.5 %."""
    cost = np.random.default_rng(2).geometric(0.01, 100_000).astype(float)
    solved = np.ones(len(cost), dtype=bool)
    for simulations, error in ((16, 0.25), (64, 0.125)):
        ratio = ratio_to_published(cost, solved, 100.0, simulations)
        reach = stats.t.ppf(0.975, simulations - 1) * error
        assert math.log(ratio.high / ratio.estimate) == pytest.approx(reach, rel=0.02)
    unsolved = ratio_to_published(cost, ~solved, 100.0, 10)
    assert math.isnan(unsolved.estimate)
    assert unsolved.low > 10


def test_memoryless_ert_at_its_best():
    """Four of four at the first trial: p is 1 at most and .025^(1/4) at least."""
    ert = memoryless_ert([1, 1, 1, 1], [True] * 4)
    assert (ert.estimate, ert.low) == (1.0, 1.0)
    # The beta quantile for S = N has this closed form: 0.3976, so 2.515.
    assert ert.high == pytest.approx(0.025**-0.25)
    assert ert.high == pytest.approx(2.515, abs=1e-3)
    # One solution in five trials: beta(2, 4) above, beta(1, 5) below.
    one = memoryless_ert([5], [True])
    assert one.low == pytest.approx(1 / stats.beta.ppf(0.975, 2, 4))
    assert one.high == pytest.approx(1 / stats.beta.ppf(0.025, 1, 5))


@given(runs, st.sampled_from([0.5, 0.9, 0.99]))
def test_exact_limits_are_quantiles_of_beta(data, level):
    trials, solved = data
    ert = memoryless_ert(trials, solved, level)
    n, s, tail = int(trials.sum()), int(solved.sum()), (1 - level) / 2
    if not s:
        assert ert.low == pytest.approx(n / -math.log(1 - level))
        assert (ert.estimate, ert.high) == (math.inf, math.inf)
        return
    p_high = 1.0 if s == n else stats.beta.ppf(1 - tail, s + 1, n - s)
    assert ert.estimate == pytest.approx(n / s)
    assert ert.low == pytest.approx(1 / p_high, rel=1e-9)
    assert ert.high == pytest.approx(1 / stats.beta.ppf(tail, s, n - s + 1), rel=1e-9)


@given(runs, st.sampled_from([0.25, 8.0, 1024.0]))
def test_ert_scales_with_the_unit_of_cost(data, unit):
    cost, solved = data
    ert = expected_running_time(cost, solved)
    scaled = expected_running_time(unit * cost, solved, per_trial=unit)
    for name in ("estimate", "low", "high"):
        one, other = getattr(ert, name), getattr(scaled, name)
        assert other == pytest.approx(unit * one, nan_ok=True)
    assert sp1(unit * cost, solved) == pytest.approx(unit * sp1(cost, solved))
    # Scaling both sides leaves a ratio as it is: here one.
    assert ratio_of_erts(unit * cost, solved, cost, solved).estimate == (
        pytest.approx(unit if solved.any() else math.nan, nan_ok=True)
    )


@given(runs)
def test_sp1_is_the_ert_where_failures_cost_a_mean_solution(data):
    cost, solved = data
    if not solved.any():
        assert sp1(cost, solved) == math.inf
        return
    alike = np.where(solved, cost, cost[solved].mean())
    ert = expected_running_time(alike, solved).estimate
    assert sp1(cost, solved) == pytest.approx(ert)


def test_equal_costs_have_no_error():
    ert = expected_running_time([17, 17, 17], [True] * 3)
    assert (ert.estimate, ert.low, ert.high) == (17.0, 17.0, 17.0)
    ratio = ratio_of_erts([34, 34], [True] * 2, [17, 17], [True] * 2)
    assert (ratio.estimate, ratio.low, ratio.high) == (2.0, 2.0, 2.0)


def test_few_trials_are_counted():
    """Ten runs solved at their first trial: Clopper and Pearson, 0.025^(1/10)."""
    ert = expected_running_time([1] * 10, [True] * 10)
    assert (ert.estimate, ert.low) == (1.0, 1.0)
    assert ert.high == pytest.approx(0.025 ** (-1 / 10))
    # The same in presentations, 20 of them in each trial.
    shown = expected_running_time([20] * 10, [True] * 10, per_trial=20.0)
    for name in ("estimate", "low", "high"):
        assert getattr(shown, name) == pytest.approx(20 * getattr(ert, name))


@given(runs)
def test_limits_of_few_trials_are_the_outer_ones(data):
    cost, solved = data
    few = np.minimum(cost, 9)
    assume(solved.any() and len(few) > 1)
    ert = expected_running_time(few, solved)
    delta = expected_running_time(few, solved, per_trial=1e-6)  # of a million trials
    counted = memoryless_ert(few, solved)
    assert ert.low == pytest.approx(min(delta.low, counted.low))
    assert ert.high == pytest.approx(max(delta.high, counted.high))


def test_limits_may_overflow():
    """Two runs, a confidence so high that Student's t has no end."""
    ert = expected_running_time([20, 9000], [True, True], 1 - 1e-9)
    assert (ert.low, ert.estimate, ert.high) == (0.0, 4510.0, math.inf)
    few = [[1, 9], [True, True]]
    ratio = ratio_of_erts(*few, *few, 1 - 1e-9)
    assert (ratio.low, ratio.estimate, ratio.high) == (0.0, 1.0, math.inf)


def test_a_ratio_is_as_wide_as_its_parts():
    """Both costs equal: each logarithm's distance to its limit, squared and added."""
    few, many = [[1] * 10, [True] * 10], [[40] * 10, [True] * 10]
    ert = expected_running_time(*few)
    ratio = ratio_of_erts(*many, *few)
    assert ratio.high == pytest.approx(40.0)
    assert ratio.low == pytest.approx(40.0 / ert.high)
    twice = ratio_of_erts(*few, *few)
    assert twice.high == pytest.approx(ert.high)
    assert twice.low == pytest.approx(1 / ert.high)
    published = ratio_to_published(*few, 1.0, 1000)
    assert published.high > ert.high


def test_two_runs_have_an_interval():
    """d = cost - ERT = -5, 5: sd 7.071, se(log) = 7.071 / sqrt(2) / 10 = 0.5."""
    ert = expected_running_time([5, 15], [True, True])
    assert ert.estimate == 10.0
    assert ert.high == pytest.approx(10 * math.exp(0.5 * stats.t.ppf(0.975, 1)))


def test_one_run_on_a_side_leaves_a_ratio_without_limits():
    ratio = ratio_of_erts([30], [True], [5, 15], [True, True])
    assert ratio.estimate == 3.0
    assert math.isnan(ratio.low)
    assert math.isnan(ratio.high)


@pytest.mark.parametrize("budget", [3000, math.inf])
def test_intervals_of_ten_runs_cover(budget):
    """300 studies of geometric costs of mean 1,000: at least .90."""
    rng = np.random.default_rng(10)
    covered = 0
    for _ in range(300):
        t = rng.geometric(1 / 1000, 10).astype(float)
        ert = expected_running_time(np.minimum(t, budget), t <= budget)
        # Memoryless: the ERT is the mean whatever the budget.
        covered += ert.low <= 1000 <= ert.high
    assert covered / 300 >= 0.90


def test_the_cost_to_a_right_solution_counts_all_that_was_spent():
    """Ten runs of 100 each, four of them right: 250; with two, a bound alone."""
    costs, right = np.full(10, 100.0), np.arange(10) < 4
    interval = generalising_ert(costs, right)
    assert interval == expected_running_time(costs, right)
    assert interval.estimate == 250.0
    for found in (0, 1, 2):
        bound = generalising_ert(costs, np.arange(10) < found)
        assert math.isinf(bound.estimate) if found == 0 else math.isnan(bound.estimate)
        assert bound.high == math.inf
        # So many or fewer happen in 5 % of cases if it costs no more than the bound.
        assert stats.poisson.cdf(found, 1000.0 / bound.low) == pytest.approx(0.05)
        # The same bound where they are compared with others.
        vain = as_bound(costs, np.arange(10) < found)
        assert not np.any(vain.solved)
        assert expected_running_time(*vain).low == pytest.approx(bound.low)
    np.testing.assert_array_equal(as_bound(costs, right).solved, right)
