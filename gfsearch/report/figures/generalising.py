"""The cost until a solution is right on the test set, beside the cost to any."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gfsearch.report.figures.forest import Mark, draw_marks
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
from gfsearch.report.tables import Tables
from gfsearch.specs.arrays import FloatArray
from gfsearch.study.cost_kinds import Cost

_SOLVED, _RIGHT = "any solution", "right on the test set, too"


def generalising(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Expected cost to a solution, and to one that is right on the test set.

    A panel per task, a row per searcher: hollow for any solution, filled for one that
    is right on all test sequences, with 95 % limits; bounds, where fewer than three
    runs are right, as arrows. Beside it right / solved runs. In presentations, in which
    all searchers can be compared. None if no run was solved.
    """
    cost = cost or "presentations"
    results = tables.results.comparable(cost)
    table = tables["summary"]
    tested = [cell.task.name for cell in results.cells if cell.task.tested]
    table = table[table.runs.gt(0) & table.searcher.isin(results.shown)]
    table = table[table.task.isin(tested)]
    if not table.solved.any():
        return None
    labels = [label for label in results.labels if label in set(table.searcher)]
    tasks = list(dict.fromkeys(table.task))
    figure, grid = panels(
        tasks,
        width=4.9,
        height=0.9 + 0.3 * len(labels),
        x=f"expected {words(cost)} (95 %)",
    )
    look = looks(results)
    data = []
    for axes, task in zip(grid, tasks, strict=True):
        rows = table[table.task == task].set_index("searcher")
        data.append(_panel(axes, rows, labels, look, cost))
    handles = [
        Line2D([], [], linestyle="", marker="o", color="0.3", mfc=face, label=name)
        for name, face in ((_SOLVED, "white"), (_RIGHT, "0.3"))
    ]
    legend_of(figure, handles, "expected cost to")
    headline(figure, "Solved on the training set, and right on the test set, too")
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    labels: list[str],
    look: dict[str, dict[str, Any]],
    cost: Cost,
) -> pd.DataFrame:
    names = f"ert_{cost}", f"ert_generalising_{cost}"
    columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    logarithmic(axes.xaxis, 5)
    axes.set_xlim(*_limits(rows[columns].to_numpy().ravel()))
    for name, apart in zip(names, (-0.17, 0.17), strict=True):
        marks = []
        for place, label in enumerate(labels):
            if label in rows.index:
                ert, low, high = (
                    float(rows[f"{name}{end}"][label]) for end in ("", "_low", "_high")
                )
                known, colour = ert if math.isfinite(ert) else math.nan, look[label]
                marks.append(
                    Mark(place + apart, label, colour["color"], known, low, high)
                )
        draw_marks(axes, marks, "o", filled=name == names[1])
    for place, label in enumerate(labels):
        if label in rows.index:
            solved, right = rows.solved[label], rows.generalising[label]
            axes.text(
                1.02,
                place,
                f"{right}/{solved} right" if solved else "none solved",
                transform=axes.get_yaxis_transform(),
                color=look[label]["color"],
                fontsize=7,
                va="center",
            )
    axes.set_yticks(range(len(labels)), [in_short(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    for tick, label in zip(axes.get_yticklabels(), labels, strict=False):
        tick.set_color(look[label]["color"])
    axes.grid(visible=False, axis="y")
    kept = ["task", "runs", "solved", "generalising", *columns]
    return rows.loc[[n for n in labels if n in rows.index], kept].reset_index()


def _limits(costs: FloatArray) -> tuple[float, float]:
    """Limits of a panel that leave room for arrows."""
    known = costs[np.isfinite(costs) & (costs > 0.0)]
    low, high = float(known.min()), float(known.max())
    return low / 1.5, high * 1.5 * (1.5 * high / low) ** 0.1
