"""The forward kernels: their sigmoid, their assembly, and all a structure can say."""

from dataclasses import replace

import numpy as np
import pytest

from gfsearch.fitness import reference
from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.compiled import forward_kernel
from gfsearch.fitness.cpu.lanes import Lanes
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64
from gfsearch.fitness.cpu.source import forward_source, groups
from gfsearch.networks import A1, A2
from gfsearch.networks.structure import Link, Source, Structure, Unit
from gfsearch.problems.sequences import arrange
from tests.cases import CLOCKWORK, DELAYED, LSTM, PRODUCTS, bias

BOTH = pytest.mark.parametrize("precision", [FLOAT32, FLOAT64], ids=lambda p: p.name)


@pytest.mark.parametrize(
    ("precision", "accuracy"), [(FLOAT32, 1.2e-7), (FLOAT64, 2.3e-16)], ids=["32", "64"]
)
def test_the_logistic_is_accurate(precision, accuracy):
    """Within one rounding of the exact one, everywhere; the tanh of 0 is 0."""
    units = (Unit("logistic", (bias(0),)), Unit("tanh", (bias(1),)))
    train = arrange([np.zeros((1, 1))], [np.zeros((1, 2))], [np.array([True])])
    lanes = Lanes(Structure(1, 2, units), SequenceArrays.of(train), precision)
    sums = np.concatenate([np.linspace(-2000, 2000, 80_001), np.linspace(-1, 1, 4_001)])
    outputs = lanes.all(np.column_stack([sums, sums]))
    # Beyond the accuracy of the sum itself, rounded to the format.
    rounding = np.abs(sums) * np.finfo(precision.name).eps / 2
    with np.errstate(over="ignore"):
        exact = 1.0 / (1.0 + np.exp(-sums))
    slack = 2 * rounding * exact * (1 - exact)
    assert np.max(np.abs(outputs[:, 0, 0] - exact) - slack) < accuracy
    slack = 2 * rounding * (1 - np.tanh(sums) ** 2)
    assert np.max(np.abs(outputs[:, 0, 1] - np.tanh(sums)) - slack) < 2 * accuracy
    assert outputs[sums == 0.0, 0, 1].max() == 0.0


@BOTH
@pytest.mark.parametrize("network", [A1(), A2()], ids=["A1", "A2"])
def test_the_step_is_vector_instructions(network, precision):
    """Ten times slower without: the processor must divide vectors, not numbers."""
    # Compiled anew: the cache keeps no assembly.
    namespace = {"__name__": "uncached"}
    exec(forward_source(network.build(1, 1), precision), namespace)
    (assembly,) = namespace["forward"].inspect_asm().values()
    letter = "s" if precision is FLOAT32 else "d"
    vector_divisions = (f"vdivp{letter}", f"divp{letter}", "fdiv\tv")
    assert any(name in assembly for name in vector_divisions)


def test_small_networks_run_more_vectors_together():
    hidden = [1, 2, 3, 5, 10, 50]
    together = [groups(A1(hidden=n).build(1, 1)) for n in hidden]
    assert together == [8, 8, 4, 2, 1, 1]
    assert groups(A2().build(1, 1)) == 2


def lstm_by_hand(w, inputs):
    def logistic(a):
        return 1.0 / (1.0 + np.exp(-a))

    cell = shown = 0.0
    for x in inputs:
        write = logistic(w[0] * x + w[1] * shown + w[2])
        keep = logistic(w[3] * x + w[4] * shown + w[5])
        candidate = np.tanh(w[6] * x + w[7] * shown + w[8])
        show = logistic(w[9] * x + w[10] * shown + w[11])
        cell = keep * cell + write * candidate
        shown = show * np.tanh(cell)
    return shown


def delayed_by_hand(w, inputs):
    """y(t) = tanh(w0 x(t) + w1 y(t-3) + w2 y(t-1)), seen through z(t) = y(t-2)."""
    shown = [0.0, 0.0, 0.0]
    for x in inputs:
        shown.append(np.tanh(w[0] * x + w[1] * shown[-3] + w[2] * shown[-1]))
    return shown[-3]


def products_by_hand(w, inputs):
    x, y, z = [0.0] * 3, [0.5] * 2, [-0.75] * 2
    for line in inputs:
        x.append(line)
        a = w[0] * y[-1] * x[-1] + w[1] * x[-3] + w[2] * x[-2] * z[-2]
        before = y[-2]
        y.append(np.tanh(a))
        b = w[3] * y[-1] * before + w[4] * x[-1] * x[-4] + w[5] * y[-1] + w[6] * z[-1]
        z.append(np.tanh(b))
    return z[-1]


