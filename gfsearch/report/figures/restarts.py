"""Expected running time against the cost after which a run is given up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.look import (
    Drawing,
    headline,
    legend,
    logarithmic,
    looks,
    panels,
)
from gfsearch.report.numbers import words
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell


def restarts(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """ERT of single runs that are given up after a cost and started afresh.

    A dot at a searcher's best cutoff, and a band over all that may be it, where it is
    shown to be better than never to give up. Where a curve falls to the right, patience
    pays; a flat one is memoryless. Costs within which fewer than three runs were solved
    are left out. None if nothing is left.
    """
    results = tables.results
    cost = cost or "trials"
    profiles = {
        task: [(cell, _profile(tables, cell, cost)) for cell in cells]
        for task, cells in results.tasks.items()
    }
    shown = {
        task: found
        for task, cells in profiles.items()
        if (found := [(cell, data) for cell, data in cells if len(data) > 1])
    }
    if not shown:
        return None
    figure, grid = panels(
        list(shown),
        share=False,
        x=f"started afresh after so many {words(cost)}",
        y=f"expected {words(cost)}",
    )
    look = looks(results)
    for axes, cells in zip(grid, shown.values(), strict=True):
        for cell, data in cells:
            _curve(axes, data, look[cell.searcher.label])
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
    drawn = {cell.searcher.label for cells in shown.values() for cell, _ in cells}
    legend(figure, {label: label for label in drawn}, results)
    headline(
        figure,
        "Expected cost against the cutoff (dot: best, if shown to be; band: 95 %)",
    )
    every = [data for cells in shown.values() for _, data in cells]
    return Drawing(figure, pd.concat(every, ignore_index=True))


def _profile(tables: Tables, cell: Cell, cost: Cost) -> pd.DataFrame:
    found = tables.restart_profiles(cost)[cell.task.name, cell.searcher.label]
    return pd.DataFrame(
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "cutoff": found.cutoffs,
            "ert": found.ert,
            "best_cutoff": found.best.estimate,
            "best_cutoff_low": found.best.low,
            "best_cutoff_high": found.best.high,
            "best_ert": found.best_ert,
        }
    )


def _curve(axes: Axes, data: pd.DataFrame, style: dict[str, Any]) -> None:
    axes.plot(data.cutoff, data.ert, linewidth=1.6, **style)
    best = data.iloc[0]
    if math.isnan(best.best_cutoff):  # Never to give up may be as good.
        return
    colour = style["color"]
    axes.plot(best.best_cutoff, best.best_ert, "o", color=colour, markersize=5)
    least = max(best.best_cutoff_low, data.cutoff.min())
    ends = np.array([least, best.best_cutoff_high])
    axes.plot(ends, np.full(2, best.best_ert), color=colour, linewidth=4, alpha=0.3)
