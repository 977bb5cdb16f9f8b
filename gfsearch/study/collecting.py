"""Records on disk, sorted into the cells of a suite."""

from __future__ import annotations

from pathlib import Path

from gfsearch.study.records import (
    RESULTS,
    Columns,
    Record,
    Shared,
    budget_of,
    contradicts,
    fits,
    preferred,
    records_at,
    scan,
)
from gfsearch.study.results import Cell, Results
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.suite import Suite

_Place = tuple[Path, int]
"""A record's file and its offset there."""


def collect(suite: Suite, seed: int, folder: Path) -> Results:
    """Sort the records of a folder into the cells of a suite under a root seed.

    One record at a time is in memory, and of each what `Columns` keep; what is planned
    but not on disk takes none.
    """
    sorting = _Sorting(suite, seed)
    for path, offset, record in scan(folder):
        sorting.add(record, (path, offset))
    unplanned = sorting.under_other_names()
    made = [
        Cell(
            task=task,
            searcher=searcher,
            planned=0 if why_not else suite.runs,
            seed=seed,
            budget=suite.budget_of(task, searcher),
            results=rows.only(rows.having(*RESULTS)),
            failed=rows.only(rows.having("failed", "timed out")),
            not_applicable=why_not,
        )
        for (task, searcher, why_not), rows in zip(
            sorting.cells, sorting.columns, strict=True
        )
    ]
    return Results(
        cells=made,
        unplanned=unplanned,
        unreadable=sorting.unreadable,
        contradicting=tuple(sorted(sorting.contradicting)),
        study=made,
    )


class _Sorting:
    """Records, put one by one where they belong.

    Attributes:
        cells: The suite's.
        columns: The records of each cell, a row for each planned run.
        unreadable: Number of lines that are no records, or do not fit their runs.
        contradicting: Keys of runs with two different results.
    """

    def __init__(self, suite: Suite, seed: int) -> None:
        self._suite, self._seed = suite, seed
        self.cells = suite.cells()
        shared = Shared()
        self.columns = [
            Columns.empty(0 if why_not else suite.runs, len(task.targets), shared)
            for task, _, why_not in self.cells
        ]
        self._numbers = {
            (task.name, searcher.label): number
            for number, (task, searcher, why_not) in enumerate(self.cells)
            if why_not is None
        }
        self.unreadable = 0
        self.contradicting: set[str] = set()
        # By the number of the run, by key and budget.
        self._others: dict[int, dict[tuple[str, Budget], list[_Place]]] = {}

    def add(self, record: Record | None, place: _Place) -> None:
        """Put a record in its cell, if it is planned under its names."""
        if record is None:
            self.unreadable += 1
            return
        number = self._numbers.get((record.task, record.searcher))
        if number is not None and self._is_of(number, record):
            self._put(number, record, place)
        else:
            others = self._others.setdefault(record.run, {})
            others.setdefault((record.key, budget_of(record)), []).append(place)

    def under_other_names(self) -> int:
        """Put the other records in their cells, if they are planned under other names.

        Names of tasks and searchers do not belong to keys: a suite may have changed
        them.

        Returns:
            The number of runs that are not planned.
        """
        unplanned = 0
        for run, others in self._others.items():
            planned: dict[tuple[str, Budget], int] = {}
            if run < self._suite.runs:
                planned = {
                    (self._run(n, run).key_within(budget), budget): n
                    for n in self._numbers.values()
                    for budget in {budget for _, budget in others}
                }
            for key, places in others.items():
                number = planned.get(key)
                if number is None or not self._put_all(number, places):
                    unplanned += 1
        return unplanned

    def _put_all(self, number: int, places: list[_Place]) -> bool:
        """Put the records at some places in a cell, those that are of it, if any is."""
        found = False
        again = records_at(iter(places))
        for place, record in zip(places, again, strict=True):
            if record is not None and self._is_of(number, record):
                self._put(number, record, place)
                found = True
        return found

    def _run(self, number: int, run: int) -> Run:
        """A cell's run."""
        task, searcher, _ = self.cells[number]
        return self._suite.run_of(task, searcher, run, self._seed)

    def _is_of(self, number: int, record: Record) -> bool:
        """True if a record is of a cell's run, or settles it."""
        if record.run >= self._suite.runs:
            return False
        run = self._run(number, record.run)
        return record.key == run.key or run.is_settled_by(
            record.key, budget_of(record), record.status
        )

    def _put(self, number: int, record: Record, place: _Place) -> None:
        if not fits(record, self.cells[number][0]):
            self.unreadable += 1
            return
        rows = self.columns[number]
        earlier = rows.status_of(record.run)
        if earlier is None or preferred(record.status, earlier):
            rows.put(record, *place)
        elif earlier in RESULTS and record.status in RESULTS:
            (before,) = records_at(iter([rows.place_of(record.run)]))
            if before is not None and contradicts(record, before):
                self.contradicting.add(record.key)