def clockwork_by_hand(w, inputs):
    x, y, z = 0.0, [0.25] * 3, 0.0
    for t, line in enumerate(inputs):
        if t % 2 == 0:
            x = np.tanh(w[0] * line + w[1] * x + w[2])
        tick = w[3] * x + 0.5 * y[-2] + w[4]
        y.append(tick if t % 3 == 1 else y[-1])
        if t % 4 == 3:
            z = np.tanh(w[5] * x + w[6] * y[-1] + w[7] * z)
    return z


@BOTH
@pytest.mark.parametrize(
    ("structure", "by_hand"),
    [
        (LSTM, lstm_by_hand),
        (DELAYED, delayed_by_hand),
        (PRODUCTS, products_by_hand),
        (CLOCKWORK, clockwork_by_hand),
    ],
    ids=["LSTM", "delays", "products", "clockwork"],
)
def test_gates_and_delays_are_descriptions_only(structure, by_hand, precision):
    rng = np.random.default_rng(5)
    inputs = [rng.normal(size=(n, 1)) for n in rng.integers(1, 30, 50)]
    ends = [np.arange(len(x)) == len(x) - 1 for x in inputs]
    train = arrange(inputs, [np.zeros((len(x), 1)) for x in inputs], ends)
    weights = rng.uniform(-2, 2, (150, structure.dimension))
    lanes = Lanes(structure, SequenceArrays.of(train), precision)
    outputs = lanes.all(weights)
    accuracy = 1e-5 if precision is FLOAT32 else 1e-13
    for row in (0, 149):
        exact = [
            by_hand(weights[row], train.inputs[s, :n, 0])
            for s, n in enumerate(train.lengths)
        ]
        np.testing.assert_allclose(outputs[row, :, 0], exact, atol=accuracy)
        shown = reference.outputs(structure, weights[row], train.inputs)
        np.testing.assert_allclose(shown[train.mask][:, 0], exact, atol=1e-13)


@pytest.mark.parametrize(
    "link",
    [
        Link("input", 0, gate=0),
        Link("past", 0, delay=0),
        Link("input", 0, delay=2),
        Link("now", 0),
        Link("past-input", 1),
        Link("past-input", 0, delay=0),
        Link("input", 0, factor=Source("now", 0)),
        Link("input", 0, factor=Source("input", 1)),
        Link("input", 0, factor=Source("past", 0, delay=0)),
        Link("input", 0, factor=Source("elsewhere")),
        Link("input", 0, factor="past"),
    ],
)
def test_links_that_no_step_can_compute_are_refused(link):
    with pytest.raises(ValueError, match="Structure"):
        Structure(1, 1, (Unit("identity", (link,)),))


@BOTH
def test_a_factor_of_this_step_is_a_gate(precision):
    """Also where nothing else needs a relay."""

    def factored(link):
        if link.gate is None:
            return link
        return replace(link, gate=None, factor=Source("now", link.gate))

    units = tuple(replace(u, links=tuple(map(factored, u.links))) for u in LSTM.units)
    written = replace(LSTM, units=units)
    assert any(link.factor is not None for link in written.links)
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(n, 1)) for n in (3, 7)]
    ends = [np.arange(len(x)) >= 2 for x in inputs]
    train = arrange(inputs, [np.zeros((len(x), 1)) for x in inputs], ends)
    weights = rng.normal(size=(5, LSTM.dimension))
    arrays = SequenceArrays.of(train)
    found = Lanes(written, arrays, precision).all(weights)
    expected = reference.outputs(written, weights, train.inputs)[:, train.mask]
    assert found == pytest.approx(expected, rel=1e-5)
    assert (found == Lanes(LSTM, arrays, precision).all(weights)).all()


def test_not_a_number_stays_so():
    """An overflow is no output: the clamp of the exponential must not hide it."""
    units = (
        Unit("identity", (Link("past", 0, weight=0), Link("input", 0, weight=1))),
        Unit("logistic", (Link("now", 0, fixed=1.0), Link("now", 0, fixed=-1.0))),
    )
    inputs, end = np.ones((60, 1)), np.arange(60) == 59
    train = arrange([inputs], [np.zeros((60, 1))], [end])
    lanes = Lanes(Structure(1, 1, units), SequenceArrays.of(train), FLOAT32)
    outputs = lanes.all(np.array([[1e6, 1.0], [0.5, 1.0]]))
    assert np.isnan(outputs[0, 0, 0])
    assert outputs[1, 0, 0] == 0.5


def test_equal_structures_share_a_kernel():
    kernel = forward_kernel(A1().build(1, 1), FLOAT32)
    assert forward_kernel(A1(hidden=1).build(1, 1), FLOAT32) is kernel
