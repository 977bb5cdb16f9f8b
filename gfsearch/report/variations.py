"""Parameters in which the tasks and the searchers of a study differ.

A study varies a parameter if two of its tasks, or two of its searchers, differ in that
alone. Problem and network kinds, and numbers that are names (a grammar, a variant), are
no parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Any, TypeVar

import msgspec

from gfsearch.specs.fields import canonical, files_of
from gfsearch.specs.seeds import digest
from gfsearch.study.results import Cell, Results
from gfsearch.suites.matrices import text_of
from gfsearch.suites.objective import AnyTask, Objective
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights

NAMES = {"kind", "grammar", "variant", "strings"}
"""Fields that say what a problem or network is: there is no more or less of them."""

_CONDITIONS = ("problem.", "criterion.", "objective.", "task.until")
"""Beginnings of fields that make a task harder: nobody is free to choose them."""

_T = TypeVar("_T")


@total_ordering
class Value:
    """A value of a parameter: numbers in their order, then texts.

    Attributes:
        text: As names and tables have it.
    """

    def __init__(self, plain: Any) -> None:
        plain = list(plain) if isinstance(plain, tuple) else plain
        self.text = _text(plain)
        last = plain[-1] if isinstance(plain, list) and plain else plain
        counts = isinstance(last, int | float) and not isinstance(last, bool)
        self._order = (0, float(last), self.text) if counts else (1, 0.0, self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self._order == other._order

    def __lt__(self, other: Value) -> bool:
        return self._order < other._order

    def __hash__(self) -> int:
        return hash(self._order)


Setting = tuple[Value, ...]
"""A value of each parameter that varies."""


@dataclass(frozen=True, eq=False)
class Variation:
    """Settings of a searcher that differ in parameters: its own, or those of tasks.

    Attributes:
        searcher: The searcher's label; if its own parameters vary, what the labels
            begin with, or its kind.
        parameters: Names of the parameters, as in a suite with dots: "network.hidden",
            "cooling"; "weights" for both ends of their range.
        settings: All settings, in order.
        blocks: What else tasks differ in, with the cell of each setting there.
        own: Whether the parameters are the searcher's own.
        free: Whether the parameters can be chosen, so that a best setting makes sense.
    """

    searcher: str
    parameters: tuple[str, ...]
    settings: Sequence[Setting]
    blocks: Mapping[str, Mapping[Setting, Cell]]
    own: bool
    free: bool

    @property
    def on_line(self) -> bool:
        """True if a trial is a pass through the training set."""
        return next(self.cells()).searcher.on_line

    def cells(self) -> Iterator[Cell]:
        """All cells."""
        for settings in self.blocks.values():
            yield from settings.values()

    def named(self, setting: Setting) -> str:
        """A setting in words: cooling = 0.9, steps = 20."""
        pairs = zip(self.parameters, setting, strict=True)
        return ", ".join(f"{name} = {value.text}" for name, value in pairs)


def variations(results: Results) -> list[Variation]:
    """All variations of a study: of searchers' own parameters first, then of tasks.

    Only settings of which there are results on all blocks.
    """
    cells = {(c.task.name, c.searcher.label): c for c in results.cells if c.results}
    tasks = {c.task.name: c.task for c in cells.values()}
    searchers = {c.searcher.label: c.searcher for c in cells.values()}
    found = list(_of_searchers(searchers, tasks, cells))
    found += _of_tasks(searchers, tasks, cells)
    return [v for v in found if len(v.settings) > 1]


def is_sweep(results: Results) -> bool:
    """True if a study is about parameters: all that it compares are settings.

    They are all its searchers but guessing, or all its tasks.
    """
    found = [variation for variation in variations(results) if variation.free]
    cells = [cell for cell in results.cells if cell.results]
    searchers = {c.searcher.label for c in cells if not c.searcher.is_baseline}
    own = {c.searcher.label for v in found if v.own for c in v.cells()}
    tasks = {c.task.name for v in found if not v.own for c in v.cells()}
    of_searchers = bool(searchers) and searchers == own
    return of_searchers or tasks == {cell.task.name for cell in cells}


def varied_columns(results: Results) -> list[str]:
    """The columns of tables with the parameters that the study varies."""
    found: dict[str, None] = {}
    for variation in variations(results):
        for name in variation.parameters:
            if variation.own:
                found[f"searcher.{name}"] = None
            elif name == "weights":
                found |= {"weights.low": None, "weights.high": None}
            else:
                found[name] = None
    return list(found)


def _of_searchers(
    searchers: Mapping[str, LabelledSearcher],
    tasks: Mapping[str, AnyTask],
    cells: Mapping[tuple[str, str], Cell],
) -> Iterator[Variation]:
    fields = {label: fields_of_searcher(s) for label, s in searchers.items()}
    kinds = {label: searcher.kind.kind for label, searcher in searchers.items()}
    for labels in _connected(fields, kinds):
        names = _varied([fields[label] for label in labels])
        settings = {
            tuple(Value(fields[label][n]) for n in names): label for label in labels
        }
        blocks = {
            task: {
                setting: cells[task, label]
                for setting, label in sorted(settings.items())
                if (task, label) in cells
            }
            for task in tasks
        }
        begins = {label.split("_")[0] for label in labels}
        name = begins.pop() if len(begins) == 1 else kinds[labels[0]]
        yield _whole(name, names, blocks, own=True, free=True)


def _of_tasks(
    searchers: Mapping[str, LabelledSearcher],
    tasks: Mapping[str, AnyTask],
    cells: Mapping[tuple[str, str], Cell],
) -> Iterator[Variation]:
    fields = {name: _with_range(fields_of_task(task)) for name, task in tasks.items()}
    # The name of an objective stands for its function.
    functions = {
        name: task.name
        for name, task in tasks.items()
        if isinstance(task, Objective) and task.problem is None
    }
    kinds = {
        name: (
            functions.get(name),
            sorted((k, str(v)) for k, v in of.items() if k.split(".")[-1] in NAMES),
        )
        for name, of in fields.items()
    }
    # By what varies and in which settings: several problems, each in all of them.
    alike: dict[tuple[tuple[str, ...], frozenset[Setting]], dict[str, Any]] = {}
    for names in _connected(fields, kinds):
        varied = _varied([fields[name] for name in names])
        free = [n for n in varied if not n.startswith(_CONDITIONS)]
        conditions = [n for n in varied if n not in free] if free else []
        blocks: dict[str, dict[Setting, str]] = {}
        for name in names:
            at = ", ".join(f"{c} = {Value(fields[name][c]).text}" for c in conditions)
            block = ", ".join(filter(None, [_common(names, tasks), at]))
            setting = tuple(Value(fields[name][n]) for n in free or varied)
            blocks.setdefault(block, {})[setting] = name
        for block, settings in blocks.items():
            key = tuple(free or varied), frozenset(settings)
            together = alike.setdefault(key, {})
            together[_unused(block, together)] = settings
    for (parameters, of_all), together in alike.items():
        free_to_choose = not parameters[0].startswith(_CONDITIONS)
        for label in searchers:
            of_label = {
                block: {
                    setting: cells[found[setting], label]
                    for setting in sorted(of_all)
                    if (found[setting], label) in cells
                }
                for block, found in together.items()
            }
            yield _whole(
                label, list(parameters), of_label, own=False, free=free_to_choose
            )


def _whole(
    searcher: str,
    names: Sequence[str],
    blocks: Mapping[str, Mapping[Setting, Cell]],
    *,
    own: bool,
    free: bool,
) -> Variation:
    """A variation of the settings that all blocks have which have any."""
    used = {block: settings for block, settings in blocks.items() if settings}
    common = set.intersection(*(set(s) for s in used.values())) if used else set()
    settings = sorted(common)
    kept = {block: {s: found[s] for s in settings} for block, found in used.items()}
    return Variation(searcher, tuple(names), settings, kept, own, free)


def fields_of_task(task: AnyTask) -> dict[str, Any]:
    """All parameters of a task as plain values, by their place in a suite."""
    identity = task.identity()
    found: dict[str, Any] = {"task.until": task.until}
    if isinstance(task, Task):
        # What identities leave out where it is not given is here, too.
        identity["weights"] = canonical(task.weights)
        identity["criterion"] = canonical(task.criterion)
        found["task.loss"] = task.loss
    for part, values in identity.items():
        if isinstance(values, Mapping):
            found |= {f"{part}.{name}": value for name, value in values.items()}
    if (dimension := found.pop("weights.dimension", None)) is not None:
        found["objective.dimension"] = dimension
    for part in ("problem", "network"):
        # A hash says nothing to a reader; a name with its beginning does.
        for name, file in files_of(getattr(task, part, None)).items():
            found[f"{part}.{name}"] = str(file)
    return {name: v for name, v in found.items() if not name.endswith(".revision")}


def fields_of_searcher(searcher: LabelledSearcher) -> dict[str, Any]:
    """All parameters of a searcher as plain values."""
    return {**canonical(searcher.parameters), "restarts": searcher.restarts}


def _with_range(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a task with the range of its weights as one.

    A range that follows from a standard deviation is none of its own.
    """
    found = dict(fields)
    low, high = found.pop("weights.low", None), found.pop("weights.high", None)
    sd = found.get("weights.sd")
    if sd is None or (low, high) != Weights(sd=sd).ends:
        found["weights"] = [low, high]
    else:
        found["weights"] = None
    return found


