"""Units and links of a recurrent network: the description that the kernels compile.

A network is a list of units, computed one after the other within a time step. Each
unit sums its links, a weight times what the link's source shows, and applies its
activation. A link may see a unit's output of the step before ("past") or, for units
earlier in the list, of the current step ("now"); so the order of update is part of
the description and nothing else has to know it.

A link may also be multiplied by what another unit shows (a gate), and may see further
back than one step (a delay). Gated cells, products of inputs, leaky units and tapped
delays are all written with these, so a new architecture is a file that builds a
structure; no kernel changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from numbers import Integral, Real
from typing import Literal, get_args

from gfsearch.networks.activations import ACTIVATIONS, Activation, ActivationKind

Origin = Literal["input", "bias", "past", "now"]

_ORIGINS: tuple[Origin, ...] = get_args(Origin)

_LONGEST_DELAY = 10_000
"""Steps: a unit's outputs are kept for so long."""


@dataclass(frozen=True)
class Link:
    """One connection into a unit.

    Attributes:
        origin: What the link sees: an "input" line, the constant 1 ("bias"), or a
            unit's output at the step before ("past") or at this step ("now").
        index: Number of the input line or of the unit; 0 for the bias.
        weight: Index of the free weight, or None for a fixed one.
        fixed: The fixed weight, if `weight` is None.
        gate: Position of an earlier unit whose output at this step multiplies the
            link, or None.
        delay: How many steps back a "past" link sees, at least 1.
    """

    origin: Origin
    index: int = 0
    weight: int | None = None
    fixed: float = 0.0
    gate: int | None = None
    delay: int = 1

    @property
    def has_types(self) -> bool:
        """True if all fields have their types: kernels are generated from them."""
        numbers = [self.index, self.delay]
        numbers += [n for n in (self.weight, self.gate) if n is not None]
        whole = all(isinstance(n, Integral) and n is not True for n in numbers)
        return whole and isinstance(self.fixed, Real) and self.origin in _ORIGINS

    @property
    def units(self) -> list[int]:
        """Positions of the units that it depends on: its source and its gate."""
        source = [self.index] if self.origin in ("past", "now") else []
        return source if self.gate is None else [*source, self.gate]


@dataclass(frozen=True)
class Unit:
    """A unit: the activation of the sum over its links, in their order."""

    activation: Activation
    links: tuple[Link, ...]

    @property
    def kind(self) -> ActivationKind:
        """The properties of its activation."""
        return ACTIVATIONS[self.activation]


@dataclass(frozen=True)
class Structure:
    """A recurrent network without its weights.

    All unit outputs are 0 before the first step of a sequence.

    Attributes:
        inputs: Number of input lines.
        outputs: Number of output units: the last ones of `units`.
        units: The units in the order in which a time step computes them.
    """

    inputs: int
    outputs: int
    units: tuple[Unit, ...]

    def __post_init__(self) -> None:
        """Check what the kernels take for granted.

        Raises:
            ValueError: Output units, weights, sources or activations that there cannot
                be.
        """
        for position, unit in enumerate(self.units):
            if not isinstance(unit, Unit):
                raise ValueError(f"Structure: unit {position}: expected a Unit: {unit}")
            for link in unit.links:
                if not isinstance(link, Link) or not link.has_types:
                    raise ValueError(
                        f"Structure: unit {position}: expected a Link of an origin "
                        f"among {', '.join(_ORIGINS)}, with whole numbers: {link}"
                    )
        if self.inputs < 0 or not 1 <= self.outputs <= len(self.units):
            raise ValueError(
                "Structure: expected input lines >= 0, and from 1 to as many outputs "
                f"as units, got {self.inputs}, {self.outputs} and {len(self.units)}"
            )
        free = [link.weight for link in self.links if link.weight is not None]
        if sorted(free) != list(range(len(free))):
            raise ValueError("Structure: free weights must be numbered 0 to D - 1")
        for position, unit in enumerate(self.units):
            if unit.activation not in ACTIVATIONS:
                raise ValueError(
                    f"Structure: unit {position}: activation: expected one of "
                    f"{', '.join(ACTIVATIONS)}, got {unit.activation!r}"
                )
            for link in unit.links:
                if not math.isfinite(link.fixed):
                    raise ValueError(f"Structure: expected a finite weight: {link}")
                limit = {
                    "input": self.inputs,
                    "bias": 1,
                    "past": len(self.units),
                    "now": position,
                }[link.origin]
                gated_in_time = link.gate is None or 0 <= link.gate < position
                if not (0 <= link.index < limit and gated_in_time):
                    raise ValueError(f"Structure: unit {position} cannot see {link}")
                longest = _LONGEST_DELAY if link.origin == "past" else 1
                if not 1 <= link.delay <= longest:
                    raise ValueError(f"Structure: no such delay: {link}")

    @cached_property
    def dimension(self) -> int:
        """D, the number of free weights."""
        return sum(link.weight is not None for link in self.links)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of all units, one unit after the other."""
        return tuple(link for unit in self.units for link in unit.links)

    @cached_property
    def numbered_links(self) -> tuple[tuple[tuple[int, Link], ...], ...]:
        """The links of each unit, each with its number in `links`."""
        numbers = count()
        return tuple(
            tuple((next(numbers), link) for link in unit.links) for unit in self.units
        )

    @cached_property
    def memory(self) -> tuple[int, ...]:
        """(U,) how many steps back each unit's output is seen; at least 1."""
        steps = [1] * len(self.units)
        for unit in self.units:
            for link in unit.links:
                if link.origin == "past":
                    steps[link.index] = max(steps[link.index], link.delay)
        return tuple(steps)

    @cached_property
    def output_units(self) -> range:
        """Positions of the output units in `units`."""
        return range(len(self.units) - self.outputs, len(self.units))

    @property
    def shows(self) -> tuple[ActivationKind, ...]:
        """(O,) the properties of each output unit's activation."""
        return tuple(self.units[u].kind for u in self.output_units)

    @property
    def first_order(self) -> bool:
        """True if all links are plain ones: without gates, one step back at most."""
        return all(link.gate is None and link.delay == 1 for link in self.links)
