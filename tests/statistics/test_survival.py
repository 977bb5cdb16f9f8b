"""Kaplan-Meier estimates and what follows from them."""

import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from gfsearch.statistics import (
    kaplan_meier,
    known_until,
    mean_up_to,
    median_cost,
    restricted_mean,
)
from tests.statistics.strategies import runs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time


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


def test_restricted_mean_by_hand():
    """Solved at 1 and 3, censored at 2, 4: S is 1, 3/4 from 1, 3/8 from 3."""
    mean = restricted_mean([1, 2, 3, 4], [True, False, True, False], 4.0)
    assert mean.estimate == pytest.approx(1 + 2 * 3 / 4 + 1 * 3 / 8)
    # Areas after 1 and 3: 15/8 and 3/8; d / (r (r - d)): 1/12 and 1/2; n / (n - 1).
    variance = ((15 / 8) ** 2 / 12 + (3 / 8) ** 2 / 2) * 4 / 3
    factor = math.exp(stats.t.ppf(0.975, 3) * math.sqrt(variance) / mean.estimate)
    # Two solutions in ten trials say less: (1 - (1 - p)^4) / p with their limits.
    p = stats.beta.ppf(0.975, 3, 8)
    assert mean.low == pytest.approx(
        min(mean.estimate / factor, (1 - (1 - p) ** 4) / p)
    )
    assert mean.high == 4.0  # no more than the horizon


@given(runs, st.integers(1, 40))
def test_restricted_mean_is_that_of_lifelines(data, horizon):
    cost, solved = data
    assume(horizon <= known_until(cost, solved))
    ours = restricted_mean(cost, solved, horizon)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        curve = KaplanMeierFitter().fit(cost, solved)
        oracle = restricted_mean_survival_time(curve, t=horizon)
    assert ours.estimate == pytest.approx(oracle, abs=1e-9)
    assert ours.estimate == mean_up_to(cost, solved, horizon)
    assert ours.estimate <= horizon
    if len(cost) > 1:
        assert 0.0 <= ours.low <= ours.estimate + 1e-12
        assert ours.estimate <= ours.high + 1e-12


@given(st.lists(st.integers(10, 100), min_size=2, max_size=30))
def test_without_censoring_the_error_is_that_of_a_mean(costs):
    cost = np.array(costs, dtype=float)
    horizon = 1000.0
    mean = restricted_mean(cost, cost > 0, horizon)
    half = stats.t.ppf(0.975, len(cost) - 1) * cost.std(ddof=1) / math.sqrt(len(cost))
    factor = math.exp(half / cost.mean())
    assert mean.estimate == pytest.approx(cost.mean())
    assert mean.high == pytest.approx(min(cost.mean() * factor, horizon))
    assert mean.low == pytest.approx(cost.mean() / factor)


def test_beyond_what_is_known_there_is_no_mean():
    assert known_until([5, 9], [True, False]) == 9.0
    assert known_until([5, 9], [False, True]) == math.inf
    assert known_until([9, 9], [False, True]) == 9.0
    with pytest.raises(ValueError, match="horizon: 10 lies beyond"):
        restricted_mean([5, 9], [True, False], 10)
    assert restricted_mean([5, 9], [False, True], 10).estimate == 9.0
    assert math.isnan(restricted_mean([5], [True], 9).low)


def test_restricted_mean_without_clipping_by_hand():
    """Costs 8, 10, 12: mean 10, sd 2; of the logarithm t / sqrt(3) * 2 / 10."""
    mean = restricted_mean([8, 10, 12], [True] * 3, 100.0)
    factor = math.exp(4.302653 * 2 / math.sqrt(3) / 10)
    assert (mean.low, mean.estimate, mean.high) == (
        pytest.approx(10 / factor, abs=1e-5),
        pytest.approx(10.0),
        pytest.approx(10 * factor, abs=1e-5),
    )


