"""Weibull shapes and the spread between instances."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.optimize import fmin
from scipy.stats import CensoredData, lomax, weibull_min

from gfsearch.statistics import spread_between_instances, weibull_shape
from tests.statistics.strategies import censored


def precise(function, start, args, disp):
    """The search of scipy's fits, to more digits than it asks for by itself."""
    return fmin(
        function, start, args=args, disp=disp, xtol=1e-9, ftol=1e-12, maxiter=5000
    )


def drawn(shape, n, budget, seed=0):
    cost = 100.0 * np.random.default_rng(seed).weibull(shape, n)
    return np.minimum(cost, budget), cost <= budget


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_shape_is_that_of_scipy(shape, seed):
    cost, solved = drawn(shape, 30, 120.0, seed)
    data = CensoredData.right_censored(cost, ~solved)
    oracle, _, _ = weibull_min.fit(data, floc=0, optimizer=precise)
    ours = weibull_shape(cost, solved)
    assert ours.estimate == pytest.approx(oracle, rel=1e-4)
    assert ours.low < ours.estimate < ours.high


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
def test_the_shape_is_found_under_censoring(shape):
    interval = weibull_shape(*drawn(shape, 4000, 100.0))
    assert interval.low < shape < interval.high
    assert interval.high / interval.low < 1.15


def test_the_shape_knows_no_units():
    cost, solved = drawn(1.5, 30, 120.0)
    first, second = weibull_shape(cost, solved), weibull_shape(1e6 * cost, solved)
    assert first.estimate == pytest.approx(second.estimate)
    assert first.high == pytest.approx(second.high, rel=1e-5)


def test_too_few_solutions_have_no_shape():
    for cost, solved in (
        ([5.0, 9.0], [True, False]),
        ([5.0, 5.0], [True, True]),
        ([5.0, 9.0, 9.0], [False, True, True]),  # all at the largest cost
    ):
        shape = weibull_shape(cost, solved)
        assert math.isnan(shape.estimate)
        assert (shape.low, shape.high) == (0.0, math.inf)


@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_the_spread_of_rates_is_found(spread):
    """Rates of a gamma distribution with this coefficient of variation."""
    rng = np.random.default_rng(4)
    rates = rng.gamma(spread**-2, 0.01 * spread**2, 20_000)
    cost = rng.exponential(1.0 / rates)
    interval = spread_between_instances(np.minimum(cost, 300.0), cost <= 300.0)
    assert interval.estimate == pytest.approx(spread, rel=0.15)
    assert interval.low < spread < interval.high


def test_one_instance_has_no_spread():
    cost = np.random.default_rng(5).geometric(0.01, 5000)
    interval = spread_between_instances(cost, np.ones(5000, dtype=bool))
    assert interval.low == 0.0
    assert interval.estimate < 0.2
    assert math.isnan(spread_between_instances([5, 9], [True, False]).estimate)


@settings(max_examples=40)  # scipy's search takes a while
@given(censored(least=3))
def test_the_shape_of_any_runs_is_that_of_scipy(data):
    cost, solved = data
    ours = weibull_shape(cost, solved)
    assume(0.1 < ours.estimate < 10)
    oracle, _, _ = weibull_min.fit(
        CensoredData.right_censored(cost, ~solved),
        1.0,
        floc=0,
        scale=cost.mean(),
        optimizer=precise,
    )
    assert ours.estimate == pytest.approx(oracle, rel=1e-4)


def test_limits_of_the_shape_are_where_the_likelihood_has_fallen():
    """By chi-squared's 3.8415 / 2, the scale at its best for each shape."""
    cost, solved = drawn(1.5, 30, 120.0)

    def likelihood(k):
        scale = (np.sum(cost**k) / solved.sum()) ** (1 / k)
        density = weibull_min.logpdf(cost[solved], k, scale=scale).sum()
        return density + weibull_min.logsf(cost[~solved], k, scale=scale).sum()

    shape = weibull_shape(cost, solved)
    for limit in (shape.low, shape.high):
        fallen = likelihood(shape.estimate) - likelihood(limit)
        assert fallen == pytest.approx(3.8415 / 2, abs=1e-4)


@pytest.mark.parametrize("budget", [80.0, math.inf])
@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
def test_the_shape_of_two_thousand_runs(shape, budget):
    interval = weibull_shape(*drawn(shape, 2000, budget, seed=1))
    assert interval.estimate == pytest.approx(shape, rel=0.06)


@given(censored(least=3))
def test_powers_of_costs_divide_the_shape(data):
    cost, solved = data
    plain = weibull_shape(cost, solved)
    assume(0.1 < plain.estimate < 10)
    squared = weibull_shape(cost**2.0, solved)
    assert squared.estimate == pytest.approx(plain.estimate / 2, rel=1e-4)


@pytest.mark.parametrize("estimate", [weibull_shape, spread_between_instances])
def test_neither_unit_nor_order_matters(estimate):
    rng = np.random.default_rng(7)
    cost = rng.exponential(1.0 / rng.gamma(2.0, 0.005, 40))
    cost, solved = np.minimum(cost, 400.0), cost <= 400.0
    order = rng.permutation(40)
    plain = estimate(cost, solved)
    for other in (estimate(1e5 * cost, solved), estimate(cost[order], solved[order])):
        assert (other.estimate, other.low, other.high) == pytest.approx(
            (plain.estimate, plain.low, plain.high), rel=1e-4, abs=1e-4
        )


@pytest.mark.parametrize("seed", range(3))
def test_the_spread_is_that_of_a_lomax_distribution(seed):
    """Of shape 1 / s; nothing is censored, scipy fits it by itself."""
    rng = np.random.default_rng(seed)
    cost = rng.exponential(1.0 / rng.gamma(1.0, 0.01, 400))
    shape, _, _ = lomax.fit(cost, floc=0, optimizer=precise)
    ours = spread_between_instances(cost, np.ones(400, dtype=bool))
    assert ours.estimate == pytest.approx(shape**-0.5, rel=1e-3)


def test_exponential_costs_have_hardly_any_spread():
    cost = np.random.default_rng(8).exponential(100.0, 5000)
    for budget in (150.0, math.inf):
        interval = spread_between_instances(np.minimum(cost, budget), cost <= budget)
        assert interval.estimate < 0.25
        assert interval.low == 0.0


@pytest.mark.parametrize("spread", [0.5, 1.0, 1.5])
def test_the_spread_of_five_thousand_instances(spread):
    rng = np.random.default_rng(9)
    rates = rng.gamma(spread**-2, 0.01 * spread**2, 5000)
    cost = rng.exponential(1.0 / rates)
    interval = spread_between_instances(np.minimum(cost, 1000.0), cost <= 1000.0)
    assert interval.estimate == pytest.approx(spread, rel=0.15)


def test_nobody_solved_says_nothing_of_memory():
    for estimate in (weibull_shape, spread_between_instances):
        for cost in ([5.0], [5.0, 5.0], [5.0, 9.0]):
            nothing = estimate(cost, [False] * len(cost))
            assert math.isnan(nothing.estimate)
            assert (nothing.low, nothing.high) == (0.0, math.inf)


def test_equal_costs_have_no_spread():
    interval = spread_between_instances([5.0] * 4, [True] * 4)
    assert (interval.estimate, interval.low) == (0.0, 0.0)
    assert interval.high > 0.0
