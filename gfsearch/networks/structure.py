"""Units and links of a recurrent network: the description that the kernels compile.

A network is a list of units, computed one after the other within a time step. Each
unit sums its links, a weight times what the link's source shows, and applies its
activation. A link may see a unit's output of the step before ("past") or, for units
earlier in the list, of the current step ("now"); so the order of update is part of
the description and nothing else has to know it.

A link may also be multiplied by what a second source shows (a factor; a gate is a unit
of this step), and may see further back than one step (a delay). Gated cells, products
of inputs, second-order networks, leaky units and tapped delays are all written with
these, so a new architecture is a file that builds a structure; no kernel changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from numbers import Integral, Real
from typing import Literal, NamedTuple, get_args

from gfsearch.networks.activations import ACTIVATIONS, Activation, ActivationKind

Origin = Literal["input", "past-input", "bias", "past", "now"]

_ORIGINS: tuple[Origin, ...] = get_args(Origin)

_LONGEST_DELAY = 10_000
"""Steps: a unit's outputs are kept for so long."""


class OutputRange(NamedTuple):
    """The values that an output can show.

    Attributes:
        low: The lowest one.
        high: The highest one.
        two_valued: True if it shows these two and nothing between.
    """

    low: float
    high: float
    two_valued: bool = False


@dataclass(frozen=True)
class Source:
    """A source that a link sees, or whose value multiplies it.

    Attributes:
        origin: An "input" line of this step or ("past-input") of an earlier one, the
            constant 1 ("bias"), or a unit's output at an earlier step ("past") or at
            this step ("now").
        index: Number of the input line or of the unit; 0 for the bias.
        delay: How many steps back a "past" source is, at least 1; inputs and outputs
            before the first step are 0, outputs of a unit what it starts with.
    """

    origin: Origin
    index: int = 0
    delay: int = 1


@dataclass(frozen=True)
class Link:
    """One connection into a unit.

    Attributes:
        origin: What the link sees: an "input" line of this step or ("past-input") of
            an earlier one, the constant 1 ("bias"), or a unit's output at an earlier
            step ("past") or at this step ("now").
        index: Number of the input line or of the unit; 0 for the bias.
        weight: Index of the free weight, or None for a fixed one.
        fixed: The fixed weight, if `weight` is None.
        gate: Position of an earlier unit whose output at this step multiplies the
            link, or None.
        delay: How many steps back a "past" or "past-input" link sees, at least 1.
        factor: A source that multiplies the link, in the place of a gate.
    """

    origin: Origin
    index: int = 0
    weight: int | None = None
    fixed: float = 0.0
    gate: int | None = None
    delay: int = 1
    factor: Source | None = None

    @property
    def source(self) -> Source:
        """The source that it sees."""
        return Source(self.origin, self.index, self.delay)

    @property
    def multiplied_by(self) -> Source | None:
        """Its factor, or its gate as one; None if it has neither."""
        return self.factor if self.gate is None else Source("now", self.gate)

    @property
    def sources(self) -> list[Source]:
        """The source that it sees, and the one that multiplies it."""
        factor = self.multiplied_by
        return [self.source] if factor is None else [self.source, factor]

    @property
    def has_types(self) -> bool:
        """True if all fields have their types: kernels are generated from them."""
        factor = self.factor
        if factor is not None and not isinstance(factor, Source):
            return False
        numbers = [n for n in (self.weight, self.gate) if n is not None]
        numbers += [n for s in self.sources for n in (s.index, s.delay)]
        whole = all(isinstance(n, Integral) and n is not True for n in numbers)
        known = all(source.origin in _ORIGINS for source in self.sources)
        return whole and isinstance(self.fixed, Real) and known

    @property
    def units(self) -> list[int]:
        """Positions of the units that it depends on: its source and its factor."""
        return [s.index for s in self.sources if s.origin in ("past", "now")]


@dataclass(frozen=True)
class Unit:
    """A unit: the activation of the sum over its links, in their order.

    Attributes:
        activation: The activation's name.
        links: The links that enter it.
        start: Its output before the first step of a sequence.
        period: Steps from one tick to the next; between ticks its output stays (a
            clockwork, Koutnik et al., 2014).
        phase: The first step with a tick, counted from 0, below the period.
    """

    activation: Activation
    links: tuple[Link, ...]
    start: float = 0.0
    period: int = 1
    phase: int = 0

    @property
    def kind(self) -> ActivationKind:
        """The properties of its activation."""
        return ACTIVATIONS[self.activation]


