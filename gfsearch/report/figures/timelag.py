"""Success against the time lag, where tasks differ in nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.families import Family, families
from gfsearch.report.figures.look import Drawing, Ends, looks, name_curves, panels
from gfsearch.report.tables import Tables
from gfsearch.statistics import success_rate
from gfsearch.study.cost_kinds import Cost


def time_lag(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Share of runs solved against the longest time lag, with Wilson's intervals.

    One panel for each family of at least three tasks that differ in the length of
    their sequences alone; None if there is no such family. Diamonds are published
    shares. It shows no cost.
    """
    results = tables.results
    found = [f for f in families(results) if f.parameter == "length"]
    if not found:
        return None
    figure, grid = panels(
        [family.of for family in found],
        width=7.4,
        height=4.4,
        columns=2,
        x="time lag: steps of the longest sequence",
        y="share of runs solved (95 %)",
    )
    look = looks(results)
    drawn = [
        _panel(axes, family, tables, look)
        for axes, family in zip(grid, found, strict=True)
    ]
    data, ends = zip(*drawn, strict=True)
    name_curves(figure, list(zip(grid, ends, strict=True)), results, gap=0.05)
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _panel(
    axes: Axes, family: Family, tables: Tables, look: dict[str, dict[str, Any]]
) -> tuple[pd.DataFrame, Ends]:
    ends, data = [], []
    results, published = tables.results, tables["published"]
    told = published[published.cost == "solved"]
    lags = family.values
    by_searcher = family.by_searcher(results)
    # Side by side, so that equal rates do not hide each other.
    apart = min(1.025, 1.3 ** (1.0 / len(by_searcher)))
    for i, (label, cells) in enumerate(by_searcher.items()):
        rates = [success_rate(int(c.solved.sum()), len(c.results)) for _, c in cells]
        lag = np.array([value for value, _ in cells])
        x = lag * apart ** (i - (len(by_searcher) - 1) / 2)
        y = np.array([rate.estimate for rate in rates])
        low, high = [rate.low for rate in rates], [rate.high for rate in rates]
        style = look[label]
        axes.plot(x, y, marker="o", markersize=4, linewidth=1.6, **style)
        axes.vlines(x, low, high, color=style["color"], alpha=0.55, linewidth=1.6)
        ends.append((y, x, label, style["color"]))
        names = {"task": [c.task.name for _, c in cells], "searcher": label}
        place = {cell.task.name: at for (_, cell), at in zip(cells, x, strict=True)}
        theirs = told[(told.label == label) & told.task.isin(list(place))]
        axes.plot(
            theirs.task.map(place),
            theirs.published,
            "D",
            color=style["color"],
            markerfacecolor="white",
            markersize=7,
            zorder=4,
        )
        shares = {"success_rate": y, "low": low, "high": high}
        data.append(pd.DataFrame({**names, "time_lag": lag, **shares}))
    axes.set_xscale("log")
    axes.set_xlim(lags[0] / 1.2, lags[-1] * 1.2)
    axes.set_xticks(lags, [f"{lag:g}" for lag in lags])
    axes.minorticks_off()
    axes.set_ylim(-0.03, 1.03)
    return pd.concat(data), ends
