"""The oracle itself, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from gfsearch.fitness import reference
from gfsearch.networks import A1, TanhUnit
from gfsearch.problems.sequences import classified
from tests.cases import TWO_OUTPUTS


def logistic(a):
    return 1.0 / (1.0 + math.exp(-a))


def test_a1_by_hand_in_both_orders():
    w = np.array([0.5, -1.0, 2.0, 0.1, 1.5, -0.7, 0.3])
    inputs = np.array([[[1.0], [-1.0], [1.0]]])
    for update in ("sequential", "synchronous"):
        h = o = 0.0
        expected = []
        for x in (1.0, -1.0, 1.0):
            new_h = logistic(0.5 * x - 1.0 * h + 2.0 * o + 0.1)
            seen = new_h if update == "sequential" else h
            o = logistic(1.5 * x - 0.7 * seen + 0.3 * o)
            h = new_h
            expected.append(o)
        shown = reference.outputs(A1(update=update).build(1, 1), w, inputs)
        np.testing.assert_allclose(shown[0, :, 0], expected, rtol=1e-14)


def test_two_outputs_and_a_fixed_weight_by_hand():
    w = np.array([2.0, -0.5, 1.2, 0.4, -0.3, 0.9, 1.1])
    steps = np.array([[0.3, -1.0], [0.7, 0.2]])
    tanh_past = logistic_past = 0.0
    for t, (a, b) in enumerate(steps):
        hidden = 2.0 * a + 0.25 * b - 0.5 * logistic_past
        tanh_past = math.tanh(1.2 * hidden + 0.4 * tanh_past - 0.3)
        logistic_past = logistic(0.9 * tanh_past + 1.1 * b)
        shown = reference.outputs(TWO_OUTPUTS, w, steps[None])[0, t]
        assert shown == pytest.approx([tanh_past, logistic_past], rel=1e-14)


def test_the_latch_has_the_attractors_of_theory():
    """w = 1.25: x = 0.7104; w = 2: x = 0.9575 (fixed points of tanh(w x))."""
    structure = TanhUnit().build(1, 1)
    inputs = np.zeros((2, 300, 1))
    inputs[:, 0, 0] = [1.0, -1.0]
    for w, fixed_point in ((1.25, 0.7104), (2.0, 0.9575)):
        shown = reference.outputs(structure, np.array([1.0, w, 0.0]), inputs)
        assert shown[:, -1, 0] == pytest.approx([fixed_point, -fixed_point], abs=1e-4)


def test_large_sums_do_not_overflow():
    structure = TanhUnit().build(1, 1)
    shown = reference.outputs(structure, np.full(3, 1e6), np.ones((1, 5, 1)))
    assert (shown == 1.0).all()


def test_complex_weights_give_derivatives():
    structure = A1().build(1, 1)
    w = np.linspace(-1.0, 1.0, 7)
    inputs = np.array([[[1.0], [-1.0], [1.0], [1.0]]])
    for k in range(7):
        step = np.zeros(7)
        step[k] = 1.0
        exact = reference.outputs(structure, w + 1e-30j * step, inputs).imag / 1e-30
        difference = (
            reference.outputs(structure, w + 1e-6 * step, inputs)
            - reference.outputs(structure, w - 1e-6 * step, inputs)
        ) / 2e-6
        np.testing.assert_allclose(exact, difference, atol=1e-8)


def test_losses_by_hand():
    sequences = classified([np.zeros((2, 1)), np.zeros((1, 1))], [1.0, 0.0])
    shown = np.zeros((2, 2, 1))
    shown[0, 1, 0], shown[1, 0, 0] = 0.95, 0.3
    assert reference.mean_squared_error(shown, sequences) == pytest.approx(
        (0.05**2 + 0.3**2) / 2
    )
    right = reference.correct_sequences(shown, sequences, 0.1)
    assert right.tolist() == [True, False]
    entropy = -(math.log(0.95) + math.log(0.7)) / 2
    graded = reference.graded_loss(shown, sequences, 0.1, "logistic")
    assert graded == pytest.approx(0.5 + 0.001 * entropy)


def test_the_tolerance_is_excluded():
    shown, target = np.array([0.1, 0.0999]), np.zeros(2)
    assert reference.correct_targets(shown, target, 0.1).tolist() == [False, True]
    shown, target = np.array([0.1, -0.1, 0.0]), np.array([0.8, 0.8, 0.8])
    assert reference.correct_targets(shown, target, None).tolist() == [
        True,
        False,
        False,
    ]
