"""Every activation of the table, against itself: whatever is added is checked too."""

from typing import get_args

import numpy as np
import pytest

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.networks.activations import ACTIVATIONS, Activation
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems.sequences import Sequences
from gfsearch.searchers.common.descent import no_gradient
from gfsearch.searchers.online.curvature import Curvatures

SUMS = np.concatenate([np.linspace(-40.0, 40.0, 401), [-700.0, 1e-9, 700.0]])
names = pytest.mark.parametrize("name", ACTIVATIONS)


def test_the_table_has_every_name_and_no_other():
    assert set(get_args(Activation)) == set(ACTIVATIONS)


@names
def test_outputs_fill_their_range_and_slopes_are_derivatives(name):
    kind = ACTIVATIONS[name]
    shown = kind.function(SUMS)
    assert (kind.low <= shown).all()
    assert (shown <= kind.high).all()
    if np.isfinite(kind.high):
        assert shown[0] == pytest.approx(kind.low, abs=1e-9)
        assert shown[-1] == kind.high
    assert kind.two_valued == (set(shown) == {kind.low, kind.high})
    slopes = kind.slope(SUMS)
    exact = kind.function(SUMS + 1e-20j).imag / 1e-20
    assert slopes == pytest.approx(exact, rel=1e-9, abs=1e-300)
    at_zero = float(kind.slope(np.zeros(1))[0])
    assert kind.largest_slope == pytest.approx(max(slopes.max(), at_zero), rel=1e-6)
    assert kind.flat == (not slopes.any())
    assert kind.silent == (float(kind.function(np.zeros(1))[0]) == 0.0)


def one_unit(name):
    return Structure(1, 1, (Unit(name, (Link("input", weight=0),)),))


@names
def test_kernels_compute_outputs_and_gradients(name):
    """The loss of one unit that sees its sum, and its derivative by the weight."""
    kind, structure = ACTIVATIONS[name], one_unit(name)
    scoring = Scoring.of(structure, Criterion(tolerance=0.1), "mse")
    for at in (-3.0, -0.7, 0.2, 1.9):
        seen = np.array([[[at]]])
        train = Sequences(seen, [1], np.zeros((1, 1, 1)), np.ones((1, 1), dtype=bool))
        evaluator = Evaluator(structure, SequenceArrays.of(train), scoring)
        weights = np.array([[1.3]])
        y = float(kind.function(np.array(1.3 * at)))
        assert evaluator.full(weights)[0][0] == pytest.approx(y * y, rel=1e-5)
        loss, _, gradient = evaluator.gradient(weights)
        assert loss[0] == pytest.approx(y * y, rel=1e-12)
        slope = float(kind.slope(np.array([1.3 * at]))[0])
        assert gradient[0, 0] == pytest.approx(2.0 * y * slope * at, rel=1e-9)


@names
def test_models_of_on_line_searchers_have_its_derivatives(name):
    """Second derivatives by central differences of the first."""
    kind, structure = ACTIVATIONS[name], one_unit(name)
    if no_gradient(structure):
        return
    for at in (-3.0, -0.7, 0.2, 1.9):
        kept, links = np.empty((3, 1, 1)), np.empty((2, 1, 1))
        seen, target = np.array([[at]]), np.zeros((1, 1))
        step, weights = np.zeros(1, dtype=np.int64), np.ones(1)
        function = Curvatures(structure).function
        function(seen, step, target, weights, False, *links, kept)
        y, first, second = kept.ravel()
        assert y == pytest.approx(float(kind.function(np.array(at))))
        assert first == pytest.approx(float(kind.slope(np.array([at]))[0]))
        low, high = kind.slope(np.array([at - 1e-5, at + 1e-5]))
        assert second == pytest.approx((high - low) / 2e-5, abs=1e-6)
