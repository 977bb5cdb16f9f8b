"""First and second derivatives by the weight of every link at every step, and a pass.

Second derivatives are those of Becker and LeCun (1988): the diagonal alone is passed
back, as if the sums that a unit's output enters had nothing to do with each other.
This is exact where an output reaches the loss by one path only, as in a single unit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.searchers.online.shown import Shown, count, present
from gfsearch.searchers.online.wiring import (
    LOGISTIC,
    TANH,
    Wiring,
    show,
    silent_rows,
    weighted_sum,
)
from gfsearch.specs.arrays import FloatArray, IntArray


class Rule(NamedTuple):
    """Parameters of a pass.

    Attributes:
        rate: Factor on the steps (eta).
        damping: What is added to the second derivatives (mu).
        time_weighted: Each step in time has a step size of its own.
        gauss_newton: Leave out the second derivatives of the activations.
    """

    rate: float
    damping: float
    time_weighted: bool
    gauss_newton: bool


@jit()
def learn_pass(
    wiring: Wiring,
    shown: Shown,
    order: IntArray,
    rule: Rule,
    low: FloatArray,
    high: FloatArray,
    weights: FloatArray,
) -> bool:
    """Show every sequence once, and move the weights after each.

    Args:
        wiring: The network.
        shown: The training set. A presentation takes two backward passes, one for each
            derivative; a pass is counted as a whole.
        order: (N,) the order in which the sequences are shown.
        rule: How far the weights move.
        low: (D,) lower bounds of the weights.
        high: (D,) upper bounds of the weights.
        weights: (D,); changed in place.

    Returns:
        Whether all derivatives were finite; it ends at the first that is not.
    """
    steps = shown.inputs.shape[1]
    links = len(wiring.column)
    slopes = np.empty((steps, links))
    curvatures = np.empty((steps, links))
    for i in range(len(order)):
        sequence, target_step, target = present(shown, order[i], 2)
        derivatives(
            wiring,
            sequence,
            target_step,
            target,
            weights,
            rule.gauss_newton,
            slopes,
            curvatures,
        )
        # Becker and LeCun (1988): -eta dC/dw / (|d2C/dw2| + mu), here without -eta.
        moves = np.zeros(links)
        if rule.time_weighted:  # Bengio, Simard and Frasconi (1994), section IV.
            for t in range(len(sequence)):
                for k in range(links):
                    moves[k] += slopes[t, k] / (abs(curvatures[t, k]) + rule.damping)
        else:
            bends = np.zeros(links)
            for t in range(len(sequence)):
                for k in range(links):
                    moves[k] += slopes[t, k]
                    bends[k] += curvatures[t, k]
            moves /= np.abs(bends) + rule.damping
        if not np.isfinite(moves).all():
            left = len(order) - i - 1
            count(shown, left, 2 * left)
            return False
        for k in range(links):
            w = wiring.weight[k]
            if w >= 0:
                moved = weights[w] - rule.rate * moves[k]
                weights[w] = min(max(moved, low[w]), high[w])
    return True


@jit()
def derivatives(
    wiring: Wiring,
    sequence: FloatArray,
    target_step: IntArray,
    target: FloatArray,
    weights: FloatArray,
    gauss_newton: bool,
    slopes: FloatArray,
    curvatures: FloatArray,
) -> None:
    """Derivatives of a sequence's squared error by each link's weight at each step.

    Args:
        wiring: The network.
        sequence: (T, I) the input lines.
        target_step: (M,) the steps with targets, ascending.
        target: (M, O) wanted outputs.
        weights: (D,) the weights.
        gauss_newton: Leave out the second derivatives of the activations.
        slopes: (T, L) filled with the first derivatives up to the last target.
        curvatures: (T, L) filled with the second derivatives.
    """
    end = target_step[-1] + 1
    units = len(wiring.activation)
    past = wiring.bias + 1
    now = past + units
    w = np.where(wiring.weight >= 0, weights[wiring.weight], wiring.fixed)
    rows = silent_rows(wiring, end)
    # Loops, not slices: these take the compiler a second for their errors alone.
    for t in range(end):
        for line in range(wiring.bias):
            rows[t, line] = sequence[t, line]
    first = np.empty((end, units))  # derivatives of the activations
    second = np.empty((end, units))
    _forward(wiring, w, rows, first, second)
    # Derivatives of the loss by what each row shows.
    error = np.zeros_like(rows)
    bend = np.zeros_like(rows)
    for m in range(len(target_step)):
        for o in range(target.shape[1]):
            t, c = target_step[m], now + wiring.first_output + o
            error[t, c] += 2.0 * (rows[t, c] - target[m, o]) / target.size
            bend[t, c] += 2.0 / target.size
    for t in range(end - 1, -1, -1):
        for u in range(units - 1, -1, -1):
            e = error[t, now + u] + error[t + 1, past + u]
            h = bend[t, now + u] + bend[t + 1, past + u]
            # Becker and LeCun (1988), the diagonal alone. Of a sum a: d2C/da2 =
            # f'(a)^2 d2C/df2 + f''(a) dC/df; of what a link saw: w^2 d2C/da2.
            slope = e * first[t, u]
            curvature = h * first[t, u] ** 2
            if not gauss_newton:
                curvature += e * second[t, u]
            for k in range(wiring.first_link[u], wiring.first_link[u + 1]):
                c = wiring.column[k]
                slopes[t, k] = slope * rows[t, c]
                curvatures[t, k] = curvature * rows[t, c] ** 2
                error[t, c] += slope * w[k]
                bend[t, c] += curvature * w[k] ** 2


@jit()
def _forward(
    wiring: Wiring,
    weights: FloatArray,
    rows: FloatArray,
    first: FloatArray,
    second: FloatArray,
) -> None:
    """Fill rows with outputs, and the derivatives of every activation by its sum."""
    for t in range(len(first)):
        for u in range(first.shape[1]):
            a = weighted_sum(wiring, u, rows[t], weights)
            y, slope, curvature = a, 1.0, 0.0
            # From the exponential: of 1 - y nothing is left where y is nearly 1.
            if wiring.activation[u] == LOGISTIC:
                e = math.exp(-abs(a))
                y = (1.0 if a >= 0.0 else e) / (1.0 + e)
                slope = e / (1.0 + e) ** 2
                curvature = slope * (1.0 - 2.0 * y)
            elif wiring.activation[u] == TANH:
                e = math.exp(-2.0 * abs(a))
                y = math.copysign((1.0 - e) / (1.0 + e), a)
                slope = 4.0 * e / (1.0 + e) ** 2
                curvature = -2.0 * y * slope
            show(wiring, rows, t, u, y)
            first[t, u], second[t, u] = slope, curvature