def _connected(
    fields: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, Any]
) -> list[list[str]]:
    """Groups of at least two: from each to each lead steps that change one field.

    Args:
        fields: The fields of each name.
        kinds: What must be the same within a group.
    """
    group: dict[str, list[str]] = {name: [name] for name in fields}
    first: dict[str, str] = {}
    for name, values in fields.items():
        for field in values:
            if field.split(".")[-1] in NAMES:
                continue
            rest = {k: v for k, v in values.items() if k != field}
            key = digest([kinds[name], field, rest])
            one, other = group[first.setdefault(key, name)], group[name]
            if one is not other:
                one += other
                for moved in other:
                    group[moved] = one
    found = {id(names): names for names in group.values() if len(names) > 1}
    order = {name: place for place, name in enumerate(fields)}
    return [sorted(names, key=order.__getitem__) for names in found.values()]


def _varied(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields that are not the same in all."""
    return [
        name
        for name in fields[0]
        if any(values.get(name) != fields[0][name] for values in fields)
    ]


def _common(names: Sequence[str], tasks: Mapping[str, AnyTask]) -> str:
    """The common beginning of tasks' names, or else their problem and network."""
    parts = [name.split("/") for name in names]
    shared = []
    for column in zip(*parts, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    task = tasks[names[0]]
    return "/".join(shared) or task.in_words


def _unused(name: str, names: Mapping[str, object]) -> str:
    number = 1
    while (found := name if number == 1 else f"{name} ({number})") in names:
        number += 1
    return found


def _text(plain: Any) -> str:
    if isinstance(plain, list) and all(isinstance(v, int | float) for v in plain):
        # A minus sign is no dash.
        between = " to " if min(plain, default=0) < 0 else "-"
        return between.join(map(text_of, plain))
    if isinstance(plain, Mapping | list):
        return msgspec.json.encode(plain).decode()
    return text_of(plain)
