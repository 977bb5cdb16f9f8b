"""Scaling factors of errors: recursion, paths, differences, products of Jacobians."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.error_flow import (
    linearise,
    norms,
    scaling_factors,
    spectral_radii,
    state_jacobians,
    sum_over_paths,
)
from gfsearch.fitness import reference
from gfsearch.networks import A1, A2, TanhUnit
from gfsearch.problems.sequences import classified
from tests.cases import CLOCKWORK, DELAYED, LSTM, PRODUCTS

STRUCTURES = {
    "tanh unit": TanhUnit().build(1, 1),
    "A1(2)": A1(hidden=2).build(1, 1),
    "A1(2) synchronous": A1(hidden=2, update="synchronous").build(1, 1),
    "A2(3) tanh": A2(hidden=3, activation="tanh").build(1, 1),
    "LSTM": LSTM,
    "delays": DELAYED,
}
each_structure = pytest.mark.parametrize("name", STRUCTURES)
names, seeds = st.sampled_from(sorted(STRUCTURES)), st.integers(0, 2**32 - 1)


def network(name, seed=0, steps=9, width=2.0):
    structure = STRUCTURES[name]
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-width, width, structure.dimension)
    inputs = rng.normal(size=(steps, 1))
    return structure, weights, inputs, linearise(structure, weights, inputs)


@settings(max_examples=40, deadline=None)
@given(names, seeds, st.floats(0.1, 20.0))
def test_the_recursion_is_the_sum_over_all_paths(name, seed, width):
    *_, net = network(name, seed, width=width)
    last = net.steps - 1
    for unit in range(net.units):
        factors = scaling_factors(net, unit, last, 3)
        for lag in range(4):
            for v in range(net.units):
                paths = sum_over_paths(net, unit, last, v, lag)
                assert factors[lag, v] == pytest.approx(paths, rel=1e-9, abs=1e-280)


def test_one_unit_by_hand():
    """In x(t) = tanh(w x(t-1) + v h(t)) the factor is a product of w (1 - x^2)."""
    _, (v, w, b), inputs, net = network("tanh unit", steps=6)
    x, shown = 0.0, []
    for h in inputs[:, 0]:
        x = np.tanh(v * h + w * x + b)
        shown.append(x)
    factors = scaling_factors(net, 0, 5)[:, 0]
    by_hand = [np.prod([w * (1 - x**2) for x in shown[5 - q : 5]]) for q in range(6)]
    np.testing.assert_allclose(factors, by_hand, rtol=1e-12)


@each_structure
def test_factors_are_what_a_nudge_does(name):
    """A disturbance of unit v's sum at t - q, carried through the real network."""
    structure, weights, inputs, net = network(name, steps=7)
    last, step = 6, 1e-6
    for v in range(net.units):
        for lag in range(4):
            moved = [
                nudged(structure, weights, inputs, v, last - lag, sign * step)
                for sign in (1, -1)
            ]
            change = (moved[0] - moved[1]) / (2 * step)
            for u in range(net.units):
                factor = scaling_factors(net, u, last, lag)[lag, v]
                # From sums to outputs: times the slope of u.
                assert factor * net.slopes[last, u] == pytest.approx(
                    change[u], rel=1e-5, abs=1e-9
                )


def nudged(structure, weights, inputs, v, at, nudge):
    """(U,) what the units show at the last step if unit v's sum is moved once."""
    history = np.zeros((max(structure.memory), len(structure.units)))
    for t, x in enumerate(inputs):
        moved = {v: nudge} if t == at else {}
        now = one_step(structure, weights, x, history, moved)
        history = np.concatenate([now[None], history[:-1]])
    return now


@each_structure
def test_factors_are_products_of_jacobians(name):
    """Slopes times factors are J(t) ... J(t - q + 1), and what enters at t - q."""
    *_, net = network(name, steps=8)
    maps = state_jacobians(net)
    within = np.linalg.inv(np.eye(net.units) - net.now * net.slopes[:, None, :])
    product = np.eye(maps.shape[1])
    for lag in range(1, 5):
        product = product @ maps[8 - lag]
        block = product[: net.units, : net.units]
        # A nudge of a sum at t - q first passes the links within that step.
        arrives = net.slopes[7 - lag][:, None] * within[7 - lag]
        for u in range(net.units):
            factor = scaling_factors(net, u, 7, lag)[lag]
            np.testing.assert_allclose(
                net.slopes[7, u] * factor, (block @ arrives)[u], rtol=1e-8, atol=1e-14
            )


