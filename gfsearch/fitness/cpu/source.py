"""Generating the source of the forward kernel of one network structure.

A *lane* is one weight vector on one sequence; a *vector* holds as many lanes as fit a
register; a *block* is `groups` vectors that run through time together. What a block's
lanes are is up to the caller: different weight vectors on one sequence (guessing,
populations) or one weight vector on different sequences (searchers that propose one
at a time). Every lane does the same operations in the same order, so the choice
cannot change a bit of any result.

The step of a network is written out here, unit by unit and link by link, for each
structure: loops over arrays that describe the network are ten times slower. The state
of the network then lives in variables, that is in registers, from the first step of a
sequence to its last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import groupby
from typing import Any

from gfsearch.fitness.cpu.precision import Precision
from gfsearch.fitness.cpu.template import FORWARD, PRELUDE
from gfsearch.networks.activations import ACTIVATIONS, ActivationKind
from gfsearch.networks.lowering import lowered
from gfsearch.networks.structure import Link, Structure, Unit

_LINKS_IN_FLIGHT = 112
"""A step is a chain: sums wait for outputs of the step before, a sum for its products,
an exponential for its polynomial. While one vector's chain waits, others compute.
Small networks need up to eight vectors together to keep the processor busy (one
hidden unit: four times faster); for large ones, two would only push each other out
of the registers. So many links in a step were best, from A1 with 1 to 10 hidden units
to A2."""

_LONG_SUM, _FEW_SUMS, _PARTS = 8, 4, 3
"""A sum of so many links, with so few other sums beside it, is added up in so many
parts. The output unit of A2 has nothing else to compute beside it, and would wait for
twelve products one after the other (parts: 7 % faster)."""


def groups(structure: Structure) -> int:
    """Number of vectors that run through time together."""
    links = len(lowered(structure).links)
    return next((g for g in (8, 4, 2) if g * links <= _LINKS_IN_FLIGHT), 1)


def kinds(structure: Structure) -> list[ActivationKind]:
    """The activations that the network has, in the order of their table."""
    used = {unit.activation for unit in structure.units}
    return [kind for name, kind in ACTIVATIONS.items() if name in used]


def forward_source(structure: Structure, precision: Precision) -> str:
    """The source of the module whose `forward` runs a network on blocks of lanes."""
    writer = Writer(lowered(structure), precision, groups(structure))
    return writer.module(
        "Forward kernel",
        FORWARD,
        step=writer.step(writer.activated),
        keep=writer.keep(),
    )


class Writer:
    """Writes one structure's module; vectors of the same name differ by group.

    The variables of a step are, for unit u and group g: `a` its sum (with two more
    numbers: the sum of one part, after so many links), `n` its new output, `p` its
    output of the step before (`p2`, `p3`, ... further back); for line i: `x` its input.

    Args:
        structure: The network.
        precision: The format of all numbers.
        groups: How many vectors run through time together.
    """

    def __init__(self, structure: Structure, precision: Precision, groups: int) -> None:
        self._structure = structure
        self._precision = precision
        self.groups = range(groups)
        self.lanes = groups * precision.lanes

    def module(self, title: str, template: str, **gaps: Any) -> str:
        """The prelude, then a template; both with their gaps filled.

        Args:
            title: What the module is.
            template: What follows the prelude.
            **gaps: What to fill in; lines of code as iterators, indented as steps.
        """
        structure, precision = self._structure, self._precision
        degree = len(precision.polynomial)
        scale = [0.0] * structure.dimension
        fixed = []
        for u, unit in enumerate(structure.units):
            for k, link in enumerate(unit.links):
                if link.weight is None:
                    weight = float(link.fixed) * unit.kind.folded
                    fixed.append(f"FIXED_{u}_{k} = F({weight!r})")
                else:
                    scale[link.weight] = unit.kind.folded
        written = {
            name: indented(4, gap) if isinstance(gap, Iterator) else gap
            for name, gap in gaps.items()
        }
        return (PRELUDE + template).format(
            title=title,
            summary=f"{structure.dimension} free weights, {len(structure.units)} units",
            number=precision.name,
            rounding=precision.rounding,
            limit=precision.limit,
            polynomial="\n".join(
                f"C{k} = F({c!r})" for k, c in enumerate(precision.polynomial, start=1)
            ),
            degree=degree,
            coefficients="\n".join(
                f"        splat(opaque(C{k}))," for k in range(1, degree + 1)
            ),
            unpacked=", ".join(f"c{k}" for k in range(1, degree + 1)),
            horner="\n".join(
                f"    p = multiply_add(p, f, c{k})" for k in reversed(range(degree))
            ),
            activations="\n\n".join(kind.kernel for kind in kinds(structure)),
            scale=scale,
            fixed="\n".join(fixed),
            dimension=structure.dimension,
            lanes=self.lanes,
            width=precision.lanes,
            groups=len(self.groups),
            outputs=structure.outputs,
            begin=indented(3, self._begin()),
            **written,
        )

    def activated(self, unit: int, group: int) -> str:
        """The line that computes a unit's output from its sum."""
        activation = self._structure.units[unit].activation
        return f"n{unit}_{group} = {activation}(a{unit}_{group}, c)"

    def keep(self) -> Iterator[str]:
        """After a step: put the outputs where single lanes can be read."""
        width = self._precision.lanes
        for o, u in enumerate(self._structure.output_units):
            for g in self.groups:
                yield f"store(n{u}_{g}, y, kept + {self.lanes * o + width * g})"

    def _begin(self) -> Iterator[str]:
        """Before a sequence: where its input is, and what units start with."""
        for g in self.groups:
            yield f"x_{g} = size * (block + {g})"
        starts = [
            "ZERO" if unit.start == 0.0 else f"F({float(unit.start)!r})"
            for unit in self._structure.units
        ]
        for u, memory in enumerate(self._structure.memory):
            for delay in range(1, memory + 1):
                for g in self.groups:
                    yield f"{_past(u, delay)}_{g} = splat({starts[u]})"

    def step(self, activated: Callable[[int, int], str]) -> Iterator[str]:
        """One time step: all sums that can be computed, then their activations.

        Args:
            activated: The line that computes the output of a unit of a group.
        """
        width = self._precision.lanes
        for line in range(self._structure.inputs):
            for g in self.groups:
                yield f"x{line}_{g} = load(x, x_{g} + at + {width * line})"
        levels = _levels(self._structure)
        for _, same_level in groupby(sorted(enumerate(levels), key=_second), _second):
            units = [u for u, _ in same_level]
            yield from self._sums(units)
            yield from (activated(u, g) for u in units for g in self.groups)
            yield from (
                f"n{u}_{g} = choose({ticks(self._structure.units[u])}, n{u}_{g}, "
                f"{_past(u)}_{g})"
                for u in units
                for g in self.groups
                if self._structure.units[u].period > 1
            )
        for u, memory in enumerate(self._structure.memory):
            for g in self.groups:
                for delay in range(memory, 1, -1):
                    yield f"{_past(u, delay)}_{g} = {_past(u, delay - 1)}_{g}"
                yield f"{_past(u)}_{g} = n{u}_{g}"

    def _sums(self, units: list[int]) -> Iterator[str]:
        """The sums of some units, one product of each in turn: they overlap."""
        chains = []
        ends = []
        for u in units:
            links = list(enumerate(self._structure.units[u].links))
            # A bias costs nothing as the beginning of a sum, an addition later on.
            links.sort(key=lambda item: not _is_constant(item[1]))
            long = len(links) >= _LONG_SUM
            few = len(units) * groups(self._structure) <= _FEW_SUMS
            parts = _PARTS if long and few else 1
            for g in self.groups:
                total = f"a{u}_{g}"
                of_unit = [
                    self._chain(f"{total}_{c}", u, links[c::parts], g)
                    for c in range(parts)
                ]
                sums = [f"{total}_{c}_{len(s) - 1}" for c, s in enumerate(of_unit)]
                ends.append(f"{total} = {reduce(_added, sums)}")
                chains += of_unit
        for position in range(max(len(chain) for chain in chains)):
            yield from (chain[position] for chain in chains if position < len(chain))
        yield from ends

    def _chain(
        self, name: str, unit: int, links: list[tuple[int, Link]], group: int
    ) -> list[str]:
        """Adding up some links of a unit.

        Each partial sum has a name of its own: numba takes time with the square of
        the number of statements if variables are assigned more than once.
        """
        if not links:
            return [f"{name}_0 = splat(ZERO)"]
        lines: list[str] = []
        for k, link in links:
            if link.weight is None:
                weight = f"splat(FIXED_{unit}_{k})"
            else:
                place = self.lanes * link.weight + self._precision.lanes * group
                weight = f"load(w, {place})"
            seen = _seen(link, group)
            sum_before = f"{name}_{len(lines) - 1}"
            if not lines:
                value = f"multiply({weight}, {seen})" if seen else weight
            elif seen:
                value = f"multiply_add({weight}, {seen}, {sum_before})"
            else:
                value = f"add({weight}, {sum_before})"
            lines.append(f"{name}_{len(lines)} = {value}")
        return lines


