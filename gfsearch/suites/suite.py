"""Suites: the tasks and searchers of a comparison, and its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.specs.errors import InputError, in_a_line
from gfsearch.specs.fields import whole
from gfsearch.suites.budget import Budget, BudgetLike
from gfsearch.suites.given import SearcherLike, by_label, by_name, matching
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher, labelled_searcher
from gfsearch.suites.writing import searcher_to_dict, task_to_dict

MOST_RUNS = 20_000_000
"""Of a study: each takes some 300 bytes of memory before it is made."""


def not_applicable(task: AnyTask, searcher: LabelledSearcher) -> str | None:
    """The reason why a searcher cannot work on a task; None if it can.

    Raises:
        InputError: A searcher of others does not say.
    """
    called = f"searcher {searcher.label!r}: not_applicable"
    try:
        why_not = task.why_not(searcher.kind, searcher.on_line)
    except (Exception, SystemExit) as error:
        raise InputError(f"{called}: {in_a_line(error)}") from None
    if why_not is not None and not isinstance(why_not, str):
        raise InputError(f"{called}: expected a string or None, got {why_not!r}")
    return why_not


def reasons(cells: Iterable[tuple[AnyTask, LabelledSearcher, str | None]]) -> list[str]:
    """Reasons why searchers cannot work on tasks, a line for each."""
    where: dict[tuple[str, str], list[str]] = {}
    for task, searcher, why_not in cells:
        if why_not is not None:
            where.setdefault((why_not, searcher.label), []).append(task.name)
    who: dict[tuple[str, str], list[str]] = {}
    for (why_not, label), names in where.items():
        who.setdefault((why_not, ", ".join(names)), []).append(label)
    return [
        f"not applicable: {', '.join(labels)} to {names}: {why_not}"
        for (why_not, names), labels in who.items()
    ]


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Suite:
    """A checked suite.

    Args:
        tasks: The tasks, or the tasks by name.
        searchers: Names of known searchers; or by label the parameters of each, with
            `kind` (a name or a class) where the label is none, or its class.
        runs: Runs per task and searcher.
        budget: What each run may spend: trials, or {"presentations": N}.
        name: Its name, and that of the folder of its studies.
        title: What it is about.
        source: Where its tasks come from.

    Attributes:
        name: The file's name without its ending.
        title: What it is about.
        source: Where its tasks come from.
        runs: Runs per task and searcher.
        budget: What each run may spend; a task, a searcher, or a searcher on a task may
            have its own.
        tasks: The tasks by name, in the file's order.
        searchers: The searchers by label, in the file's order.

    Raises:
        InputError: Something given is wrong, two tasks or two searchers are the same,
            no searcher can work on any task, or there are too many runs.
    """

    name: str
    title: str
    source: str
    runs: int
    budget: Budget
    tasks: Mapping[str, AnyTask]
    searchers: Mapping[str, LabelledSearcher]

    def __init__(
        self,
        *,
        tasks: Sequence[AnyTask] | Mapping[str, AnyTask],
        searchers: Sequence[str] | Mapping[str, SearcherLike],
        runs: int = 20,
        budget: BudgetLike | Budget = 100_000,
        name: str = "own",
        title: str = "",
        source: str = "",
    ) -> None:
        for called, text in (("name", name), ("title", title), ("source", source)):
            if not isinstance(text, str):
                raise InputError(f"{called}: expected a string, got {text!r}")
        if name in ("", ".", "..") or "/" in name or "\\" in name:
            raise InputError(f"name: expected a file's name, got {name!r}")
        given = {
            "name": name,
            "title": title,
            "source": source,
            "runs": whole("runs", runs, 1, 10**6),
            "budget": Budget.given(budget),
            "tasks": by_name(tasks),
            "searchers": by_label(searchers),
        }
        for field, value in given.items():
            object.__setattr__(self, field, value)
        self._check()

    def _check(self) -> None:
        """Refuse two names for the same runs: their records would be one.

        Raises:
            InputError: Two tasks or two searchers are the same, nothing is to be run
                because no searcher can work on any task, or too much.
        """
        reasons = [why for *_, why in self.cells()]
        if None not in reasons:
            raise InputError(f"no searcher can work on any task: {reasons[0]}")
        planned = self.runs * reasons.count(None)
        if planned > MOST_RUNS:
            raise InputError(
                f"runs: {planned:,} in all: expected at most {MOST_RUNS:,}"
            )
        first: dict[str, Run] = {}
        for run in replace(self, runs=1).plan() if self.runs > 1 else self.plan():
            twin = first.setdefault(run.key, run)
            if twin.task is not run.task:
                names = f"tasks {twin.task.name!r} and {run.task.name!r}"
                raise InputError(f"{names} are the same")
            if twin is not run:
                labels = f"{twin.searcher.label!r} and {run.searcher.label!r}"
                raise InputError(f"searchers {labels} are the same")

    def __repr__(self) -> str:
        tasks, searchers = ", ".join(self.tasks), ", ".join(self.searchers)
        return f"Suite {self.name}: {tasks} x {searchers}, {self.runs} runs"

    def cells(self) -> list[tuple[AnyTask, LabelledSearcher, str | None]]:
        """Each task with each searcher, and why that is not applicable if it is not."""
        return [
            (task, searcher, not_applicable(task, searcher))
            for task in self.tasks.values()
            for searcher in self.searchers.values()
        ]

    def plan(self, seed: int = 0, shard: tuple[int, int] | None = None) -> list[Run]:
        """Every run of the suite, task by task and searcher by searcher.

        Args:
            seed: Root seed.
            shard: (i, N) for every N-th run, from the i-th (counted from 1); None for
                all. No other runs are looked at: there may be millions.
        """
        number, parts = shard or (1, 1)
        cells = [
            (task, searcher)
            for task, searcher, why_not in self.cells()
            if why_not is None
        ]
        return [
            self.run_of(*cells[k // self.runs], k % self.runs, seed)
            for k in range(number - 1, self.runs * len(cells), parts)
        ]

    def run_of(
        self, task: AnyTask, searcher: LabelledSearcher, run: int, seed: int = 0
    ) -> Run:
        """A run of a searcher on a task."""
        return Run(task, searcher, run, seed, self.budget_of(task, searcher))

    def budget_of(self, task: AnyTask, searcher: LabelledSearcher) -> Budget:
        """The budget of each run of a searcher on a task: the most special one."""
        own = task.budgets.get(searcher.label)
        return own or searcher.budget or task.budget or self.budget

    def select(
        self,
        tasks: Sequence[str] = (),
        searchers: Sequence[str] = (),
        runs: int | None = None,
        budget: BudgetLike | None = None,
    ) -> Suite:
        """A part of the suite, or the suite with other numbers.

        Args:
            tasks: Names or globs of tasks; none for all.
            searchers: Labels or globs of searchers; none for all. The name of a known
                searcher that the suite lacks adds it with its defaults.
            runs: Runs per task and searcher, if not the suite's.
            budget: What each run of every searcher on every task may spend, if not what
                the suite says; a number of trials, or { presentations = N }.

        Raises:
            InputError: A name matches nothing, or a number is below 1.
        """
        runs = None if runs is None else whole("runs", runs, 1, 10**6)
        named = {
            label: labelled_searcher(label, {}, f"searcher {label!r}")
            for label in searchers
            if label in SEARCHER_KINDS and label not in self.searchers
        }
        available = {**self.searchers, **named}
        chosen_tasks = matching("task", tasks, self.tasks)
        chosen = matching("searcher", searchers, available, known=SEARCHER_KINDS)
        if not searchers:
            chosen = list(self.searchers)
        known = self.tasks
        if budget is not None:
            available = {k: replace(s, budget=None) for k, s in available.items()}
            known = {
                k: replace(task, budget=None, budgets={}) for k, task in known.items()
            }
        return replace(
            self,
            runs=runs or self.runs,
            budget=self.budget if budget is None else Budget.given(budget),
            tasks={name: known[name] for name in chosen_tasks},
            searchers={label: available[label] for label in chosen},
        )

    def to_dict(self) -> dict[str, Any]:
        """The suite as a file would hold it, all defaults filled in.

        What was imported is written as "module:Class".
        """
        return {
            "title": self.title,
            "source": self.source,
            "runs": self.runs,
            "budget": self.budget.content(),
            "task": [task_to_dict(task) for task in self.tasks.values()],
            "searchers": {
                label: searcher_to_dict(searcher)
                for label, searcher in self.searchers.items()
            },
        }
