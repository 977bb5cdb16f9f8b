"""The results of a study by task and searcher, as arrays for the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gfsearch.specs.arrays import BoolArray, FloatArray
from gfsearch.specs.seeds import seed_sequence
from gfsearch.statistics import Runs
from gfsearch.study.cost_kinds import COST_KINDS, Cost, CostKind
from gfsearch.study.records import Columns
from gfsearch.suites.budget import Budget
from gfsearch.suites.given import matching
from gfsearch.suites.objective import AnyTask, Objective
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher
from gfsearch.suites.suite import reasons
from gfsearch.suites.task import Task


@dataclass(frozen=True, eq=False)
class Cell:
    """One searcher on one task: its results so far.

    Attributes:
        task: The task.
        searcher: The searcher.
        planned: Number of planned runs.
        seed: Root seed of the study.
        budget: What each run may spend. A record may have a smaller budget that
            was enough.
        results: The records that are results, in the order of runs.
        failed: The records that are none.
        not_applicable: Why the searcher cannot work on the task; None if it can.
    """

    task: AnyTask
    searcher: LabelledSearcher
    planned: int
    seed: int
    budget: Budget
    results: Columns
    failed: Columns
    not_applicable: str | None = None

    def key(self, run: int) -> str:
        """The key of a planned run."""
        return Run(self.task, self.searcher, run, self.seed, self.budget).key

    @cached_property
    def solved(self) -> BoolArray:
        """(n,) whether each run was solved."""
        return self.results.having("solved")

    def costs(self, cost: Cost) -> FloatArray:
        """(n,) costs of each run, to its solution or in all."""
        return COST_KINDS[cost].of(self.results)

    def runs(self, cost: Cost) -> Runs:
        """The runs as made, restarts included."""
        return Runs(self.costs(cost), self.solved)

    def per_trial(self, cost: Cost) -> float:
        """Mean cost of a trial, over all runs."""
        trials = self.costs("trials").sum()
        return float(self.costs(cost).sum() / trials) if trials else 1.0

    def first_starts(self, cost: Cost) -> Runs:
        """The runs up to where their searcher stopped or was started afresh."""
        trials, presentations = self.results["first_start"].T
        # Where in the run gradients and steps were made is not recorded: evenly.
        share = presentations / np.maximum(self.results["presentations"], 1)
        first = COST_KINDS[cost].of(
            {
                "trials": trials,
                "presentations": presentations,
                **{
                    name: self.results[name] * share
                    for name in ("gradients", "environment_steps")
                },
            }
        )
        spent = np.where(self.restarted, first, self.costs(cost))
        return Runs(spent, self.single_solved)

    def attained(self, cost: Cost) -> list[Runs]:
        """For each target that the task declares, and for the solution, the runs.

        Who solves the task has attained all targets. Records say at which trial a
        target was attained; other costs are taken to grow evenly within a run, which
        is exact for searchers that show every vector the whole training set.
        """
        spent = self.costs(cost)
        per_trial = spent / np.maximum(self.costs("trials"), 1.0)
        found = []
        for i in range(len(self.task.targets)):
            at = self.results["targets"][:, i]
            reached = ~np.isnan(at)
            found.append(
                Runs(np.where(reached, at * per_trial, spent), reached | self.solved)
            )
        return [*found, self.runs(cost)]

    def rng(self, purpose: str, cost: Cost) -> np.random.Generator:
        """Random numbers for a statistic: the same whatever else the study holds.

        Args:
            purpose: The statistic's name, with "{cost}" in it.
            cost: What it is computed of.
        """
        content = {
            "statistic": purpose.format(cost=COST_KINDS[cost].drawn_as),
            "task": self.task.identity(),
            "searcher": self.searcher.content(),
        }
        return np.random.default_rng(seed_sequence(content))

    @cached_property
    def final_errors(self) -> FloatArray:
        """(n,) share of test sequences that each run's best vector gets wrong.

        nan for runs that have kept none: unsolved ones of searchers that ask for
        nothing but whether a vector is a solution.
        """
        return self._share("test_errors")

    @cached_property
    def threshold_errors(self) -> FloatArray:
        """(n,) share of test sequences on the wrong side of the middle of both targets.

        nan as above, for records of earlier versions, and without such a middle.
        """
        return self._share("threshold_errors")

    def _share(self, errors: str) -> FloatArray:
        shares: FloatArray = self.results[errors] / np.maximum(
            self.results["test_size"], 1
        )
        return shares

    @cached_property
    def right(self) -> BoolArray:
        """(n,) whether each run's solution meets the criterion on the test set, too."""
        if not isinstance(self.task, Task):
            return np.zeros(len(self.results), dtype=bool)
        met = self.task.criterion.meets(
            *(self.results[name] for name in ("test_errors", "test_size", "test_value"))
        )
        return np.asarray(self.solved & met)

    @cached_property
    def until_stopped(self) -> FloatArray:
        """(n,) presentations of each run until its searcher stopped or was restarted.

        The whole run's, if neither happened.
        """
        first = self.results["first_start"][:, 1]
        spent = np.where(self.restarted, first, self.results["presentations"])
        return spent.astype(np.float64)

    @property
    def restarted(self) -> BoolArray:
        """(n,) whether the searcher of each run was started afresh."""
        return self.results["restarts"] > 0

    @cached_property
    def single_solved(self) -> BoolArray:
        """(n,) whether each run was solved before its searcher was started afresh."""
        return self.solved & ~self.restarted

    @cached_property
    def single_trials(self) -> FloatArray:
        """(n,) trials of each run without restarts.

        A searcher that stopped would have stayed unsolved: it counts up to the horizon.
        """
        stopped = self.restarted | self.results.having("gave up")
        spent = np.where(stopped, self.horizon, self.results["trials"])
        return spent.astype(np.float64)

    @cached_property
    def horizon(self) -> int:
        """Trials up to which a single run is looked at: the budget, if it is in trials.

        Else the most that a run has spent.
        """
        if self.budget.unit == "trials":
            return self.budget.amount
        return int(self.results["trials"].max(initial=1))


