"""Generating the source of the backward kernel of one network structure.

Forward, every unit's output and slope is kept at every step. Back in time, the error
of a unit (the slope of the loss by its output) is what its output did to the loss at
the same step (as an output unit, through links within the step, as a gate) and what
it did through the links of later steps; times the unit's slope it is the error of its
sum, which each link passes on to what it saw, and which times what it saw is the
link's part of the gradient.

Sums and slopes are those of the scaled weights that the step uses (see SCALE in the
kernel), so only the whole gradient has to be scaled back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gfsearch.fitness.cpu.backward_template import BACKWARD
from gfsearch.fitness.cpu.precision import FLOAT64
from gfsearch.fitness.cpu.source import Writer, kinds, ticks
from gfsearch.networks.lowering import lowered
from gfsearch.networks.structure import Link, Structure


def backward_groups(structure: Structure) -> int:
    """Number of vectors that go through time together.

    Fewer than forward: all steps of a block are kept, and are to stay in the cache.
    These were best from the single tanh unit (3 links) to A1 with 10 hidden units.
    """
    links = len(lowered(structure).links)
    return next((g for g, most in ((4, 10), (2, 30)) if links <= most), 1)


def backward_source(structure: Structure) -> str:
    """The source of the module whose `backward` computes outputs and gradients."""
    return _BackwardWriter(lowered(structure)).module()


class _BackwardWriter:
    """Writes what the backward kernel does beyond a forward step.

    Its variables are, for unit u and group g: `s` the slope, `r` what later steps
    say of the output's error (`r2`, `r3`, ... of the output one, two steps before),
    `q` what the output's error is in all so far, `b` the error of the sum.
    """

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._writer = Writer(structure, FLOAT64, backward_groups(structure))
        self._width = FLOAT64.lanes
        self._lanes = self._writer.lanes
        # Outputs of all units, then the slopes of those whose slope is not fixed.
        self._slope_place: dict[int, int] = {}
        for u, unit in enumerate(structure.units):
            if unit.kind.kernel_slope:
                self._slope_place[u] = len(structure.units) + len(self._slope_place)
        self._row = self._lanes * (len(structure.units) + len(self._slope_place))

    def module(self) -> str:
        structure = self._structure
        return self._writer.module(
            "Backward kernel",
            BACKWARD,
            step=self._writer.step(self._activated),
            keep=self._keep(),
            back=self._back(),
            no_error="\n".join("    " * 3 + line for line in self._no_error()),
            row=self._row,
            memory=max(structure.memory),
            starts="\n".join("    " + line for line in self._starts()),
            first_output=structure.output_units[0],
            slopes="\n\n".join(kind.kernel_slope for kind in kinds(structure)),
        )

    def _starts(self) -> Iterator[str]:
        """Before the first sequence: the outputs that units start with."""
        steps = max(self._structure.memory)
        for u, unit in enumerate(self._structure.units):
            if unit.start != 0.0:
                for step in range(steps):
                    first = self._row * step + self._lanes * u
                    value = f"F({float(unit.start)!r})"
                    yield f"h[{first}:{first + self._lanes}] = {value}"

    def _activated(self, unit: int, group: int) -> str:
        if unit not in self._slope_place:
            return self._writer.activated(unit, group)
        activation = self._structure.units[unit].activation
        outcome = f"n{unit}_{group}, s{unit}_{group}"
        return f"{outcome} = {activation}_and_slope(a{unit}_{group}, c)"

    def _keep(self) -> Iterator[str]:
        for u in range(len(self._structure.units)):
            for g in self._writer.groups:
                place = self._lanes * u + self._width * g
                yield f"store(n{u}_{g}, h, now + {place})"
        for u, slope in self._slope_place.items():
            for g in self._writer.groups:
                place = self._lanes * slope + self._width * g
                yield f"store(s{u}_{g}, h, now + {place})"

    def _no_error(self) -> Iterator[str]:
        """Behind the last step: nothing comes back from later ones."""
        for u, memory in enumerate(self._structure.memory):
            for ahead in range(1, memory + 1):
                for g in self._writer.groups:
                    yield f"{_later(u, ahead)}_{g} = splat(ZERO)"

    def _back(self) -> Iterator[str]:
        """One step back: units in the reverse of their order."""
        # What each link adds to the errors of outputs, by unit and steps back.
        self._errors: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
        for line in range(self._structure.inputs):
            for g in self._writer.groups:
                yield f"x{line}_{g} = load(x, x_{g} + at + {self._width * line})"
        for u in reversed(range(len(self._structure.units))):
            yield from self._unit(u)
        for u, memory in enumerate(self._structure.memory):
            for ahead in range(1, memory + 1):
                start = _later(u, ahead + 1) if ahead < memory else None
                yield from self._sum(f"t{ahead}_{u}", start, self._errors[u, ahead])
        for u, memory in enumerate(self._structure.memory):
            for ahead in range(1, memory + 1):
                for g in self._writer.groups:
                    yield f"{_later(u, ahead)}_{g} = t{ahead}_{u}_{g}"

    def _unit(self, u: int) -> Iterator[str]:
        """The error of a unit's output and sum, and what its links make of it."""
        unit = self._structure.units[u]
        if unit.kind.flat:
            return
        if u in self._structure.output_units:
            o = u - self._structure.output_units[0]
            for g in self._writer.groups:
                at = f"{self._lanes} * ({self._structure.outputs} * t + {o})"
                error = f"load(e, {at} + {self._width * g})"
                yield f"o{u}_{g} = add({_later(u)}_{g}, {error})"
            yield from self._sum(f"q{u}", f"o{u}", self._errors[u, 0])
        else:
            yield from self._sum(f"q{u}", _later(u), self._errors[u, 0])
        for g in self._writer.groups:
            error = f"q{u}_{g}"
            if u in self._slope_place:
                place = self._lanes * self._slope_place[u] + self._width * g
                error = f"multiply({error}, load(h, now + {place}))"
            if unit.period > 1:
                # Between ticks the sum did nothing: the error is that of the output
                # one step before.
                zero = "splat(ZERO)"
                clock = ticks(unit)
                yield f"k{u}_{g} = choose({clock}, {zero}, q{u}_{g})"
                error = f"choose({clock}, {error}, {zero})"
            yield f"b{u}_{g} = {error}"
        if unit.period > 1:
            self._errors[u, 1].append(("splat(ONE)", f"k{u}_{{g}}"))
        for k, link in enumerate(unit.links):
            yield from self._link(u, k, link)

    def _link(self, u: int, k: int, link: Link) -> Iterator[str]:
        """A link's part of the gradient, and the errors that it passes on."""
        for g in self._writer.groups:
            error = f"b{u}_{g}"
            seen = self._seen(link, g)
            gate = None if link.gate is None else self._kept(link.gate, 0, g)
            if link.weight is not None:
                part = error if gate is None else f"multiply({error}, {gate})"
                place = self._lanes * link.weight + self._width * g
                whole = f"load(d, {place})"
                if seen is None:
                    yield f"store(add({whole}, {part}), d, {place})"
                else:
                    yield f"store(multiply_add({part}, {seen}, {whole}), d, {place})"
        if link.weight is None:
            weight = f"splat(FIXED_{u}_{k})"
        else:
            weight = f"load(w, {self._lanes * link.weight} + {self._width} * {{g}})"
        if link.origin in ("past", "now"):
            delay = link.delay if link.origin == "past" else 0
            factor = f"b{u}_{{g}}"
            if link.gate is not None:
                factor = f"multiply({factor}, {self._kept(link.gate, 0)})"
            self._errors[link.index, delay].append((weight, factor))
        if link.gate is not None:
            factor = f"b{u}_{{g}}"
            if (seen := self._seen(link)) is not None:
                factor = f"multiply({factor}, {seen})"
            self._errors[link.gate, 0].append((weight, factor))

    def _sum(
        self, name: str, start: str | None, products: list[tuple[str, str]]
    ) -> Iterator[str]:
        """Add products to a start, in as many names as there are additions."""
        for g in self._writer.groups:
            value = None if start is None else f"{start}_{g}"
            for i, product in enumerate(products):
                a, b = (factor.format(g=g) for factor in product)
                added = (
                    f"multiply({a}, {b})"
                    if value is None
                    else f"multiply_add({a}, {b}, {value})"
                )
                yield f"{name}_{g}_{i} = {added}"
                value = f"{name}_{g}_{i}"
            yield f"{name}_{g} = {value or 'splat(ZERO)'}"

    def _seen(self, link: Link, group: int | str = "{g}") -> str | None:
        """Expression for the output of a link's source; None for a constant 1."""
        if link.origin == "bias":
            return None
        if link.origin == "input":
            return f"x{link.index}_{group}"
        back = link.delay if link.origin == "past" else 0
        return self._kept(link.index, back, group)

    def _kept(self, unit: int, back: int, group: int | str = "{g}") -> str:
        """A unit's output a number of steps back."""
        place = f"{self._lanes * unit - self._row * back} + {self._width} * {group}"
        return f"load(h, now + {place})"


def _later(unit: int, ahead: int = 1) -> str:
    return f"r{unit}" if ahead == 1 else f"r{ahead}_{unit}"
