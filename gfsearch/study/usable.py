"""Checks that what is given in Python can be run, and its study read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from gfsearch.networks import NETWORK_KINDS
from gfsearch.problems import PROBLEM_KINDS
from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.specs.errors import InputError, in_a_line
from gfsearch.specs.kinds import Kinds
from gfsearch.study.continuing import differing
from gfsearch.study.study import Study
from gfsearch.suites.objective import Objective
from gfsearch.suites.reading import suite_from_dict
from gfsearch.suites.run import Run
from gfsearch.suites.suite import Suite
from gfsearch.suites.task import Task


def check_classes(suite: Suite) -> None:
    """Refuse classes that nobody would find when the study is read again.

    Raises:
        InputError: There is one.
    """
    used: list[tuple[str, Kinds[Any], type[Any]]] = [
        (f"searcher {label!r}", SEARCHER_KINDS, searcher.kind)
        for label, searcher in suite.searchers.items()
    ]
    for task in suite.tasks.values():
        called = f"task {task.name!r}"
        if task.problem is not None:
            used.append((f"{called}: problem", PROBLEM_KINDS, type(task.problem)))
        if isinstance(task, Task):
            used.append((f"{called}: network", NETWORK_KINDS, type(task.network)))
    for called, kinds, kind in used:
        if not kinds.is_found_again(kind):
            raise InputError(
                f"{called}: {kind.__module__}.{kind.__qualname__} cannot be imported: "
                "define the class in a module, or its study could not be read again"
            )


def check_readable(suite: Suite) -> None:
    """Refuse a suite made in Python whose study could not be read again.

    Files are checked field by field; objects may hold anything. So it is written and
    read once, before any run is made.

    Raises:
        InputError: It cannot be read, or would be another one.
    """
    try:
        table = msgspec.json.decode(msgspec.json.encode(suite.to_dict()))
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise InputError(f"suite: cannot be written: {in_a_line(error)}") from None
    again = suite_from_dict(table, suite.name, "suite", allow_imports=True)
    for made, read in zip(_first_runs(suite), _first_runs(again), strict=True):
        if made.key != read.key:
            of_task = differing(made.task.identity(), read.task.identity())
            of_searcher = differing(made.searcher.content(), read.searcher.content())
            fields = ", ".join([*of_task, *of_searcher]) or "a field"
            raise InputError(
                f"task {made.task.name!r}, searcher {made.searcher.label!r}: {fields} "
                "would be read as another value: expected what a file can keep"
            )


def _first_runs(suite: Suite) -> list[Run]:
    """One run of each task and searcher."""
    return replace(suite, runs=1).plan()


def check_functions(study: Study, runs: Sequence[Run]) -> None:
    """Refuse runs of an objective whose function is not here.

    Raises:
        InputError: There is one.
    """
    for task in {run.task.name: run.task for run in runs}.values():
        if isinstance(task, Objective) and task.evaluate is None:
            raise InputError(
                f"{study.folder}: task {task.name!r}: its function is not here: give "
                "it to gfsearch.compare again, or allow its import"
            )


def check_places(runs: Sequence[Run]) -> None:
    """Refuse functions that no process of another machine finds.

    Raises:
        InputError: There is one.
    """
    for task in {run.task.name: run.task for run in runs}.values():
        if isinstance(task, Objective) and not task.is_found_elsewhere:
            raise InputError(
                f"task {task.name!r}: its function {task.place!r} cannot be imported "
                "on other machines: define it in a module"
            )
