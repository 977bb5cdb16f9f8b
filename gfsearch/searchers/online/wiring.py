"""A first-order network as flat arrays, for searchers that learn on a model of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.networks.activations import ACTIVATIONS, Activation
from gfsearch.networks.structure import Origin, Structure
from gfsearch.specs.arrays import FloatArray, IntArray

NUMBERS: dict[Activation, int] = {name: i for i, name in enumerate(ACTIVATIONS)}
"""The number of each activation: its place in the table."""


class Wiring(NamedTuple):
    """Units and links, numbered in the order in which a time step computes them.

    What can be seen at a step stands in one row: the input lines, the bias, all units'
    outputs at the step before, all units' outputs at this step.

    Attributes:
        activation: (U,) numbers of activations.
        first_link: (U + 1,) number of the first link of each unit.
        column: (L,) where in the row each link looks.
        weight: (L,) index of the free weight, or -1.
        fixed: (L,) the fixed weight of a link without a free one.
        bias: Column of the bias; those of the step before follow it.
        first_output: Position of the first output unit.
    """

    activation: IntArray
    first_link: IntArray
    column: IntArray
    weight: IntArray
    fixed: FloatArray
    bias: int
    first_output: int

    @classmethod
    def of(cls, structure: Structure) -> Wiring:
        """The wiring of a first-order structure."""
        past = structure.inputs + 1
        start: dict[Origin, int] = {
            "input": 0,
            "bias": structure.inputs,
            "past": past,
            "now": past + len(structure.units),
        }
        links = structure.links
        free = [-1 if link.weight is None else link.weight for link in links]
        return cls(
            activation=np.array([NUMBERS[u.activation] for u in structure.units]),
            first_link=np.cumsum([0, *(len(unit.links) for unit in structure.units)]),
            column=np.array([start[link.origin] + link.index for link in links]),
            weight=np.array(free),
            fixed=np.array([link.fixed for link in links]),
            bias=structure.inputs,
            first_output=structure.output_units[0],
        )


@jit()
def silent_rows(wiring: Wiring, steps: int) -> FloatArray:
    """(T + 1, C) rows with nothing but the bias."""
    rows = np.zeros((steps + 1, wiring.bias + 1 + 2 * len(wiring.activation)))
    rows[:, wiring.bias] = 1.0
    return rows
