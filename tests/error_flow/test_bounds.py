"""The chapter's bounds: they hold, in their order, where they are said to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.error_flow import bounds, linearise, scaling_factors
from gfsearch.networks import A1, A2, TanhUnit
from tests.cases import CLOCKWORK, DELAYED, LSTM, PRODUCTS

SYNCHRONOUS = {
    "tanh unit": TanhUnit().build(1, 1),
    "A1(3)": A1(hidden=3, update="synchronous").build(1, 1),
    "A2(4)": A2(hidden=4, update="synchronous").build(1, 1),
    "A1(2) tanh": A1(hidden=2, activation="tanh", update="synchronous").build(1, 1),
}
SEQUENTIAL = {
    "A1(3)": A1(hidden=3).build(1, 1),
    "A2(4)": A2(hidden=4).build(1, 1),
    "A1(2) tanh": A1(hidden=2, activation="tanh").build(1, 1),
}
seeds, widths = st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 1, 2, 4, 10, 50])
LAGS = 8


def measured(structure, seed, width):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-width, width, structure.dimension)
    net = linearise(structure, weights, rng.normal(size=(LAGS + 1, 1)))
    factors = [scaling_factors(net, u, LAGS) for u in range(net.units)]
    return bounds(structure, weights), np.abs(factors)  # (U from, lags + 1, U to)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SYNCHRONOUS)), seeds, widths)
def test_the_chapter_s_bounds_hold_in_their_order(name, seed, width):
    """|factor| <= n f'^q |W_v| |W_u| |W|^(q-2) <= n gamma^q <= n tau^q."""
    found, factors = measured(SYNCHRONOUS[name], seed, width)
    assert found.synchronous
    n, lags = len(factors), np.arange(LAGS + 1)
    chapter, weakest = found.chapter(lags), found.weakest(lags)
    above = 1.0 + 1e-12
    for q in range(1, LAGS + 1):
        assert factors[:, q].max() <= chapter[q] * above
        assert factors[:, q].max() <= found.general(lags)[q] * above
        assert chapter[q] <= weakest[q] * above
        for u in range(n) if q >= 2 else ():
            for v in range(n):
                first = found.norm_bound(u, v, q)
                assert factors[u, q, v] <= first * above
                assert first <= chapter[q] * above


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SEQUENTIAL)), seeds, widths)
def test_the_general_bound_holds_in_the_sequential_order(name, seed, width):
    found, factors = measured(SEQUENTIAL[name], seed, width)
    assert not found.synchronous
    limits = found.general(np.arange(LAGS + 1))
    assert (factors.max(axis=(0, 2)) <= limits * (1 + 1e-12)).all()


def test_the_chapter_s_bound_fails_in_the_sequential_order():
    """A step may pass two links, and 16 exceeds n ||W||^q = 8: so it is refused."""
    structure = A1(activation="identity", output_activation="identity").build(1, 1)
    weights = np.zeros(structure.dimension)
    hidden, output = structure.units
    (back,) = (k for k in hidden.links if k.origin == "past" and k.index == 1)
    (on,) = (k for k in output.links if k.origin == "now")
    weights[[back.weight, on.weight]] = 2.0
    net = linearise(structure, weights, np.zeros((3, 1)))
    assert scaling_factors(net, 1, 2)[2, 1] == pytest.approx(16.0)
    for refused in ("decay", "weight_decay"):
        with pytest.raises(ValueError, match="synchronous order"):
            getattr(bounds(structure, weights), refused)


def test_the_decay_of_known_weights():
    """Gamma = f'max ||W||_A, of the largest sum in a row; tau = n w_max / 4."""
    structure = A1(hidden=2, update="synchronous").build(1, 1)
    weights = np.zeros(structure.dimension)
    second = [k for k in structure.units[1].links if k.origin == "past"]
    for link, value in zip(second, (1.0, -2.0, 0.5), strict=True):
        weights[link.weight] = value
    found = bounds(structure, weights)
    assert found.decay == pytest.approx(0.25 * 3.5)
    assert found.weight_decay == pytest.approx(0.25 * 3 * 2.0)
    assert found.norm_bound(1, 1, 3) == pytest.approx(3 * 0.25**3 * 2 * 2 * 3.5)
    with pytest.raises(ValueError, match="from 2 on"):
        found.norm_bound(1, 1, 1)


@pytest.mark.parametrize("n", [1, 3, 9])
def test_logistic_weights_below_four_over_n_make_errors_vanish(n):
    structure = A2(hidden=n, update="synchronous").build(1, 1)
    units = n + 1
    weights = np.full(structure.dimension, 0.999 * 4.0 / units)
    assert bounds(structure, weights).weight_decay < 1.0
    assert bounds(structure, 1.01 * weights).weight_decay > 1.0


def test_a_logistic_unit_s_own_factor_is_at_most_0_224_over_its_input():
    """Max over w of w f'(w y) = 0.22387 / y, at a sum of 1.5434: not larger weights,
    but small outputs, let an error grow."""
    w = np.linspace(0.01, 60.0, 200_000)
    for y in (0.1, 0.5, 1.0):
        shown = 1.0 / (1.0 + np.exp(-w * y))
        factor = w * shown * (1.0 - shown)
        assert factor.max() == pytest.approx(0.22387 / y, rel=1e-4)
        assert w[factor.argmax()] * y == pytest.approx(1.5434, abs=1e-3)


def test_no_bound_is_claimed_for_gates_and_delays():
    assert bounds(LSTM, np.ones(LSTM.dimension)) is None
    for structure in (DELAYED, PRODUCTS, CLOCKWORK):
        assert bounds(structure, np.ones(structure.dimension)) is None
