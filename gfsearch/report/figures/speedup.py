"""Speed-up over random weight guessing, in every cost: by task, and over all tasks."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.forest import (
    ABSCISSA,
    forest,
    height,
    legend_of_costs,
    make_room,
    marks_of,
    span,
    write_numbers,
)
from gfsearch.report.figures.look import Drawing, headline, looks, panels
from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results


def speed_up(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Speed-up over guessing with 95 % intervals: a panel per task.

    Expected running time of guessing over that of each searcher, in every cost; bounds
    as arrows.
    """
    results = tables.results
    table = _without_passes(tables["summary"], tables["summary"].on_line)
    table = table[~table.task.isin(results.unsolvable)]
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
    limits = span(others, costs)
    for axes, task in zip(grid, tasks, strict=True):
        rows = shown[shown.task == task].set_index("searcher")
        forest(axes, rows, labels, costs, results, limits)
    legend_of_costs(figure, grid[0], costs, below=len(tasks) == 1)
    headline(figure, "Speed-up over guessing (ratio of expected costs, 95 %)")
    columns = ["task", "searcher", "runs", "solved", *_columns(costs)]
    return Drawing(figure, others[columns])


def mean_speed_up(
    tables: Tables, cost: Cost | None = None, *, narrow: bool = False
) -> Drawing | None:
    """Speed-up over guessing as a geometric mean over all tasks; two tasks or more.

    What the table across says, for every searcher with the number of tasks that it
    covers where these are not all; beside it the same for each group of tasks.

    Args:
        tables: The tables of a study, with its results.
        cost: The only cost to show; None for all.
        narrow: For a screen as wide as a hand: panels below each other, names above
            their rows.
    """
    results = tables.results
    costs = [cost] if cost else list(results.costs)
    whole = tables["across"]
    if whole.empty or whole.tasks.max() < 2:
        return None
    grouped = tables["groups"]
    parts = {f"all {whole.tasks.max()} tasks": whole}
    for name, part in grouped.groupby("group", sort=False):
        tasks = "1 task" if part.tasks.max() == 1 else f"{part.tasks.max()} tasks"
        parts[f"{name}, {tasks}"] = part.drop(columns="group")
    labels = [name for name in results.labels if name in set(whole.searcher)]
    wide = {title: _by_cost(part, results.costs) for title, part in parts.items()}
    high = (1.6 if narrow else 1.25) * height(len(labels), len(costs))
    several = len(parts) > 1
    figure, grid = panels(
        list(parts) if several else [""],
        width=_HAND if narrow else 3.9 if several else 7.4,
        height=high,
        columns=1 if narrow else 3,
        x=ABSCISSA.replace(" than guessing", "", 1) if narrow else ABSCISSA,
    )
    if not narrow:
        make_room(figure, labels)
    limits = span(pd.concat(wide.values()), costs)
    for axes, (title, table) in zip(grid, wide.items(), strict=True):
        first = parts[title].drop_duplicates("searcher").set_index("searcher")
        _mean_panel(axes, table, first, labels, costs, results, limits, narrow)
    legend_of_costs(figure, grid[0], costs, below=True, columns=1 if narrow else 3)
    headline(figure, "Mean speed-up over guessing (95 %)")
    columns = ["group", "searcher", "tasks", *_columns(costs)]
    rows = [
        table.assign(group=title, tasks=parts[title].groupby("searcher").tasks.max())
        for title, table in wide.items()
    ]
    return Drawing(figure, pd.concat(rows).reset_index()[columns])


_HAND = 3.7
"""Inches that a figure may be wide on a telephone."""


def _mean_panel(
    axes: Axes,
    table: pd.DataFrame,
    first: pd.DataFrame,
    labels: list[str],
    costs: list[Cost],
    results: Results,
    limits: tuple[float, float],
    narrow: bool,
) -> None:
    """Draw the panel of one group of tasks.

    Args:
        axes: Where to.
        table: Speed-ups with limits by searcher.
        first: The row of each searcher in one cost.
        labels: All searchers of the study.
        costs: The costs to show.
        results: The study's results, which give the colours.
        limits: The least and the largest ratio that have room.
        narrow: Whether names stand above their rows.
    """
    tasks = first.tasks.max()
    fewer = {str(n): f", {k} tasks" for n, k in first.tasks.items() if k < tasks}
    rows = table.assign(runs=1, not_applicable="").reindex(labels)
    rows = rows.fillna({"runs": 0, "not_applicable": "not applicable"})
    unknown = {
        str(n): f"no bound; within budgets {number(ratio)}x"
        for n, ratio in first.mean_ratio.items()
    }
    forest(axes, rows, labels, costs, results, limits, unknown, narrow, ticks=4)
    look = looks(results)
    shown = [marks_of(rows, labels, costs, c, look, narrow) for c in costs]
    write_numbers(axes, [mark for marks in shown for mark in marks], fewer)


def _by_cost(table: pd.DataFrame, costs: Sequence[Cost]) -> pd.DataFrame:
    """Speed-ups with limits in all costs, a row for each searcher."""
    by_cost = {c: table[table.cost == c].set_index("searcher") for c in costs}
    wide = pd.DataFrame(
        {
            f"speedup_{c}{end}": rows[f"speedup{end}"]
            for c, rows in by_cost.items()
            for end in _ENDS
        }
    )
    return _without_passes(wide, by_cost[costs[0]].on_line)


_ENDS = ("", "_low", "_high")


def _without_passes(table: pd.DataFrame, on_line: pd.Series[Any]) -> pd.DataFrame:
    """A table without comparisons in trials of on-line searchers: these are passes.

    Nor in forward-equivalents of those without gradients: these are presentations.
    """
    found = table.copy()
    found.loc[on_line.astype(bool), [f"speedup_trials{end}" for end in _ENDS]] = nan
    equal = found.speedup_presentations_high.notna()
    for end in _ENDS:
        if f"speedup_forward_equivalents{end}" in found:
            shown = found[f"speedup_presentations{end}"]
            also = found[f"speedup_forward_equivalents{end}"]
            equal &= also.eq(shown) | (also.isna() & shown.isna())
    for end in _ENDS:
        if f"speedup_forward_equivalents{end}" in found:
            found.loc[equal, f"speedup_forward_equivalents{end}"] = nan
    return found


def _columns(costs: list[Cost]) -> list[str]:
    return [f"speedup_{c}{end}" for c in costs for end in _ENDS]
