"""Generations of GNARL in compiled code: selection, structural and weight mutations.

The rules stand in `gfsearch.searchers.gnarl`. Random numbers are those that NumPy's
`Generator` gives array by array: the first of an array belong to its first row.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray


class Networks(NamedTuple):
    """P networks within a task's.

    Attributes:
        weights: (P, D), 0 for links that are not there.
        links: (P, D) which are there.
        units: (P, H) which hidden units are there.
        loss: (P,).
    """

    weights: FloatArray
    links: BoolArray
    units: BoolArray
    loss: FloatArray

    def none(self) -> Networks:
        """No network of the same task."""
        return Networks(self.weights[:0], self.links[:0], self.units[:0], self.loss[:0])


class Mutation(NamedTuple):
    """Parameters of the mutations that make offspring.

    Attributes:
        alpha: Factor on the noise of weights.
        least_units, most_units: Hidden units added, and taken away.
        least_links, most_links: Links added, and taken away.
    """

    alpha: float
    least_units: int
    most_units: int
    least_links: int
    most_links: int


@jit()
def generation(
    rng: np.random.Generator,
    survivors: Networks,
    told: Networks,
    chosen: IntArray,
    worst: float,
    mutation: Mutation,
    touches: BoolArray,
    low: FloatArray,
    high: FloatArray,
) -> tuple[Networks, Networks]:
    """The networks that survive, and a mutated copy of each; see `some`, `mutated`."""
    kept = some(survivors, told, chosen)
    return kept, mutated(rng, kept, worst, mutation, touches, low, high)


@jit()
def some(networks: Networks, others: Networks, chosen: IntArray) -> Networks:
    """Copies of some networks.

    Args:
        networks: Some networks.
        others: Further ones, of the same task.
        chosen: (K,) numbers of networks; those of `others` follow the first ones.
    """
    split, count = len(networks.loss), len(chosen)
    loss = np.empty(count)
    weights = np.empty((count, networks.weights.shape[1]))
    links = np.empty((count, networks.links.shape[1]), np.bool_)
    units = np.empty((count, networks.units.shape[1]), np.bool_)
    # Loops, not slices: these take the compiler a second for their errors alone.
    for row, i in enumerate(chosen):
        source, place = (networks, i) if i < split else (others, i - split)
        loss[row] = source.loss[place]
        for d in range(weights.shape[1]):
            weights[row, d] = source.weights[place, d]
            links[row, d] = source.links[place, d]
        for u in range(units.shape[1]):
            units[row, u] = source.units[place, u]
    return Networks(weights, links, units, loss)


@jit()
def mutated(
    rng: np.random.Generator,
    parents: Networks,
    worst: float,
    mutation: Mutation,
    touches: BoolArray,
    low: FloatArray,
    high: FloatArray,
) -> Networks:
    """One mutated copy of each network; their losses are infinite until known.

    Args:
        rng: Random numbers.
        parents: The networks.
        worst: Loss at temperature 1.
        mutation: How far they change.
        touches: (D, H) which hidden units each link needs.
        low: (D,) lower bounds of the weights.
        high: (D,) upper bounds of the weights.
    """
    m, count = mutation, len(parents.loss)
    # Angeline et al. (1994): the instantaneous temperature T' = U(0, 1) T.
    heat = np.empty(count)
    for i in range(count):
        heat[i] = min(parents.loss[i] / worst, 1.0) * rng.random()
    units, links = parents.units.copy(), parents.links.copy()
    changes = _changes(rng, heat, m.least_links, m.most_links)
    links &= ~pick(rng, links, changes)
    changes = _changes(rng, heat, m.least_units, m.most_units)
    units &= ~pick(rng, units, changes)
    links &= possible(units, touches)
    changes = _changes(rng, heat, m.least_units, m.most_units)
    units |= pick(rng, ~units, changes)
    changes = _changes(rng, heat, m.least_links, m.most_links)
    new = pick(rng, possible(units, touches) & ~parents.links, changes)
    dimension = parents.weights.shape[1]
    weights = np.zeros((count, dimension))
    for i in range(count):
        for d in range(dimension):
            # Parametric mutations: N(0, alpha T').
            noise = rng.normal() * m.alpha * heat[i]
            if links[i, d]:
                moved = parents.weights[i, d] + noise
                weights[i, d] = min(max(moved, low[d]), high[d])
    return Networks(weights, links | new, units, np.full(count, math.inf))


@jit()
def possible(units: BoolArray, touches: BoolArray) -> BoolArray:
    """(P, D) links all of whose hidden units are there."""
    links = np.ones((len(units), len(touches)), np.bool_)
    for i in range(links.shape[0]):
        for d in range(links.shape[1]):
            for u in range(units.shape[1]):
                if touches[d, u] and not units[i, u]:
                    links[i, d] = False
    return links


@jit()
def _changes(
    rng: np.random.Generator, heat: FloatArray, least: int, most: int
) -> IntArray:
    """(P,) structural mutations: least + floor(U(0, 1) T' (most - least))."""
    changes = np.empty(len(heat), np.int64)
    for i in range(len(heat)):
        span = rng.random() * heat[i] * (most - least)
        changes[i] = least + math.floor(span)
    return changes


@jit()
def pick(rng: np.random.Generator, eligible: BoolArray, count: IntArray) -> BoolArray:
    """Up to `count` of each row's eligible entries, all equally likely."""
    picked = np.zeros(eligible.shape, np.bool_)
    lots = np.empty(eligible.shape[1])
    for i in range(eligible.shape[0]):
        for d in range(len(lots)):
            lot = rng.random()
            lots[d] = lot if eligible[i, d] else math.inf
        for _ in range(min(count[i], len(lots))):
            lowest = int(lots.argmin())
            if lots[lowest] == math.inf:
                break
            picked[i, lowest] = True
            lots[lowest] = math.inf
    return picked
