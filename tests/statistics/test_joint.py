"""Claims about several searchers at once."""

import math

import numpy as np
import pytest

from gfsearch.statistics import (
    Runs,
    Searched,
    among_fastest,
    expected_running_time,
    geometric_mean_ert,
    geometric_mean_ratio,
    joint_speedups,
)

BUDGET = 3000.0


def searched(draw, mean, n, tasks=1, solves=True):
    """Runs of a search without memory."""
    runs = []
    for _ in range(tasks):
        costs = np.ceil(draw.exponential(mean, n))
        runs.append(Runs(np.minimum(costs, BUDGET), (costs <= BUDGET) & solves))
    return Searched(runs, [1.0] * tasks)


def rng():
    return np.random.default_rng(7)


def test_one_searcher_alone_is_judged_as_ever():
    draw = rng()
    guessing, other = searched(draw, 1000, 20, 3), searched(draw, 300, 20, 3)
    (claim,) = joint_speedups(guessing, [other], rng())
    pairs = list(zip(guessing.runs, other.runs, strict=True))
    alone = geometric_mean_ratio(pairs, rng()).ratio
    assert claim.speedup.estimate == pytest.approx(alone.estimate)
    assert claim.speedup.low == pytest.approx(alone.low, rel=0.05)
    assert claim.speedup.high == pytest.approx(alone.high, rel=0.05)
    assert among_fastest([other], rng()) == [True]


def test_limits_that_hold_together_lie_between_those_of_one_and_of_bonferroni():
    draw = rng()
    guessing = searched(draw, 1000, 20, 2)
    others = [searched(draw, mean, 20, 2) for mean in (300, 500, 700, 1000, 1400)]
    claims = joint_speedups(guessing, others, rng())
    for claim, other in zip(claims, others, strict=True):
        pairs = list(zip(guessing.runs, other.runs, strict=True))
        alone = geometric_mean_ratio(pairs, rng()).ratio
        apart = geometric_mean_ratio(pairs, rng(), 1.0 - 0.05 / len(others)).ratio
        assert claim.speedup.estimate == pytest.approx(alone.estimate)
        # The tails of 1,000 resamples are rough.
        assert apart.low < 1.15 * claim.speedup.low
        assert claim.speedup.low < alone.low
        assert alone.high < claim.speedup.high < 1.15 * apart.high
        # p and limits are of one distribution.
        outside = not claim.speedup.low <= 1.0 <= claim.speedup.high
        assert outside == (claim.p < 0.05)


def test_all_intervals_hold_at_once():
    """In 95 % of studies; of 200, 180 at least but for a chance of one in a thousand.

    One at a time, all five would hold together in 150 or so.
    """
    draw, factors, held = rng(), (1.0, 1.0, 1.5, 2.0, 0.5), 0
    for _ in range(200):
        guessing = searched(draw, 500, 10)
        others = [searched(draw, 500 / factor, 10) for factor in factors]
        claims = joint_speedups(guessing, others, draw)
        held += all(
            # Costs are whole numbers: half a trial more.
            c.speedup.low <= f * 1.002 and c.speedup.high >= f * 0.998
            for c, f in zip(claims, factors, strict=True)
        )
    assert held >= 180


def test_only_who_beats_all_others_is_the_fastest():
    draw = rng()
    fast, same, slow = (searched(draw, mean, 20, 4) for mean in (100, 105, 900))
    never = searched(draw, 100, 20, 4, solves=False)

    def fastest(*others):
        return among_fastest(others, rng())

    assert fastest(fast, slow) == [True, False]
    assert fastest(fast, same, slow) == [True, True, False]
    # Who never solved anything is slower than its bound.
    assert fastest(fast, never) == [True, False]
    assert fastest(never) == [True]


def test_who_solves_nothing_has_a_bound_that_counts_the_others():
    draw = rng()
    guessing = searched(draw, 1000, 20)
    never = searched(draw, 100, 20, solves=False)
    other = searched(draw, 300, 20)
    claims = joint_speedups(guessing, [other, never], rng())
    (alone,) = joint_speedups(guessing, [never], rng())
    assert math.isnan(claims[1].speedup.estimate)
    assert math.isnan(claims[1].p)
    assert alone.speedup.high < claims[1].speedup.high < math.inf
    assert math.isfinite(claims[0].speedup.high)


