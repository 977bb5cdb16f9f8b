"""Solutions in the space of weights."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gfsearch.networks import Structure
from gfsearch.networks.used import weight_names
from gfsearch.report.figures.look import (
    Drawing,
    headline,
    in_short,
    legend_of,
    looks,
    panels,
)
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.task import Task

_WEIGHTS = 5
"""Of a single task, as many weights are drawn against each other."""

_SOLUTIONS = 200
"""Maximum number of solutions drawn per searcher: more would hide each other."""


def solutions(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """The weights of solved runs, two at a time, within the task's range.

    For each task the two weights whose solutions are least like uniform draws (the
    largest distances of Kolmogorov and Smirnov); for a single task the pairs of the
    five least alike. Of many solutions the first are drawn. None if no task with two
    weights is solved. It shows no cost.
    """
    results = tables.results
    found = {
        task: solved
        for task, cells in results.tasks.items()
        if (solved := [(cell, w) for cell in cells if len(w := _solved(cell))])
        and cells[0].task.dimension > 1
    }
    if not found:
        return None
    look = looks(results)
    several = len(found) > 1
    pairs: list[tuple[str, tuple[int, int]]] = []
    for task, solved in found.items():
        chosen = _telling(solved, 2 if several else _WEIGHTS)
        pairs += [(task, pair) for pair in combinations(chosen, 2)]
    figure, grid = panels(
        [task if several else "" for task, _ in pairs],
        width=3.6,
        height=3.4,
        columns=4,
        share=False,
    )
    data = pd.concat(
        [
            _panel(axes, found[task], pair, look)
            for axes, (task, pair) in zip(grid, pairs, strict=True)
        ],
        ignore_index=True,
    )
    drawn = set(data.searcher)
    style: dict[str, Any] = {"linestyle": "", "marker": "o", "alpha": 0.75}
    handles = [
        Line2D([], [], color=look[label]["color"], label=in_short(label), **style)
        for label in results.labels
        if label in drawn
    ]
    legend_of(figure, handles)
    where = "" if several else f" of {next(iter(found))}"
    drawn_from = [cell for solved in found.values() for cell, _ in solved]
    more = max(int(cell.solved.sum()) for cell in drawn_from) > _SOLUTIONS
    first = f", the first {_SOLUTIONS} of each searcher" if more else ""
    headline(figure, f"Solutions{where}, two weights at a time{first}")
    return Drawing(figure, data)


def _solved(cell: Cell) -> npt.NDArray[np.float64]:
    """(S, D) the weights of the first runs that were solved."""
    solved = np.flatnonzero(cell.solved & cell.results["has_weights"])[:_SOLUTIONS]
    records = cell.results.only(solved).records()
    return np.array([r.weights for r in records], dtype=np.float64)


def _telling(solved: list[tuple[Cell, Any]], count: int) -> list[int]:
    """The weights least like uniform draws, in their own order."""
    weights = np.concatenate([w for _, w in solved])
    space = solved[0][0].task.space
    # The statistic of Kolmogorov and Smirnov, of all weights at once.
    drawn = np.sort(np.clip((weights - space.low) / space.width, 0.0, 1.0), axis=0)
    ranks = np.arange(len(drawn))[:, None] / len(drawn)
    above, below = drawn - ranks, ranks + 1.0 / len(drawn) - drawn
    order = np.argsort(np.maximum(above, below).max(axis=0), kind="stable")
    return sorted(order[::-1][:count].tolist())


def _names(task: AnyTask) -> list[str]:
    """Names of a task's weights."""
    if isinstance(task, Task) and isinstance(task.built, Structure):
        return list(weight_names(task.structure))
    return [f"weight {number}" for number in range(1, task.dimension + 1)]


def _panel(
    axes: Axes,
    solved: list[tuple[Cell, Any]],
    pair: tuple[int, int],
    look: dict[str, dict[str, Any]],
) -> pd.DataFrame:
    task = solved[0][0].task
    names = [_names(task)[weight] for weight in pair]
    frames = []
    for cell, weights in solved:
        x, y = weights[:, list(pair)].T
        axes.plot(
            x,
            y,
            "o",
            color=look[cell.searcher.label]["color"],
            alpha=0.7,
            markersize=4,
            markeredgewidth=0,
        )
        label = {"task": task.name, "searcher": cell.searcher.label}
        of = {"weight_x": names[0], "weight_y": names[1], "x": x, "y": y}
        frames.append(pd.DataFrame({**label, **of}))
    low, high = float(task.space.low[0]), float(task.space.high[0])
    margin = 0.03 * (high - low)
    limits = low - margin, high + margin
    axes.set(xlim=limits, ylim=limits)
    axes.set_xlabel(names[0], fontsize=8.5)
    axes.set_ylabel(names[1], fontsize=8.5)
    axes.axhline(0.0, color="0.6", linewidth=0.8)
    axes.axvline(0.0, color="0.6", linewidth=0.8)
    return pd.concat(frames)
