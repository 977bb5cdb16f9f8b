"""Units and links that can influence the outputs of a network with given weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gfsearch.networks.structure import Link, Source, Structure


class UsedLink(NamedTuple):
    """A link that is there: its weight is not 0 and its unit bears on the output.

    Attributes:
        unit: Position of the unit that it enters.
        link: The link.
        weight: Its weight.
    """

    unit: int
    link: Link
    weight: float


class Used(NamedTuple):
    """The part of a network that can influence its outputs.

    Attributes:
        links: The links, unit by unit.
        units: Positions of the units, output units included.
    """

    links: list[UsedLink]
    units: set[int]


def used(structure: Structure, weights: Sequence[float]) -> Used:
    """The units and links through which a network's outputs come about.

    Left out are weights of 0, which searches of structure set for absent links; units
    that nothing enters and that show 0 then, with their links; and the links of units
    whose output reaches no output unit.

    Args:
        structure: The network.
        weights: (D,) its weights.
    """
    links = [
        UsedLink(position, link, link.fixed if link.weight is None else weights[w])
        for position, unit in enumerate(structure.units)
        for link in unit.links
        for w in [link.weight or 0]
    ]
    there, before = [one for one in links if one.weight != 0.0], -1
    while len(there) != before:
        before = len(there)
        entered = {one.unit for one in there}
        silent = {
            position
            for position, unit in enumerate(structure.units)
            if unit.kind.silent and position not in entered and unit.start == 0.0
        }
        there = [one for one in there if silent.isdisjoint(one.link.units)]
    reached, new = set[int](), set(structure.output_units)
    while new:
        reached |= new
        seen = {unit for one in there if one.unit in new for unit in one.link.units}
        new = seen - reached
    return Used([one for one in there if one.unit in reached], reached)


def unit_name(structure: Structure, position: int) -> str:
    """Name of a unit: hidden 0, hidden 1, ..., output 0, ..."""
    first = structure.output_units[0]
    return f"hidden {position}" if position < first else f"output {position - first}"


def source_name(structure: Structure, source: Source) -> str:
    """Name of a source, with its delay."""
    if source.origin == "bias":
        return "bias"
    if source.origin == "input":
        return f"input {source.index}"
    when = " before" if source.delay == 1 else f" {source.delay} steps before"
    if source.origin == "past-input":
        return f"input {source.index}{when}"
    if source.origin == "now":
        when = " now"
    return unit_name(structure, source.index) + when


def factor_name(structure: Structure, link: Link) -> str:
    """Name of what multiplies a link, after a sign; "" if nothing does."""
    factor = link.multiplied_by
    if factor is None:
        return ""
    if factor.origin == "now":  # A gate.
        return f" x {unit_name(structure, factor.index)}"
    return f" x {source_name(structure, factor)}"


def weight_names(structure: Structure) -> list[str]:
    """(D,) where each free weight leads from and to: "input 0 to hidden 1"."""
    names = [""] * structure.dimension
    for position, unit in enumerate(structure.units):
        for link in unit.links:
            if link.weight is not None:
                source = source_name(structure, link.source)
                source += factor_name(structure, link)
                names[link.weight] = f"{source} to {unit_name(structure, position)}"
    return names


def in_words(structure: Structure, weights: Sequence[float]) -> list[str]:
    """A network with its weights, a line per unit that bears on the output."""
    links, units = used(structure, weights)
    free = [one for one in links if one.link.weight is not None]
    hidden = units - set(structure.output_units)
    lines = [
        f"{len(free)} of {structure.dimension} weights and {len(hidden)} of "
        f"{structure.output_units[0]} hidden units bear on the output"
    ]
    for position in sorted(units):
        terms = []
        for one in links:
            if one.unit == position:
                source = source_name(structure, one.link.source)
                by = factor_name(structure, one.link)
                terms.append(f"{one.weight:+.4g} {source}{by}")
        activation = structure.units[position].activation
        name = unit_name(structure, position)
        lines.append(f"  {name} = {activation}({', '.join(terms) or '0'})")
    return lines