@dataclass(frozen=True)
class Structure:
    """A recurrent network without its weights.

    Before the first step of a sequence a unit's output is what it starts with, 0 if
    nothing else is said.

    Attributes:
        inputs: Number of input lines.
        outputs: Number of output units: the last ones of `units`.
        units: The units in the order in which a time step computes them.
        groups: Names of groups of weights, such as ("gates", (0, 1, 2)), which tasks
            may give a range of their own.
    """

    inputs: int
    outputs: int
    units: tuple[Unit, ...]
    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()

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
        self._check_groups()
        for position, unit in enumerate(self.units):
            if unit.activation not in ACTIVATIONS:
                raise ValueError(
                    f"Structure: unit {position}: activation: expected one of "
                    f"{', '.join(ACTIVATIONS)}, got {unit.activation!r}"
                )
            for link in unit.links:
                self._check_link(link, position)
            if not (isinstance(unit.start, Real) and math.isfinite(unit.start)):
                raise ValueError(
                    f"Structure: unit {position}: start: expected a finite number, got "
                    f"{unit.start!r}"
                )
            clock = unit.period, unit.phase
            whole = all(isinstance(n, Integral) and n is not True for n in clock)
            if not (whole and 0 <= unit.phase < unit.period <= _LONGEST_DELAY):
                raise ValueError(
                    f"Structure: unit {position}: period, phase: expected whole "
                    f"numbers, 0 <= phase < period <= {_LONGEST_DELAY}, got {clock}"
                )

    def _check_groups(self) -> None:
        """Refuse groups of weights that there are not.

        Raises:
            ValueError: A name is given twice, or stands for an origin; or a weight that
                there is not.
        """
        for name, weights in self.groups:
            if not isinstance(name, str) or name in _ORIGINS:
                raise ValueError(f"Structure: groups: no such name: {name!r}")
            if not all(
                isinstance(w, Integral) and 0 <= w < self.dimension for w in weights
            ):
                raise ValueError(
                    f"Structure: groups: {name}: expected weights from 0 to "
                    f"{self.dimension - 1}"
                )
        if len(dict(self.groups)) < len(self.groups):
            raise ValueError("Structure: groups: expected each name once")

    def _check_link(self, link: Link, position: int) -> None:
        """Refuse a link that a unit at a position cannot have.

        Raises:
            ValueError: It cannot have it.
        """
        if not math.isfinite(link.fixed):
            raise ValueError(f"Structure: expected a finite weight: {link}")
        if link.gate is not None and link.factor is not None:
            raise ValueError(f"Structure: expected a gate or a factor: {link}")
        limits = {
            "input": self.inputs,
            "past-input": self.inputs,
            "bias": 1,
            "past": len(self.units),
            "now": position,
        }
        for source in link.sources:
            if not 0 <= source.index < limits[source.origin]:
                raise ValueError(f"Structure: unit {position} cannot see {link}")
            late = source.origin in ("past", "past-input")
            if not 1 <= source.delay <= (_LONGEST_DELAY if late else 1):
                raise ValueError(f"Structure: no such delay: {link}")

    @cached_property
    def dimension(self) -> int:
        """D, the number of free weights."""
        return sum(link.weight is not None for link in self.links)

    @cached_property
    def weight_groups(self) -> dict[str, tuple[int, ...]]:
        """The free weights of each group, and of each origin that there is."""
        found = dict(self.groups)
        for link in self.links:
            if link.weight is not None:
                found[link.origin] = (*found.get(link.origin, ()), link.weight)
        return found

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
        for link in self.links:
            for source in link.sources:
                if source.origin == "past":
                    steps[source.index] = max(steps[source.index], source.delay)
        return tuple(steps)

    @cached_property
    def output_units(self) -> range:
        """Positions of the output units in `units`."""
        return range(len(self.units) - self.outputs, len(self.units))

    @property
    def shows(self) -> tuple[OutputRange, ...]:
        """(O,) the range of each output unit."""
        kinds = [self.units[u].kind for u in self.output_units]
        return tuple(OutputRange(k.low, k.high, k.two_valued) for k in kinds)

    @property
    def first_order(self) -> bool:
        """True if all is plain: no factors, clocks or starts, one step back at most."""
        return all(
            link.multiplied_by is None
            and link.delay == 1
            and link.origin != "past-input"
            for link in self.links
        ) and all(unit.start == 0.0 and unit.period == 1 for unit in self.units)
