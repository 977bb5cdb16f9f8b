"""Checking a task of a suite: of a network that learns, or of a function."""

from __future__ import annotations

import re
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
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import LABEL, Count, Positive, Spec, build
from gfsearch.specs.kinds import Kinds
from gfsearch.suites.budget import UNITS, Budget
from gfsearch.suites.objective import AnyTask, Objective, of_problem
from gfsearch.suites.published import Published
from gfsearch.suites.task import Task, Until
from gfsearch.suites.weights import Range, Weights

_TASK_NAME = re.compile(rf"{LABEL.pattern}(/{LABEL.pattern})*")

_Losses = Annotated[list[float], msgspec.Meta(max_length=100)]
"""Losses of a function, which may be negative."""

_Targets = Annotated[
    list[Annotated[float, msgspec.Meta(ge=0)]], msgspec.Meta(max_length=100)
]
"""Losses of a network."""


@dataclass(frozen=True, kw_only=True)
class _AnyTable(Spec):
    """The fields of every task."""

    name: str
    targets: _Losses = ()  # type: ignore[assignment]
    group: str = ""
    budget: Any = None


@dataclass(frozen=True, kw_only=True)
class _TaskTable(_AnyTable):
    """One task of a suite file."""

    problem: dict[str, Any]
    network: dict[str, Any]
    weights: dict[str, Any]
    criterion: dict[str, Any]
    loss: Literal["mse", "graded"] = "mse"
    targets: _Targets = ()  # type: ignore[assignment]
    until: Until = "training"
    published: list[dict[str, Any]] = ()  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class _FunctionTable(_AnyTable):
    """A task of a suite file whose problem evaluates weights itself."""

    problem: dict[str, Any]
    weights: dict[str, Any]
    criterion: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _ObjectiveTable(_AnyTable):
    """A task of a study that was made of a function in Python."""

    objective: dict[str, Any]


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


def read_task(
    values: dict[str, Any], where: str, number: int, allow_imports: bool, folder: Path
) -> AnyTask:
    """Check one task; errors name it by its name, or by its number.

    Args:
        values: Its table.
        where: What error messages begin with.
        number: Its number in the suite.
        allow_imports: Whether a kind may be "module:Class".
        folder: What paths of files are relative to.
    """
    here = f"{where}: task {values.get('name', number)!r}"
    if "objective" in values:
        return _objective(values, here, allow_imports)
    if _evaluates_itself(values, here, allow_imports):
        return _function(values, here, allow_imports, folder)
    table = build(_TaskTable, values, here)
    _check_shown(table, here)
    problem: Problem = _of_kind(
        PROBLEM_KINDS, table.problem, f"{here}: problem", allow_imports, folder
    )
    if not hasattr(problem, "draw"):
        raise InputError(
            f"{here}: problem: {problem.kind!r} evaluates weights itself: no network"
        )
    network: Network = _of_kind(
        NETWORK_KINDS, table.network, f"{here}: network", allow_imports, folder
    )
    published = [
        build(Published, entry, f"{here}: published[{i}]")
        for i, entry in enumerate(table.published)
    ]
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


def _check_shown(table: _AnyTable, here: str) -> None:
    """Check the fields that every task has."""
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


def _function(
    values: dict[str, Any], here: str, allow_imports: bool, folder: Path
) -> Objective:
    """Check a task whose problem evaluates weights itself."""
    table = build(_FunctionTable, values, here)
    _check_shown(table, here)
    problem = _of_kind(
        PROBLEM_KINDS, table.problem, f"{here}: problem", allow_imports, folder
    )
    below = build(_Below, table.criterion, f"{here}: criterion")
    return of_problem(
        problem,
        here,
        build(Range, table.weights, f"{here}: weights"),
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
    kinds: Kinds[Any],
    values: dict[str, Any],
    where: str,
    allow_imports: bool,
    folder: Path,
) -> Any:
    """Build a problem or a network by its `kind`."""
    fields = dict(values)
    kind = fields.pop("kind", None)
    if not isinstance(kind, str):
        known = ", ".join(sorted(kinds))
        raise InputError(f"{where}: kind: expected one of {known}, got {kind!r}")
    found = kinds.find_or_import(kind, f"{where}: kind", allow_imports)
    return build(found, fields, where, folder)
