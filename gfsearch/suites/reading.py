"""Reading and checking suites: TOML files of tasks, searchers, runs and a budget."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import NETWORK_KINDS, Network
from gfsearch.problems import PROBLEM_KINDS, Problem
from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.specs.errors import InputError, unknown
from gfsearch.specs.fields import LABEL, Count, Positive, Size, Spec, build
from gfsearch.specs.kinds import Kinds
from gfsearch.suites.budget import UNITS, Budget
from gfsearch.suites.matrices import expand_searchers, expand_tasks
from gfsearch.suites.objective import AnyTask, Objective, of_problem
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import Suite
from gfsearch.suites.task import Published, Task, Until, Weights

_TASK_NAME = re.compile(rf"{LABEL.pattern}(/{LABEL.pattern})*")

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


_Targets = Annotated[
    list[Annotated[float, msgspec.Meta(ge=0)]], msgspec.Meta(max_length=100)
]


@dataclass(frozen=True, kw_only=True)
class _TaskTable(Spec):
    """One task of a suite file."""

    name: str
    problem: dict[str, Any]
    network: dict[str, Any]
    weights: dict[str, Any]
    criterion: dict[str, Any]
    loss: Literal["mse", "graded"] = "mse"
    targets: _Targets = ()  # type: ignore[assignment]
    until: Until = "training"
    published: list[dict[str, Any]] = ()  # type: ignore[assignment]
    group: str = ""
    budget: Any = None


@dataclass(frozen=True, kw_only=True)
class _FunctionTable(Spec):
    """A task of a suite file whose problem evaluates weights itself."""

    name: str
    problem: dict[str, Any]
    weights: dict[str, Any]
    criterion: dict[str, Any] = field(default_factory=dict)
    targets: _Targets = ()  # type: ignore[assignment]
    group: str = ""
    budget: Any = None


@dataclass(frozen=True, kw_only=True)
class _ObjectiveTable(Spec):
    """A task of a study that was made of a function in Python."""

    name: str
    objective: dict[str, Any]
    targets: _Targets = ()  # type: ignore[assignment]
    group: str = ""
    budget: Any = None


@dataclass(frozen=True, kw_only=True)
class _Below(Spec):
    """The criterion of a function."""

    loss_below: float | None = None


@dataclass(frozen=True, kw_only=True)
class _FunctionOf(Spec):
    """A function, where it may be found, and its box of weights."""

    function: str
    dimension: Count
    low: float
    high: float
    sd: Positive | None = None
    loss_below: float | None = None


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
    return suite_from_dict(table, name, str(path), allow_imports)


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
    table: Mapping[str, Any], name: str, where: str, allow_imports: bool = False
) -> Suite:
    """Check a suite given as plain values.

    Args:
        table: What a TOML file holds.
        name: The suite's name.
        where: What error messages begin with.
        allow_imports: Whether a kind may be "module:Class".

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
        task = _task(task_table, where, number, allow_imports)
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
            label, entry, f"{where}: searcher {label!r}", allow_imports
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


def _task(
    values: dict[str, Any], where: str, number: int, allow_imports: bool
) -> AnyTask:
    """Check one task; errors name it by its name, or by its number."""
    here = f"{where}: task {values.get('name', number)!r}"
    if "objective" in values:
        return _objective(values, here, allow_imports)
    if _evaluates_itself(values, here, allow_imports):
        return _function(values, here, allow_imports)
    table = build(_TaskTable, values, here)
    _check_shown(table, here)
    problem: Problem = _of_kind(
        PROBLEM_KINDS, table.problem, f"{here}: problem", allow_imports
    )
    if not hasattr(problem, "draw"):
        raise InputError(
            f"{here}: problem: {problem.kind!r} evaluates weights itself: no network"
        )
    network: Network = _of_kind(
        NETWORK_KINDS, table.network, f"{here}: network", allow_imports
    )
    published = [
        build(Published, entry, f"{here}: published[{i}]")
        for i, entry in enumerate(table.published)
    ]
    for i, entry in enumerate(published):
        if entry.searcher is not None and entry.searcher not in SEARCHER_KINDS:
            mistake = unknown("searcher", entry.searcher, SEARCHER_KINDS)
            raise InputError(f"{here}: published[{i}]: {mistake}")
    try:
        return Task(
            name=table.name,
            problem=problem,
            network=network,
            weights=build(Weights, table.weights, f"{here}: weights"),
            criterion=build(Criterion, table.criterion, f"{here}: criterion"),
            loss=table.loss,
            targets=tuple(table.targets),
            until=table.until,
            published=tuple(published),
            group=table.group,
            **_own_budgets(table.budget, f"{here}: budget"),
        )
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{here}: {error}") from None


