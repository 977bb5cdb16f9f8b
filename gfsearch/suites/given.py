"""Tasks and searchers as arguments give them: objects, tables, names and globs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from gfsearch.searchers import Searcher
from gfsearch.specs.errors import InputError, unknown
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.searcher import LabelledSearcher, labelled_searcher

SearcherLike = LabelledSearcher | Mapping[str, Any] | type[Searcher]
"""A searcher as a suite may be given it: its parameters with `kind`, or its class."""


def by_name(tasks: Sequence[AnyTask] | Mapping[str, AnyTask]) -> dict[str, AnyTask]:
    """Tasks by their names.

    Raises:
        InputError: There is none, something is no task, or two have one name.
    """
    found: dict[str, AnyTask] = {}
    given = tasks.items() if isinstance(tasks, Mapping) else ((None, t) for t in tasks)
    for name, task in given:
        if not isinstance(task, AnyTask):
            got = type(task).__name__
            raise InputError(f"tasks: expected a Task or an Objective, got {got}")
        if name is not None and name != task.name:
            raise InputError(f"tasks: {name!r}: expected its name, {task.name!r}")
        if task.name in found:
            raise InputError(f"task {task.name!r}: name: given twice")
        found[task.name] = task
    if not found:
        raise InputError("tasks: at least one is needed")
    return found


def by_label(
    searchers: Sequence[str] | Mapping[str, SearcherLike],
) -> dict[str, LabelledSearcher]:
    """Searchers by their labels.

    Raises:
        InputError: There is none, or one of them is not known or given wrong values.
    """
    if isinstance(searchers, str):
        raise InputError(f"searchers: expected a list of names, got {searchers!r}")
    if not isinstance(searchers, Mapping):
        named: dict[str, SearcherLike] = {}
        for name in searchers:
            called = getattr(name, "kind", name) if isinstance(name, type) else name
            named[str(called)] = name if isinstance(name, type) else {}
        searchers = named
    found = {}
    for label, given in searchers.items():
        if not isinstance(given, LabelledSearcher):
            values = {"kind": given} if isinstance(given, type) else given
            given = labelled_searcher(label, values, f"searcher {label!r}")
        found[label] = given
    if not found:
        raise InputError("searchers: at least one is needed")
    return found


def matching(
    what: str,
    patterns: Sequence[str],
    available: Iterable[str],
    known: Iterable[str] = (),
) -> list[str]:
    """The available names that match a name or glob, in their own order.

    Args:
        what: What the names are of, for the error.
        patterns: Names or globs; none for all.
        available: The names.
        known: Further names for the error to suggest.

    Raises:
        InputError: A pattern matches nothing.
    """
    available = list(available)
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in available):
            raise unknown(what, pattern, {*available, *known})
    return [
        name
        for name in available
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
