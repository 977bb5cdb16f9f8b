"""Derivatives by loops over a wiring, the same for all networks: the oracle."""

import math

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.searchers.online.wiring import NUMBERS, silent_rows

LOGISTIC, TANH = NUMBERS["logistic"], NUMBERS["tanh"]


@jit()
def derivatives(
    wiring, sequence, target_step, target, weights, gauss_newton, slopes, curvatures
):
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
def _forward(wiring, weights, rows, first, second):
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


@jit()
def weighted_sum(wiring, unit, row, weights):
    """The sum of a unit over its links, with (L,) weights."""
    total = 0.0
    for k in range(wiring.first_link[unit], wiring.first_link[unit + 1]):
        total += weights[k] * row[wiring.column[k]]
    return total


@jit()
def show(wiring, rows, t, unit, output):
    """Let an output of step t be seen at this step and the next."""
    past = wiring.bias + 1
    rows[t, past + len(wiring.activation) + unit] = output
    rows[t + 1, past + unit] = output
