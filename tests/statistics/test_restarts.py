"""Simulated restarts and restart profiles."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.stats import gamma

from gfsearch.statistics import (
    expected_running_time,
    restart_profile,
    simulated_restarts,
)
from tests.statistics.strategies import runs


def rng():
    return np.random.default_rng(0)


def test_simulated_restarts_add_up():
    """Solved at 5 and 20, 100 in vain: sums of a solution and some hundreds."""
    total = simulated_restarts([5, 100, 20], [True, False, True], 3000, rng())
    assert set(np.unique(total) % 100) == {5.0, 20.0}
    # A third each begins with each run; of those that begin in vain a third goes on.
    assert np.mean(total < 100) == pytest.approx(2 / 3)
    assert np.mean(total > 200) == pytest.approx(1 / 9, abs=0.02)
    ert = expected_running_time([5, 100, 20], [True, False, True]).estimate
    assert total.mean() == pytest.approx(ert, rel=0.05)


@given(runs)
def test_up_to_the_first_vain_run_they_are_the_runs_themselves(data):
    cost, solved = data
    total = simulated_restarts(cost, solved, 10 * len(cost), rng())
    if not solved.any():
        assert np.isinf(total).all()
        return
    known = cost[~solved].min(initial=1000)
    for at in range(1, int(min(known, 40))):
        share = np.mean(total <= at)
        assert share == pytest.approx(np.mean(solved & (cost <= at)))


def test_restart_profile_by_hand():
    """Solved at 1, 2, 4 and 8, stuck for ever otherwise; the third is at 4."""
    cost, solved = [1, 2, 4, 8, 100], [True] * 4 + [False]
    profile = restart_profile(cost, solved, rng())
    assert profile.cutoffs.tolist() == [4.0, 8.0]
    assert profile.ert.tolist() == pytest.approx([(1 + 2 + 4 + 4 + 4) / 3, 23 / 4])
    assert profile.best_ert == pytest.approx(5.0)
    # Five runs name no cutoff.
    assert math.isnan(profile.best.estimate)
    assert (profile.best.low, profile.best.high) == (0.0, math.inf)


@given(runs)
def test_a_cutoff_beyond_all_is_the_ert(data):
    """Without vain runs beyond the last solution the profile ends at the ERT."""
    cost, solved = data
    profile = restart_profile(cost, solved, rng())
    if solved.sum() < 3:
        assert not len(profile.cutoffs)
        assert math.isnan(profile.best.estimate)
        assert profile.best_ert == math.inf
        return
    ended = np.minimum(cost, profile.cutoffs[-1])
    ert = expected_running_time(ended, solved).estimate
    assert profile.ert[-1] == pytest.approx(ert)
    assert profile.best_ert == profile.ert.min()
    assert profile.best.low <= profile.best.high


def test_a_search_that_gets_stuck_has_a_cutoff():
    """60 % are quick, the others never end: restart soon after the quick ones."""
    draw = np.random.default_rng(6)
    cost = np.where(draw.random(200) < 0.6, draw.gamma(4.0, 25.0, 200), 1e5)
    profile = restart_profile(cost, cost < 1e5, rng())
    assert 100 < profile.best.low <= profile.best.high < 400
    never = expected_running_time(cost, cost < 1e5).estimate
    assert profile.best_ert < never / 100


@pytest.mark.parametrize("n", [10, 20, 40, 400])
def test_who_has_no_memory_is_not_shown_to_gain_by_restarts(n):
    """In 95 % of studies; of 60, 52 at least but for a chance of one in a hundred."""
    draw = np.random.default_rng(n)
    never = 0
    for _ in range(60):
        cost = draw.geometric(0.001, n).astype(float)
        profile = restart_profile(np.minimum(cost, 3000), cost <= 3000, draw)
        never += profile.best.high == math.inf
        assert math.isnan(profile.best.estimate) == (profile.best.high == math.inf)
    assert never >= 52


def test_a_cutoff_is_named_only_if_never_is_worse():
    """Quick or stuck, ten runs; then as quick, and not stuck."""
    quick = np.array([40.0, 55, 60, 75, 80, 95, 110])
    cost, solved = np.append(quick, [5000.0] * 3), np.arange(10) < 7
    profile = restart_profile(cost, solved, rng())
    assert (
        profile.best.low <= profile.best.estimate == 110.0 <= profile.best.high < 5000
    )
    profile = restart_profile(np.append(quick, [100.0, 50, 70]), [True] * 10, rng())
    assert math.isnan(profile.best.estimate)
    assert profile.best.high == math.inf


def test_equal_solutions_are_one_cutoff():
    """Solved at 3, 3, 3, 7, in vain until 5; the third of the solved is at 3.

    ERT(3) = 5 * 3 / 3 = 5 and ERT(7) = (9 + 5 + 7) / 4 = 5.25.
    """
    profile = restart_profile([3, 3, 3, 7, 5], [True] * 4 + [False], rng())
    assert profile.cutoffs.tolist() == [3.0, 7.0]
    assert profile.ert.tolist() == [5.0, 5.25]
    assert profile.best_ert == 5.0


@given(runs)
def test_the_last_cutoff_saves_what_was_spent_beyond_it(data):
    """Runs in vain are cut at the last solution; all else of the ERT stays.

    So the two are equal if and only if no run in vain went on beyond it.
    """
    cost, solved = data
    profile = restart_profile(cost, solved, rng())
    assume(len(profile.cutoffs))
    assert profile.cutoffs[-1] == cost[solved].max()
    saved = np.maximum(cost - profile.cutoffs[-1], 0).sum() / solved.sum()
    ert = expected_running_time(cost, solved).estimate
    assert profile.ert[-1] == pytest.approx(ert - saved)
    assert profile.best_ert <= ert + 1e-9


@given(runs)
def test_profiles_by_brute_force(data):
    cost, solved = data
    profile = restart_profile(cost, solved, rng())
    third = np.sort(cost[solved])[2:]
    assert profile.cutoffs.tolist() == sorted(set(third.tolist()))
    for cutoff, value in zip(profile.cutoffs, profile.ert, strict=True):
        ended = solved & (cost <= cutoff)
        ert = expected_running_time(np.minimum(cost, cutoff), ended).estimate
        assert value == pytest.approx(ert)


def test_without_failures_there_is_nothing_to_restart():
    cost, solved = [3, 1, 2], [True] * 3
    assert simulated_restarts(cost, solved, 3, rng()).tolist() == [3.0, 1.0, 2.0]
    assert simulated_restarts(cost, solved, 6, rng()).tolist() == [3, 3, 1, 1, 2, 2]


@pytest.mark.parametrize("budget", [50, 100, 400])
def test_the_mean_of_simulated_restarts_is_the_ert(budget):
    draw = np.random.default_rng(budget)
    t = draw.geometric(0.01, 30)
    cost, solved = np.minimum(t, budget), t <= budget
    total = simulated_restarts(cost, solved, 30_000, rng())
    ert = expected_running_time(cost, solved).estimate
    # Of 30,000 with a standard deviation near their mean: 0.6 %.
    assert total.mean() == pytest.approx(ert, rel=0.03)


def test_simulated_restarts_repeat():
    cost, solved = [5, 100, 20], [True, False, True]
    first, second = (simulated_restarts(cost, solved, 50, rng()) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("cost", "solved"),
    [
        ([5], [True]),
        ([5, 9], [True, True]),
        ([5, 5, 5], [False, False, False]),
        ([5, 6, 7, 8], [True, True, False, False]),
    ],
)
def test_fewer_than_three_solutions_have_no_profile(cost, solved):
    profile = restart_profile(cost, solved, rng())
    assert len(profile.cutoffs) == len(profile.ert) == 0
    assert math.isnan(profile.best.estimate)
    assert (profile.best.low, profile.best.high) == (0.0, math.inf)
    assert profile.best_ert == math.inf


def test_the_best_cutoff_of_many_runs_is_found_in_little_memory():
    """Stuck or quick, 20,000 runs: all pairs of runs and cutoffs would take 3 GB."""
    draw = np.random.default_rng(6)
    cost = np.where(draw.random(20_000) < 0.6, draw.gamma(4.0, 25.0, 20_000), 1e5)
    tracemalloc.start()
    profile = restart_profile(cost, cost < 1e5, rng())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30e6
    at = int(np.searchsorted(profile.cutoffs, profile.best.estimate))
    within = np.sum(cost <= profile.cutoffs[at])
    spent = np.minimum(cost, profile.cutoffs[at]).sum()
    assert profile.best_ert == pytest.approx(spent / within)
    # The true one, by numerical integration.
    at = np.arange(1.0, 1000.0)
    solved = 0.6 * gamma(4.0, scale=25.0).cdf(at)
    true = at[np.argmin(np.cumsum(1.0 - solved) / solved)]
    assert profile.best.low < true < profile.best.high
    assert profile.best.high - profile.best.low < 20
