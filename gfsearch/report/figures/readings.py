"""Ours over published for every reading of what a paper leaves unsaid."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure

from gfsearch.report.figures.look import Drawing, headline
from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost

_WIDEST = 30.0
"""Factor above and below the published figure at which colours end."""

_DARK = 1.2
"""Sum of red, green and blue below which text on a colour is white."""


def by_reading(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """A table of readings (rows) and published figures (columns), as factors.

    Each entry is our cost over the published one, bold with a frame where both are
    consistent; with ">" it is only bounded. Readings that were tried on the same
    figures share a panel. None without two readings of a figure.
    """
    table = tables["readings"]
    table = table[table.ratio_low.notna()]
    if cost:
        table = table[table.cost == cost]
    table = table.assign(column=_columns(table))
    blocks = list(_blocks(table))
    if not blocks:
        return None
    rows = [block.reading.nunique() for block in blocks]
    columns = max(block.column.nunique() for block in blocks)
    figure = Figure(
        figsize=(3.6 + 1.6 * columns, 0.9 + sum(0.34 * n + 0.75 for n in rows)),
        layout="constrained",
    )
    grid = figure.add_gridspec(len(blocks), 1, height_ratios=[n + 1.6 for n in rows])
    for i, block in enumerate(blocks):
        _panel(figure.add_subplot(grid[i, 0]), block, columns)
    headline(figure, "Ours / published by reading; bold in a frame: consistent")
    return Drawing(figure, table)


def _columns(table: pd.DataFrame) -> pd.Series[str]:
    """The name of each row's published figure: its group, and more if it has many."""
    which = ["searcher", "cost", "published", "source"]
    several = table.groupby("group")[which].transform("nunique").max(axis=1) > 1
    more = table.group + "\n" + table.searcher + ", " + table.cost
    return table.group.where(~several, more + " " + table.published.map(number))


def _blocks(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows of figures that have the same readings."""
    if table.empty:
        return
    told = {
        column: tuple(dict.fromkeys(rows.reading))
        for column, rows in table.groupby("column", sort=False)
    }
    for names in dict.fromkeys(told.values()):
        yield table[table.column.map(lambda column, n=names: told[column] == n)]


def _panel(axes: Axes, block: pd.DataFrame, columns: int) -> None:
    """Draw the entries of one block, in as many columns as the widest one has."""
    names = list(dict.fromkeys(block.reading))
    groups = list(dict.fromkeys(block.column))
    end = math.log(_WIDEST)
    norm = SymLogNorm(linthresh=0.7, vmin=-end, vmax=end)
    colours = colormaps["RdBu_r"]
    for _, row in block.iterrows():
        x, y = groups.index(row.column), names.index(row.reading)
        bounded = math.isnan(row.ratio)
        ratio = row.ratio_low if bounded else row.ratio
        fits = row.verdict == "consistent"
        colour = colours(norm(math.log(ratio)))
        axes.fill_between([x - 0.5, x + 0.5], y - 0.5, y + 0.5, color=colour)
        ink = "black" if sum(colour[:3]) > _DARK else "white"
        axes.text(
            x,
            y,
            ("> " if bounded else "") + number(ratio),
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold" if fits else None,
            color=ink,
            bbox={"facecolor": "none", "edgecolor": ink, "pad": 2.5} if fits else None,
        )
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks(range(len(groups)), groups, fontsize=8.5)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
