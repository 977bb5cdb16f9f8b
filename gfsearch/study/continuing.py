"""Going on with a study: what a later command leaves of what the study holds.

A later command does not shrink a study. What it does not say is the larger of what the
study holds and what the suite says now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from gfsearch.specs.fields import files_of
from gfsearch.suites.budget import Budget
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.suite import Suite

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
    known = {task.hashed for task in suite.tasks.values()}
    more = {
        name: task
        for name, task in held.tasks.items()
        if name not in suite.tasks and task.hashed not in known
    }
    both = replace(
        suite,
        runs=max(suite.runs, held.runs),
        budget=suite.budget.larger(held.budget),
        tasks={**suite.tasks, **more},
        searchers=_searchers(suite, held),
    )
    return replace(
        both,
        tasks={
            name: _with_budgets(task, both, suite, held)
            for name, task in both.tasks.items()
        },
    )


def _with_budgets(task: AnyTask, both: Suite, suite: Suite, held: Suite) -> AnyTask:
    """The task, on which no searcher has less than the study gave it there.

    Args:
        task: The task.
        both: All tasks and searchers, with the budgets that they have in common.
        suite: What is to be run now.
        held: What the study holds.
    """
    alike = [t for t in held.tasks.values() if t.hashed == task.hashed]
    before = held.tasks.get(task.name) or next(iter(alike), None)
    budgets = dict(task.budgets)
    for label, searcher in both.searchers.items():
        now_too = label in suite.searchers
        former = _former(label, suite, held) if now_too else held.searchers.get(label)
        if before is not None and former is not None:
            given = held.budget_of(before, former)
            if given.exceeds(both.budget_of(task, searcher)):
                budgets[label] = given
    return replace(task, budgets=budgets)


def _searchers(suite: Suite, held: Suite) -> dict[str, LabelledSearcher]:
    """The searchers of both, each with the larger of its budgets."""
    common = suite.budget.larger(held.budget)
    former = {label: _former(label, suite, held) for label in suite.searchers}
    budgets: dict[str, Budget] = {}
    for label, searcher in suite.searchers.items():
        before = former[label]
        if before is not None:
            now = searcher.budget or suite.budget
            budgets[label] = now.larger(before.budget or held.budget)
        else:
            budgets[label] = searcher.budget or common
    found = dict(suite.searchers)
    renamed = {before.label for before in former.values() if before is not None}
    there = {(_content(found[label]), budgets[label]) for label in found}
    for label, searcher in held.searchers.items():
        same = _content(searcher), searcher.budget or held.budget
        if label not in found and label not in renamed and same not in there:
            found[label], budgets[label] = searcher, searcher.budget or held.budget
    return {
        label: replace(
            searcher, budget=None if budgets[label] == common else budgets[label]
        )
        for label, searcher in found.items()
    }


def _former(label: str, suite: Suite, held: Suite) -> LabelledSearcher | None:
    """The same searcher in the study: under its label, or under another one."""
    content = _content(suite.searchers[label])
    alike = [s for s in held.searchers.values() if _content(s) == content]
    own = [searcher for searcher in alike if searcher.label == label]
    others = [searcher for searcher in alike if searcher.label not in suite.searchers]
    return next(iter([*own, *others]), None)


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
    budgets: dict[tuple[Budget, Budget], list[tuple[str, str]]] = {}
    common = chosen.tasks.keys() & suite.tasks.keys()
    for name in sorted(common):
        for label in chosen.searchers.keys() & suite.searchers.keys():
            now = chosen.budget_of(chosen.tasks[name], chosen.searchers[label])
            alone = suite.budget_of(suite.tasks[name], suite.searchers[label])
            if now.exceeds(alone):
                budgets.setdefault((now, alone), []).append((name, label))
    for (now, alone), cells in sorted(budgets.items(), key=str):
        of = _of_cells(cells, len(common), len(suite.searchers))
        parts.append(f"a budget of {now} instead of {alone.amount:,}{of}")
    return ", ".join(parts) or None


def renewed(chosen: Suite, held: Suite) -> Iterator[str]:
    """Yield lines on tasks whose runs are made anew: the study held others.

    Args:
        chosen: What is to be run.
        held: What the study holds.
    """
    for name, task in chosen.tasks.items():
        before = held.tasks.get(name)
        if before is None or before.hashed == task.hashed:
            continue
        changed = differing(task.identity(), before.identity())
        files = {
            f"{part}.{field}"
            for part in ("problem", "network")
            for field in files_of(getattr(task, part, None))
        }
        told = ", ".join(
            f"the content of {field}" if field in files else field for field in changed
        )
        yield f"task {name}: {told} changed: its runs are made anew"


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields that two identities do not have in common, by their place."""
    found = []
    for part in {**one, **other}:
        a, b = one.get(part), other.get(part)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            fields = {**a, **b}
            found += [f"{part}.{name}" for name in fields if a.get(name) != b.get(name)]
        elif a != b:
            found.append(part)
    return found


def _of_cells(cells: list[tuple[str, str]], tasks: int, searchers: int) -> str:
    """Searchers on tasks in words; nothing if they are all."""
    if len(cells) == tasks * searchers:
        return ""
    names, labels = ({cell[i] for cell in cells} for i in (0, 1))
    of = f" for {', '.join(sorted(labels))}"
    return of if len(names) == tasks else f"{of} on {', '.join(sorted(names))}"


def _beyond(names: Mapping[str, _T], of: Mapping[str, _T]) -> Iterator[str]:
    return (name for name in names if name not in of)


def _content(searcher: LabelledSearcher) -> tuple[bytes, bool]:
    """Identity of a searcher without its budget."""
    return searcher.hashed, searcher.restarts
