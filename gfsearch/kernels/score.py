"""Judging outputs, and the float64 kernel that has the last word on solutions.

The float64 kernel is a plain scalar loop that reads the network from arrays, so that
it is compiled once for all networks. It is two orders of magnitude slower than the
float32 lanes and sees only what they let pass.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from gfsearch.kernels.jit import jit
from gfsearch.problems.sequences import FloatArray, IntArray

Array = npt.NDArray[Any]


@jit()
def _judge(
    outputs: Array,
    targets: FloatArray,
    first: int,
    last: int,
    tolerance: float,
    graded: bool,
    low: float,
    high: float,
) -> tuple[bool, float]:
    """Judge the targets `first` to `last - 1` of one sequence.

    Returns whether all are right, and the sum of their squared errors or, if
    `graded`, of their cross-entropies.
    """
    right = True
    total = 0.0
    for m in range(first, last):
        for o in range(targets.shape[1]):
            shown = np.float64(outputs[m - first, o])
            wanted = targets[m, o]
            error = shown - wanted
            if tolerance < 0.0:
                right = right and shown * wanted > 0.0
            else:
                right = right and abs(error) < tolerance
            if graded:
                p = min(max((shown - low) / (high - low), 1e-7), 1.0 - 1e-7)
                q = (wanted - low) / (high - low)
                total -= q * math.log(p) + (1.0 - q) * math.log(1.0 - p)
            else:
                total += error * error
    return right, total


@jit()
def _loss(
    total: float, errors: int, sequences: int, targets: int, graded: bool
) -> float:
    """The loss of a whole set, from its sums; inf if the outputs overflowed."""
    loss = total / targets
    if graded:
        loss = errors / sequences + 0.001 * loss
    return loss if loss < math.inf else math.inf


@jit()
def score(
    outputs: Array,
    targets: FloatArray,
    first_target: IntArray,
    tolerance: float,
    graded: bool,
    low: float,
    high: float,
    loss: FloatArray,
    errors: IntArray,
) -> None:
    """Judge P rows of outputs on N sequences, in their order.

    Args:
        outputs: (P, M, O) float32.
        targets: (M, O) float64.
        first_target: (N + 1,) number of the first target of each sequence.
        tolerance, graded, low, high: See `gfsearch.kernels.arrays.Scoring`.
        loss: (P,) float64, filled.
        errors: (P,) int64, filled with the numbers of wrong sequences.
    """
    n = first_target.shape[0] - 1
    for row in range(outputs.shape[0]):
        total = 0.0
        wrong = 0
        for s in range(n):
            first, last = first_target[s], first_target[s + 1]
            right, part = _judge(
                outputs[row, first:], targets, first, last, tolerance, graded, low, high
            )
            total += part
            wrong += not right
        loss[row] = _loss(total, wrong, n, targets.shape[0] * targets.shape[1], graded)
        errors[row] = wrong


@jit()
def first_wrong(
    outputs: Array,
    offset: int,
    targets: FloatArray,
    first_target: IntArray,
    start: int,
    stop: int,
    tolerance: float,
    found: IntArray,
) -> None:
    """Find the first wrong sequence among `start` to `stop - 1` for P rows.

    Args:
        outputs: (P, M', O) float32.
        offset: The number of the target that stands in the first column of outputs.
        targets, first_target, tolerance: As in `score`.
        start: First sequence.
        stop: One behind the last sequence.
        found: (P,) int64, filled; `stop` where all are right.
    """
    for row in range(outputs.shape[0]):
        found[row] = stop
        for s in range(start, stop):
            first, last = first_target[s], first_target[s + 1]
            right, _ = _judge(
                outputs[row, first - offset :],
                targets,
                first,
                last,
                tolerance,
                False,
                0.0,
                1.0,
            )
            if not right:
                found[row] = s
                break


@jit()
def _activate(code: int, a: float) -> float:
    """One unit's output in float64."""
    if code == 0:
        return 1.0 / (1.0 + math.exp(-a))
    if code == 1:
        return math.tanh(a)
    if code == 2:
        return 1.0 if a >= 0.0 else -1.0
    return a


@jit()
def _run(
    first_link: IntArray,
    slot: IntArray,
    link_weight: FloatArray,
    activation: IntArray,
    sizes: IntArray,
    inputs: FloatArray,
    steps: IntArray,
    seen: FloatArray,
    outputs: Array,
) -> None:
    """Run one sequence in float64 and keep the outputs at the given steps.

    Args:
        first_link, slot, activation, sizes: See `NetworkArrays`.
        link_weight: The weight of each link, free and fixed.
        inputs: (T, I) the sequence.
        steps: Increasing steps at which outputs are wanted.
        seen: Working space, the slots of `NetworkArrays`.
        outputs: (len(steps), O) float64, filled.
    """
    lines, units, kept = sizes[0], sizes[1], sizes[2]
    past = lines + 1
    now = past + units
    seen[:] = 0.0
    seen[lines] = 1.0
    t = 0
    for k in range(steps.shape[0]):
        while t <= steps[k]:
            seen[:lines] = inputs[t]
            for u in range(units):
                a = 0.0
                for link in range(first_link[u], first_link[u + 1]):
                    a += link_weight[link] * seen[slot[link]]
                seen[now + u] = _activate(activation[u], a)
            seen[past:now] = seen[now:]
            t += 1
        outputs[k] = seen[now + units - kept :]


@jit()
def confirm(
    weights: FloatArray,
    first_link: IntArray,
    slot: IntArray,
    weight: IntArray,
    fixed: FloatArray,
    activation: IntArray,
    sizes: IntArray,
    inputs: FloatArray,
    first_target: IntArray,
    target_step: IntArray,
    targets: FloatArray,
    tolerance: float,
    graded: bool,
    low: float,
    high: float,
    stop_at_error: bool,
) -> tuple[float, int, int]:
    """Evaluate one weight vector in float64, sequence by sequence in their order.

    Args:
        weights: (D,) float64.
        first_link, slot, weight, fixed, activation, sizes: See `NetworkArrays`.
        inputs, first_target, target_step, targets: See `SequenceArrays`.
        tolerance, graded, low, high: See `Scoring`.
        stop_at_error: Show nothing behind the first wrong sequence.

    Returns:
        Loss, number of wrong sequences, and number of sequences shown; the loss is
        that of the whole set only if all were shown.
    """
    link_weight = np.empty(slot.shape[0])
    for link in range(slot.shape[0]):
        index = weight[link]
        link_weight[link] = fixed[link] if index < 0 else weights[index]
    seen = np.empty(sizes[0] + 1 + 2 * sizes[1])
    outputs = np.empty((targets.shape[0], targets.shape[1]))
    n = first_target.shape[0] - 1
    total = 0.0
    wrong = 0
    shown = 0
    for s in range(n):
        first, last = first_target[s], first_target[s + 1]
        kept = outputs[: last - first]
        _run(
            first_link,
            slot,
            link_weight,
            activation,
            sizes,
            inputs[s],
            target_step[first:last],
            seen,
            kept,
        )
        right, part = _judge(kept, targets, first, last, tolerance, graded, low, high)
        total += part
        wrong += not right
        shown += 1
        if stop_at_error and wrong:
            break
    size = targets.shape[0] * targets.shape[1]
    return _loss(total, wrong, n, size, graded), wrong, shown
