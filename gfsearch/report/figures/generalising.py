"""The cost until a solution is right on the test set, beside the cost to any."""

from __future__ import annotations

import math
from typing import Any

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
from gfsearch.report.tables import Tables, interval_of
from gfsearch.statistics import Interval
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
    table = table[table.runs.gt(0) & table.searcher.isin(results.shown)]
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
    data = []
    for place, label in enumerate(labels):
        if label not in rows.index:
            continue
        row: dict[str, Any] = rows.loc[label].to_dict()  # type: ignore[assignment]
        colour = look[label]["color"]
        told = f"{row['generalising']}/{row['solved']} right"
        right = interval_of(row, f"ert_generalising_{cost}")
        _mark(axes, place - 0.17, interval_of(row, f"ert_{cost}"), colour, "white")
        _mark(axes, place + 0.17, right, colour, colour)
        axes.annotate(
            told if row["solved"] else "none solved",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            color=colour,
            fontsize=7,
            va="center",
        )
        names = [f"ert_{cost}", f"ert_generalising_{cost}"]
        columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
        kept = ["task", "runs", "solved", "generalising", *columns]
        data.append({"searcher": label, **{name: row[name] for name in kept}})
    axes.set_yticks(range(len(labels)), [in_short(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    for tick, label in zip(axes.get_yticklabels(), labels, strict=False):
        tick.set_color(look[label]["color"])
    logarithmic(axes.xaxis, 5)
    axes.grid(visible=False, axis="y")
    return pd.DataFrame(data)


def _mark(axes: Axes, y: float, cost: Interval, colour: Any, face: Any) -> None:
    """An estimate with its limits, or its lower bound with an arrow."""
    known = math.isfinite(cost.estimate)
    at = cost.estimate if known else cost.low
    if known and not math.isnan(cost.low):
        axes.hlines(y, cost.low, cost.high, colors=[colour], linewidth=1.6, zorder=2)
    if not known:
        axes.annotate(
            "",
            (at, y),
            xytext=(16, 0),
            textcoords="offset points",
            arrowprops={"arrowstyle": "<-", "color": colour, "shrinkA": 0},
        )
    axes.scatter(
        [at], [y], marker="o", s=22, facecolor=face, edgecolor=colour, zorder=3
    )
