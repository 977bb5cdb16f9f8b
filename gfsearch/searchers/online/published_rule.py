"""The published rule of discrete error propagation: signals that travel back in time.

Bengio, Simard and Frasconi (1994), equations 7 to 10; see
`gfsearch.searchers.discrete_error`.
"""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.searchers.online.wiring import Wiring
from gfsearch.specs.arrays import FloatArray

# Ours: a unit near its threshold would have an infinite signal.
_LARGEST_SIGNAL = 5.0
LARGEST_STEP = 0.3
"""Largest change of a weight by one sequence; ours, too."""


@jit()
def pass_signals_back(
    wiring: Wiring,
    end: int,
    weights: FloatArray,
    rows: FloatArray,
    sums: FloatArray,
    margin: float,
    low: float,
    high: float,
    feasible: bool,
    rng: np.random.Generator,
    signal: FloatArray,
    step: FloatArray,
) -> None:
    """Pass signals back in time by Bengio et al. (1994), equations 7 to 10.

    `signal` says by how much the outputs should change; it is 0 on return. What the
    signals ask of the weights is added to `step`.

    Args:
        wiring: The threshold units.
        end: Steps of the sequence.
        weights: (L,) of every link.
        rows: (T + 1, C) what was seen at each step.
        sums: (T, U) the units' sums.
        margin: Distance from its threshold that is wanted of a sum.
        low: Lowest signal that is turned into a wanted change of an output.
        high: Highest one.
        feasible: No signal to a unit that already has the sign that is wanted.
        rng: Source of random numbers.
        signal: (T, U) wanted changes.
        step: (L,) what is asked of the weights.
    """
    past = wiring.bias + 1
    now = past + sums.shape[1]
    for t in range(end - 1, -1, -1):
        for u in range(sums.shape[1] - 1, -1, -1):
            if signal[t, u] == 0.0:
                continue
            # A real signal becomes a discrete change, up or down, by chance.
            measure = min(max(signal[t, u], low), high) - low
            up = rng.random() * (high - low) < measure
            signal[t, u] = 0.0
            if feasible and up == (rows[t, now + u] > 0.0):
                continue
            change = (margin if up else -margin) - sums[t, u]
            if abs(change) * _LARGEST_SIGNAL > 1.0:
                own = 1.0 / change
            else:
                own = _LARGEST_SIGNAL if change >= 0.0 else -_LARGEST_SIGNAL
            for k in range(wiring.first_link[u], wiring.first_link[u + 1]):
                column = wiring.column[k]
                step[k] += own * rows[t, column]
                if column >= now:
                    signal[t, column - now] += own * weights[k]
                elif column >= past and t > 0:
                    signal[t - 1, column - past] += own * weights[k]
