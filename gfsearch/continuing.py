"""Going on with a study: what a later command leaves of what the study holds.

A later command does not shrink a study. What it does not say is the larger of what the
study holds and what the suite says now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from gfsearch.labelled import LabelledSearcher
from gfsearch.plan import Suite

_T = TypeVar("_T")


def continued(suite: Suite, held: Suite) -> Suite:
    """A suite with all that a study holds beyond it.

    Tasks and searchers are the union; those of the same name are the suite's. What the
    study holds under another name, and the suite has too, was renamed. Numbers of runs
    and budgets are the larger ones.

    Args:
        suite: What is to be run now.
        held: What the study holds.
    """
    tasks = {task.hashed for task in suite.tasks.values()}
    searchers = {_content(searcher) for searcher in suite.searchers.values()}
    more_tasks = {
        name: task
        for name, task in held.tasks.items()
        if name not in suite.tasks and task.hashed not in tasks
    }
    more_searchers = {
        label: searcher
        for label, searcher in held.searchers.items()
        if label not in suite.searchers and _content(searcher) not in searchers
    }
    budget = max(suite.budget, held.budget)
    return replace(
        suite,
        runs=max(suite.runs, held.runs),
        budget=budget,
        tasks={**suite.tasks, **more_tasks},
        searchers={
            label: _with_budget(searcher, _budget(label, suite, held), budget)
            for label, searcher in {**suite.searchers, **more_searchers}.items()
        },
    )


def kept(
    chosen: Suite, suite: Suite, tasks_given: bool, searchers_given: bool
) -> str | None:
    """A study's share in what is to be run, in a line; None if it has none.

    Args:
        chosen: What is to be run.
        suite: What would be run in a folder of its own.
        tasks_given: Whether the tasks were chosen by name.
        searchers_given: Whether the searchers were.
    """
    parts: list[str] = []
    if not tasks_given:
        parts += [f"task {name}" for name in _beyond(chosen.tasks, suite.tasks)]
    if not searchers_given:
        more = _beyond(chosen.searchers, suite.searchers)
        parts += [f"searcher {label}" for label in more]
    if chosen.runs > suite.runs:
        parts.append(f"{chosen.runs} runs instead of {suite.runs}")
    budgets: dict[tuple[int, int], list[str]] = {}
    for label in chosen.searchers.keys() & suite.searchers.keys():
        now = chosen.budget_of(chosen.searchers[label])
        alone = suite.budget_of(suite.searchers[label])
        if now > alone:
            budgets.setdefault((now, alone), []).append(label)
    for (now, alone), labels in sorted(budgets.items()):
        all_of_them = len(labels) == len(suite.searchers)
        of = "" if all_of_them else f" for {', '.join(sorted(labels))}"
        parts.append(f"a budget of {now:,} trials instead of {alone:,}{of}")
    return ", ".join(parts) or None


def _beyond(names: Mapping[str, _T], of: Mapping[str, _T]) -> Iterator[str]:
    return (name for name in names if name not in of)


def _content(searcher: LabelledSearcher) -> tuple[bytes, bool]:
    """What makes two searchers the same, but for their budgets."""
    return searcher.hashed, searcher.restarts


def _budget(label: str, *suites: Suite) -> int:
    """The largest budget that a searcher has in any of some suites."""
    return max(
        suite.budget_of(suite.searchers[label])
        for suite in suites
        if label in suite.searchers
    )


def _with_budget(searcher: LabelledSearcher, own: int, common: int) -> LabelledSearcher:
    return replace(searcher, budget=None if own == common else own)
