"""First and second derivatives by the weight of every link at every step, and a pass.

Second derivatives are those of Becker and LeCun (1988): the diagonal alone is passed
back, as if the sums that a unit's output enters had nothing to do with each other.
This is exact where an output reaches the loss by one path only, as in a single unit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from gfsearch.fitness.cpu.calling import address_of, call_derivatives
from gfsearch.fitness.cpu.compiled import compiled
from gfsearch.fitness.cpu.jit import jit
from gfsearch.networks.structure import Structure
from gfsearch.searchers.online.curvature_source import curvature_source
from gfsearch.searchers.online.shown import Shown, count, present
from gfsearch.specs.arrays import FloatArray, IntArray


class CurvatureKernel(NamedTuple):
    """A network's kernel of derivatives, as compiled learners call it.

    Attributes:
        address: Where it is, in this process.
        units: Number of units.
        weight: (L,) index of each link's free weight, or -1.
    """

    address: int
    units: int
    weight: IntArray


class Curvatures:
    """The derivatives of a network by its links, for compiled learners.

    Attributes:
        structure: The network, a first-order one.
        kernel: Its kernel.
        function: The same as a function; it must live while the address is used.
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.function = _compiled(structure)
        free = [-1 if k.weight is None else k.weight for k in structure.links]
        self.kernel = CurvatureKernel(
            address_of(self.function), len(structure.units), np.array(free)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # An address is good in one process only.
        return Curvatures, (self.structure,)


@lru_cache(maxsize=256)
def _compiled(structure: Structure) -> Callable[..., None]:
    return compiled("derivatives", curvature_source(structure))


# Bengio, Simard and Frasconi (1994), section IV: limits of the largest change of a
# weight, and the momentum with which the damping that keeps it there is changed. Ours:
# where gradients have vanished it would shrink for ever, so that there is a least one,
# and no change is larger than the limit while the damping still grows.
_LEAST, _MOST, _MOMENTUM, _LEAST_DAMPING = 0.001, 0.3, 0.8, 1e-9


class Rule(NamedTuple):
    """Parameters of a pass.

    Attributes:
        rate: Factor on the steps (eta).
        adapted: What is added to the second derivatives (mu) is adapted.
        time_weighted: Each step in time has a step size of its own.
        gauss_newton: Leave out the second derivatives of the activations.
    """

    rate: float
    adapted: bool
    time_weighted: bool
    gauss_newton: bool


@jit()
def learn_pass(
    kernel: CurvatureKernel,
    shown: Shown,
    order: IntArray,
    rule: Rule,
    damping: FloatArray,
    low: FloatArray,
    high: FloatArray,
    weights: FloatArray,
) -> bool:
    """Show every sequence once, and move the weights after each.

    Args:
        kernel: The network's kernel of derivatives.
        shown: The training set. A presentation takes two backward passes, one for each
            derivative; a pass is counted as a whole.
        order: (N,) the order in which the sequences are shown.
        rule: How far the weights move.
        damping: (1,) what is added to the second derivatives (mu); changed in place if
            it is adapted.
        low: (D,) lower bounds of the weights.
        high: (D,) upper bounds of the weights.
        weights: (D,); changed in place.

    Returns:
        Whether all derivatives were finite; it ends at the first that is not.
    """
    steps = shown.inputs.shape[1]
    links = len(kernel.weight)
    slopes = np.empty((steps, links))
    curvatures = np.empty((steps, links))
    kept = np.empty((3, steps, kernel.units))
    for i in range(len(order)):
        sequence, target_step, target = present(shown, order[i], 2)
        call_derivatives(
            kernel.address,
            (
                sequence,
                target_step,
                target,
                weights,
                rule.gauss_newton,
                slopes,
                curvatures,
                kept,
            ),
        )
        # Becker and LeCun (1988): -eta dC/dw / (|d2C/dw2| + mu), here without -eta.
        moves = np.zeros(links)
        if rule.time_weighted:  # Bengio, Simard and Frasconi (1994), section IV.
            for t in range(len(sequence)):
                for k in range(links):
                    moves[k] += slopes[t, k] / (abs(curvatures[t, k]) + damping[0])
        else:
            bends = np.zeros(links)
            for t in range(len(sequence)):
                for k in range(links):
                    moves[k] += slopes[t, k]
                    bends[k] += curvatures[t, k]
            moves /= np.abs(bends) + damping[0]
        if not np.isfinite(moves).all():
            left = len(order) - i - 1
            count(shown, left, 2 * left)
            return False
        largest = 0.0
        for k in range(links):
            if kernel.weight[k] >= 0:
                largest = max(largest, rule.rate * abs(moves[k]))
        rate = rule.rate
        if rule.adapted and largest > _MOST:
            rate *= _MOST / largest
        for k in range(links):
            w = kernel.weight[k]
            if w >= 0:
                moved = weights[w] - rate * moves[k]
                weights[w] = min(max(moved, low[w]), high[w])
        if rule.adapted and not _LEAST <= largest <= _MOST:
            # A damping that much larger or smaller would have kept to the limit.
            wanted = damping[0] * max(largest, _LEAST**2)
            wanted /= _MOST if largest > _MOST else _LEAST
            wanted = max(wanted, _LEAST_DAMPING)
            damping[0] = _MOMENTUM * damping[0] + (1.0 - _MOMENTUM) * wanted
    return True
