"""Matrices in suites: `{ each = [...] }` stands for each of its values in turn.

A table with such fields is expanded to the product of their values, before anything in
it is checked. Each combination gets a name of its own, from parts that say what was
varied. Plain values in, plain values out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from gfsearch.specs.errors import InputError, unknown
from gfsearch.specs.fields import LABEL

MOST = 10_000
"""The largest number of combinations that one table may stand for."""

_FIXED_FIELDS = ("name", "published")
"""Fields of a task that say something of one task and cannot be varied."""


@dataclass(frozen=True)
class _Varied:
    """A field with several values.

    Attributes:
        path: The keys that lead to it, from the table inwards.
        values: Its values.
        names: What names are made of, one for each value; None for the usual parts.
    """

    path: tuple[str, ...]
    values: Sequence[Any]
    names: Sequence[str] | None

    @property
    def dotted(self) -> str:
        """Its place as error messages show it."""
        return ".".join(self.path)


def expand_tasks(tables: Sequence[dict[str, Any]], where: str) -> list[dict[str, Any]]:
    """All tasks that the tables of a suite stand for, in the file's order.

    The last varied field of a table varies fastest. What was varied is added to the
    name, joined by `/`.

    Args:
        tables: The tables `[[task]]`.
        where: What error messages begin with.

    Raises:
        InputError: A matrix is not well formed, or too large.
    """
    tasks = []
    for number, table in enumerate(tables, start=1):
        name = table.get("name", number)
        here = f"{where}: task {name!r}"
        varied = list(_varied(table, here))
        for field in varied:
            if field.path[0] in _FIXED_FIELDS:
                raise InputError(f"{here}: {field.dotted}: cannot be varied by 'each'")
        for parts, values in _combinations(table, varied, here):
            if parts and isinstance(name, str):
                values["name"] = "/".join([name, *parts])
            tasks.append(values)
    return tasks


def expand_searchers(
    tables: Mapping[str, dict[str, Any]], where: str
) -> dict[str, dict[str, Any]]:
    """All searchers that the tables of a suite stand for, by label.

    What was varied is added to the label, joined by `_`; the kind is still the label
    that was given, unless the table has one.

    Args:
        tables: The tables in `[searchers]` by label.
        where: What error messages begin with.

    Raises:
        InputError: A matrix is not well formed or too large, or two searchers get the
            same label.
    """
    searchers: dict[str, dict[str, Any]] = {}
    for label, table in tables.items():
        here = f"{where}: searcher {label!r}"
        varied = list(_varied(table, here))
        for parts, values in _combinations(table, varied, here):
            if parts:
                values.setdefault("kind", label)
            name = "_".join([label, *parts])
            if name in searchers:
                raise InputError(f"{here}: each: the label {name!r} is given twice")
            searchers[name] = values
    return searchers


def _varied(
    table: Mapping[str, Any], where: str, path: tuple[str, ...] = ()
) -> Iterator[_Varied]:
    """The varied fields of a table and of the tables in it, in the file's order."""
    if "each" in table:
        if not path:
            raise InputError(f"{where}: each: stands for a field, not for the whole")
        yield _checked(table, f"{where}: {'.'.join(path)}", path)
        return
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _varied(value, where, (*path, key))


def _checked(table: Mapping[str, Any], where: str, path: tuple[str, ...]) -> _Varied:
    """A varied field, if its table says nothing but values and their names."""
    for key in table:
        if key not in ("each", "names"):
            raise InputError(f"{where}: {unknown('field', key, ('each', 'names'))}")
    values, names = table["each"], table.get("names")
    if not isinstance(values, list) or not values:
        raise InputError(f"{where}: each: expected a list of values, got {values!r}")
    if any(map(_contains_matrix, values)):
        raise InputError(f"{where}: each: cannot stand within the values of another")
    if names is not None and not (
        isinstance(names, list) and len(names) == len(values) and all(map(_fits, names))
    ):
        raise InputError(
            f"{where}: names: expected one for each of the {len(values)} values, of "
            f"letters, digits and . _ = -, got {names!r}"
        )
    return _Varied(path, values, names)


def _contains_matrix(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "each" in value or any(map(_contains_matrix, value.values()))
    return isinstance(value, list) and any(map(_contains_matrix, value))


def _combinations(
    table: dict[str, Any], varied: Sequence[_Varied], where: str
) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """The parts of the name and the values of each combination.

    Without varied fields there is one, the table itself, whose name has no parts.
    """
    count = prod(len(field.values) for field in varied)
    if count > MOST:
        raise InputError(
            f"{where}: each: {count} combinations, at most {MOST} are made"
        )
    keys = [field.path[-1] for field in varied]
    parts = [_parts(field, keys.count(field.path[-1]) > 1, where) for field in varied]
    choices = [
        zip(names, field.values, strict=True)
        for names, field in zip(parts, varied, strict=True)
    ]
    for chosen in product(*choices):
        values = deepcopy(table)
        for field, (_, value) in zip(varied, chosen, strict=True):
            _put(values, field.path, deepcopy(value))
        yield [part for part, _ in chosen], values


def _put(table: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Write a value into nested tables."""
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value


def _parts(field: _Varied, ambiguous: bool, where: str) -> list[str]:
    """The part of a name that each value adds.

    That is its name, if it was given one; the kind of a table; the key and the value
    of anything else, with the tables around it if another varied field has that key.

    Raises:
        InputError: The values need names: two parts are equal, or cannot stand in a
            name.
    """
    key = field.dotted if ambiguous else field.path[-1]
    tables = any(isinstance(value, Mapping) for value in field.values)
    if field.names is not None:
        parts: list[Any] = list(field.names)
    elif tables:
        parts = [v.get("kind") if isinstance(v, Mapping) else v for v in field.values]
    else:
        parts = [f"{key}={text_of(value)}" for value in field.values]
    if not all(map(_fits, parts)) or len(set(parts)) < len(parts):
        missing = "different names" if field.names is not None else "names = [...]"
        why = "tables that do not differ in kind" if tables else "these values"
        raise InputError(
            f"{where}: {field.dotted}: each: {why} need {missing}, one for each"
        )
    return parts


def _fits(part: Any) -> bool:
    """True if something can be a part of a name."""
    return isinstance(part, str) and LABEL.fullmatch(part) is not None


def text_of(value: Any) -> str:
    """A plain value as it stands in a name: 100.0 is 100, [25, 50] is 25-50."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "-".join(map(text_of, value))
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e16
        return str(int(value)) if whole else repr(value).replace("+", "")
    return str(value)
