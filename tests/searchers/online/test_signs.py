"""Threshold units: what is written out, against loops over the wiring."""

import pickle

import numpy as np
import pytest

from gfsearch.networks import A1, A2, Elman, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.searchers.online.discrete_errors import Signs
from gfsearch.searchers.online.wiring import silent_rows
from tests.searchers.online import generic

STEPS = 40

THRESHOLD = {"activation": "sign", "output_activation": "sign"}

NETS = {
    "tanh unit": TanhUnit().build(3, 1),
    "A1(2), logistic": A1(hidden=2, output_bias=True).build(1, 1),
    "A1(3) synchronous": A1(hidden=3, update="synchronous", **THRESHOLD).build(1, 1),
    "A2(4)": A2(hidden=4, **THRESHOLD).build(2, 1),
    "elman": Elman(hidden=3).build(2, 2),
    "a unit that sees nothing": Structure(
        1,
        1,
        (Unit("sign", ()), Unit("sign", (Link("past", 0, 0), Link("input", 0, 1)))),
    ),
}


@pytest.mark.parametrize("name", NETS)
def test_signs_have_the_bits_of_loops_over_the_wiring(name):
    signs = Signs(NETS[name])
    _, wiring, start = signs.kernel
    past, units = wiring.bias + 1, len(start)
    rng = np.random.default_rng(0)
    for _ in range(20):
        weights = rng.normal(size=len(NETS[name].links))
        inputs = rng.integers(-1, 2, (STEPS, NETS[name].inputs)).astype(float)
        expected = silent_rows(wiring, STEPS)
        expected[0, past : past + units] = start
        expected[:STEPS, : wiring.bias] = inputs
        rows, sums = expected.copy(), np.empty((STEPS, units))
        signs.function(inputs, weights, rows, sums)
        for t, u in np.ndindex(sums.shape):
            total = generic.weighted_sum(wiring, u, expected[t], weights)
            generic.show(wiring, expected, t, u, 1.0 if total >= 0.0 else -1.0)
            assert sums[t, u] == total
        np.testing.assert_array_equal(rows, expected)


def test_a_logistic_unit_begins_at_what_stands_for_its_0():
    starts = [Signs(NETS[name]).kernel.start.tolist() for name in NETS]
    assert starts[:3] == [[0.0], [-1.0, -1.0, -1.0], [0.0, 0.0, 0.0, 0.0]]


def test_a_copy_finds_the_kernel_again():
    signs = pickle.loads(pickle.dumps(Signs(NETS["tanh unit"])))
    rows, sums = silent_rows(signs.kernel.wiring, 1), np.empty((1, 1))
    signs.function(np.ones((1, 3)), np.arange(1.0, 6.0), rows, sums)
    assert sums.item() == 1.0 + 2.0 + 3.0 + 5.0
