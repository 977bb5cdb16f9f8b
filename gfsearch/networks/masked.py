"""First-order networks by a mask: who sees what, link by link.

A mask has a row for each unit, hidden units first and then output units, and a column
for each thing that a unit may see: input lines, hidden units, output units, bias. The
free weights stand in the weight vector in the order of its entries, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from gfsearch.networks.activations import Activation
from gfsearch.networks.structure import Link, Origin, Structure, Unit
from gfsearch.specs.fields import Spec

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


_Fixed = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


@dataclass(frozen=True, kw_only=True)
class Masked(Spec):
    """A first-order network whose links are given one by one.

    Rows are units, hidden units first and then output units; columns are what a unit
    may see: input lines, hidden units, output units, bias. Weights stand in the weight
    vector in the order of the entries, row by row, as in A1, A2 and elman.

    Attributes:
        hidden: Number of hidden units, at most 200.
        mask: A list of rows: 1 for a link with a free weight, 0 for none.
        fixed: A list of rows of the same shape: weights of further links that are not
            free, 0 for none; only where the mask is 0. Default: none.
        update: Order of update within a step. "sequential": hidden units first, from
            the outputs of the step before; output units then see the new hidden
            outputs, and output units of the step before. "synchronous": every unit
            sees the step before.
        activation: Activation of the hidden units.
        output_activation: Activation of the output units.
    """

    kind: ClassVar[str] = "first-order"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "the mask is the user's own"

    hidden: Annotated[int, msgspec.Meta(ge=0, le=200)]
    mask: tuple[tuple[Literal[0, 1], ...], ...]
    fixed: tuple[tuple[_Fixed, ...], ...] | None = None
    update: Update = "sequential"
    activation: Activation = "logistic"
    output_activation: Activation = "logistic"

    def __post_init__(self) -> None:
        """Check what can be checked without a problem, and put it into one form.

        Raises:
            ValueError: Rows of different lengths, entries other than 0 and 1, a fixed
                weight on a free one, a unit without links, or no free weight at all.
        """
        mask = tuple(map(tuple, self.mask))
        # Adding 0.0 turns -0.0 into 0.0: they are equal, but written differently.
        fixed = [[value + 0.0 for value in row] for row in self.fixed or ()]
        if not {entry for row in mask for entry in row} <= {0, 1}:
            raise ValueError("mask: expected entries 0 or 1")
        if not any(map(any, mask)):
            raise ValueError("mask: no free weight: at least one entry must be 1")
        if len(set(map(len, mask))) > 1:
            raise ValueError(f"mask: expected rows of one length, got {_lengths(mask)}")
        if self.fixed is not None:
            _check_fixed(mask, fixed)
        for unit, row in enumerate(mask):
            if not any(row) and not (fixed and any(fixed[unit])):
                raise ValueError(f"mask: row {unit + 1}: this unit has no link")
        object.__setattr__(self, "mask", mask)
        rows = tuple(map(tuple, fixed)) if any(map(any, fixed)) else None
        object.__setattr__(self, "fixed", rows)

    def build(self, inputs: int, outputs: int) -> Structure:
        """The structure for given numbers of input lines and outputs.

        Raises:
            ValueError: The mask has not as many rows and columns as these need.
        """
        rows = self.hidden + outputs
        if len(self.mask) != rows:
            raise ValueError(
                f"first-order: mask: expected {rows} rows ({self.hidden} hidden, "
                f"{outputs} output), got {len(self.mask)}"
            )
        columns = inputs + rows + 1
        if len(self.mask[0]) != columns:
            raise ValueError(
                f"first-order: mask: expected {columns} columns ({inputs} input lines, "
                f"{self.hidden} hidden, {outputs} output, bias), got "
                f"{len(self.mask[0])}"
            )
        return masked_structure(
            self.mask,
            outputs,
            update=self.update,
            activation=self.activation,
            output_activation=self.output_activation,
            fixed=self.fixed,
        )


def _check_fixed(mask: Sequence[Sequence[int]], fixed: Sequence[Sequence[Any]]) -> None:
    """Refuse fixed weights of another shape than the mask, or on free weights."""
    if [len(row) for row in fixed] != [len(row) for row in mask]:
        raise ValueError(
            f"fixed: expected the shape of the mask, rows of {_lengths(mask)} entries, "
            f"got {_lengths(fixed)}"
        )
    for unit, (free, values) in enumerate(zip(mask, fixed, strict=True), start=1):
        for column, (entry, value) in enumerate(zip(free, values, strict=True), 1):
            if entry and value:
                raise ValueError(
                    f"fixed: row {unit}, column {column}: this weight is free by the "
                    "mask, give 0"
                )


def _lengths(rows: Sequence[Sequence[Any]]) -> str:
    """The lengths of rows in words."""
    return ", ".join(str(len(row)) for row in rows)
