"""Growth of the cost with what is varied."""

import math

import numpy as np
import pytest
from scipy import stats

from gfsearch.statistics import Runs, expected_running_time, growth


def test_a_power_law_is_found():
    x = [10, 20, 40, 80]
    spread = np.array([0.5, 0.8, 1.0, 1.7])
    solved = np.ones(4, dtype=bool)
    law = growth(x, [Runs(3 * v**1.5 * spread, solved) for v in x])
    assert law.rate.estimate == pytest.approx(1.5)
    assert law.factor == pytest.approx(3.0)
    assert law.p == pytest.approx(1.0)
    # Equal variances v: the slope's error is sqrt(v / sum (u - mean)^2).
    u = np.log(x)
    error = spread.std(ddof=1) / 2 / math.sqrt(np.sum((u - u.mean()) ** 2))
    half = stats.norm.ppf(0.975) * error
    assert law.rate.high - 1.5 == pytest.approx(half)


def test_what_neither_law_fits_is_told():
    """Up and down; and a wall, as of parity with hidden units."""
    tight = np.array([0.99, 1.0, 1.01])
    solved = np.ones(3, dtype=bool)
    for costs in ([1, 9, 2, 12], [7.3, 6.2, 15.7, 43, 1900]):
        x = [1, 2, 3, 5, 8][: len(costs)]
        law = growth(x, [Runs(c * tight, solved) for c in costs])
        assert not law.fits
        assert law.p < 1e-6


def test_an_exponential_is_told_from_a_power_law():
    spread = np.array([0.5, 0.8, 1.0, 1.7])
    solved, x = np.ones(4, dtype=bool), [1, 5, 10, 20, 40]
    law = growth(x, [Runs(3 * np.exp(0.2 * v) * spread, solved) for v in x])
    assert law.kind == "exponential"
    assert law.rate.estimate == pytest.approx(0.2)
    assert law.factor == pytest.approx(3.0 * spread.mean())
    assert law.at([0.0, 10.0]).tolist() == pytest.approx(
        [3 * spread.mean(), 3 * spread.mean() * math.exp(2.0)]
    )
    assert law.p == pytest.approx(1.0)
    law = growth(x, [Runs(3 * v**1.5 * spread, solved) for v in x])
    assert (law.kind, law.fits) == ("power law", True)


def test_the_test_of_fit_keeps_its_level():
    """Where a law holds it is refused in 5 % of studies: of 300, in 30 at most."""
    x = [1.0, 3.0, 5.0, 10.0, 20.0]
    laws = [growth(x, geometric(x, 500 + seed)) for seed in range(300)]
    assert sum(not law.fits for law in laws) <= 30
    assert sum(law.kind == "power law" for law in laws) >= 200


def test_no_power_law_from_part_of_the_points():
    few = [Runs([10.0, 20.0], [True, True])] * 2
    assert growth([1, 2], few) is None
    vain = Runs([99.0, 99.0], [False, False])
    assert growth([1, 2, 3, 4], [*few, few[0], vain]) is None


def geometric(x, seed, budget=math.inf):
    draw = np.random.default_rng(seed)
    runs = []
    for value in x:
        cost = draw.geometric(1 / (20 * value**1.2), 25).astype(float)
        runs.append(Runs(np.minimum(cost, budget), cost <= budget))
    return runs


@pytest.mark.parametrize("budget", [600.0, math.inf])
@pytest.mark.parametrize("seed", range(4))
def test_the_fit_is_weighted_least_squares(seed, budget):
    """numpy's, with the errors as they are."""
    x = np.array([1.0, 3.0, 5.0, 10.0, 20.0])
    runs = geometric(x, seed, budget)
    law = growth(x, runs)
    logs, errors = [], []
    for costs, solved in runs:
        ert = expected_running_time(costs, solved)
        logs.append(math.log(ert.estimate))
        reach = math.log(ert.high / ert.estimate)
        errors.append(reach / stats.t.ppf(0.975, len(costs) - 1))
    given = np.log(x), logs, 1
    weight = 1 / np.array(errors)
    if law.kind == "exponential":
        given = x, logs, 1
    line, plain = np.polyfit(*given, w=weight, cov="unscaled")
    error = math.sqrt(plain[0, 0])
    squares = np.sum((weight * (np.polyval(line, given[0]) - logs)) ** 2)
    assert law.p == pytest.approx(stats.chi2.sf(squares, 3))
    half = stats.norm.ppf(0.975) * error
    assert law.rate.estimate == pytest.approx(line[0])
    assert law.factor == pytest.approx(math.exp(line[1]))
    assert law.rate.high == pytest.approx(line[0] + half)
    assert law.rate.low == pytest.approx(line[0] - half)


def test_units_change_only_the_factor():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    runs = geometric(x, 5)
    law = growth(x, runs)
    dearer = growth(x, [Runs(10 * costs, solved) for costs, solved in runs])
    longer = growth(10 * x, runs)
    for other in (dearer, longer):
        assert other.rate.estimate == pytest.approx(law.rate.estimate)
        assert other.rate.high == pytest.approx(law.rate.high)
    assert dearer.factor == pytest.approx(10 * law.factor)
    # factor (10 x)^exponent is what it was.
    there = longer.factor * 10**law.rate.estimate
    assert there == pytest.approx(law.factor)


def test_points_without_an_error_are_left_out():
    """Single runs and equal costs say nothing of their error."""
    x = [1.0, 2.0, 4.0, 8.0]
    runs = geometric(x, 6)
    law = growth(x, runs)
    single = Runs([1e9], [True])
    equal = Runs([1e9, 1e9], [True, True])
    assert growth([*x, 16.0, 32.0], [*runs, single, equal]) == law
    assert growth(x, [runs[0], runs[1], single, equal]) is None


def test_no_power_law_where_nobody_solved():
    vain = Runs([9.0, 9.0], [False, False])
    assert growth([1, 2, 3], [vain] * 3) is None


def test_the_exponent_covers():
    """300 studies of five points, 25 runs each: at least .90."""
    x = [1.0, 3.0, 5.0, 10.0, 20.0]
    covered = 0
    for seed in range(300):
        law = growth(x, geometric(x, 100 + seed))
        covered += law.rate.low <= 1.2 <= law.rate.high
    assert covered / 300 >= 0.90
