"""Reading and checking suites: TOML files of tasks, searchers, runs and a budget."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.specs.errors import InputError, unknown
from gfsearch.specs.fields import LABEL, Size, Spec, build
from gfsearch.suites.budget import Budget
from gfsearch.suites.matrices import expand_searchers, expand_tasks
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import Suite
from gfsearch.suites.task_reading import read_task

_PACKAGE = Path(__file__).parents[1]


def suite_folder() -> Path:
    """The folder of the shipped suites: in the installed package, or in the clone."""
    installed = _PACKAGE / "_tasks"
    return installed if installed.is_dir() else _PACKAGE.parent / "tasks"


def shipped_suites() -> dict[str, Path]:
    """The shipped suites by name."""
    return {path.stem: path for path in sorted(suite_folder().glob("*.toml"))}


@dataclass(frozen=True, kw_only=True)
class _SuiteTable(Spec):
    """The top level of a suite file."""

    title: str = ""
    source: str = ""
    runs: Size
    budget: Any
    task: list[dict[str, Any]]
    searchers: dict[str, dict[str, Any]]


def load_suite(name: str | Path, *, allow_imports: bool = False) -> Suite:
    """Read and check a suite.

    Args:
        name: A shipped suite's name, the path of a TOML file, or that of a study's
            `study.json`, which holds the suite that was compared.
        allow_imports: Whether a kind may be "module:Class": importing runs its code.

    Raises:
        InputError: No such suite, or something in it is wrong.
    """
    shipped = shipped_suites()
    path = shipped.get(str(name), Path(name))
    if path.name == "study.json":
        return read_plan(path, allow_imports=allow_imports)[0]
    if path.suffix.lower() != ".toml":
        hint = unknown("suite", str(name), shipped)
        raise InputError(
            f"{hint}, or the path of a file that ends in .toml, or of a study.json"
        )
    try:
        # Editors may put a byte order mark before a text.
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None
    # A file's name need not be UTF-8; a study's is part of a JSON file.
    name = os.fsencode(path.stem).decode("utf-8", "replace")
    suite = suite_from_dict(table, name, str(path), allow_imports, path.parent)
    _check_published(suite, str(path))
    return suite


def _check_published(suite: Suite, where: str) -> None:
    """Refuse published figures of searchers that there are not.

    The suite of a study may be without those that were not asked for.

    Raises:
        InputError: There is one.
    """
    known = {*SEARCHER_KINDS, *suite.searchers}
    for task in suite.tasks.values():
        for i, entry in enumerate(task.published):
            if entry.searcher is not None and entry.searcher not in known:
                mistake = unknown("searcher", entry.searcher, known)
                raise InputError(
                    f"{where}: task {task.name!r}: published[{i}]: {mistake}"
                )


def read_plan(path: Path, *, allow_imports: bool = False) -> tuple[Suite, int]:
    """Read the suite and the root seed of a study.

    Args:
        path: The study's `study.json`.
        allow_imports: Whether a kind may be "module:Class".

    Raises:
        InputError: There is no study, or its plan is damaged.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
        seed, name, suite = content["seed"], content["name"], content["suite"]
    except OSError as error:
        raise InputError(f"{path}: no study here: {error.strerror}") from None
    except (msgspec.DecodeError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{path}: damaged: {error}") from None
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"{path}: seed: expected a whole number >= 0, got {seed}")
    # It names a folder where nothing else is said: it must not lead elsewhere.
    if (
        not isinstance(name, str)
        or name in ("", ".", "..")
        or re.search(r"[/\\]", name)
    ):
        raise InputError(f"{path}: name: expected a file's name, got {name!r}")
    return suite_from_dict(suite, name, str(path), allow_imports), seed


def suite_from_dict(
    table: Mapping[str, Any],
    name: str,
    where: str,
    allow_imports: bool = False,
    folder: Path = Path(),
) -> Suite:
    """Check a suite given as plain values.

    Args:
        table: What a TOML file holds.
        name: The suite's name.
        where: What error messages begin with.
        allow_imports: Whether a kind may be "module:Class".
        folder: What paths of files are relative to.

    Raises:
        InputError: Something in it is wrong.
    """
    if isinstance(table, Mapping) and isinstance(table.get("task"), Mapping):
        raise InputError(
            f"{where}: task: expected [[task]] with double brackets, one for each "
            "task, got [task]"
        )
    if isinstance(table, Mapping) and isinstance(table.get("searchers"), list):
        raise InputError(
            f"{where}: searchers: expected [searchers] with single brackets, one table "
            "of all searchers, got [[searchers]]"
        )
    top = build(_SuiteTable, table, where)
    if not top.task or not top.searchers:
        missing = "[[task]]" if not top.task else "[searchers]"
        raise InputError(f"{where}: {missing}: at least one is needed")
    tasks: dict[str, AnyTask] = {}
    for number, task_table in enumerate(expand_tasks(top.task, where), start=1):
        task = read_task(task_table, where, number, allow_imports, folder)
        if task.name in tasks:
            raise InputError(f"{where}: task {task.name!r}: name: given twice")
        tasks[task.name] = task
    searcher_tables = expand_searchers(top.searchers, where)
    for label in searcher_tables:
        if not LABEL.fullmatch(label):
            kind = unknown("searcher", label, SEARCHER_KINDS)
            raise InputError(
                f"{where}: searcher {label!r}: expected letters, digits and . _ = - "
                f"in its label ({kind})"
            )
    searchers = {
        label: labelled_searcher(
            label, entry, f"{where}: searcher {label!r}", allow_imports, folder
        )
        for label, entry in searcher_tables.items()
    }
    for task in tasks.values():
        for label in task.budgets.keys() - searchers.keys():
            mistake = unknown("searcher", label, searchers)
            raise InputError(f"{where}: task {task.name!r}: budget: {mistake}")
    try:
        return Suite(
            name=name,
            title=top.title,
            source=top.source,
            runs=top.runs,
            budget=Budget.given(top.budget, f"{where}: budget"),
            tasks=tasks,
            searchers=searchers,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
