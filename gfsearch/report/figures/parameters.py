"""The expected cost against parameters: a curve over one, a heat map over two."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from gfsearch.report.figures.look import (
    Drawing,
    headline,
    legend,
    logarithmic,
    looks,
    panels,
)
from gfsearch.report.numbers import number, words
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results

_MOST = 36
"""Panels of one figure: `plot --tasks --searchers` shows the others."""

_COLOURS, _FRAME = "cividis_r", "#c2188b"
"""Of heat maps: bright is cheap; and of what is among the best in them."""


@dataclass(frozen=True, eq=False)
class _Panel:
    """Settings that are drawn together.

    Attributes:
        title: What they are of.
        draw: Function that draws them.
        rows: Their rows of the table.
        named: Whether their searchers are to be named beside them.
    """

    title: str
    draw: Callable[[Axes], None]
    rows: pd.DataFrame
    named: bool = False


def parameters(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Expected cost of each setting that the study tries, per task and over all.

    One parameter: a curve for each searcher. All combinations of two: a heat map. More:
    for each parameter the cheapest setting with each of its values. Filled points and
    framed fields are among the best: not shown to cost more than another setting. In
    presentations where an on-line searcher takes part beside others. None if the study
    varies no parameter.
    """
    results = tables.results
    mixed = results.comparable("trials") is not results
    cost = cost or ("presentations" if mixed else "trials")
    table = tables["settings"]
    table = table[table.cost == cost]
    # Panels of bounds alone would show nothing.
    keys = ["searcher", "parameters", "over"]
    table = table[table.groupby(keys).solved.transform("sum").gt(0)]
    found = list(_panels(table, results))
    if not found:
        return None
    shown = found[:_MOST]
    figure, grid = panels(
        [panel.title for panel in shown],
        width=5.4 if any(panel.named for panel in shown) else 4.4,
        height=3.2,
        y="",
        share=False,
    )
    for axes, panel in zip(grid, shown, strict=True):
        panel.draw(axes)
    who = {name for panel in shown if panel.named for name in panel.rows.searcher}
    if who:
        legend(figure, {name: name for name in who}, results)
    part = f", {len(shown)} of {len(found)} panels" if len(found) > len(shown) else ""
    told = "filled and framed: not shown to cost more than another"
    headline(figure, f"Expected {words(cost)} of settings, 95 % ({told}){part}")
    data = table.loc[pd.concat([panel.rows for panel in shown]).index]
    return Drawing(figure, data[~data.index.duplicated()].reset_index(drop=True))


def _panels(table: pd.DataFrame, results: Results) -> Iterator[_Panel]:
    """All panels: what is over all first."""
    look = looks(results)
    order = table.assign(part=~table.whole)
    for names, of in order.groupby("parameters", sort=False):
        parameters = str(names).split(", ")
        for over, rows in of.sort_values("part", kind="stable").groupby(
            "over", sort=False
        ):
            yield from _of_block(str(over), parameters, rows, look)


def _of_block(
    over: str,
    parameters: Sequence[str],
    rows: pd.DataFrame,
    look: dict[str, dict[str, Any]],
) -> Iterator[_Panel]:
    """The panels of one task, or over all."""
    if len(parameters) == 2:
        for searcher, of in rows.groupby("searcher", sort=False):
            if len(of) == of.value_1.nunique() * of.value_2.nunique():
                title = f"{searcher}, {over}"
                yield _Panel(title, partial(_heat, rows=of, names=parameters), of)
            else:
                yield from _curves(over, parameters, of, look)
    else:
        yield from _curves(over, parameters, rows, look)


