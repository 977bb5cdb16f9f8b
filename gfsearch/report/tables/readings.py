"""Readings of what a paper leaves unsaid, each beside the published figure."""

from __future__ import annotations

import pandas as pd

from gfsearch.study.results import Results
from gfsearch.suites.objective import AnyTask


def readings(results: Results, published: pd.DataFrame) -> pd.DataFrame:
    """Published figures of groups all of whose tasks have the same ones.

    Such tasks are readings of one experiment: their names say which, after the first
    slash. Columns: task, group, reading, searcher, cost, published, source, ours and
    ratio with their limits, verdict.

    Args:
        results: Collected results of a study.
        published: Published figures beside ours.
    """
    tasks = {cell.task.name: cell.task for cell in results.cells}
    shared = _groups_of_one_experiment(list(tasks.values()))
    told = published.task.map(lambda name: tasks[name].group in shared).astype(bool)
    known = ~published.verdict.str.startswith("not comparable").astype(bool)
    table = published[told & known]
    table = table.assign(
        group=table.task.map(lambda name: tasks[name].group),
        reading=table.task.map(lambda name: name.partition("/")[2]),
    )
    columns = ["task", "group", "reading", "searcher", "cost", "published", "source"]
    columns += ["ours", "ours_low", "ours_high", "ratio", "ratio_low", "ratio_high"]
    return table[[*columns, "verdict"]].reset_index(drop=True)


def _groups_of_one_experiment(tasks: list[AnyTask]) -> set[str]:
    """Groups of two tasks or more, all of which have the same published figures."""
    figures: dict[str, list[object]] = {}
    for task in tasks:
        figures.setdefault(task.group, []).append(tuple(task.published))
    return {
        group
        for group, of_tasks in figures.items()
        if group and len(of_tasks) > 1 and of_tasks[0] and len(set(of_tasks)) == 1
    }
