"""Final test error against presentations."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gfsearch.report.figures.look import (
    Drawing,
    headline,
    in_short,
    legend_of,
    logarithmic,
    looks,
    panels,
)
from gfsearch.report.numbers import words
from gfsearch.report.tables import Tables, interval_of, of_cell
from gfsearch.statistics import Interval
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results

_MARKERS = "osD^vP*X<>ph8"


def final_error(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Mean test error of each searcher's runs against what they were shown.

    The share of test sequences with an output outside the task's tolerance. Bengio,
    Simard and Frasconi (1994) draw their searches so, but count what is on the wrong
    side of a threshold: column `threshold_error` of the summary. A panel per task, a
    point per searcher; filled if all its runs were solved. Searchers whose unsolved
    runs have kept no weights are named instead. None without any point.
    """
    results = tables.results
    cost = cost or "presentations"
    tasks = results.tasks
    if all(np.isnan(c.final_errors).any() for cells in tasks.values() for c in cells):
        return None
    figure, grid = panels(
        list(tasks),
        height=3.3,
        x=f"{words(cost)} per run",
        y="share of test sequences (95 %)",
    )
    look = _with_markers(results)
    data = []
    for axes, cells in zip(grid, tasks.values(), strict=True):
        points = [_point(tables["summary"], cell, cost) for cell in cells]
        _panel(axes, points, look)
        data += points
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            color=style["color"],
            marker=style["marker"],
            label=in_short(label),
        )
        for label, style in look.items()
    ]
    legend_of(figure, handles, "filled: all runs solved")
    headline(figure, "Wrong test sequences, of all runs, solved or not")
    return Drawing(figure, pd.DataFrame(data))


def _point(summary: pd.DataFrame, cell: Cell, cost: Cost) -> dict[str, Any]:
    """Coordinates of a searcher on a task."""
    unknown = np.isnan(cell.final_errors).any()
    known = interval_of(of_cell(summary, cell), "final_error")
    error = Interval(math.nan, 0.0, 1.0) if unknown else known
    return {
        "task": cell.task.name,
        "searcher": cell.searcher.label,
        "cost": cell.costs(cost).mean(),
        "error": error.estimate,
        "low": error.low,
        "high": error.high,
        "all_solved": bool(cell.solved.all()),
    }


def _with_markers(results: Results) -> dict[str, dict[str, Any]]:
    """Colour and marker of each searcher; variants differ in the marker as well."""
    return {
        label: {"color": style["color"], "marker": _MARKERS[i % len(_MARKERS)]}
        for i, (label, style) in enumerate(looks(results).items())
    }


def _panel(
    axes: Axes, points: list[dict[str, Any]], look: dict[str, dict[str, Any]]
) -> None:
    unknown = []
    for point in points:
        label = point["searcher"]
        if math.isnan(point["error"]):
            unknown.append(label)
            continue
        color = look[label]["color"]
        axes.plot(
            point["cost"],
            point["error"],
            marker=look[label]["marker"],
            color=color,
            markerfacecolor=color if point["all_solved"] else "white",
            markersize=6.5,
            linestyle="",
            clip_on=False,
            zorder=3,
        )
        axes.vlines(
            point["cost"],
            point["low"],
            point["high"],
            color=color,
            linewidth=1.2,
            alpha=0.6,
        )
    logarithmic(axes.xaxis)
    axes.set_ylim(-0.03, 1.03)
    if unknown:
        axes.text(
            0.98,
            0.96,
            "unsolved runs keep no weights:\n" + _named(unknown),
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=7.5,
            color="0.35",
        )


def _named(labels: list[str]) -> str:
    """Searchers one after the other; of many the first."""
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return textwrap.fill(", ".join(labels[:3]) + more, 40)
