"""Checks of a task before any work: of its criterion, and of the data it judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gfsearch.problems import Sequences
from gfsearch.specs.errors import InputError
from gfsearch.suites.constants import constant_solution
from gfsearch.suites.declared import declared_targets
from gfsearch.suites.judged import check_drawn
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.task import Task

_T = TypeVar("_T")


def check_criterion(task: AnyTask) -> None:
    """Refuse a criterion that a network meets without any input, and unfit data.

    Not when a suite is read: what older versions ran can be reported.

    Args:
        task: The task; instance 0 of root seed 0 stands for all.

    Raises:
        InputError: A constant answer solves the task; its data cannot be read, or not
            be judged as it says.
    """
    if (output := task.constant_output) is not None:
        raise InputError(
            f"task {task.name!r}: criterion: {task.judged}: a constant output of "
            f"{output:g} meets it; expected a tolerance of at most half the distance "
            "of the targets"
        )
    if not isinstance(task, Task):
        return
    if task.episodic:
        try:
            _made(task.digest)
        except InputError as error:
            raise InputError(f"task {task.name!r}: {error}") from None
        return
    train = _to_be_judged(task)
    if train is None:
        return
    try:
        check_drawn(train, task.built, task.criterion, task.loss)
    except ValueError as error:
        raise InputError(f"task {task.name!r}: {error}") from None
    found = constant_solution(train, task.criterion, task.built.shows)
    if found is not None:
        raise InputError(f"task {task.name!r}: criterion: {task.judged}: {found}")


def _to_be_judged(task: Task) -> Sequences | None:
    """The training set of instance 0, if what the problem declares does not tell all.

    None too if it cannot be drawn.
    """
    criterion = task.criterion
    if not (
        task.recorded
        or declared_targets(task.problem) is None
        or criterion.lenient
        or criterion.by_rank
        or criterion.limit is not None
        or task.loss == "graded"
    ):
        return None
    drawn = _made(task.sequences)
    return None if drawn is None else drawn[0]


def _made(make: Callable[[], _T]) -> _T | None:
    """A problem's data; None if it fails, which its runs will tell."""
    try:
        return make()
    except InputError:
        raise
    except (Exception, SystemExit):
        return None
