"""From a mask of connections to the structure of a first-order network.

A mask has a row for each unit, hidden units first and then output units, and a column
for each thing that a unit may see: input lines, hidden units, output units, bias. The
free weights stand in the weight vector in the order of its entries, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Literal

from gfsearch.networks.structure import Activation, Link, Origin, Structure, Unit

Update = Literal["sequential", "synchronous"]
"""Order of update within a step. "sequential": hidden units first, from the outputs of
the step before; output units then see the new hidden outputs, and those of output units
of the step before. "synchronous": every unit sees the step before."""


def masked_structure(
    mask: Sequence[Sequence[int]],
    outputs: int,
    *,
    update: Update,
    activation: Activation,
    output_activation: Activation,
    fixed: Sequence[Sequence[float]] | None = None,
) -> Structure:
    """The structure whose free weights are the entries of a mask that are not 0.

    Args:
        mask: (U, I + U + 1) entries, true where a unit sees something.
        outputs: Number of output units: the last rows.
        update: Order of update within a step.
        activation: Activation of the hidden units.
        output_activation: Activation of the output units.
        fixed: (U, I + U + 1) weights of the links that are not free; 0 or None: none.
    """
    units, columns = len(mask), len(mask[0])
    inputs, hidden = columns - units - 1, units - outputs
    weights = count()

    def link(unit: int, column: int) -> Link | None:
        origin, index = source(unit, column)
        if mask[unit][column]:
            return Link(origin, index, weight=next(weights))
        if fixed is not None and fixed[unit][column]:
            return Link(origin, index, fixed=fixed[unit][column])
        return None

    def source(unit: int, column: int) -> tuple[Origin, int]:
        if column < inputs:
            return "input", column
        if column == columns - 1:
            return "bias", 0
        fresh = update == "sequential" and unit >= hidden > column - inputs
        return "now" if fresh else "past", column - inputs

    def make(unit: int) -> Unit:
        links = (link(unit, column) for column in range(columns))
        kind = activation if unit < hidden else output_activation
        return Unit(kind, tuple(one for one in links if one is not None))

    return Structure(inputs, outputs, tuple(make(unit) for unit in range(units)))