def test_where_guessing_solves_nothing_all_is_bounded_from_below():
    draw = rng()
    guessing = searched(draw, 1000, 20, solves=False)
    others = [searched(draw, 100, 20), searched(draw, 1000, 20)]
    claims = joint_speedups(guessing, others, rng())
    assert all(math.isnan(claim.speedup.estimate) for claim in claims)
    assert all(claim.speedup.high == math.inf for claim in claims)
    assert claims[0].speedup.low > claims[1].speedup.low > 0.0
    assert among_fastest(others, rng()) == [True, False]


@pytest.mark.parametrize("n", [1, 2, 4])
def test_few_runs_are_judged_one_by_one(n):
    draw = rng()
    guessing = searched(draw, 500, n)
    others = [searched(draw, 100, n), searched(draw, 200, n)]
    solved = all(np.all(s.runs[0].solved) for s in (guessing, *others))
    claims = joint_speedups(guessing, others, rng())
    assert all(math.isnan(claim.p) for claim in claims)
    assert all(among_fastest(others, rng())) or n == 4
    if n == 1 and solved:
        assert all(math.isnan(claim.speedup.low) for claim in claims)


def test_costs_that_are_all_equal_break_nothing():
    equal = Searched([Runs(np.full(10, 5.0), np.full(10, True))], [1.0])
    claims = joint_speedups(equal, [equal, equal], rng())
    assert [claim.speedup.estimate for claim in claims] == [1.0, 1.0]
    assert all(among_fastest([equal, equal], rng()))


@pytest.mark.parametrize(("n", "mean"), [(6, 9000), (20, 9000)])
def test_few_solutions_are_no_reason_to_be_left_out(n, mean):
    """Of three equal ones each is left out in 5 % of studies at most.

    Of 200, 20 but for a chance of one in a thousand; resamples of one or two solved
    runs left it out in 13 %.
    """
    draw, left_out = rng(), 0
    for _ in range(200):
        equal = [searched(draw, mean, n) for _ in range(3)]
        left_out += not among_fastest(equal, draw)[0]
    assert left_out <= 20


def test_one_solution_of_six_says_little_whatever_the_resamples():
    solved = np.arange(6) < 1
    one = Searched([Runs(np.full(6, 3000.0), solved)] * 2, [1.0, 1.0])
    mean = geometric_mean_ert(one, rng())
    assert mean.estimate == pytest.approx(18000)
    assert mean.low < 6000
    assert mean.high > 50000


def test_the_mean_cost_over_tasks_lies_between_the_tasks_own():
    draw = rng()
    one, other = searched(draw, 100, 20), searched(draw, 900, 20)
    both = Searched([*one.runs, *other.runs], [1.0, 1.0])
    erts = [expected_running_time(*s.runs[0]).estimate for s in (one, other)]
    mean = geometric_mean_ert(both, rng())
    assert mean.estimate == pytest.approx(math.sqrt(erts[0] * erts[1]))
    assert mean.low < 300 < mean.high
    # Two tasks say more than each alone: narrower than both of their own.
    assert mean.high / mean.low < 2.2
    own, alone = geometric_mean_ert(one, rng()), expected_running_time(*one.runs[0])
    assert (own.low, own.high) == pytest.approx((alone.low, alone.high))


def test_limits_of_the_mean_cost_hold_in_95_percent_of_studies():
    """Of 300, at least 272 but for a chance of one in a thousand."""
    draw, held = rng(), 0
    for _ in range(300):
        mean = geometric_mean_ert(searched(draw, 300, 20, 4), draw)
        held += mean.low <= 300.5 <= mean.high
    assert held >= 272


def test_a_task_that_was_never_solved_leaves_a_lower_bound_of_the_mean_cost():
    draw = rng()
    solved, vain = searched(draw, 100, 20), searched(draw, 100, 20, solves=False)
    mean = geometric_mean_ert(Searched([*solved.runs, *vain.runs], [1.0, 1.0]), rng())
    assert mean.estimate == mean.high == math.inf
    bound = expected_running_time(*vain.runs[0], 0.975).low
    low = expected_running_time(*solved.runs[0], 0.975).low
    assert mean.low == pytest.approx(math.sqrt(bound * low))
