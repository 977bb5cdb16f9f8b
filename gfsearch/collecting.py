"""Records on disk, sorted into the cells of a suite."""

from __future__ import annotations

from pathlib import Path

from gfsearch.cells import Cell, Results
from gfsearch.plan import Suite
from gfsearch.records import (
    RESULTS,
    Columns,
    Record,
    Shared,
    contradicts,
    preferred,
    records_at,
    scan,
)
from gfsearch.task import Task


def collect(suite: Suite, seed: int, folder: Path) -> Results:
    """Sort the records of a folder into the cells of a suite under a root seed.

    One record at a time is in memory, and of each what `Columns` keep.
    """
    shared, cells = Shared(), suite.cells()
    columns = [
        Columns.empty(suite.runs * (why_not is None), len(task.targets), shared)
        for task, _, why_not in cells
    ]
    places = {
        suite.run_of(task, searcher, run, seed).key: number * suite.runs + run
        for number, (task, searcher, why_not) in enumerate(cells)
        if why_not is None
        for run in range(suite.runs)
    }
    unplanned, contradicting, unreadable = set(), set(), 0
    for path, offset, record in scan(folder):
        place = None if record is None else places.get(record.key)
        if record is None:
            unreadable += 1
        elif place is None:
            unplanned.add(record.key)
        else:
            number, run = divmod(place, suite.runs)
            if not _fits(record, run, cells[number][0]):
                unreadable += 1
                continue
            earlier = columns[number].status_of(run)
            if earlier is None or preferred(record.status, earlier):
                columns[number].put(record, path, offset)
            elif _contradicts(record, columns[number].place_of(run)):
                contradicting.add(record.key)
    made = [
        Cell(
            task=task,
            searcher=searcher,
            planned=len(rows),
            results=rows.only(rows.having(*RESULTS)),
            failed=rows.only(rows.having("failed", "timed out")),
            not_applicable=why_not,
        )
        for (task, searcher, why_not), rows in zip(cells, columns, strict=True)
    ]
    return Results(
        cells=made,
        unplanned=len(unplanned),
        unreadable=unreadable,
        contradicting=tuple(sorted(contradicting)),
        study=made,
    )


def _contradicts(record: Record, earlier: tuple[Path, int]) -> bool:
    """Whether a record is a result, and not the one that stands at a place."""
    (before,) = records_at(iter([earlier]))
    return before is not None and contradicts(record, before)


def _fits(record: Record, run: int, task: Task) -> bool:
    """Whether a record can be that of a run: files may come from anywhere."""
    if record.run != run:
        return False
    if record.status not in RESULTS:
        return True
    tested = record.test_errors is None or record.test_errors <= record.test_size > 0
    dimension = task.structure.dimension
    return (
        tested
        and len(record.targets) == len(task.targets)
        and (record.weights is None or len(record.weights) == dimension)
    )
