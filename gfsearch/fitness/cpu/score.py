"""Judging outputs: losses, wrong sequences, first wrong sequences."""

from __future__ import annotations

import math

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.fitness.criteria import LARGEST, OWN_LOSS, POSSIBLE, SIGN, TOLERANCE
from gfsearch.specs.arrays import Array, FloatArray, IntArray

# Outputs are kept this far from the ends of their range in the cross-entropy.
MARGIN = 1e-7


@jit(forceinline=True)
def _cross_entropy(shown: float, wanted: float, low: float, high: float) -> float:
    """Cross-entropy of an output and its target, both mapped to [0, 1]."""
    p = min(max((shown - low) / (high - low), MARGIN), 1.0 - MARGIN)
    q = (wanted - low) / (high - low)
    return -(q * math.log(p) + (1.0 - q) * math.log(1.0 - p))


@jit(forceinline=True)
def slope_of_loss(
    shown: float, wanted: float, graded: bool, low: float, high: float
) -> float:
    """The derivative by an output of its squared error or, if graded, cross-entropy."""
    if not graded:
        return 2.0 * (shown - wanted)
    p = (shown - low) / (high - low)
    if not MARGIN <= p <= 1.0 - MARGIN:
        return 0.0 * p  # flat where the output is kept from the ends; nan stays nan
    q = (wanted - low) / (high - low)
    return (p - q) / (p * (1.0 - p)) / (high - low)


@jit()
def _in_order(
    outputs: Array, row: int, at: int, targets: FloatArray, m: int, rule: int
) -> bool:
    """True if the outputs wanted most are larger than all others, at one step.

    For `POSSIBLE` each of them is, for `LARGEST` the largest of them. An output that is
    not a number is in no order.
    """
    most = targets[m, 0]
    for o in range(1, outputs.shape[2]):
        most = max(most, targets[m, o])
    other, best, least = -math.inf, -math.inf, math.inf
    for o in range(outputs.shape[2]):
        shown = np.float64(outputs[row, at, o])
        if math.isnan(shown):
            return False
        if targets[m, o] == most:
            best, least = max(best, shown), min(least, shown)
        else:
            other = max(other, shown)
    return (least if rule == POSSIBLE else best) > other


@jit(forceinline=True)
def _judge(
    outputs: Array,
    row: int,
    offset: int,
    targets: FloatArray,
    first: int,
    last: int,
    tolerance: float,
    rule: int,
    graded: bool,
    ranges: FloatArray,
    aim: int,
) -> tuple[bool, float]:
    """Judge the targets `first` to `last - 1`, those of one sequence, in one row.

    Losses see those that stand `aim` columns further, see `score`. Returns whether all
    are right, and the sum of their squared errors or, if `graded`, cross-entropies.
    """
    right = True
    total = 0.0
    for m in range(first, last):
        for o in range(outputs.shape[2]):
            shown = np.float64(outputs[row, m - offset, o])
            wanted, aimed = targets[m, o], targets[m, o + aim]
            error = shown - aimed
            if rule == SIGN:
                right = right and shown * wanted > 0.0
            elif rule < LARGEST:
                right = right and abs(shown - wanted) < tolerance
            if graded:
                total += _cross_entropy(shown, aimed, ranges[o, 0], ranges[o, 1])
            else:
                total += error * error
        if LARGEST <= rule <= POSSIBLE:
            right = right and _in_order(outputs, row, m - offset, targets, m, rule)
    if rule == OWN_LOSS:
        right = total < tolerance * ((last - first) * outputs.shape[2])
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