def _check_shown(
    table: _TaskTable | _FunctionTable | _ObjectiveTable, here: str
) -> None:
    """Check what all tasks have."""
    if not _TASK_NAME.fullmatch(table.name) or ".." in table.name:
        raise InputError(
            f"{here}: name: expected letters, digits and . _ = - in parts joined by /"
        )
    if table.group and not LABEL.fullmatch(table.group):
        raise InputError(
            f"{here}: group: expected letters, digits and . _ = -, got {table.group!r}"
        )
    if sorted(set(table.targets), reverse=True) != list(table.targets):
        raise InputError(f"{here}: targets: expected losses in descending order")


def _evaluates_itself(
    values: Mapping[str, Any], here: str, allow_imports: bool
) -> bool:
    """True if a task without network names a problem that evaluates weights itself.

    Raises:
        InputError: There is no such problem, or it may not be imported.
    """
    problem = values.get("problem")
    kind = problem.get("kind") if isinstance(problem, Mapping) else None
    if not isinstance(kind, str) or "network" in values:
        return False
    where = f"{here}: problem: kind"
    return not hasattr(PROBLEM_KINDS.find_or_import(kind, where, allow_imports), "draw")


def _function(values: dict[str, Any], here: str, allow_imports: bool) -> Objective:
    """Check a task whose problem evaluates weights itself."""
    table = build(_FunctionTable, values, here)
    _check_shown(table, here)
    problem = _of_kind(PROBLEM_KINDS, table.problem, f"{here}: problem", allow_imports)
    below = build(_Below, table.criterion, f"{here}: criterion")
    return of_problem(
        problem,
        here,
        build(Weights, table.weights, f"{here}: weights"),
        name=table.name,
        loss_below=below.loss_below,
        targets=tuple(table.targets),
        group=table.group,
        **_own_budgets(table.budget, f"{here}: budget"),
    )


def _objective(values: dict[str, Any], here: str, allow_imports: bool) -> Objective:
    """Check a task that was made of a function; the function if it can be found."""
    table = build(_ObjectiveTable, values, here)
    _check_shown(table, here)
    made = build(_FunctionOf, table.objective, f"{here}: objective")
    return Objective(
        _imported(made.function) if allow_imports else None,
        dimension=made.dimension,
        low=made.low,
        high=made.high,
        sd=made.sd,
        name=table.name,
        loss_below=made.loss_below,
        targets=tuple(table.targets),
        group=table.group,
        **_own_budgets(table.budget, f"{here}: budget"),
    )


def _imported(place: str) -> Any:
    """The function at a place; None if it is not there, or is made anew each time."""
    module, _, name = place.partition(":")
    try:
        found = attrgetter(name)(import_module(module))
    except (Exception, SystemExit):
        return None
    return found if callable(found) else None


def _own_budgets(value: Any, where: str) -> dict[str, Any]:
    """The fields budget and budgets of a task."""
    budgets = _budgets(value, where)
    own = {unit: budgets.pop(unit) for unit in UNITS if unit in budgets}
    if len(own) > 1:
        raise InputError(f"{where}: expected one of trials and presentations")
    return {"budget": next(iter(own.values()), None), "budgets": budgets}


def _budgets(value: Any, where: str) -> dict[str, Budget]:
    """The budgets of a task: its own by their unit, and those of searchers by label."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return {"trials": Budget.given(value, where)}
    return {
        name: Budget.given({name: amount}, where)
        if name in UNITS
        else Budget.given(amount, f"{where}: {name}")
        for name, amount in value.items()
    }


def _of_kind(
    kinds: Kinds[Any], values: dict[str, Any], where: str, allow_imports: bool
) -> Any:
    """Build a problem or a network by its `kind`."""
    fields = dict(values)
    kind = fields.pop("kind", None)
    if not isinstance(kind, str):
        known = ", ".join(sorted(kinds))
        raise InputError(f"{where}: kind: expected one of {known}, got {kind!r}")
    found = kinds.find_or_import(kind, f"{where}: kind", allow_imports)
    return build(found, fields, where)
