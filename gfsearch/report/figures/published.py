"""Published costs beside ours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from gfsearch.report.figures.look import (
    Drawing,
    headline,
    legend_of,
    logarithmic,
    looks,
    panels,
)
from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.statistics import published_interval
from gfsearch.study.cost_kinds import Cost

_AT_THE_END = ("stopped", "solved", "error")
"""Published figures that are no costs to solution."""


def replicated(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Ours against published: presentations until methods stopped, and final errors.

    On the diagonal both are equal. Filled: the verdict is "consistent". None without
    such figures, and for a cost.
    """
    table = tables["published"]
    table = table[table.cost.isin(_AT_THE_END) & table.ours_low.notna()]
    if table.empty or cost:
        return None
    titles = {
        "stopped": "presentations until the method stopped",
        "solved": "share of runs that solved the task",
        "error": "final error at the threshold",
    }
    shown = [name for name in _AT_THE_END if (table.cost == name).any()]
    figure, grid = panels(
        [titles[name] for name in shown],
        height=4.2,
        x="published",
        y="ours (95 %)",
        share=False,
    )
    look = looks(tables.results)
    for axes, name in zip(grid, shown, strict=True):
        rows = table[table.cost == name]
        for _, row in rows.iterrows():
            colour = look[row.label]["color"]
            fill = colour if row.verdict == "consistent" else "white"
            axes.vlines(
                row.published, row.ours_low, row.ours_high, color=colour, alpha=0.5
            )
            axes.plot(
                row.published,
                row.ours,
                "o",
                color=colour,
                markerfacecolor=fill,
                markersize=5.5,
                clip_on=False,
            )
        if name == "stopped":
            logarithmic(axes.xaxis)
            logarithmic(axes.yaxis)
            low = min(rows.published.min(), rows.ours_low.min())
            high = max(rows.published.max(), rows.ours_high.max())
            axes.plot([low, high], [low, high], color="0.6", linewidth=1, zorder=0)
        else:
            most = max(rows.published.max(), rows.ours_high.max())
            axes.plot([0.0, most], [0.0, most], color="0.6", linewidth=1, zorder=0)
    handles = [
        Line2D(
            [], [], linestyle="", marker="o", color=look[label]["color"], label=label
        )
        for label in dict.fromkeys(table.label)
    ]
    legend_of(figure, handles, "filled: consistent")
    headline(figure, "Published figures and ours, of all runs, solved or not")
    return Drawing(figure, table)


def published(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Each published cost to solution (a diamond) and ours (a dot), in rows.

    Filled diamonds were read in the primary source. The verdict stands at the right.
    None without a published cost that can be compared.
    """
    table = tables["published"]
    table = table[~table.cost.isin(_AT_THE_END) & table.ours_low.notna()]
    if cost:
        table = table[table.cost == cost]
    if table.empty:
        return None
    figure, (axes,) = panels([""], width=10.0, height=0.9 + 0.3 * len(table))
    look = looks(tables.results)
    logarithmic(axes.xaxis, most=9)
    for y, (_, row) in enumerate(table.iterrows()):
        colour = look[row.label]["color"]
        if math.isinf(row.ours):
            axes.plot(row.ours_low, y, ">", color=colour, markersize=7)
        else:
            axes.plot([row.ours_low, row.ours_high], [y, y], color=colour, linewidth=2)
            axes.plot(row.ours, y, "o", color=colour, markersize=6)
        theirs = published_interval(row.published, row.runs)
        axes.plot([theirs.low, theirs.high], [y, y], color="0.6", linewidth=5, zorder=1)
        axes.plot(
            row.published,
            y,
            "D",
            color="black",
            markerfacecolor="black" if row.verified else "white",
            markersize=6,
        )
        axes.annotate(
            _verdict(row),
            (1.0, y),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            fontsize=8.5,
            va="center",
            color="#a11d2b" if row.verdict.startswith("differs") else "0.25",
        )
    rows = [f"{r.task}  {r.searcher}, {r.cost}" for _, r in table.iterrows()]
    axes.set_yticks(np.arange(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("expected cost to solution")
    headline(
        figure,
        "Published (diamond; hollow: unverified; grey: its error) and ours (dot, 95 %)",
    )
    return Drawing(figure, table)


def _verdict(row: pd.Series[Any]) -> str:
    if row.verdict.startswith(("consistent", "not comparable")):
        return str(row.verdict).partition(":")[0]
    if math.isnan(row.ratio):
        return f"more than {number(row.ratio_low)} times published"
    if row.ratio < 1.0:
        return f"{number(1.0 / row.ratio)} times less than published"
    return f"{number(row.ratio)} times published"
