"""First and second derivatives at each step in time, and the steps made of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.networks import A1, A2, Elman, TanhUnit
from gfsearch.networks.activations import ACTIVATIONS
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Latch, Parity
from gfsearch.searchers.online.curvature import Curvatures, Rule, learn_pass
from gfsearch.searchers.online.shown import Shown
from gfsearch.searchers.online.wiring import Wiring
from tests.cases import TWO_OUTPUTS, make_task
from tests.searchers.online import generic

STEPS = 7
TINY = 1e-20

NETS = {
    "tanh unit": TanhUnit().build(1, 1),
    "tanh unit, fixed input": TanhUnit(bias=False, fixed_inputs=1).build(3, 1),
    "A1(2)": A1(hidden=2).build(1, 1),
    "A1(2) synchronous": A1(hidden=2, update="synchronous").build(1, 1),
    "A2(3)": A2(hidden=3).build(1, 1),
    "elman": Elman(hidden=3).build(2, 1),
    "two outputs": TWO_OUTPUTS,
}


def unrolled(structure, links, inputs, targets):
    """The loss if every link had a weight of its own at every step: links (T, L)."""
    past = np.zeros(len(structure.units), links.dtype)
    loss = 0.0
    for t in range(len(inputs)):
        now = np.zeros_like(past)
        k = 0
        for u, unit in enumerate(structure.units):
            total = 0.0
            for link in unit.links:
                shows = {"input": inputs[t], "bias": [1.0], "past": past, "now": now}
                total = total + links[t, k] * shows[link.origin][link.index]
                k += 1
            now[u] = unit.kind.function(np.asarray(total))
        past = now
        if t in targets:
            shown = now[structure.output_units]
            loss = loss + ((shown - targets[t]) ** 2).sum()
    return loss / sum(map(len, targets.values()))


def links_of(structure, weights):
    """(T, L) each link's weight at each step."""
    row = [k.fixed if k.weight is None else weights[k.weight] for k in structure.links]
    return np.tile(np.array(row, dtype=complex), (STEPS, 1))


def slope(structure, links, at, inputs, targets):
    moved = links.copy()
    moved[at] += TINY * 1j
    return unrolled(structure, moved, inputs, targets).imag / TINY


def case(structure, seed):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-2.0, 2.0, structure.dimension)
    inputs = rng.normal(size=(STEPS, structure.inputs))
    targets = {t: rng.uniform(0, 1, structure.outputs) for t in (3, STEPS - 1)}
    return weights, inputs, targets


def computed(structure, weights, inputs, targets, gauss_newton=False):
    links = len(structure.links)
    slopes, curvatures = (np.full((STEPS, links), np.nan) for _ in "12")
    Curvatures(structure).function(
        inputs,
        np.array(list(targets)),
        np.array(list(targets.values())),
        weights,
        gauss_newton,
        slopes,
        curvatures,
        np.empty((3, STEPS, len(structure.units))),
    )
    return slopes, curvatures


@pytest.mark.parametrize("gauss_newton", [True, False])
@pytest.mark.parametrize("name", NETS)
def test_what_is_written_out_has_the_bits_of_loops_over_the_wiring(name, gauss_newton):
    structure = NETS[name]
    for seed in range(5):
        weights, inputs, targets = case(structure, seed)
        found = computed(structure, 5.0 * weights, inputs, targets, gauss_newton)
        expected = [np.empty_like(part) for part in found]
        generic.derivatives(
            Wiring.of(structure),
            inputs,
            np.array(list(targets)),
            np.array(list(targets.values())),
            5.0 * weights,
            gauss_newton,
            *expected,
        )
        assert all(map(np.array_equal, found, expected))