def _curves(
    over: str,
    parameters: Sequence[str],
    rows: pd.DataFrame,
    look: dict[str, dict[str, Any]],
) -> Iterator[_Panel]:
    """A panel per parameter with the cheapest setting of each searcher."""
    for k, name in enumerate(parameters, start=1):
        order = rows.assign(finite=rows.ert.fillna(math.inf), below=-rows.ert_low)
        cheapest = order.sort_values(["finite", "below"], kind="stable")
        cheapest = cheapest.groupby(["searcher", f"value_{k}"], sort=False).head(1)
        who = rows.searcher.unique()
        title = f"{who[0]}, {over}" if len(who) == 1 else over
        draw = partial(_curve, rows=cheapest.sort_index(), name=name, k=k, look=look)
        yield _Panel(title, draw, rows, named=len(who) > 1)


def _curve(
    axes: Axes, rows: pd.DataFrame, name: str, k: int, look: dict[str, dict[str, Any]]
) -> None:
    values = list(dict.fromkeys(rows[f"value_{k}"]))
    searchers = list(dict.fromkeys(rows.searcher))
    for i, searcher in enumerate(searchers):
        of = rows[rows.searcher == searcher]
        style = look.get(searcher, {"color": "0.25", "linestyle": "-"})
        places = np.array([values.index(v) for v in of[f"value_{k}"]], dtype=float)
        places += 0.5 * ((i + 0.5) / len(searchers) - 0.5)
        solved = np.isfinite(of.ert.to_numpy())
        y = np.where(solved, of.ert, of.ert_low)
        colour = style["color"]
        axes.plot(places[solved], y[solved], linewidth=1.2, label=searcher, **style)
        limits = solved & of.ert_low.notna().to_numpy()
        low, high = of.ert_low.to_numpy(), of.ert_high.to_numpy()
        axes.vlines(places[limits], low[limits], high[limits], color=colour, alpha=0.6)
        face = [colour if best else "white" for best in of.among_best]
        for chosen, marker in ((solved, "o"), (~solved, "^")):
            axes.scatter(
                places[chosen],
                y[chosen],
                marker=marker,
                s=30,
                facecolor=[f for f, c in zip(face, chosen, strict=True) if c],
                edgecolor=colour,
                zorder=3,
            )
    logarithmic(axes.yaxis)
    axes.set_xticks(range(len(values)), values)
    if sum(map(len, values)) > 30:
        axes.tick_params(axis="x", labelrotation=45)
    axes.set_xlim(-0.6, len(values) - 0.4)
    axes.set_xlabel(name)
    axes.set_ylabel(f"expected {words(rows.cost.iloc[0])}")


def _heat(axes: Axes, rows: pd.DataFrame, names: Sequence[str]) -> None:
    columns, lines = (list(dict.fromkeys(rows[f"value_{k}"])) for k in (1, 2))
    known = rows.ert[np.isfinite(rows.ert)]
    low, high = (known.min(), known.max()) if len(known) else (1.0, 10.0)
    scale = mpl.colors.LogNorm(low, max(high, 1.01 * low))
    colours = mpl.colormaps[_COLOURS]
    for _, row in rows.iterrows():
        at = columns.index(row.value_1), lines.index(row.value_2)
        solved = math.isfinite(row.ert)
        colour = colours(scale(row.ert)) if solved else (0.93, 0.93, 0.93, 1.0)
        corner = at[0] - 0.5, at[1] - 0.5
        axes.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor="white"))
        if row.among_best:
            inner = at[0] - 0.44, at[1] - 0.44
            width = 2.6 if row.best else 1.0
            frame = Rectangle(inner, 0.88, 0.88, fill=False, edgecolor=_FRAME)
            frame.set_linewidth(width)
            axes.add_patch(frame)
        bright = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] > 0.5
        told = number(row.ert) if solved else f"> {number(row.ert_low)}"
        axes.text(
            *at,
            told,
            ha="center",
            va="center",
            fontsize=8,
            color="black" if bright else "white",
        )
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(-0.5, len(lines) - 0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(lines)), lines)
    if sum(map(len, columns)) > 30:
        axes.tick_params(axis="x", labelrotation=45)
    axes.grid(visible=False)
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