@dataclass(frozen=True, eq=False)
class Results:
    """All results of a study at one moment.

    Attributes:
        cells: One per task and searcher, in the suite's order.
        unplanned: Number of records on disk that the current plan does not contain.
        unreadable: Number of lines on disk that are no records.
        contradicting: Keys of runs with two different results.
        study: All cells of the study, of which `cells` may be a part.
        notes: What is to be said of the data that the runs saw, in lines.
    """

    cells: Sequence[Cell]
    unplanned: int
    unreadable: int
    contradicting: Sequence[str]
    study: Sequence[Cell]
    notes: Sequence[str] = ()

    @property
    def labels(self) -> list[str]:
        """All searchers of the study, drawn or not, in the suite's order."""
        return list(dict.fromkeys(cell.searcher.label for cell in self.study))

    @property
    def shown(self) -> list[str]:
        """The searchers of `cells`."""
        return list(dict.fromkeys(cell.searcher.label for cell in self.cells))

    @property
    def tasks(self) -> dict[str, list[Cell]]:
        """The cells that have results, by the names of their tasks."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            if cell.results:
                found.setdefault(cell.task.name, []).append(cell)
        return found

    def only(self, tasks: Sequence[str], searchers: Sequence[str]) -> Results:
        """The cells of some tasks and searchers; names or globs, none for all.

        Guessing remains what they are compared with.

        Raises:
            InputError: A name matches nothing.
        """
        names = list(dict.fromkeys(cell.task.name for cell in self.cells))
        chosen = matching("task", tasks, names)
        labels = matching("searcher", searchers, self.labels)
        return replace(
            self,
            cells=[
                cell
                for cell in self.cells
                if cell.task.name in chosen and cell.searcher.label in labels
            ],
        )

    @property
    def unsolvable(self) -> list[str]:
        """The tasks with results of which nothing says what a solution is."""
        return [
            name
            for name, cells in self.tasks.items()
            if isinstance(task := cells[0].task, Objective)
            and task.loss_below is None
            and not any(cell.solved.any() for cell in cells)
        ]

    @property
    def groups(self) -> list[str]:
        """The groups of its tasks that have results, in the suite's order."""
        tasks = (cells[0].task for cells in self.tasks.values())
        return list(dict.fromkeys(task.group for task in tasks if task.group))

    def of_group(self, group: str) -> Results:
        """The cells of the tasks of a group; guessing remains what they are held to."""
        cells = [cell for cell in self.cells if cell.task.group == group]
        return replace(self, cells=cells)

    def comparable(self, cost: Cost) -> Results:
        """The cells that can be compared with each other in a cost.

        A trial of an on-line searcher is a pass through the training set: beside other
        searchers it is left out in trials.
        """
        passes = {cell.searcher.on_line for cell in self.study if cell.results}
        if cost != "trials" or len(passes) < 2:
            return self
        return replace(self, cells=[c for c in self.cells if not c.searcher.on_line])

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The costs worth showing: those of which there are any."""
        return tuple(cost for cost in self.tabled if self._has(COST_KINDS[cost]))

    @cached_property
    def tabled(self) -> tuple[Cost, ...]:
        """The costs that tables hold, shown or not."""
        return tuple(
            cost
            for cost, kind in COST_KINDS.items()
            if not kind.everywhere or self._has(kind)
        )

    def _has(self, kind: CostKind) -> bool:
        """True if there is enough of a cost to compare searchers in it."""
        if not kind.needs:
            return True
        there = [c.results[kind.needs].any() for c in self.cells if len(c.results)]
        return all(there) and bool(there) if kind.everywhere else any(there)

    @property
    def reasons(self) -> list[str]:
        """Reasons why searchers cannot work on tasks, in lines."""
        return reasons((c.task, c.searcher, c.not_applicable) for c in self.cells)

    def baseline(self, cell: Cell) -> Cell | None:
        """Guessing on the same task, if the study has it."""
        for other in self.study:
            if other.task is cell.task and other.searcher.is_baseline:
                return other
        return None
