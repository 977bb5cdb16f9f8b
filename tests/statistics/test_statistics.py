"""Known answers, and independent implementations as oracles."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from scipy import stats

from gfsearch.statistics import (
    expected_running_time,
    kaplan_meier,
    median_cost,
    memoryless_ert,
    published_interval,
    ratio_of_erts,
    ratio_to_published,
    sp1,
    success_rate,
)
from tests.statistics.strategies import runs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter


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


@given(runs)
def test_kaplan_meier_is_that_of_lifelines(data):
    cost, solved = data
    ours = kaplan_meier(cost, solved)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = KaplanMeierFitter().fit(cost, solved)
        curve = oracle.survival_function_at_times(ours.costs).to_numpy()
        limits = oracle.confidence_interval_.loc[ours.costs].to_numpy()
    np.testing.assert_allclose(ours.unsolved, curve, atol=1e-9)
    inside = (ours.unsolved > 1e-12) & (ours.unsolved < 1)
    np.testing.assert_allclose(ours.low[inside], limits[inside, 0], atol=1e-9)
    np.testing.assert_allclose(ours.high[inside], limits[inside, 1], atol=1e-9)
    assert (ours.low <= ours.unsolved + 1e-12).all()
    assert (ours.unsolved <= ours.high + 1e-12).all()
    # Away from one half, where rounding decides, the medians agree as well.
    assume((np.abs(ours.unsolved - 0.5) > 1e-9).all())
    assert median_cost(ours).estimate == oracle.median_survival_time_


def test_median_by_hand():
    """Ten runs, seven solved at 1..7, three censored at 20: the median is 5."""
    cost = np.array([1, 2, 3, 4, 5, 6, 7, 20, 20, 20])
    solved = cost < 20
    median = median_cost(kaplan_meier(cost, solved))
    assert median.estimate == 5.0
    assert median.low <= 5.0 <= median.high
    assert median_cost(kaplan_meier(cost, cost < 4)).estimate == math.inf


def test_the_uncensored_curve_is_the_empirical_one():
    curve = kaplan_meier([3, 1, 2, 2], [True] * 4)
    assert curve.costs.tolist() == [1, 2, 3]
    assert curve.unsolved == pytest.approx([0.75, 0.25, 0.0])
