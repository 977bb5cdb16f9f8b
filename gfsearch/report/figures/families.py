"""Tasks that differ in one number alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gfsearch.specs.seeds import digest
from gfsearch.study.results import Cell, Results
from gfsearch.suites.objective import AnyTask

_FEWEST = 3
"""Values that make a curve."""

_NAMES = {"revision", "grammar", "variant"}
"""Numbers that are names: there is no more or less of them."""


@dataclass(frozen=True, eq=False)
class Family:
    """Cells of tasks that differ in one number alone.

    Attributes:
        parameter: The number's name, as in a suite: "length", "hidden", ...; or
            "weights", where that number changes how many there are.
        cells: The cells with results, by the value of the number, ascending.
    """

    parameter: str
    cells: list[tuple[float, Cell]]

    @property
    def values(self) -> list[float]:
        """The different values, ascending."""
        return sorted({value for value, _ in self.cells})

    @property
    def of(self) -> str:
        """Group, problem and network, and how many runs there are at each point."""
        task = self.cells[0][1].task
        groups = {cell.task.group for _, cell in self.cells}
        group = f"{task.group}: " if task.group and len(groups) == 1 else ""
        counts = [len(cell.results) for _, cell in self.cells]
        least, most = min(counts), max(counts)
        runs = str(least) if least == most else f"{least} to {most}"
        return f"{group}{task.in_words}, {runs} runs per point"

    def by_searcher(self, results: Results) -> dict[str, list[tuple[float, Cell]]]:
        """The cells of each searcher, in the study's order."""
        found = {
            label: [(x, c) for x, c in self.cells if c.searcher.label == label]
            for label in results.labels
        }
        return {label: cells for label, cells in found.items() if cells}


def families(results: Results) -> list[Family]:
    """All families with at least three values of a positive number."""
    groups: dict[tuple[str, str], list[tuple[float, Cell]]] = {}
    for cells in results.tasks.values():
        for parameter, value, rest in _numbers(cells[0].task):
            of_task = groups.setdefault((parameter, rest), [])
            of_task += [(value, cell) for cell in cells]
    found = [
        Family(parameter, sorted(cells, key=lambda pair: pair[0]))
        for (parameter, _), cells in groups.items()
    ]
    found += [_by_weights(family) for family in found]
    return [family for family in found if len(family.values) >= _FEWEST]


def _by_weights(family: Family) -> Family:
    """The same cells by the number of free weights."""
    cells = [(float(c.task.dimension), c) for _, c in family.cells]
    return Family("weights", sorted(cells, key=lambda pair: pair[0]))


def _numbers(task: AnyTask) -> Iterator[tuple[str, float, str]]:
    """Each positive number of a task: name, value, and a hash of all the rest.

    A range [low, high] counts as its upper end.
    """
    identity = task.identity()
    for part in ("problem", "network"):
        values = identity.get(part, {})  # Objectives have neither.
        for name, value in values.items():
            size = _size(value)
            if name not in _NAMES and size is not None:
                rest = {k: v for k, v in values.items() if k != name}
                yield name, size, digest({**identity, part: rest})


def _size(value: Any) -> float | None:
    if isinstance(value, list | tuple) and len(value) == 2:
        value = value[1]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if value > 0 else None