def ticks(unit: Unit) -> str:
    """Expression for a vector that is 0 at a unit's ticks and -1 between them."""
    tick = f"t % {int(unit.period)} == {int(unit.phase)}"
    return f"splat(ZERO if {tick} else -ONE)"


def _levels(structure: Structure) -> list[int]:
    """Length of the chain of new outputs that each unit waits for."""
    levels: list[int] = []
    for unit in structure.units:
        waits = [link.index for link in unit.links if link.origin == "now"]
        waits += [link.gate for link in unit.links if link.gate is not None]
        levels.append(1 + max((levels[u] for u in waits), default=-1))
    return levels


def _seen(link: Link, group: int) -> str | None:
    """Expression that a link's weight is multiplied by; None for a constant 1."""
    gate = None if link.gate is None else f"n{link.gate}_{group}"
    if link.origin == "bias":
        return gate
    names = {
        "input": f"x{link.index}",
        "past": _past(link.index, link.delay),
        "now": f"n{link.index}",
    }
    shown = f"{names[link.origin]}_{group}"
    return shown if gate is None else f"multiply({shown}, {gate})"


def _is_constant(link: Link) -> bool:
    return link.origin == "bias" and link.gate is None


def _past(unit: int, delay: int = 1) -> str:
    return f"p{unit}" if delay == 1 else f"p{delay}_{unit}"


def _added(a: str, b: str) -> str:
    return f"add({a}, {b})"


def _second(pair: tuple[int, int]) -> int:
    return pair[1]


def indented(levels: int, lines: Iterable[str]) -> str:
    """Lines of code as a text, each so many levels in."""
    return "\n".join("    " * levels + line for line in lines)