@pytest.mark.parametrize("name", NETS)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_slopes_at_each_step_are_those_of_the_network_unrolled(name, seed):
    structure = NETS[name]
    weights, inputs, targets = case(structure, seed)
    slopes, _ = computed(structure, weights, inputs, targets)
    links = links_of(structure, weights)
    for at in np.ndindex(slopes.shape):
        expected = slope(structure, links, at, inputs, targets)
        assert slopes[at] == pytest.approx(expected, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("name", ["tanh unit", "tanh unit, fixed input"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_curvatures_of_a_single_unit_are_exact(name, seed):
    """Nothing is neglected where there is one path: against differences of slopes."""
    structure = NETS[name]
    weights, inputs, targets = case(structure, seed)
    _, curvatures = computed(structure, weights, inputs, targets)
    links = links_of(structure, weights)
    for at in np.ndindex(curvatures.shape):
        step = np.zeros_like(links)
        step[at] = 1e-5
        above, below = (
            slope(structure, links + sign * step, at, inputs, targets)
            for sign in (1, -1)
        )
        expected = (above - below) / 2e-5
        assert curvatures[at] == pytest.approx(expected, rel=1e-5, abs=1e-8)


def diagonal(structure, weights, inputs, targets, gauss_newton):
    """(T, L) Becker and LeCun's recursion, written from their formula in matrices."""
    units = len(structure.units)
    kinds = [unit.activation for unit in structure.units]
    links = [(u, k) for u, unit in enumerate(structure.units) for k in unit.links]
    w = [k.fixed if k.weight is None else weights[k.weight] for _, k in links]
    out = np.zeros((STEPS + 1, units))
    for t in range(STEPS):
        for u in range(units):
            total = 0.0
            for (v, k), weight in zip(links, w, strict=True):
                if v == u:
                    row = out[t] if k.origin == "now" else out[t - 1]
                    shows = {"input": inputs[t], "bias": [1.0], "past": row, "now": row}
                    total += weight * shows[k.origin][k.index]
            out[t, u] = ACTIVATIONS[kinds[u]].function(np.asarray(total))
    first = {
        "tanh": lambda y: 1 - y**2,
        "logistic": lambda y: y * (1 - y),
        "identity": lambda y: 1.0,
    }
    second = {
        "tanh": lambda y: -2 * y * (1 - y**2),
        "logistic": lambda y: y * (1 - y) * (1 - 2 * y),
        "identity": lambda y: 0.0,
    }
    count = sum(map(len, targets.values()))
    result = np.zeros((STEPS, len(links)))
    g, h = np.zeros((STEPS + 1, units)), np.zeros((STEPS + 1, units))
    for t in reversed(range(STEPS)):
        for u in reversed(range(units)):
            if t in targets and u in structure.output_units:
                o = u - structure.output_units[0]
                g[t, u] += 2 * (out[t, u] - targets[t][o]) / count
                h[t, u] += 2 / count
            f1, f2 = first[kinds[u]](out[t, u]), second[kinds[u]](out[t, u])
            b, c = g[t, u] * f1, h[t, u] * f1**2
            c += 0.0 if gauss_newton else g[t, u] * f2
            for j, ((v, k), weight) in enumerate(zip(links, w, strict=True)):
                if v != u:
                    continue
                before = t if k.origin == "now" else t - 1
                shows = {
                    "input": inputs[t],
                    "bias": [1.0],
                    "past": out[t - 1],
                    "now": out[t],
                }
                result[t, j] = c * shows[k.origin][k.index] ** 2
                if k.origin in ("past", "now") and before >= 0:
                    g[before, k.index] += b * weight
                    h[before, k.index] += c * weight**2
    return result


@pytest.mark.parametrize("gauss_newton", [True, False])
@pytest.mark.parametrize("name", NETS)
def test_curvatures_follow_becker_and_lecun(name, gauss_newton):
    structure = NETS[name]
    for seed in range(5):
        weights, inputs, targets = case(structure, seed)
        _, curvatures = computed(structure, weights, inputs, targets, gauss_newton)
        expected = diagonal(structure, weights, inputs, targets, gauss_newton)
        np.testing.assert_allclose(curvatures, expected, rtol=1e-9, atol=1e-14)
        if gauss_newton:
            assert (curvatures >= 0).all()


def test_slopes_keep_their_digits_where_units_saturate():
    """1 - tanh(200)^2 is 0 in floating point; the slope is 4 exp(-400)."""
    structure = NETS["tanh unit"]
    inputs = np.ones((STEPS, 1))
    targets = {STEPS - 1: np.array([-1.0])}
    slopes, _ = computed(structure, np.array([200.0, 0.0, 0.0]), inputs, targets)
    assert slopes[-1, 0] == pytest.approx(2 * 2 * 4 * np.exp(-400.0))


def setting(problem, network):
    task = make_task(problem, network)
    fitness = task.fitness()
    return task.structure, fitness, Shown.of(fitness.train)


@pytest.mark.parametrize("network", [TanhUnit(), A1(hidden=2), A2(hidden=3)])
def test_with_much_damping_a_step_is_the_gradients(network):
    """rate = r damping, damping large: the step is r times the compiled gradient."""
    problem = Latch(variant=2, length=(5, 9), train=6)
    structure, fitness, shown = setting(problem, network)
    low, high = fitness.low, fitness.high
    start = np.random.default_rng(3).uniform(-1, 1, structure.dimension)
    for s in range(6):
        weights = start.copy()
        order = np.array([s])
        finite = learn_pass(
            Curvatures(structure).kernel,
            shown,
            order,
            Rule(rate=1e10, adapted=False, time_weighted=True, gauss_newton=False),
            np.array([1e12]),
            low,
            high,
            weights,
        )
        gradient = fitness.evaluate(start[None], "gradient", order).gradient[0]
        assert finite
        np.testing.assert_allclose(start - weights, 0.01 * gradient, atol=1e-9)


@pytest.mark.parametrize("time_weighted", [True, False])
def test_a_step_is_what_the_formula_says(time_weighted):
    problem = Parity(length=(STEPS, STEPS), train=4)
    structure, fitness, shown = setting(problem, A1(hidden=2))
    start = np.random.default_rng(5).uniform(-1, 1, structure.dimension)
    inputs, targets = shown.inputs[2], {STEPS - 1: shown.target[2]}
    slopes, curvatures = computed(structure, start, inputs, targets)
    if time_weighted:
        step = (slopes / (np.abs(curvatures) + 0.003)).sum(axis=0)
    else:
        step = slopes.sum(axis=0) / (np.abs(curvatures.sum(axis=0)) + 0.003)
    weights = start.copy()
    learn_pass(
        Curvatures(structure).kernel,
        shown,
        np.array([2]),
        Rule(0.03, False, time_weighted, gauss_newton=False),
        np.array([0.003]),
        fitness.low,
        fitness.high,
        weights,
    )
    np.testing.assert_allclose(weights, start - 0.03 * step, rtol=1e-12)


def test_a_pass_stays_in_the_box_and_stops_where_nothing_is_finite():
    structure, _, shown = setting(Latch(variant=2, length=(5, 9)), TanhUnit())
    order = np.arange(100)
    weights = np.zeros(3)
    box = np.full(3, -0.2), np.full(3, 0.2)
    kernel = Curvatures(structure).kernel
    rule = Rule(rate=1.0, adapted=False, time_weighted=True, gauss_newton=True)
    damping = np.array([1e-3])
    assert learn_pass(kernel, shown, order, rule, damping, *box, weights)
    assert np.abs(weights).max() == 0.2
    assert shown.bill() == (100, 200)
    broken = np.array([np.nan, 0.0, 0.0])
    assert not learn_pass(kernel, shown, order, rule, damping, *box, broken)
    # It is paid for as a whole all the same.
    assert shown.bill() == (100, 200)
    assert shown.bill() == (0, 0)


@pytest.mark.parametrize(("first", "grows"), [(1e-9, True), (1e6, False)])
def test_an_adapted_damping_keeps_the_largest_change_between_its_limits(first, grows):
    """By one fifth of what would have kept the step to its limit, after each sequence.

    As a damping far larger than the curvatures: the step is in inverse proportion.
    """
    structure, _, shown = setting(Latch(variant=2, length=(5, 9)), TanhUnit())
    kernel, wide = Curvatures(structure).kernel, np.full(3, 1e12)
    rule = Rule(rate=0.01, adapted=True, time_weighted=True, gauss_newton=True)
    weights, damping = np.full(3, 0.1), np.array([first])
    order, largest = np.array([0]), []
    for _ in range(120):
        before, old = weights.copy(), damping[0]
        learn_pass(kernel, shown, order, rule, damping, -wide, wide, weights)
        moved = np.abs(weights - before).max()
        # What the step would be if it were not cut off at 0.3.
        free = before.copy()
        plain = rule._replace(adapted=False)
        learn_pass(kernel, shown, order, plain, np.array([old]), -wide, wide, free)
        step = np.abs(free - before).max()
        assert moved == pytest.approx(min(step, 0.3))
        largest.append(step)
        inside = 0.001 <= step <= 0.3
        wanted = old * max(step, 1e-6) / (0.3 if step > 0.3 else 0.001)
        wanted = max(wanted, 1e-9)
        expected = old if inside else 0.8 * old + 0.2 * wanted
        assert damping[0] == pytest.approx(expected, rel=1e-9)
        weights = before  # the same sequence again
    assert (damping[0] > first) == grows
    assert 0.0009 < largest[-1] < 0.35
    assert (largest[0] > 0.3) == grows


def test_a_fixed_weight_may_be_a_number_of_numpy():
    links = (Link("input", fixed=np.float64(0.5)), Link("bias", weight=0))
    structure = Structure(1, 1, (Unit("tanh", links),))
    kept = np.empty((3, 1, 1))
    Curvatures(structure).function(
        np.ones((1, 1)),
        np.zeros(1, dtype=np.int64),
        np.zeros((1, 1)),
        np.array([0.25]),
        True,
        np.empty((1, 2)),
        np.empty((1, 2)),
        kept,
    )
    assert kept[0, 0, 0] == pytest.approx(np.tanh(0.75))
