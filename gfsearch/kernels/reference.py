"""The reference: networks, losses and verdicts in plain float64 NumPy.

Written for clarity and compiled by nobody: it is what every kernel is tested
against. It takes complex weights as well, so that derivatives can be taken by a
complex step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from gfsearch.networks.structure import RANGES, Activation, Structure
from gfsearch.problems.sequences import BoolArray, FloatArray, Sequences

Array = npt.NDArray[Any]

# The logistic function by tanh: neither overflows, nor breaks complex numbers.
ACTIVATIONS: dict[Activation, Callable[[Array], Array]] = {
    "logistic": lambda a: 0.5 + 0.5 * np.tanh(0.5 * a),
    "tanh": np.tanh,
    "sign": lambda a: np.where(a.real >= 0, 1.0, -1.0),
    "identity": lambda a: a,
}


def outputs(structure: Structure, weights: Array, inputs: FloatArray) -> Array:
    """The outputs of one network at every step of every sequence.

    Args:
        structure: The network.
        weights: (D,) the weight vector, real or complex.
        inputs: (N, T, I) the input lines.

    Returns:
        (N, T, O) the output units' activations. Steps behind the end of a sequence
        are computed like all others and mean nothing.
    """
    n, steps, _ = inputs.shape
    result = np.empty((n, steps, structure.outputs), dtype=weights.dtype)
    silence = np.zeros((len(structure.units), n), dtype=weights.dtype)
    history = [silence] * max(structure.memory)  # the step before comes first
    for t in range(steps):
        now = np.zeros_like(silence)
        for u, unit in enumerate(structure.units):
            total = np.zeros(n, dtype=weights.dtype)
            for link in unit.links:
                shows = {
                    "input": inputs[:, t].T,
                    "bias": np.ones((1, n)),
                    "past": history[link.delay - 1],
                    "now": now,
                }
                seen = shows[link.origin][link.index]
                if link.gate is not None:
                    seen = seen * now[link.gate]
                weight = link.fixed if link.weight is None else weights[link.weight]
                total = total + weight * seen
            now[u] = ACTIVATIONS[unit.activation](total)
        result[:, t] = now[structure.output_units].T
        history = [now, *history[:-1]]
    return result


def correct_targets(
    shown: FloatArray, targets: FloatArray, tolerance: float | None
) -> BoolArray:
    """Which outputs are right: within the tolerance, or of the target's sign.

    Args:
        shown: Outputs, any shape.
        targets: Targets of the same shape.
        tolerance: Largest absolute error (excluded), or None for the sign.
    """
    if tolerance is None:
        return shown * targets > 0
    return np.abs(shown - targets) < tolerance


def correct_sequences(
    shown: FloatArray, sequences: Sequences, tolerance: float | None
) -> BoolArray:
    """(N,) whether all targets of each sequence are right.

    Args:
        shown: (N, T, O) outputs.
        sequences: The sequences with their targets.
        tolerance: As in `correct_targets`.
    """
    right = correct_targets(shown, sequences.targets, tolerance)
    wrong = ~right & sequences.mask[:, :, None]
    return np.logical_not(np.asarray(wrong.any(axis=(1, 2))))


def mean_squared_error(shown: FloatArray, sequences: Sequences) -> float:
    """The mean squared error over all targets."""
    difference = (shown - sequences.targets)[sequences.mask]
    return float(np.mean(difference**2))


def graded_loss(
    shown: FloatArray,
    sequences: Sequences,
    tolerance: float | None,
    activation: Activation,
) -> float:
    """Fraction of wrong sequences plus 0.001 times the mean cross-entropy.

    Outputs and targets are mapped from the activation's range to [0, 1], outputs
    kept 1e-7 away from its ends.
    """
    low, high = RANGES[activation]
    p = (shown - low)[sequences.mask] / (high - low)
    q = (sequences.targets - low)[sequences.mask] / (high - low)
    p = np.clip(p, 1e-7, 1 - 1e-7)
    entropy = -np.mean(q * np.log(p) + (1 - q) * np.log(1 - p))
    wrong = 1 - np.mean(correct_sequences(shown, sequences, tolerance))
    return float(wrong + 0.001 * entropy)
