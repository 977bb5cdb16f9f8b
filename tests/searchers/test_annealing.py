"""Annealing against the scheme of Corana et al. (1987)."""

import math

import numpy as np
import pytest

from gfsearch.searchers import make_searcher
from tests.searchers.functions import box, sphere, told


def history(function, space, rounds, seed=0, **parameters):
    """Proposed rows and their losses, in order."""
    searcher = make_searcher("annealing", space, seed, **parameters)
    rows, losses = [], []
    for _ in range(rounds):
        proposal = searcher.ask()
        evaluation = told(function, proposal.weights)
        rows.append(proposal.weights[0])
        losses.append(evaluation.loss[0])
        searcher.tell(proposal, evaluation)
    return np.array(rows), np.array(losses), searcher


def plain_corana(function, low, high, rounds, seed, temperature, cooling, cycles):
    """The paper's scheme as plain loops, written independently."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    n = len(low)
    rows = []
    x = low + (high - low) * rng.random((1, n))[0]
    rows.append(x.copy())
    f = function(x[None])[0]
    best, best_f = x.copy(), f
    t, v = temperature * f, high - low
    while len(rows) < rounds:
        accepted = np.zeros(n)
        for _ in range(cycles):
            for i in range(n):
                y = x.copy()
                y[i] = x[i] + (2 * rng.random() - 1) * v[i]
                if y[i] < low[i] or y[i] > high[i]:
                    y[i] = low[i] + (high[i] - low[i]) * rng.random()
                rows.append(y.copy())
                g = function(y[None])[0]
                if g <= f or rng.random() < math.exp(-(g - f) / t):
                    x, f = y, g
                    accepted[i] += 1
                    if f < best_f:
                        best, best_f = x.copy(), f
        for i in range(n):
            ratio = accepted[i] / cycles
            if ratio > 0.6:
                v[i] = v[i] * (1 + 2 * (ratio - 0.6) / 0.4)
            elif ratio < 0.4:
                v[i] = v[i] / (1 + 2 * (0.4 - ratio) / 0.4)
        v = np.minimum(v, high - low)
        t *= cooling
        x, f = best.copy(), best_f
    return np.array(rows[:rounds])


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_papers_scheme(seed):
    space = box(3)
    rows, _, _ = history(
        sphere, space, 2000, seed, temperature=0.3, cooling=0.7, cycles=7, patience=0
    )
    plain = plain_corana(sphere, space.low, space.high, 2000, seed, 0.3, 0.7, 7)
    np.testing.assert_allclose(rows, plain, rtol=1e-12, atol=1e-12)


def test_acceptance_settles_near_one_half_on_a_smooth_function():
    # Cold enough to move within the bowl, at a temperature that stays.
    searcher = make_searcher(
        "annealing", box(5), 1, temperature=1e-4, cooling=0.999, patience=0
    )
    accepted = []
    for i in range(20_000):
        proposal = searcher.ask()
        before = searcher.state.point
        searcher.tell(proposal, told(sphere, proposal.weights))
        if i > 10_000:
            accepted.append(searcher.state.point is not before)
    assert 0.42 < np.mean(accepted) < 0.58


def test_everything_is_accepted_on_a_plateau():
    """There the steps can only grow, up to the range."""
    flat = lambda w: np.ones(len(w))  # noqa: E731
    _, _, searcher = history(flat, box(3), 3 * 20 * 5 + 1, patience=0, step=0.01)
    assert (searcher.state.step == 10.0).all()


def test_it_moves_one_coordinate_at_a_time_in_turn():
    rows, losses, _ = history(sphere, box(4), 80, temperature=0.0, patience=0)
    current = rows[0]
    for i, row in enumerate(rows[1:]):
        moved = np.flatnonzero(row != current)
        assert moved.tolist() == [i % 4]
        if losses[i + 1] <= sphere(current[None])[0]:
            current = row


def test_zero_temperature_never_goes_up():
    _, losses, searcher = history(sphere, box(4), 500, temperature=0.0, patience=0)
    assert searcher.state.loss == losses.min()


def test_stagnation_is_told_and_not_silent():
    flat = lambda w: np.ones(len(w))  # noqa: E731
    _, _, searcher = history(flat, box(2), 2 * 20 * 3, patience=3)
    assert searcher.stop_reason() is None
    proposal = searcher.ask()
    searcher.tell(proposal, told(flat, proposal.weights))
    assert searcher.stop_reason() == "stagnated"


def test_the_scale_of_the_loss_does_not_matter():
    one, _, _ = history(sphere, box(3), 1000, patience=0)
    other, _, _ = history(lambda w: 1024.0 * sphere(w), box(3), 1000, patience=0)
    assert np.array_equal(one, other)


def test_by_the_papers_rule_it_stops_when_four_temperatures_agree():
    """On a plateau: after four temperatures; on a slope not before it has come down."""
    _, _, searcher = history(
        lambda w: np.ones(len(w)), box(2), 4 * 40, agree=0.001, cycles=20
    )
    assert searcher.stop_reason() is None
    _, _, searcher = history(
        lambda w: np.ones(len(w)), box(2), 4 * 40 + 1, agree=0.001, cycles=20
    )
    assert searcher.stop_reason() == "stagnated"
    for rounds in range(1, 40):
        _, losses, searcher = history(
            sphere, box(2), 40 * rounds + 1, agree=0.001, temperature=0.5
        )
        if searcher.stop_reason():
            break
        assert losses.min() < 100.0
    # What was accepted last, at each of four temperatures, is nearly the best.
    assert rounds > 8
    assert losses[-40:].min() < 0.01


def test_its_first_point_may_lie_near_zero():
    firsts = np.array(
        [history(sphere, box(2), 1, seed, initial=0.5)[0][0] for seed in range(99)]
    )
    assert 0.45 < np.abs(firsts).max() <= 0.5
