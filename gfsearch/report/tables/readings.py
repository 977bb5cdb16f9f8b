"""Readings of what a paper leaves unsaid, each beside the published figure."""

from __future__ import annotations

import pandas as pd

from gfsearch.study.results import Results

_FIGURE = ["group", "searcher", "cost", "published", "source"]
"""Columns that tell one published figure from another."""


def readings(results: Results, published: pd.DataFrame) -> pd.DataFrame:
    """Published figures that several tasks of one group share.

    Such tasks are readings of one experiment: their names say which, after the first
    slash. Columns: task, group, reading, searcher, cost, published, source, ours and
    ratio with their limits, verdict.

    Args:
        results: Collected results of a study.
        published: Published figures beside ours.
    """
    of_task = {cell.task.name: cell.task.group for cell in results.cells}
    table = published.assign(
        group=published.task.map(of_task),
        reading=published.task.str.partition("/")[2],
    )
    table = table[(table.group != "") & ~table.verdict.str.startswith("not comparable")]
    columns = ["task", "group", "reading", "searcher", "cost", "published", "source"]
    columns += ["ours", "ours_low", "ours_high", "ratio", "ratio_low", "ratio_high"]
    shared = table.groupby(_FIGURE).task.transform("nunique") > 1
    return table[shared][[*columns, "verdict"]].reset_index(drop=True)
