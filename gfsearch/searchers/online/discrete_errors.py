"""Discrete error propagation through a network of threshold units, on-line.

The rules stand in `gfsearch.searchers.discrete_error`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from gfsearch.fitness.cpu.calling import address_of, call_signs
from gfsearch.fitness.cpu.compiled import compiled
from gfsearch.fitness.cpu.jit import jit
from gfsearch.networks.structure import Structure
from gfsearch.searchers.online.published_rule import LARGEST_STEP, pass_signals_back
from gfsearch.searchers.online.shown import Shown, present
from gfsearch.searchers.online.signs_source import signs_source
from gfsearch.searchers.online.wiring import Wiring, silent_rows
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray

PROPORTIONAL, SUFFICIENT, RANDOM_WALK, PUBLISHED = range(4)


class SignKernel(NamedTuple):
    """Threshold units wired like a network, as compiled learners show them sequences.

    Attributes:
        address: Where the kernel of their signs is, in this process.
        wiring: How they are wired.
        start: (U,) the units' outputs before a sequence.
    """

    address: int
    wiring: Wiring
    start: FloatArray


class Signs:
    """Threshold units wired like a network, for compiled learners.

    A unit that is logistic in the network shows -1 before a sequence, which stands for
    the network's 0; others show 0.

    Attributes:
        structure: The network, a first-order one.
        kernel: Its kernel.
        function: The same as a function; it must live while the address is used.
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.function = _compiled(structure)
        logistic = [unit.activation == "logistic" for unit in structure.units]
        self.kernel = SignKernel(
            address=address_of(self.function),
            wiring=Wiring.of(structure),
            start=np.where(logistic, -1.0, 0.0),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # An address is good in one process only.
        return Signs, (self.structure,)


@lru_cache(maxsize=256)
def _compiled(structure: Structure) -> Callable[..., None]:
    return compiled("signs", signs_source(structure))


class Rule(NamedTuple):
    """Parameters of learning.

    Attributes:
        kind: PROPORTIONAL, SUFFICIENT, RANDOM_WALK or PUBLISHED.
        rate: Size of a step.
        blame: Probability that a unit on the path of the error changes its weights.
        single: Probability that the first such unit is the last of the path.
        noise: Standard deviation of what is added to all weights with each change.
        margin: Of the published rule: distance from its threshold that is wanted of a
            sum.
        low: Lowest signal that is turned into a wanted change of an output.
        high: Highest one.
        feasible: No signal to a unit that already has the sign that is wanted.
    """

    kind: int
    rate: float
    blame: float
    single: float
    noise: float
    margin: float
    low: float
    high: float
    feasible: bool


@jit()
def learn(
    kernel: SignKernel,
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
        kernel: The network's threshold units.
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
    wiring = kernel.wiring
    units = len(kernel.start)
    past = wiring.bias + 1
    now = past + units
    rows = silent_rows(wiring, steps)
    # Loops, not slices: these take the compiler a second for their errors alone.
    for u in range(units):
        rows[0, past + u] = kernel.start[u]
    sums = np.empty((steps, units))
    wanted = np.zeros((steps, units), dtype=np.bool_)
    signal = np.zeros((steps, units))
    step = np.zeros(weights.shape[0])
    for i in range(n):
        sequence, target_step, target = present(shown, order[(position + i) % n], 0)
        call_signs(kernel.address, (sequence, weights, rows, sums))
        right = True
        for m in range(len(target_step)):
            for o in range(target.shape[1]):
                u = wiring.first_output + o
                miss = target[m, o] - rows[target_step[m], now + u]
                if miss != 0.0:
                    right = False
                    if rule.kind == PUBLISHED:
                        signal[target_step[m], u] = miss
                    elif rule.kind != RANDOM_WALK:
                        wanted[target_step[m], u] = True
        if right:
            right_in_a_row += 1
            if right_in_a_row == n:
                break
            continue
        right_in_a_row = 0
        if rule.kind == RANDOM_WALK:
            for k in range(len(step)):
                if wiring.weight[k] >= 0:
                    weights[k] += rule.rate * rng.normal()
        elif rule.kind == PUBLISHED:
            pass_signals_back(
                wiring,
                len(sequence),
                weights,
                rows,
                sums,
                rule.margin,
                rule.low,
                rule.high,
                rule.feasible,
                rng,
                signal,
                step,
            )
            for k in range(len(step)):
                moved = min(max(rule.rate * step[k], -LARGEST_STEP), LARGEST_STEP)
                if wiring.weight[k] >= 0:
                    weights[k] += moved
                step[k] = 0.0
            continue  # Margins are on the scale of the sums: no weights are scaled.
        else:
            _backward(
                wiring,
                len(sequence),
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
                if wiring.weight[k] >= 0:
                    weights[k] += rule.rate * step[k] + rule.noise * rng.normal()
                step[k] = 0.0
        normalise(wiring, weights)
    return right_in_a_row


@jit()
def normalise(wiring: Wiring, weights: FloatArray) -> None:
    """Scale each unit's weights to norm 1: its sign does not change.

    Not those of a unit with fixed weights: these set its scale.
    """
    for u in range(len(wiring.first_link) - 1):
        first, last = wiring.first_link[u], wiring.first_link[u + 1]
        if wiring.weight[first:last].min() < 0:
            continue
        norm = np.sqrt((weights[first:last] ** 2).sum())
        for k in range(first, last):
            weights[k] /= norm


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
    measures = np.empty(len(step))
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
                    measures,
                )
            if asked >= now:
                wanted[t, asked - now] = True
            elif asked >= past:
                wanted[t - 1, asked - past] = True
            if blamed or asked < 0:
                square = 0.0
                for k in range(first, last):
                    square += rows[t, wiring.column[k]] ** 2
                norm = np.sqrt(max(square, 1e-300))
                for k in range(first, last):
                    step[k] += direction * rows[t, wiring.column[k]] / norm


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
    measures: FloatArray,
) -> int:
    """The column, not before `askable`, of the unit that is to change; or -1."""
    total = 0.0
    for k in range(first, last):
        column = wiring.column[k]
        measures[k] = 0.0
        if column >= askable:
            measures[k] = _measure(weights[k], row[column], direction, distance, rule)
            total += measures[k]
    if total == 0.0:
        return -1
    left = rng.random() * (total if rule == SUFFICIENT else max(total, 1.0))
    for k in range(first, last):
        left -= measures[k]
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
