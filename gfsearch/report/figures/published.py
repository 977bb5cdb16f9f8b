"""Published costs beside ours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.figures.look import Drawing, headline, logarithmic, looks, panels
from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.statistics import published_interval
from gfsearch.study.cost_kinds import Cost


def published(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Each published cost (a diamond) and ours with its interval (a dot), in rows.

    Filled diamonds were read in the primary source. The verdict stands at the right.
    None without a published cost that can be compared.
    """
    table = tables["published"]
    table = table[(table.cost != "error") & table.ours_low.notna()]
    if cost:
        table = table[table.cost == cost]
    if table.empty:
        return None
    figure, (axes,) = panels([""], width=10.0, height=0.9 + 0.3 * len(table))
    study = tables.results.study
    look = looks(tables.results)
    by_kind = {c.searcher.kind.kind: c.searcher.label for c in reversed(study)}
    logarithmic(axes.xaxis, most=9)
    for y, (_, row) in enumerate(table.iterrows()):
        colour = look[by_kind[row.searcher]]["color"]
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
            color="0.25" if row.verdict == "consistent" else "#a11d2b",
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
    if row.verdict == "consistent":
        return "consistent"
    if math.isnan(row.ratio):
        return f"more than {number(row.ratio_low)} times published"
    if row.ratio < 1.0:
        return f"{number(1.0 / row.ratio)} times less than published"
    return f"{number(row.ratio)} times published"
