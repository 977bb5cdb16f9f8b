"""Growth of the cost with what is varied."""

import math

import numpy as np
import pytest
from scipy import stats

from gfsearch.statistics import Runs, expected_running_time, power_law


def test_a_power_law_is_found():
    x = [10, 20, 40, 80]
    spread = np.array([0.5, 0.8, 1.0, 1.7])
    solved = np.ones(4, dtype=bool)
    law = power_law(x, [Runs(3 * v**1.5 * spread, solved) for v in x])
    assert law.exponent.estimate == pytest.approx(1.5)
    assert law.factor == pytest.approx(3.0)
    # Equal variances v: the slope's error is sqrt(v / sum (u - mean)^2).
    u = np.log(x)
    error = spread.std(ddof=1) / 2 / math.sqrt(np.sum((u - u.mean()) ** 2))
    half = stats.norm.ppf(0.975) * error
    assert law.exponent.high - 1.5 == pytest.approx(half)


def test_points_off_the_line_widen_the_exponent():
    x = [1, 2, 4, 8]
    tight = np.array([0.99, 1.0, 1.01])
    solved = np.ones(3, dtype=bool)
    line = power_law(x, [Runs(v * tight, solved) for v in x])
    off = power_law(
        x, [Runs(v * f * tight, solved) for v, f in zip(x, [1, 3, 1, 3], strict=True)]
    )
    widths = [law.exponent.high - law.exponent.low for law in (line, off)]
    assert widths[1] > 20 * widths[0]


def test_no_power_law_from_part_of_the_points():
    few = [Runs([10.0, 20.0], [True, True])] * 2
    assert power_law([1, 2], few) is None
    vain = Runs([99.0, 99.0], [False, False])
    assert power_law([1, 2, 3, 4], [*few, few[0], vain]) is None


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
    """numpy's; its error as it is, or from the residuals if they are larger."""
    x = np.array([1.0, 3.0, 5.0, 10.0, 20.0])
    runs = geometric(x, seed, budget)
    law = power_law(x, runs)
    logs, errors = [], []
    for costs, solved in runs:
        ert = expected_running_time(costs, solved)
        logs.append(math.log(ert.estimate))
        reach = math.log(ert.high / ert.estimate)
        errors.append(reach / stats.t.ppf(0.975, len(costs) - 1))
    given = np.log(x), logs, 1
    weight = 1 / np.array(errors)
    line, plain = np.polyfit(*given, w=weight, cov="unscaled")
    _, scattered = np.polyfit(*given, w=weight, cov=True)
    error = math.sqrt(max(plain[0, 0], scattered[0, 0]))
    half = stats.norm.ppf(0.975) * error
    assert law.exponent.estimate == pytest.approx(line[0])
    assert law.factor == pytest.approx(math.exp(line[1]))
    assert law.exponent.high == pytest.approx(line[0] + half)
    assert law.exponent.low == pytest.approx(line[0] - half)


def test_units_change_only_the_factor():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    runs = geometric(x, 5)
    law = power_law(x, runs)
    dearer = power_law(x, [Runs(10 * costs, solved) for costs, solved in runs])
    longer = power_law(10 * x, runs)
    for other in (dearer, longer):
        assert other.exponent.estimate == pytest.approx(law.exponent.estimate)
        assert other.exponent.high == pytest.approx(law.exponent.high)
    assert dearer.factor == pytest.approx(10 * law.factor)
    # factor (10 x)^exponent is what it was.
    there = longer.factor * 10**law.exponent.estimate
    assert there == pytest.approx(law.factor)


def test_points_without_an_error_are_left_out():
    """Single runs and equal costs say nothing of their error."""
    x = [1.0, 2.0, 4.0, 8.0]
    runs = geometric(x, 6)
    law = power_law(x, runs)
    single = Runs([1e9], [True])
    equal = Runs([1e9, 1e9], [True, True])
    assert power_law([*x, 16.0, 32.0], [*runs, single, equal]) == law
    assert power_law(x, [runs[0], runs[1], single, equal]) is None


def test_no_power_law_where_nobody_solved():
    vain = Runs([9.0, 9.0], [False, False])
    assert power_law([1, 2, 3], [vain] * 3) is None


def test_the_exponent_covers():
    """300 studies of five points, 25 runs each: at least .90."""
    x = [1.0, 3.0, 5.0, 10.0, 20.0]
    covered = 0
    for seed in range(300):
        law = power_law(x, geometric(x, 100 + seed))
        covered += law.exponent.low <= 1.2 <= law.exponent.high
    assert covered / 300 >= 0.90
