"""Tasks and searchers as a suite's file would hold them."""

from __future__ import annotations

from typing import Any

from gfsearch.networks import NETWORK_KINDS
from gfsearch.problems import PROBLEM_KINDS
from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.specs.fields import Spec, filled, identifying
from gfsearch.suites.budget import Budget
from gfsearch.suites.objective import AnyTask, Objective
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.task import Task


def task_to_dict(task: AnyTask) -> dict[str, Any]:
    """A task as a file would hold it, all defaults filled in."""
    made = (
        _made_of_function(task)
        if isinstance(task, Objective)
        else _made_of_network(task)
    )
    return {
        "name": task.name,
        **made,
        "targets": list(task.targets),
        **({} if task.until == "training" else {"until": task.until}),
        **({"group": task.group} if task.group else {}),
        **_budgets_of(task),
    }


def _made_of_function(task: Objective) -> dict[str, Any]:
    """The fields that say which function an objective is."""
    below = {} if task.loss_below is None else {"loss_below": task.loss_below}
    if task.problem is None:
        box = {"dimension": task.dimension, **_box(task)}
        return {"objective": {"function": task.place, **box, **below}}
    assert isinstance(task.problem, Spec)
    kind = PROBLEM_KINDS.name_of(type(task.problem))
    return {
        "problem": {"kind": kind, **_filled(task.problem)},
        "weights": _box(task),
        **({"criterion": below} if below else {}),
    }


def _box(task: Objective) -> dict[str, float]:
    """The range of an objective's weights."""
    return _without_none({"low": task.low, "high": task.high, "sd": task.sd})


def _made_of_network(task: Task) -> dict[str, Any]:
    """The fields that say what a network is to learn."""
    assert isinstance(task.problem, Spec)
    assert isinstance(task.network, Spec)
    return {
        "problem": {
            "kind": PROBLEM_KINDS.name_of(type(task.problem)),
            **_filled(task.problem),
        },
        "network": {
            "kind": NETWORK_KINDS.name_of(type(task.network)),
            **_filled(task.network),
        },
        "weights": identifying(task.weights),
        "criterion": {k: v for k, v in _filled(task.criterion).items() if v},
        "loss": task.loss,
        "published": [_filled(entry) for entry in task.published],
    }


def _budgets_of(task: AnyTask) -> dict[str, Any]:
    """The field `budget` of a task's table, if it has one."""
    own: dict[str, Any] = {k: b.content() for k, b in task.budgets.items()}
    if task.budget is not None:
        own = {task.budget.unit: task.budget.amount, **own}
    return {"budget": own} if own else {}


def _content(budget: Budget | None) -> int | dict[str, int] | None:
    return None if budget is None else budget.content()


def _filled(spec: Spec) -> dict[str, Any]:
    return _without_none(filled(spec))


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    """TOML has no null: a field that is None is left out."""
    return {name: value for name, value in values.items() if value is not None}


def searcher_to_dict(searcher: LabelledSearcher) -> dict[str, Any]:
    """A searcher as a file would hold it, all defaults filled in."""
    return _without_none(
        {
            "budget": _content(searcher.budget),
            "restarts": searcher.restarts,
            **filled(searcher.parameters),
            "kind": SEARCHER_KINDS.name_of(searcher.kind),
        }
    )
