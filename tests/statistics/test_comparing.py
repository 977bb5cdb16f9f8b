"""Log-rank tests and Holm's adjustment, by hand and against other libraries."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from gfsearch.statistics import Runs, holm, log_rank
from tests.statistics.strategies import censored, runs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines.statistics import logrank_test
    from statsmodels.duration.survfunc import survdiff
    from statsmodels.stats.multitest import multipletests


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
@settings(max_examples=5)  # The oracle collects garbage: up to a second each.
def test_holm_is_that_of_statsmodels(p):
    oracle = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(holm(p), oracle, atol=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_rejects_step_by_step(p):
    """At each level, from the smallest on, until one is not below it."""
    adjusted = holm(p)
    for level in (0.01, 0.05, 0.2):
        rejected = set()
        for step, i in enumerate(np.argsort(p, kind="stable")):
            if p[i] * (len(p) - step) > level:
                break
            rejected.add(int(i))
        assert set(np.flatnonzero(adjusted <= level).tolist()) == rejected


@given(runs, runs)
def test_log_rank_knows_only_the_order_of_costs(first, second):
    """Neither the unit, nor the scale, nor the order of runs matters."""
    plain = log_rank([(Runs(*first), Runs(*second))])
    other = log_rank(
        [
            (
                Runs(first[0][::-1] ** 3.0, first[1][::-1]),
                Runs(second[0] ** 3.0, second[1]),
            )
        ]
    )
    assert other == pytest.approx(plain, abs=1e-9)


@given(runs, runs, runs)
def test_strata_that_say_nothing_change_nothing(first, second, third):
    pair = Runs(*first), Runs(*second)
    vain = Runs(third[0], np.zeros(len(third[0]), dtype=bool))
    plain = log_rank([pair])
    assert log_rank([pair, (vain, vain)]) == pytest.approx(plain, abs=1e-9)
    # The same evidence twice: surplus and variance double.
    twice = log_rank([pair, pair]).z
    assert twice == pytest.approx(math.sqrt(2) * plain.z, abs=1e-9)


@given(runs)
def test_runs_do_not_differ_from_themselves(data):
    test = log_rank([(Runs(*data), Runs(*data))])
    assert test.z == pytest.approx(0.0, abs=1e-9)
    assert test.p == pytest.approx(1.0, abs=1e-9)


def test_one_run_each():
    """Solved at 1 against 2: surplus 1 - 1/2, variance 1/4, so z = 1."""
    test = log_rank([(Runs([1], [True]), Runs([2], [True]))])
    assert test.z == pytest.approx(1.0)
    assert test.p == pytest.approx(0.3173, abs=1e-4)
    # Both at once, or neither: nothing distinguishes them.
    assert log_rank([(Runs([2], [True]), Runs([2], [True]))]) == (0.0, 1.0)
    assert log_rank([(Runs([1], [False]), Runs([2], [False]))]) == (0.0, 1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_holm_does_not_mind_the_order(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = holm([p[i] for i in order])
    np.testing.assert_array_equal(shuffled, holm(p)[order])


@given(st.lists(st.floats(0, 1e-2), min_size=1, max_size=20))
def test_holm_scales_until_it_is_one(p):
    np.testing.assert_allclose(holm(np.array(p) / 2), holm(p) / 2, atol=1e-300)
    assert (holm(p) >= p).all()
    assert holm(p).max() <= 1.0
