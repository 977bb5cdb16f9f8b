"""The results of a study by task and searcher, as arrays for the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from gfsearch.plan import LabelledSearcher, Run, Suite, matching, reasons
from gfsearch.records import RESULTS, Record, Records
from gfsearch.seeds import seed_sequence
from gfsearch.statistics import Runs
from gfsearch.task import Task

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Cost = Literal["trials", "presentations", "forward_equivalents"]
COSTS: tuple[Cost, ...] = ("trials", "presentations", "forward_equivalents")

BACKWARD = 2.0
"""What a backward pass costs in presentations.

The operations of back-propagation through time are about twice those of the forward
pass; `benchmarks/backward.py` measures what they take.
"""


@dataclass(frozen=True, eq=False)
class Cell:
    """One searcher on one task: its results so far.

    Attributes:
        task: The task.
        searcher: The searcher.
        planned: Number of planned runs.
        results: The records that are results, by run.
        failed: The records that are none.
        not_applicable: Why the searcher cannot work on the task; None if it can.
    """

    task: Task
    searcher: LabelledSearcher
    planned: int
    results: Sequence[Record]
    failed: Sequence[Record]
    not_applicable: str | None = None

    @cached_property
    def solved(self) -> BoolArray:
        """(n,) whether each run was solved."""
        return np.array([r.status == "solved" for r in self.results], dtype=bool)

    def costs(self, cost: Cost) -> FloatArray:
        """(n,) what each run spent, to its solution or in all.

        Forward-equivalents are presentations plus `BACKWARD` times gradients.
        """
        if cost != "forward_equivalents":
            return np.array([getattr(r, cost) for r in self.results], dtype=np.float64)
        gradients = np.array([r.gradients for r in self.results], dtype=np.float64)
        return self.costs("presentations") + BACKWARD * gradients

    def runs(self, cost: Cost) -> Runs:
        """The runs as made, restarts included."""
        return Runs(self.costs(cost), self.solved)

    def first_starts(self, cost: Cost) -> Runs:
        """The runs up to where their searcher stopped or was started afresh."""
        spent = self.costs(cost)
        for i, record in enumerate(self.results):
            if record.restarts:
                trials, presentations = record.restarts[0]
                # Where in the run its gradients were made is not recorded: evenly.
                spent[i] = {
                    "trials": trials,
                    "presentations": presentations,
                    "forward_equivalents": spent[i]
                    * (presentations / max(record.presentations, 1)),
                }[cost]
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
            at = [r.targets[i] for r in self.results]
            reached = np.array([t is not None for t in at], dtype=bool)
            trials = np.array([t or 0 for t in at], dtype=np.float64)
            found.append(
                Runs(
                    np.where(reached, trials * per_trial, spent), reached | self.solved
                )
            )
        return [*found, self.runs(cost)]

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers for a statistic: the same whatever else the study holds."""
        content = {
            "statistic": purpose,
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
        return np.array(
            [
                np.nan if r.test_errors is None else r.test_errors / r.test_size
                for r in self.results
            ],
            dtype=np.float64,
        )

    @cached_property
    def single_solved(self) -> BoolArray:
        """(n,) whether each run was solved before its searcher was started afresh."""
        return np.array(
            [r.status == "solved" and not r.restarts for r in self.results], dtype=bool
        )

    @cached_property
    def single_trials(self) -> FloatArray:
        """(n,) trials of each run without restarts.

        A searcher that stopped would have stayed unsolved: it counts up to the budget.
        """
        return np.array(
            [
                r.budget if r.restarts or r.status == "gave up" else r.trials
                for r in self.results
            ],
            dtype=np.float64,
        )


@dataclass(frozen=True, eq=False)
class Results:
    """All results of a study at one moment.

    Attributes:
        cells: One per task and searcher, in the suite's order.
        unplanned: Number of records on disk that the current plan does not contain.
        unreadable: Number of lines on disk that are no records.
        contradicting: Keys of runs with two different results.
        study: All cells of the study, of which `cells` may be a part.
    """

    cells: Sequence[Cell]
    unplanned: int
    unreadable: int
    contradicting: Sequence[str]
    study: Sequence[Cell]

    @property
    def labels(self) -> list[str]:
        """All searchers of the study, drawn or not, in the suite's order."""
        return list(dict.fromkeys(cell.searcher.label for cell in self.study))

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
    def costs(self) -> tuple[Cost, ...]:
        """The costs worth showing: without gradients, a presentation is all of them."""
        gradients = any(r.gradients for cell in self.cells for r in cell.results)
        return COSTS if gradients else ("trials", "presentations")

    @property
    def reasons(self) -> list[str]:
        """Why searchers cannot work on tasks, in lines."""
        return reasons((c.task, c.searcher, c.not_applicable) for c in self.cells)

    def baseline(self, cell: Cell) -> Cell | None:
        """Guessing on the same task, if the study has it."""
        for other in self.study:
            if other.task is cell.task and other.searcher.kind.kind == "guessing":
                return other
        return None


def collect(suite: Suite, seed: int, records: Records) -> Results:
    """Sort the records on disk into the cells of a suite under a root seed."""
    planned: dict[tuple[str, str], list[Run]] = {}
    for run in suite.plan(seed):
        planned.setdefault((run.task.name, run.searcher.label), []).append(run)
    cells, found, unfit = [], 0, 0
    for task, searcher, why_not in suite.cells():
        runs = planned.get((task.name, searcher.label), [])
        pairs = [(run, records.by_key.get(run.key)) for run in runs]
        done = [record for run, record in pairs if record and _fits(record, run)]
        found += sum(record is not None for _, record in pairs)
        unfit += sum(record is not None for _, record in pairs) - len(done)
        cells.append(
            Cell(
                task=task,
                searcher=searcher,
                planned=len(runs),
                results=[r for r in done if r.status in RESULTS],
                failed=[r for r in done if r.status not in RESULTS],
                not_applicable=why_not,
            )
        )
    return Results(
        cells=cells,
        unplanned=len(records.by_key) - found,
        unreadable=records.unreadable + unfit,
        contradicting=records.contradicting,
        study=cells,
    )


def _fits(record: Record, run: Run) -> bool:
    """Whether a record can be that of a run: files may come from anywhere."""
    if record.run != run.run:
        return False
    if record.status not in RESULTS:
        return True
    tested = record.test_errors is None or record.test_errors <= record.test_size > 0
    dimension = run.task.structure.dimension
    return (
        tested
        and len(record.targets) == len(run.task.targets)
        and (record.weights is None or len(record.weights) == dimension)
    )
