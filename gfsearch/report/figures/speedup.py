"""Speed-up over random weight guessing, in every cost: by task, and over all tasks."""

from __future__ import annotations

from math import nan
from typing import Any

import pandas as pd

from gfsearch.report.figures.forest import (
    ABSCISSA,
    decades,
    forest,
    height,
    legend_of_costs,
    make_room,
)
from gfsearch.report.figures.look import Drawing, headline, panels
from gfsearch.report.numbers import number, words
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost


def speed_up(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Speed-up over guessing with 95 % intervals: a panel per task.

    Expected running time of guessing over that of each searcher, in every cost; bounds
    as arrows.
    """
    results = tables.results
    table = _without_passes(tables["summary"], tables["summary"].on_line)
    shown = table[table.runs.gt(0) | table.not_applicable.ne("")]
    others = table[
        (table.runs > 0)
        & table.speedup_presentations_low.notna()
        & ~(
            (table.speedup_presentations_low == 1.0)
            & (table.speedup_presentations_high == 1.0)
        )
    ]
    if others.empty:
        return None
    costs = [cost] if cost else list(results.costs)
    labels = [name for name in results.labels if name in set(others.searcher)]
    tasks = list(dict.fromkeys(others.task))
    figure, grid = panels(
        tasks, width=5.0, height=height(len(labels), len(costs)), x=ABSCISSA
    )
    make_room(figure, labels)
    limits = decades(others, costs)
    for axes, task in zip(grid, tasks, strict=True):
        rows = shown[shown.task == task].set_index("searcher")
        forest(axes, rows, labels, costs, results, limits)
    legend_of_costs(figure, grid[0], costs, below=len(tasks) == 1)
    headline(figure, "Speed-up over guessing (ratio of expected costs, 95 %)")
    columns = ["task", "searcher", "runs", "solved", *_columns(costs)]
    return Drawing(figure, others[columns])


def mean_speed_up(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Speed-up over guessing as a geometric mean over all tasks; two tasks or more.

    What the table across says, for every searcher with the number of tasks that it
    covers where these are not all.
    """
    results = tables.results
    costs = [cost] if cost else list(results.costs)
    table = tables["across"]
    if table.empty or table.tasks.max() < 2:
        return None
    first = table[table.cost == costs[0]].set_index("searcher")
    labels = [name for name in results.labels if name in first.index]
    wide = pd.DataFrame(
        {
            f"speedup_{c}{end}": table[table.cost == c].set_index("searcher")[
                f"speedup{end}"
            ]
            for c in results.costs
            for end in _ENDS
        }
    )
    wide = _without_passes(wide, first.on_line)
    figure, (axes,) = panels(
        [""], width=7.4, height=1.25 * height(len(labels), len(costs)), x=ABSCISSA
    )
    make_room(figure, labels)
    tasks, of = first.tasks.max(), words(costs[0])
    forest(
        axes,
        wide.assign(runs=1, not_applicable=""),
        labels,
        costs,
        results,
        decades(wide, costs),
        {n: f" ({first.tasks[n]} tasks)" for n in labels if first.tasks[n] < tasks},
        {
            n: f"no bound; within budgets {number(first.mean_ratio[n])}x in {of}"
            for n in labels
        },
        numbers=True,
    )
    legend_of_costs(figure, axes, costs, below=True)
    headline(figure, f"Mean speed-up over guessing, {tasks} tasks (95 %)")
    data = wide.loc[labels, _columns(costs)].reset_index()
    data.insert(1, "tasks", [first.tasks[label] for label in labels])
    return Drawing(figure, data)


_ENDS = ("", "_low", "_high")


def _without_passes(table: pd.DataFrame, on_line: pd.Series[Any]) -> pd.DataFrame:
    """A table without comparisons in trials of on-line searchers: these are passes."""
    found = table.copy()
    found.loc[on_line.astype(bool), [f"speedup_trials{end}" for end in _ENDS]] = nan
    return found


def _columns(costs: list[Cost]) -> list[str]:
    return [f"speedup_{c}{end}" for c in costs for end in _ENDS]
