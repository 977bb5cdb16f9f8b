"""Passes of gradient descent through a training set, in compiled code.

The steps are those of `gfsearch.searchers.gradient` and `gfsearch.searchers.adam`, bit
for bit: every operation on numbers is NumPy's there and the same one here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.fitness.criteria import Scoring
from gfsearch.searchers.online.batches import GradientKernel, gradient_of
from gfsearch.searchers.online.shown import Shown
from gfsearch.specs.arrays import FloatArray, IntArray


class Rule(NamedTuple):
    """Rule that turns a gradient into a step.

    Attributes:
        adam: Adam's rule; else the momentum's.
        rate: Learning rate.
        first: Share of the step before that is made again; Adam's first decay.
        second: Adam's second decay.
        epsilon: Adam's.
        clip: Largest norm of a gradient before Adam's rule; 0: none.
    """

    adam: bool
    rate: float
    first: float
    second: float = 0.0
    epsilon: float = 0.0
    clip: float = 0.0


class Memory(NamedTuple):
    """State of a rule between two steps; changed in place.

    Attributes:
        steps: (1,) number of steps.
        first: (1, D) the last step; Adam's mean of the gradients.
        second: (1, D) Adam's mean of their squares.
    """

    steps: IntArray
    first: FloatArray
    second: FloatArray

    @classmethod
    def of(cls, dimension: int) -> Memory:
        """The memory before the first step."""
        shape = (1, dimension)
        return cls(np.zeros(1, np.int64), np.zeros(shape), np.zeros(shape))


@jit()
def descend(
    kernel: GradientKernel,
    shown: Shown,
    scoring: Scoring,
    order: IntArray,
    size: int,
    rule: Rule,
    memory: Memory,
    low: FloatArray,
    high: FloatArray,
    weights: FloatArray,
    before: FloatArray,
) -> tuple[float, int, bool]:
    """Move weights against the gradient of one batch after the other.

    Args:
        kernel: The network's kernel.
        shown: The training sequences.
        scoring: The loss.
        order: (N,) the order in which they are shown.
        size: Sequences per batch.
        rule: How far a gradient moves the weights.
        memory: What the rule remembers.
        low: (D,) lower bounds of the weights.
        high: (D,) upper bounds of the weights.
        weights: (1, D); changed in place.
        before: (1, D), filled with the weights that the last batch was shown to.

    Returns:
        The sum of the batches' losses, each times its sequences; how many sequences
        were shown; and whether all gradients were finite: it ends at the first that
        is not.
    """
    gradient = np.empty_like(weights)
    total = 0.0
    for begin in range(0, len(order), size):
        batch = order[begin : begin + size]
        for d in range(len(low)):
            before[0, d] = weights[0, d]
        loss = gradient_of(kernel, shown, scoring, weights, batch, gradient)
        total += loss * len(batch)
        if not np.isfinite(gradient).all():
            return total, begin + len(batch), False
        move(rule, memory, gradient, low, high, weights)
    return total, len(order), True


@jit()
def move(
    rule: Rule,
    memory: Memory,
    gradient: FloatArray,
    low: FloatArray,
    high: FloatArray,
    weights: FloatArray,
) -> None:
    """Move weights against a gradient, and project them onto their range.

    Args:
        rule: How far it moves them.
        memory: What the rule remembers.
        gradient: (1, D); holds the step afterwards.
        low: (D,) lower bounds of the weights.
        high: (D,) upper bounds of the weights.
        weights: (1, D); changed in place.
    """
    if rule.adam:
        _adam_step(rule, memory, gradient)
    else:
        _momentum_step(rule, memory, gradient)
    for d in range(len(low)):
        moved = weights[0, d] + gradient[0, d]
        # As NumPy's clip: what is not a number stays so.
        if moved < low[d]:
            moved = low[d]
        if moved > high[d]:
            moved = high[d]
        weights[0, d] = moved


@jit()
def _momentum_step(rule: Rule, memory: Memory, gradient: FloatArray) -> None:
    """Make a step of a gradient: Rumelhart, Hinton and Williams (1986), equation 9."""
    step = memory.first
    for d in range(gradient.shape[1]):
        step[0, d] = rule.first * step[0, d] - rule.rate * gradient[0, d]
        gradient[0, d] = step[0, d]


@jit()
def _adam_step(rule: Rule, memory: Memory, gradient: FloatArray) -> None:
    """Make a step of a gradient: Kingma and Ba (2015), algorithm 1; clipped before."""
    flat = gradient[0]
    norm = math.sqrt(np.dot(flat, flat))
    if 0.0 < rule.clip < norm:
        for d in range(len(flat)):
            flat[d] *= rule.clip / norm
    memory.steps[0] += 1
    steps = float(memory.steps[0])
    mean, square = memory.first, memory.second
    for d in range(len(flat)):
        mean[0, d] += (1.0 - rule.first) * (flat[d] - mean[0, d])
        square[0, d] += (1.0 - rule.second) * (flat[d] * flat[d] - square[0, d])
        first = mean[0, d] / (1.0 - rule.first**steps)
        second = square[0, d] / (1.0 - rule.second**steps)
        flat[d] = -rule.rate * first / (math.sqrt(second) + rule.epsilon)
