"""The reference: networks, losses and verdicts in plain float64 NumPy.

Written for clarity and not compiled: every kernel is tested against it. It takes
complex weights as well, so that derivatives can be taken by a complex step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from gfsearch.networks.activations import ACTIVATIONS, Activation
from gfsearch.networks.own_forward import Built, OwnForward
from gfsearch.networks.structure import Source, Structure
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import Array, BoolArray, FloatArray

_STEP = 1e-20
"""The complex step: its square is nothing beside 1, and no difference is taken."""


def activities(structure: Structure, weights: Array, inputs: FloatArray) -> Array:
    """Outputs of all units at every step of every sequence.

    Args:
        structure: The network.
        weights: (..., D) weight vectors, real or complex.
        inputs: (N, T, I) the input lines.

    Returns:
        (..., N, T, U) the units' outputs. Steps behind the end of a sequence are
        computed like all others and mean nothing.
    """
    n, steps, _ = inputs.shape
    rows = weights.shape[:-1]
    w = np.moveaxis(weights, -1, 0)[..., None]  # a weight, for all rows and sequences
    result = np.empty((*rows, n, steps, len(structure.units)), dtype=weights.dtype)
    silence = np.zeros((len(structure.units), *rows, n), dtype=weights.dtype)
    starts = np.array([unit.start for unit in structure.units])
    first = silence + starts.reshape(-1, *(1,) * (silence.ndim - 1))
    history = [first] * max(structure.memory)  # the step before comes first
    for t in range(steps):
        now = np.zeros_like(silence)
        for u, unit in enumerate(structure.units):
            total = np.zeros((*rows, n), dtype=weights.dtype)
            for link in unit.links:
                seen = np.ones(n)
                for source in link.sources:
                    seen = seen * _shown(source, t, inputs, history, now)
                weight = link.fixed if link.weight is None else w[link.weight]
                total = total + weight * seen
            ticks = t % unit.period == unit.phase
            now[u] = unit.kind.function(total) if ticks else history[0][u]
        result[..., t, :] = np.moveaxis(now, 0, -1)
        history = [now, *history[:-1]]
    return result


def _shown(
    source: Source, t: int, inputs: FloatArray, history: list[Array], now: Array
) -> Array:
    """(..., N) values of a source at step t; history begins with the step before."""
    if source.origin == "bias":
        return np.ones(len(inputs))
    if source.origin == "input":
        return inputs[:, t, source.index]
    if source.origin == "past-input":
        before = t - source.delay
        return inputs[:, before, source.index] if before >= 0 else np.zeros(len(inputs))
    shown = now if source.origin == "now" else history[source.delay - 1]
    return np.asarray(shown[source.index])


def replay(
    network: Built,
    weights: npt.ArrayLike,
    inputs: npt.ArrayLike,
    *,
    units: bool = False,
) -> FloatArray:
    """Outputs of one weight vector for one sequence or several; see `Task.replay`.

    Args:
        network: The network.
        weights: (D,) the weight vector.
        inputs: (T, I) or (N, T, I) the input lines.
        units: Return the outputs of all units.

    Returns:
        (T, O) or (N, T, O) outputs; with `units` (T, U) or (N, T, U).

    Raises:
        ValueError: A wrong shape, a value that is not finite, or `units` of a network
            that has none.
    """
    vector = np.asarray(weights, dtype=np.float64)
    shown = np.asarray(inputs, dtype=np.float64)
    if vector.shape != (network.dimension,) or not np.isfinite(vector).all():
        raise ValueError(
            f"weights: expected {network.dimension} finite numbers, got shape "
            f"{vector.shape}"
        )
    lines = network.inputs
    if shown.ndim not in (2, 3) or shown.shape[-1] != lines:
        raise ValueError(
            f"inputs: expected shape (T, {lines}) or (N, T, {lines}), got {shown.shape}"
        )
    if not np.isfinite(shown).all():
        raise ValueError("inputs: expected finite numbers")
    sequences = shown if shown.ndim == 3 else shown[None]
    if isinstance(network, Structure):
        found = (activities if units else outputs)(network, vector, sequences)
    elif units:
        raise ValueError(f"units: {network.called} has none")
    else:
        found = _own_outputs(network, vector, sequences)
    return np.asarray(found if shown.ndim == 3 else found[0])


def _own_outputs(network: OwnForward, weights: FloatArray, inputs: FloatArray) -> Array:
    """(N, T, O) outputs of a model for one (D,) weight vector."""
    n, steps, _ = inputs.shape
    shown = Sequences(
        inputs,
        np.full(n, steps),
        np.zeros((n, steps, network.outputs)),
        np.ones((n, steps), dtype=bool),
    )
    return np.asarray(network.run(weights[None], shown)[0])


def outputs(structure: Structure, weights: Array, inputs: FloatArray) -> Array:
    """(..., N, T, O) what the output units show; see `activities`."""
    return activities(structure, weights, inputs)[..., structure.output_units]


def gradient(
    structure: Structure,
    weights: FloatArray,
    sequences: Sequences,
    loss: Callable[[Array, Sequences], Array] | None = None,
) -> FloatArray:
    """(D,) the gradient of a loss by one (D,) weight vector, by complex steps.

    A step along the imaginary axis gives the derivative as an imaginary part: no
    difference of nearly equal numbers is taken, so it is exact to rounding (Squire
    and Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40, 1998).

    Args:
        structure: The network.
        weights: The weight vector.
        sequences: The sequences.
        loss: A function of complex outputs; default the mean squared error.
    """
    moved = weights + 1j * _STEP * np.eye(len(weights))
    shown = outputs(structure, moved, sequences.inputs)
    return (loss or mean_squared_error)(shown, sequences).imag / _STEP


def correct_targets(
    shown: Array, targets: FloatArray, tolerance: float | None
) -> BoolArray:
    """Correct outputs: within the tolerance, or of the target's sign.

    Args:
        shown: Outputs, any shape.
        targets: Targets of the same shape.
        tolerance: Largest absolute error (excluded), or None for the sign.
    """
    if tolerance is None:
        return (shown * targets).real > 0
    return np.abs((shown - targets).real) < tolerance


def in_order(shown: Array, targets: FloatArray, all_of_them: bool) -> BoolArray:
    """(...) whether the outputs wanted most are larger than the others.

    Args:
        shown: (..., O) outputs.
        targets: (..., O) their targets.
        all_of_them: Each of those wanted must be, and not only the largest.
    """
    wanted = targets == targets.max(axis=-1, keepdims=True)
    others = np.where(wanted, -np.inf, shown.real).max(axis=-1)
    ends = np.where(wanted, shown.real, np.inf if all_of_them else -np.inf)
    end = ends.min(axis=-1) if all_of_them else ends.max(axis=-1)
    return np.asarray((end > others) & ~np.isnan(shown).any(axis=-1))


def correct_sequences(
    shown: Array,
    sequences: Sequences,
    tolerance: float | None,
    rank: Literal["largest", "possible"] | None = None,
) -> BoolArray:
    """(..., N) whether all targets of each sequence are right.

    Args:
        shown: (..., N, T, O) outputs.
        sequences: The sequences with their targets.
        tolerance: As in `correct_targets`.
        rank: Compare outputs with each other instead, see `in_order`.
    """
    if rank is None:
        right = correct_targets(shown, sequences.targets, tolerance)
    else:
        right = in_order(shown, sequences.targets, rank == "possible")[..., None]
    wrong = ~right & sequences.mask[:, :, None]
    return np.logical_not(np.asarray(wrong.any(axis=(-2, -1))))


def mean_squared_error(shown: Array, sequences: Sequences) -> Array:
    """(...,) the mean squared error over all targets of (..., N, T, O) outputs."""
    difference = (shown - sequences.aims)[..., sequences.mask, :]
    return np.asarray((difference**2).mean(axis=(-2, -1)))


def graded_loss(
    shown: Array,
    sequences: Sequences,
    tolerance: float | None,
    *activations: Activation,
) -> Array:
    """Fraction of wrong sequences plus 0.001 times the mean cross-entropy, (...,).

    Outputs and targets are mapped from the range of the output's activation (one for
    each, or one for all) to [0, 1], outputs kept 1e-7 away from its ends.
    """
    low = np.array([ACTIVATIONS[activation].low for activation in activations])
    high = np.array([ACTIVATIONS[activation].high for activation in activations])
    p = ((shown - low) / (high - low))[..., sequences.mask, :]
    q = (sequences.aims - low)[sequences.mask] / (high - low)
    p = np.where(p.real < 1e-7, 1e-7, np.where(p.real > 1 - 1e-7, 1 - 1e-7, p))
    entropy = -(q * np.log(p) + (1 - q) * np.log(1 - p)).mean(axis=(-2, -1))
    right = correct_sequences(shown, sequences, tolerance)
    return np.asarray(1.0 - right.mean(axis=-1) + 0.001 * entropy)