@each_structure
def test_the_state_map_s_jacobian_is_its_derivative(name):
    """By differences: what one more step makes of a state that is moved."""
    structure, weights, inputs, net = network(name, steps=6)
    depth, units = max(structure.memory), len(structure.units)
    jacobian = state_jacobians(net)[-1]
    history = [net.outputs[5 - d] for d in range(1, depth + 1)]
    state, step = np.concatenate(history), 1e-6
    for k in range(depth * units):
        after = []
        for sign in (1, -1):
            moved = state.copy()
            moved[k] += sign * step
            before = moved.reshape(depth, units)
            now = one_step(structure, weights, inputs[5], before, {})
            after.append(np.concatenate([now, moved[: (depth - 1) * units]]))
        difference = (after[0] - after[1]) / (2 * step)
        np.testing.assert_allclose(jacobian[:, k], difference, atol=1e-8)


def one_step(structure, weights, x, history, moved):
    """(U,) what the units show next; the sums of some are moved."""
    now = np.zeros(len(structure.units))
    for u, unit in enumerate(structure.units):
        total = moved.get(u, 0.0)
        for link in unit.links:
            seen = 1.0
            if link.origin == "input":
                seen = x[link.index]
            elif link.origin == "past":
                seen = history[link.delay - 1][link.index]
            elif link.origin == "now":
                seen = now[link.index]
            seen *= 1.0 if link.gate is None else now[link.gate]
            weight = link.fixed if link.weight is None else weights[link.weight]
            total += weight * seen
        now[u] = unit.kind.function(np.array(total))
    return now


def test_norm_and_radius():
    maps = np.array([[[0.0, 2.0], [0.0, 0.0]], [[0.0, -0.5], [0.5, 0.0]]])
    np.testing.assert_allclose(norms(maps), [2.0, 0.5])
    np.testing.assert_allclose(spectral_radii(maps), [0.0, 0.5])


def test_factors_make_the_gradient():
    """The chapter's own sum: d loss / d bias of v adds errors of v over all steps."""
    structure, weights, inputs, net = network("A1(2)", steps=9)
    train = classified([inputs], [1.0])
    gradient = reference.gradient(structure, weights, train)
    error = 2 * (net.outputs[-1, 2] - 1.0) * net.slopes[-1, 2]
    factors = scaling_factors(net, 2, 8)
    for v, unit in enumerate(structure.units[:2]):
        (bias,) = (link.weight for link in unit.links if link.origin == "bias")
        assert gradient[bias] == pytest.approx(error * factors[:, v].sum(), rel=1e-10)


def test_a_lag_before_the_first_step_is_refused():
    *_, net = network("tanh unit", steps=4)
    with pytest.raises(ValueError, match="before the sequence"):
        sum_over_paths(net, 0, 3, 0, 4)
    assert scaling_factors(net, 0, 3, 10).shape == (4, 1)


def test_saturated_units_keep_their_slope():
    """No difference of nearly equal numbers: 1 - tanh^2 would be 0 at 30."""
    structure = TanhUnit().build(1, 1)
    net = linearise(structure, np.array([30.0, 1.0, 0.0]), np.ones((1, 1)))
    assert net.slopes[0, 0] == pytest.approx(4 * np.exp(-60.0), rel=1e-12)


@pytest.mark.parametrize(
    ("structure", "weight", "unit"),
    [(PRODUCTS, 5, 1), (CLOCKWORK, 2, 0), (CLOCKWORK, 4, 1)],
    ids=["products", "clockwork, period 2", "clockwork, period 3"],
)
def test_factors_through_products_and_clocks_add_up_to_the_gradient(
    structure, weight, unit
):
    """The derivative of the last output by the weight of a bias, by a complex step."""
    rng = np.random.default_rng(4)
    weights = rng.uniform(-1.5, 1.5, structure.dimension)
    inputs, steps = rng.normal(size=(12, 1)), 12
    net = linearise(structure, weights, inputs)
    output = len(structure.units) - 1
    factors = scaling_factors(net, output, steps - 1)[:, unit][::-1]
    # The bias of PRODUCTS is multiplied by what unit 0 shows.
    seen = net.outputs[:, 0] if structure is PRODUCTS else np.ones(steps)
    clock = structure.units[unit]
    ticks = np.arange(steps) % clock.period == clock.phase
    found = net.slopes[-1, output] * (factors * seen * ticks).sum()
    moved = weights + 1j * 1e-20 * (np.arange(len(weights)) == weight)
    shown = reference.activities(structure, moved, inputs[None])[0, -1, output]
    assert found == pytest.approx(shown.imag / 1e-20, rel=1e-10)
    assert found != 0.0
