"""Weibull shapes and the spread between instances."""

import math

import numpy as np
import pytest
from scipy.stats import CensoredData, weibull_min

from gfsearch.statistics import spread_between_instances, weibull_shape


def drawn(shape, n, budget, seed=0):
    cost = 100.0 * np.random.default_rng(seed).weibull(shape, n)
    return np.minimum(cost, budget), cost <= budget


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_shape_is_that_of_scipy(shape, seed):
    cost, solved = drawn(shape, 30, 120.0, seed)
    data = CensoredData.right_censored(cost, ~solved)
    oracle, _, _ = weibull_min.fit(data, floc=0)
    ours = weibull_shape(cost, solved)
    assert ours.estimate == pytest.approx(oracle, rel=1e-3)
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