@jit(forceinline=True)
def _score(
    outputs: Array,
    targets: FloatArray,
    first_target: IntArray,
    tolerance: float,
    rule: int,
    graded: bool,
    ranges: FloatArray,
    weights: FloatArray,
    loss: FloatArray,
    errors: IntArray,
    aim: int,
) -> int:
    """Judge rows of outputs; see `score`."""
    n = first_target.shape[0] - 1
    count = targets.shape[0] * outputs.shape[2]
    fewest: int = n
    for row in range(outputs.shape[0]):
        total = 0.0
        wrong = 0
        for s in range(n):
            first, last = first_target[s], first_target[s + 1]
            right, part = _judge(
                outputs,
                row,
                0,
                targets,
                first,
                last,
                tolerance,
                rule,
                graded,
                ranges,
                aim,
            )
            total += part
            wrong += not right
        for d in range(weights.shape[1]):
            if not math.isfinite(weights[row, d]):
                total, wrong = math.inf, n
        loss[row] = _loss(total, wrong, n, count, graded)
        errors[row] = wrong
        fewest = min(fewest, wrong)
    return fewest


@jit()
def score(
    outputs: Array,
    targets: FloatArray,
    first_target: IntArray,
    tolerance: float,
    rule: int,
    graded: bool,
    ranges: FloatArray,
    weights: FloatArray,
    loss: FloatArray,
    errors: IntArray,
) -> int:
    """Judge P rows of outputs on N sequences, in their order.

    Saturated units show finite outputs for infinite weights too: a row with a weight
    that is not finite has an infinite loss, whatever it shows.

    Args:
        outputs: (P, M, O) float32 or float64.
        targets: (M, O) float64; or (M, 2 O), the second half as losses see them.
        first_target: (N + 1,) number of the first target of each sequence.
        tolerance, rule, graded, ranges: See `Scoring`.
        weights: (P, D) float64, the weights that gave the outputs.
        loss: (P,) float64, filled.
        errors: (P,) int64, filled with the numbers of wrong sequences.

    Returns:
        The number of wrong sequences of the best row.
    """
    # With constants in their place, the compiler drops what the usual rule leaves out:
    # 0.9 of the 5.3 microseconds of a short evaluation.
    aim = targets.shape[1] - outputs.shape[2]
    if rule == TOLERANCE and not graded and aim == 0:
        fewest: int = _score(
            outputs,
            targets,
            first_target,
            tolerance,
            TOLERANCE,
            False,
            ranges,
            weights,
            loss,
            errors,
            0,
        )
    else:
        fewest = _score(
            outputs,
            targets,
            first_target,
            tolerance,
            rule,
            graded,
            ranges,
            weights,
            loss,
            errors,
            aim,
        )
    return fewest


@jit(forceinline=True)
def _first_wrong(
    outputs: Array,
    offset: int,
    targets: FloatArray,
    first_target: IntArray,
    start: int,
    stop: int,
    tolerance: float,
    rule: int,
    left: IntArray,
    found: IntArray,
) -> None:
    """Find first wrong sequences too many; see `first_wrong`."""
    for row in range(outputs.shape[0]):
        found[row] = stop
        for s in range(start, stop):
            first, last = first_target[s], first_target[s + 1]
            right, _ = _judge(
                outputs,
                row,
                offset,
                targets,
                first,
                last,
                tolerance,
                rule,
                False,
                targets,
                0,
            )
            if not right:
                left[row] -= 1
                if left[row] < 0:
                    found[row] = s
                    break


@jit()
def first_wrong(
    outputs: Array,
    offset: int,
    targets: FloatArray,
    first_target: IntArray,
    start: int,
    stop: int,
    tolerance: float,
    rule: int,
    left: IntArray,
    found: IntArray,
) -> None:
    """Find the first wrong sequence too many among `start` to `stop - 1` for P rows.

    Args:
        outputs: (P, M', O) float32 or float64.
        offset: The number of the target that stands in the first column of outputs.
        targets, first_target, tolerance, rule: As in `score`.
        start: First sequence.
        stop: One after the last sequence.
        left: (P,) int64, how many sequences of each row may still be wrong; reduced
            by those that are, and negative where it was one too many.
        found: (P,) int64, filled; `stop` where there is none too many.
    """
    if rule == TOLERANCE:  # As in `score`.
        _first_wrong(
            outputs,
            offset,
            targets,
            first_target,
            start,
            stop,
            tolerance,
            TOLERANCE,
            left,
            found,
        )
    else:
        _first_wrong(
            outputs,
            offset,
            targets,
            first_target,
            start,
            stop,
            tolerance,
            rule,
            left,
            found,
        )
