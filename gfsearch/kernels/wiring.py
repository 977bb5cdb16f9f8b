"""A first-order network as flat arrays, for searchers that learn on a model of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gfsearch.kernels.jit import jit
from gfsearch.networks.structure import Activation, Structure
from gfsearch.problems.sequences import FloatArray, IntArray

INPUT, BIAS, PAST, NOW = range(4)
_ORIGINS = {"input": INPUT, "bias": BIAS, "past": PAST, "now": NOW}

LOGISTIC, TANH, SIGN, IDENTITY = range(4)
_ACTIVATIONS: dict[Activation, int] = {
    "logistic": LOGISTIC,
    "tanh": TANH,
    "sign": SIGN,
    "identity": IDENTITY,
}


class Wiring(NamedTuple):
    """Units and links, numbered in the order in which a time step computes them.

    Attributes:
        activation: (U,) LOGISTIC, TANH, SIGN or IDENTITY.
        first_link: (U + 1,) number of the first link of each unit.
        origin: (L,) what each link sees: INPUT, BIAS, PAST or NOW.
        source: (L,) number of the input line or of the unit.
        weight: (L,) index of the free weight, or -1.
        fixed: (L,) the fixed weight of a link without a free one.
        first_output: Position of the first output unit.
    """

    activation: IntArray
    first_link: IntArray
    origin: IntArray
    source: IntArray
    weight: IntArray
    fixed: FloatArray
    first_output: int

    @classmethod
    def of(cls, structure: Structure) -> Wiring:
        """The wiring of a structure without gates and longer delays."""
        links = [link for unit in structure.units for link in unit.links]
        return cls(
            activation=np.array([_ACTIVATIONS[u.activation] for u in structure.units]),
            first_link=np.cumsum([0, *(len(unit.links) for unit in structure.units)]),
            origin=np.array([_ORIGINS[link.origin] for link in links]),
            source=np.array([link.index for link in links]),
            weight=np.array(
                [-1 if link.weight is None else link.weight for link in links]
            ),
            fixed=np.array([link.fixed for link in links]),
            first_output=structure.output_units[0],
        )


@jit()
def row_seen(wiring: Wiring, k: int, t: int) -> int:
    """The row that link k sees at step t of outputs (T + 1, U); -1: of none.

    Row 0 holds the outputs before the first step.
    """
    if wiring.origin[k] == PAST:
        return t
    return t + 1 if wiring.origin[k] == NOW else -1


@jit()
def shown_to(
    wiring: Wiring, k: int, t: int, sequence: FloatArray, outputs: FloatArray
) -> float:
    """What link k sees at step t of a (T, I) sequence."""
    row = row_seen(wiring, k, t)
    if row >= 0:
        return float(outputs[row, wiring.source[k]])
    return float(sequence[t, wiring.source[k]]) if wiring.origin[k] == INPUT else 1.0
