"""Check that a record can be that of a planned run: files may come from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gfsearch.study.records.record import RESULTS, Record

if TYPE_CHECKING:
    from gfsearch.suites.objective import AnyTask


def fits(record: Record, task: AnyTask) -> bool:
    """True if statistics can count with a record of a run on a task."""
    if record.status not in RESULTS:
        return len(record.targets) in (0, len(task.targets))
    errors = [record.test_errors or 0, record.threshold_errors or 0]
    known = record.test_errors is not None or max(errors) > 0
    tested = not known or max(errors) <= record.test_size > 0
    dimension = task.dimension
    return (
        tested
        and min(record.trials, record.presentations) >= 1
        and len(record.targets) == len(task.targets)
        and (record.weights is None or len(record.weights) == dimension)
    )
