"""Structures in fewer words: what kernels need not know, written with what they know.

Kernels know gates (a factor that is a unit of this step), and links that see units of
earlier steps. Other factors, and input lines of earlier steps, become relays: further
units that pass on what they see, unchanged, before all others.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gfsearch.networks.structure import Link, Source, Structure, Unit


@lru_cache(maxsize=256)
def lowered(structure: Structure) -> Structure:
    """The same network with gates alone, and no input lines of earlier steps.

    It has the same weights and outputs, and as many units more as it needs relays. A
    structure that needs none is returned as it is.

    Args:
        structure: The network.
    """
    relayed: dict[Source, int] = {}
    for link in structure.links:
        for source in _to_be_relayed(link):
            relayed.setdefault(source, len(relayed))
    if not relayed and all(link.factor is None for link in structure.links):
        return structure
    relays = len(relayed)
    relaying = tuple(
        Unit("identity", (_moved(_link_to(source, relayed), relays),))
        for source in relayed
    )
    units = tuple(
        replace(
            unit, links=tuple(_rewritten(link, relayed, relays) for link in unit.links)
        )
        for unit in structure.units
    )
    return Structure(structure.inputs, structure.outputs, relaying + units)


def has_disguised_gates(structure: Structure) -> bool:
    """True if its factors are units of this step, and no link needs a relay.

    The first revision of the evaluation ignored such factors.
    """
    factors = any(link.factor is not None for link in structure.links)
    return factors and not any(map(_to_be_relayed, structure.links))


def _to_be_relayed(link: Link) -> list[Source]:
    """The sources that a link sees through relays, after those that they need."""
    found = []
    if link.origin == "past-input":
        found.append(Source("input", link.index))
    factor = link.factor
    if factor is not None and factor.origin != "now":
        if factor.origin == "past-input":
            found.append(Source("input", factor.index))
        found.append(factor)
    return found


def _link_to(source: Source, relayed: dict[Source, int]) -> Link:
    """The link by which a relay sees what it passes on; relays are not moved."""
    if source.origin == "past-input":
        first = relayed[Source("input", source.index)]
        # Counted back from where units begin, which are moved.
        return Link("past", first - len(relayed), fixed=1.0, delay=source.delay)
    return Link(source.origin, source.index, fixed=1.0, delay=source.delay)


def _moved(link: Link, by: int) -> Link:
    """A link with the units' new positions, after the relays."""
    index = link.index + by if link.origin in ("past", "now") else link.index
    return replace(
        link, index=index, gate=None if link.gate is None else link.gate + by
    )


def _rewritten(link: Link, relayed: dict[Source, int], by: int) -> Link:
    """A link of the structure, with its factor as a gate."""
    made = _moved(link, by)
    if link.origin == "past-input":
        relay = relayed[Source("input", link.index)]
        made = replace(made, origin="past", index=relay)
    factor = link.factor
    if factor is None:
        return made
    gate = factor.index + by if factor.origin == "now" else relayed[factor]
    return replace(made, gate=gate, factor=None)
