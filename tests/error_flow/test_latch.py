"""The minimal latch: closed forms, against numbers and against the network itself."""

import numpy as np
import pytest

from gfsearch.error_flow import latch, linearise, scaling_factors
from gfsearch.networks import TanhUnit


@pytest.mark.parametrize(
    ("w", "attractor", "decay", "threshold"),
    [
        (1.1, 0.5029, 0.8218, 0.0205),
        (1.25, 0.7104, 0.6191, 0.0778),
        (1.5, 0.8586, 0.3943, 0.2075),
        (2.0, 0.9575, 0.1664, 0.5328),
        (5.0, 0.9999, 0.0009, 3.0285),
    ],
)
def test_known_values(w, attractor, decay, threshold):
    assert latch.attractor(w) == pytest.approx(attractor, abs=6e-5)
    assert latch.decay(w) == pytest.approx(decay, abs=6e-5)
    assert latch.threshold(w) == pytest.approx(threshold, abs=6e-5)


@pytest.mark.parametrize("w", [-2.0, 0.3, 1.0])
def test_a_weak_unit_keeps_nothing(w):
    assert latch.attractor(w) == latch.threshold(w) == latch.contracting_from(w) == 0.0
    assert latch.decay(w) == w


def settled(w, h, x, steps=4000):
    for _ in range(steps):
        x = np.tanh(w * x + h)
    return x


@pytest.mark.parametrize("w", [1.1, 1.5, 2.0, 5.0])
def test_the_threshold_is_where_the_bit_is_lost(w):
    """Just below it the state stays positive for ever, just above it flips."""
    limit = latch.threshold(w)
    assert settled(w, -0.999 * limit, latch.attractor(w)) > 0.0
    assert settled(w, -1.001 * limit, latch.attractor(w)) < 0.0


@pytest.mark.parametrize("w", [1.1, 1.5, 2.0, 5.0])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_the_boundary_divides_states_that_stay_from_states_that_fall(w, share):
    noise = share * latch.threshold(w)
    edge = latch.boundary(w, noise)
    stays = settled(w, -noise, edge + 1e-6)
    assert stays == pytest.approx(latch.worst_attractor(w, noise), abs=1e-6)
    assert settled(w, -noise, edge - 1e-6) < 0.0
    # Whatever the inputs within the bound are, not only the worst constant one.
    rng = np.random.default_rng(0)
    x = np.full(200, edge + 1e-9)
    for _ in range(300):
        x = np.tanh(w * x + rng.uniform(-noise, noise, 200))
    assert (x >= edge).all()


def test_the_map_contracts_beyond_the_edge():
    for w in (1.2, 2.0, 4.0):
        edge = latch.contracting_from(w)
        assert w * (1.0 - edge**2) == pytest.approx(1.0)
        assert latch.attractor(w) > edge
        assert latch.decay(w) < 1.0


def test_noise_beyond_the_threshold_has_no_safe_state():
    with pytest.raises(ValueError, match="exceed the threshold"):
        latch.boundary(1.25, 0.2)
    with pytest.raises(ValueError, match="exceed the threshold"):
        latch.worst_attractor(1.25, 0.2)
    assert latch.boundary(1.25, 0.0) == 0.0


def test_the_network_s_gradient_decays_as_the_latch_s():
    """On the attractor, q steps leave M'^q of an error."""
    structure = TanhUnit(bias=False).build(1, 1)
    for w in (1.25, 2.0):
        inputs = np.zeros((60, 1))
        inputs[0] = np.arctanh(latch.attractor(w))  # begin on the attractor
        net = linearise(structure, np.array([1.0, w]), inputs)
        factors = scaling_factors(net, 0, 59, 20)[:, 0]
        np.testing.assert_allclose(factors, latch.decay(w) ** np.arange(21), rtol=1e-8)
