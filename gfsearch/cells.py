"""The results of a study by task and searcher, as arrays for the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from gfsearch.plan import LabelledSearcher, Run
from gfsearch.records import RESULTS, Record, Records
from gfsearch.task import Task

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Cost = Literal["trials", "presentations"]
COSTS: tuple[Cost, ...] = ("trials", "presentations")


@dataclass(frozen=True, eq=False)
class Cell:
    """One searcher on one task: its results so far.

    Attributes:
        task: The task.
        searcher: The searcher.
        planned: Number of planned runs.
        results: The records that are results, by run.
        failed: The records that are none.
    """

    task: Task
    searcher: LabelledSearcher
    planned: int
    results: Sequence[Record]
    failed: Sequence[Record]

    @cached_property
    def solved(self) -> BoolArray:
        """(n,) whether each run was solved."""
        return np.array([r.status == "solved" for r in self.results], dtype=bool)

    def costs(self, cost: Cost) -> FloatArray:
        """(n,) what each run spent, to its solution or in all."""
        return np.array([getattr(r, cost) for r in self.results], dtype=np.float64)

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
    """

    cells: Sequence[Cell]
    unplanned: int
    unreadable: int
    contradicting: Sequence[str]

    def baseline(self, cell: Cell) -> Cell | None:
        """Guessing on the same task, if the study has it."""
        for other in self.cells:
            if other.task is cell.task and other.searcher.kind.kind == "guessing":
                return other
        return None


def collect(plan: Sequence[Run], records: Records) -> Results:
    """Sort the records on disk into the cells of a plan."""
    cells: dict[tuple[str, str], list[Run]] = {}
    for run in plan:
        cells.setdefault((run.task.name, run.searcher.label), []).append(run)
    planned = {run.key for run in plan}
    return Results(
        cells=[_cell(runs, records) for runs in cells.values()],
        unplanned=len(records.by_key.keys() - planned),
        unreadable=records.unreadable,
        contradicting=records.contradicting,
    )


def _cell(runs: Sequence[Run], records: Records) -> Cell:
    found = (records.by_key.get(run.key) for run in runs)
    done = [record for record in found if record is not None]
    return Cell(
        task=runs[0].task,
        searcher=runs[0].searcher,
        planned=len(runs),
        results=[r for r in done if r.status in RESULTS],
        failed=[r for r in done if r.status not in RESULTS],
    )
