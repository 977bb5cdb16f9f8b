"""Discrete error propagation through a network of threshold units, on-line.

The rules stand in `gfsearch.searchers.discrete_error`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.searchers.online.shown import Shown, present
from gfsearch.searchers.online.wiring import Wiring, show, silent_rows, weighted_sum
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray

PROPORTIONAL, SUFFICIENT, RANDOM_WALK = range(3)


class Rule(NamedTuple):
    """Parameters of learning.

    Attributes:
        kind: PROPORTIONAL, SUFFICIENT or RANDOM_WALK.
        rate: Size of a step.
        blame: Probability that a unit on the path of the error changes its weights.
        single: Probability that the first such unit is the last of the path.
        noise: Standard deviation of what is added to all weights with each change.
    """

    kind: int
    rate: float
    blame: float
    single: float
    noise: float


@jit()
def learn(
    wiring: Wiring,
    start: FloatArray,
    shown: Shown,
    order: IntArray,
    position: int,
    right_in_a_row: int,
    rule: Rule,
    rng: np.random.Generator,
    weights: FloatArray,
) -> int:
    """Show sequences one by one, up to all of them, learning from the wrong ones.

    Args:
        wiring: The network.
        start: (U,) the units' outputs before a sequence.
        shown: The training set, its targets -1 or +1.
        order: (N,) the order in which sequences are shown, again and again.
        position: Where in this order to go on.
        right_in_a_row: Sequences shown since the weights last changed.
        rule: How the weights change.
        rng: Source of random numbers.
        weights: (L,) of every link; changed in place.

    Returns:
        `right_in_a_row` after the last sequence. It ends early where all sequences
        were right in a row.
    """
    n, steps = shown.inputs.shape[0], shown.inputs.shape[1]
    units = start.shape[0]
    past = wiring.bias + 1
    now = past + units
    rows = silent_rows(wiring, steps)
    # Loops, not slices: these take the compiler a second for their errors alone.
    for u in range(units):
        rows[0, past + u] = start[u]
    sums = np.empty((steps, units))
    wanted = np.zeros((steps, units), dtype=np.bool_)
    step = np.zeros(weights.shape[0])
    for i in range(n):
        sequence, target_step, target = present(shown, order[(position + i) % n], 0)
        end = len(sequence)
        for t in range(end):
            for line in range(wiring.bias):
                rows[t, line] = sequence[t, line]
        _forward(wiring, end, weights, rows, sums)
        right = True
        for m in range(len(target_step)):
            for o in range(target.shape[1]):
                u = wiring.first_output + o
                if rows[target_step[m], now + u] != target[m, o]:
                    wanted[target_step[m], u] = True
                    right = False
        if right:
            right_in_a_row += 1
            if right_in_a_row == n:
                break
            continue
        right_in_a_row = 0
        if rule.kind == RANDOM_WALK:
            wanted[:] = False
            for k in range(len(step)):
                weights[k] += rule.rate * rng.normal()
        else:
            _backward(
                wiring,
                end,
                weights,
                rows,
                sums,
                rule.kind,
                rule.blame,
                rng.random() < rule.single,
                rng,
                wanted,
                step,
            )
            for k in range(len(step)):
                weights[k] += rule.rate * step[k] + rule.noise * rng.normal()
                step[k] = 0.0
        normalise(wiring, weights)
    return right_in_a_row


@jit()
def normalise(wiring: Wiring, weights: FloatArray) -> None:
    """Scale each unit's weights to norm 1: its sign does not change."""
    for u in range(len(wiring.first_link) - 1):
        first, last = wiring.first_link[u], wiring.first_link[u + 1]
        norm = np.sqrt((weights[first:last] ** 2).sum())
        for k in range(first, last):
            weights[k] /= norm


@jit()
def _forward(
    wiring: Wiring,
    end: int,
    weights: FloatArray,
    rows: FloatArray,
    sums: FloatArray,
) -> None:
    """Fill rows and sums of all steps before `end`."""
    for t in range(end):
        for u in range(sums.shape[1]):
            sums[t, u] = weighted_sum(wiring, u, rows[t], weights)
            show(wiring, rows, t, u, 1.0 if sums[t, u] >= 0.0 else -1.0)


@jit()
def _backward(
    wiring: Wiring,
    end: int,
    weights: FloatArray,
    rows: FloatArray,
    sums: FloatArray,
    rule: int,
    blame: float,
    single: bool,
    rng: np.random.Generator,
    wanted: BoolArray,
    step: FloatArray,
) -> None:
    """Pass wanted changes back in time, and add up what they ask of the weights.

    `wanted` says which outputs are to change their sign; it is false on return.
    """
    past = wiring.bias + 1
    now = past + sums.shape[1]
    for t in range(end - 1, -1, -1):
        for u in range(sums.shape[1] - 1, -1, -1):
            if not wanted[t, u]:
                continue
            wanted[t, u] = False
            direction = -rows[t, now + u]
            first, last = wiring.first_link[u], wiring.first_link[u + 1]
            blamed = rng.random() < blame
            asked = -1
            if not (blamed and single):
                # What was before the first step cannot change.
                askable = past if t > 0 else now
                asked = _asked(
                    wiring,
                    first,
                    last,
                    askable,
                    direction,
                    abs(sums[t, u]),
                    weights,
                    rows[t],
                    rule,
                    rng,
                )
            if asked >= now:
                wanted[t, asked - now] = True
            elif asked >= past:
                wanted[t - 1, asked - past] = True
            if blamed or asked < 0:
                norm = 0.0
                for k in range(first, last):
                    norm += rows[t, wiring.column[k]] ** 2
                for k in range(first, last):
                    seen = rows[t, wiring.column[k]]
                    step[k] += direction * seen / np.sqrt(max(norm, 1e-300))


@jit()
def _asked(
    wiring: Wiring,
    first: int,
    last: int,
    askable: int,
    direction: float,
    distance: float,
    weights: FloatArray,
    row: FloatArray,
    rule: int,
    rng: np.random.Generator,
) -> int:
    """The column, not before `askable`, of the unit that is to change; or -1."""
    total = 0.0
    for k in range(first, last):
        if wiring.column[k] >= askable:
            total += _measure(
                weights[k], row[wiring.column[k]], direction, distance, rule
            )
    if total == 0.0:
        return -1
    left = rng.random() * (total if rule == SUFFICIENT else max(total, 1.0))
    for k in range(first, last):
        if wiring.column[k] >= askable:
            left -= _measure(
                weights[k], row[wiring.column[k]], direction, distance, rule
            )
            if left < 0.0:
                return int(wiring.column[k])
    return -1


@jit()
def _measure(
    weight: float, seen: float, direction: float, distance: float, rule: int
) -> float:
    """Probability that a unit is asked, by the contribution of its change."""
    contribution = -2.0 * seen * weight * direction
    if contribution <= 0.0:
        return 0.0
    if rule == SUFFICIENT:
        return 1.0 if contribution > distance else 0.0
    return min(1.0, contribution / distance) if distance > 0.0 else 1.0
