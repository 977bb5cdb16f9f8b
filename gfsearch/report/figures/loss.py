"""The best loss so far against trials."""

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
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell

_POINTS = 100

_RUNS = 500
"""Maximum number of runs whose course is drawn: quartiles of more look the same."""

_SMALLEST = 1e-8
"""Value that stands for a loss of 0, which a logarithmic axis lacks."""


def loss(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Median and quartiles over runs of the best loss so far: a panel per task.

    A run that has ended keeps its last loss. Searchers that see no loss, such as
    guessing, have none. Against trials, the only cost of which records keep the
    course. None if no searcher sees a loss.
    """
    results = tables.results
    seen = {
        task: [cell for cell in cells if cell.results["has_trace"].all()]
        for task, cells in results.tasks.items()
    }
    shown = {task: cells for task, cells in seen.items() if cells}
    if not shown:
        return None
    figure, grid = panels(list(shown), share=False, x="trials", y="best loss so far")
    look = looks(results)
    data = []
    for axes, cells in zip(grid, shown.values(), strict=True):
        courses = [_course(cell) for cell in cells]
        data += courses
        # Losses of functions may be negative, which a logarithmic axis lacks.
        least = min(course.loss_lower_quartile.min() for course in courses)
        smallest = _SMALLEST if least >= 0.0 else -math.inf
        for cell, course in zip(cells, courses, strict=True):
            _curve(axes, course, look[cell.searcher.label], smallest)
        logarithmic(axes.xaxis)
        if least >= 0.0:
            logarithmic(axes.yaxis)
    drawn = {cell.searcher.label for cells in shown.values() for cell in cells}
    legend(figure, {label: label for label in drawn}, results)
    most = max(len(cell.results) for cells in shown.values() for cell in cells)
    which = f"the first {_RUNS} runs" if most > _RUNS else "runs"
    headline(figure, f"Best loss so far (median over {which}, quartiles)")
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _course(cell: Cell) -> pd.DataFrame:
    """The quartiles of the best losses, from the trial at which all runs have one."""
    records = cell.results.only(slice(_RUNS)).records()
    first = max(1, *(record.trace[0][0] for record in records))
    last = max(record.trials for record in records)
    trials = np.unique(np.geomspace(first, max(last, first + 1), _POINTS).round())
    courses = []
    for record in records:
        at, losses = np.array(record.trace, dtype=np.float64).T
        courses.append(losses[np.searchsorted(at, trials, side="right") - 1])
    low, middle, high = np.quantile(courses, [0.25, 0.5, 0.75], axis=0)
    return pd.DataFrame(
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "trials": trials,
            "loss_lower_quartile": low,
            "loss_median": middle,
            "loss_upper_quartile": high,
        }
    )


def _curve(
    axes: Axes, course: pd.DataFrame, style: dict[str, Any], smallest: float
) -> None:
    low, middle, high = (
        np.maximum(course[f"loss_{name}"], smallest)
        for name in ("lower_quartile", "median", "upper_quartile")
    )
    axes.step(course.trials, middle, where="post", linewidth=1.6, **style)
    axes.fill_between(
        course.trials,
        low,
        high,
        step="post",
        color=style["color"],
        alpha=0.12,
        linewidth=0,
    )
