"""Restricted means, log-rank tests and Holm's adjustment, against other libraries."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from gfsearch.statistics import Runs, holm, known_until, log_rank, restricted_mean
from tests.statistics.strategies import censored, runs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import restricted_mean_survival_time
    from statsmodels.duration.survfunc import survdiff
    from statsmodels.stats.multitest import multipletests


def test_restricted_mean_by_hand():
    """Solved at 1 and 3, censored at 2, 4: S is 1, 3/4 from 1, 3/8 from 3."""
    mean = restricted_mean([1, 2, 3, 4], [True, False, True, False], 4.0)
    assert mean.estimate == pytest.approx(1 + 2 * 3 / 4 + 1 * 3 / 8)
    # Areas after 1 and 3: 15/8 and 3/8; d / (r (r - d)): 1/12 and 1/2; n / (n - 1).
    variance = ((15 / 8) ** 2 / 12 + (3 / 8) ** 2 / 2) * 4 / 3
    half = stats.t.ppf(0.975, 3) * math.sqrt(variance)
    assert mean.low == pytest.approx(max(mean.estimate - half, 0.0))
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
    assert ours.estimate <= horizon
    if len(cost) > 1:
        assert 0.0 <= ours.low <= ours.estimate + 1e-12
        assert ours.estimate <= ours.high + 1e-12


@given(st.lists(st.integers(1, 100), min_size=2, max_size=30))
def test_without_censoring_the_error_is_that_of_a_mean(costs):
    cost = np.array(costs, dtype=float)
    horizon = 1000.0
    mean = restricted_mean(cost, cost > 0, horizon)
    half = stats.t.ppf(0.975, len(cost) - 1) * cost.std(ddof=1) / math.sqrt(len(cost))
    assert mean.estimate == pytest.approx(cost.mean())
    assert mean.high == pytest.approx(min(cost.mean() + half, horizon))


def test_beyond_what_is_known_there_is_no_mean():
    assert known_until([5, 9], [True, False]) == 9.0
    assert known_until([5, 9], [False, True]) == math.inf
    assert known_until([9, 9], [False, True]) == 9.0
    with pytest.raises(ValueError, match="horizon: 10 lies beyond"):
        restricted_mean([5, 9], [True, False], 10)
    assert restricted_mean([5, 9], [False, True], 10).estimate == 9.0
    assert math.isnan(restricted_mean([5], [True], 9).low)


def test_log_rank_by_hand():
    """First solved at 1 and 2, second at 3 and censored at 4."""
    first, second = Runs([1, 2], [True, True]), Runs([3, 4], [True, False])
    # Expected of the first: 2/4 at 1, 1/3 at 2, 0 at 3.
    expected = 1 / 2 + 1 / 3
    variance = 2 * 2 * 3 / (16 * 3) + 1 * 2 * 2 / (9 * 2)
    test = log_rank([(first, second)])
    assert test.z == pytest.approx((2 - expected) / math.sqrt(variance))
    assert test.p == pytest.approx(2 * stats.norm.sf(test.z))


@given(runs, runs)
def test_log_rank_is_that_of_lifelines_and_scipy(first, second):
    ours = log_rank([(Runs(*first), Runs(*second))])
    back = log_rank([(Runs(*second), Runs(*first))])
    assert back.z == pytest.approx(-ours.z, abs=1e-9)
    assert back.p == pytest.approx(ours.p, abs=1e-9)
    if not (first[1].any() or second[1].any()):
        assert ours == (0.0, 1.0)
        return
    assume(ours.z != 0.0)  # without any variance the others say nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = logrank_test(first[0], second[0], first[1], second[1])
        other = stats.logrank(
            *(
                stats.CensoredData.right_censored(cost, ~solved)
                for cost, solved in (first, second)
            )
        )
    assert ours.z**2 == pytest.approx(oracle.test_statistic, abs=1e-9, rel=1e-9)
    assert ours.p == pytest.approx(oracle.p_value, abs=1e-9)
    assert ours.p == pytest.approx(other.pvalue, abs=1e-9)


@given(
    st.lists(st.tuples(censored(least=2), censored(least=2)), min_size=2, max_size=4)
)
def test_stratified_log_rank_is_that_of_statsmodels(strata):
    ours = log_rank([(Runs(*first), Runs(*second)) for first, second in strata])
    assume(ours.z != 0.0)
    cost, solved, group, task = [], [], [], []
    for number, pair in enumerate(strata):
        for which, (costs, events) in enumerate(pair):
            cost.append(costs)
            solved.append(events)
            group.append(np.full(len(costs), which))
            task.append(np.full(len(costs), number))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statistic, p = survdiff(
            *map(np.concatenate, (cost, solved, group)), strata=np.concatenate(task)
        )
    assert ours.z**2 == pytest.approx(statistic, rel=1e-9, abs=1e-9)
    assert ours.p == pytest.approx(p, abs=1e-9)


def test_holm_by_hand():
    """Of .01, .04, .03: times 3, 1, 2, and no smaller than the one before."""
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]).tolist() == []
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_that_of_statsmodels(p):
    oracle = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(holm(p), oracle, atol=1e-9)