def test_restricted_means_of_few_trials_are_counted():
    """All at the first trial: at most 1 / p with p = 0.025^(1/10)."""
    mean = restricted_mean([1] * 10, [True] * 10, 1000.0)
    assert (mean.low, mean.estimate) == (1.0, 1.0)
    assert mean.high == pytest.approx(0.025 ** (-1 / 10))
    # None in 10 x 50 trials: a chance per trial of 1 - 0.025^(1/500) at most.
    mean = restricted_mean([50] * 10, [False] * 10, 50.0)
    chance = 1 - 0.025 ** (1 / 500)
    assert mean.low == pytest.approx((1 - (1 - chance) ** 50) / chance)
    assert (mean.estimate, mean.high) == (50.0, 50.0)


@given(runs, st.integers(1, 30))
def test_a_horizon_before_all_censoring_is_a_plain_mean(data, horizon):
    """Nobody was censored before it: the mean of min(cost, horizon)."""
    cost, solved = data
    assume(horizon <= cost[~solved].min(initial=1000))
    mean = restricted_mean(cost, solved, horizon)
    assert mean.estimate == pytest.approx(np.minimum(cost, horizon).mean())


@given(runs)
def test_restricted_mean_scales_with_the_unit_of_cost(data):
    cost, solved = data
    horizon = float(cost.max())
    one = restricted_mean(cost, solved, horizon)
    other = restricted_mean(8.0 * cost, solved, 8.0 * horizon, per_trial=8.0)
    for name in ("estimate", "low", "high"):
        expected = 8.0 * getattr(one, name)
        assert getattr(other, name) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("horizon", [10, 12.5, 1e6])
def test_a_horizon_beyond_the_data_is_refused_by_name(horizon):
    with pytest.raises(ValueError, match=re.escape(f"horizon: {horizon:g} ")):
        restricted_mean([9, 9], [False, False], horizon)


def test_nobody_solved():
    cost, solved = [10, 10, 20], [False] * 3
    curve = kaplan_meier(cost, solved)
    assert curve.unsolved.tolist() == [1.0, 1.0]
    assert curve.high.tolist() == [1.0, 1.0]
    # Three in a row unsolved have a probability of 2.5 % at .025^(1/3) = 0.2924 each.
    assert curve.low == pytest.approx([0.2924, 0.2924], abs=1e-4)
    median = median_cost(curve)
    assert (median.estimate, median.high) == (math.inf, math.inf)
    assert restricted_mean(cost, solved, 20.0).estimate == 20.0
    assert known_until(cost, solved) == 20.0


def test_one_run():
    curve = kaplan_meier([5], [True])
    assert (curve.costs.tolist(), curve.unsolved.tolist()) == ([5.0], [0.0])
    assert (curve.low.tolist(), curve.high.tolist()) == ([0.0], [1.0])
    assert median_cost(curve).estimate == 5.0
    mean = restricted_mean([5], [True], 5.0)
    assert mean.estimate == 5.0
    assert math.isnan(mean.high)


def test_two_runs():
    """Solved at 4, censored at 6: half are unsolved from 4 on, so 4 + 2 / 2 = 5."""
    curve = kaplan_meier([4, 6], [True, False])
    assert curve.unsolved.tolist() == [0.5, 0.5]
    assert median_cost(curve).estimate == 4.0
    assert restricted_mean([4, 6], [True, False], 6.0).estimate == 5.0


def test_all_equal_costs():
    curve = kaplan_meier([7] * 5, [True] * 5)
    assert (curve.costs.tolist(), curve.unsolved.tolist()) == ([7.0], [0.0])
    assert median_cost(curve).estimate == 7.0
    mean = restricted_mean([17] * 5, [True] * 5, 19.0)
    assert (mean.low, mean.estimate, mean.high) == (17.0, 17.0, 17.0)


def test_few_runs_leave_room_for_an_earlier_median():
    """All of five later than the median: 1 in 32, more than 2.5 %; of six 1 in 64."""
    for n, low in ((1, 0.0), (5, 0.0), (6, 10.0)):
        median = median_cost(kaplan_meier(np.arange(10, 10 + n), np.ones(n, bool)))
        assert median.low == low
