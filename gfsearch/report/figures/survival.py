"""Probability of having solved a task against what was spent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.look import (
    Drawing,
    Ends,
    headline,
    logarithmic,
    looks,
    name_curves,
    panels,
    thinned,
)
from gfsearch.report.numbers import words
from gfsearch.report.tables import Tables
from gfsearch.statistics import kaplan_meier
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results

_MOST_BANDS = 16
"""Curves in a panel with bands: those of more cover each other."""


def survival(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Probability of having solved the task against the cost, with bands.

    In trials without on-line searchers, whose trial is a pass, beside others.

    Kaplan-Meier steps with 95 % log-log bands of the runs as made, restarts included.
    No bands where there are more than 16 searchers.
    """
    cost = cost or "trials"
    results = tables.results.comparable(cost)
    vain = results.unsolvable
    tasks = {name: of for name, of in results.tasks.items() if name not in vain}
    if not tasks:
        return None
    most = max(len(cells) for cells in tasks.values())
    figure, grid = panels(
        list(tasks),
        height=max(3.1, 0.9 + 0.18 * min(most, 16)),
        x=words(cost),
        y="probability of having solved",
    )
    look = looks(results)
    # The same limits whoever is drawn: figures of one study can be compared.
    limit = _limit(results, cost)
    drawn = [
        _panel(axes, cells, look, limit, cost)
        for axes, cells in zip(grid, tasks.values(), strict=True)
    ]
    data, ends = zip(*drawn, strict=True)
    name_curves(figure, list(zip(grid, ends, strict=True)), results)
    banded = "" if most > _MOST_BANDS else ", 95 %"
    headline(figure, f"Probability of having solved (Kaplan-Meier{banded})")
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _limit(results: Results, cost: Cost) -> float:
    done = [cell for cell in results.study if cell.results]
    if cost == "trials":
        return float(max(cell.horizon for cell in done))
    return max(float(cell.costs(cost).max()) for cell in done)


def _panel(
    axes: Axes,
    cells: list[Cell],
    look: dict[str, dict[str, Any]],
    limit: float,
    cost: Cost,
) -> tuple[pd.DataFrame, Ends]:
    ends, data = [], []
    for cell in cells:
        steps = _steps(cell, limit, cost)
        style = look[cell.searcher.label]
        x, y = steps.cost.to_numpy(), steps.solved.to_numpy()
        axes.step(x, y, where="post", linewidth=1.8, **style)
        ends.append((y, x, cell.searcher.label, style["color"]))
        data.append(steps)
        if len(cells) > _MOST_BANDS:
            continue
        # From the first solution to the last; the bands before and after, all alike,
        # would only darken the panel. A cell without any solution shows its own.
        start = 1 if cell.solved.any() else 0
        end = len(x) - 1 if y[-1] == 1.0 else len(x)
        axes.fill_between(
            x[start:end],
            steps.low[start:end],
            steps.high[start:end],
            step="post",
            color=style["color"],
            alpha=0.12,
            linewidth=0,
        )
    logarithmic(axes.xaxis)
    axes.set_xlim(1.0, limit)
    axes.set_ylim(-0.02, 1.02)
    return pd.concat(data), ends


def _steps(cell: Cell, limit: float, cost: Cost) -> pd.DataFrame:
    """The curve of a searcher on a task, from 1 to the end of its runs."""
    curve = kaplan_meier(*cell.runs(cost))
    last = max(float(cell.costs(cost).max()), limit * cell.solved.all())

    def from_start(unsolved: Any, at_start: float = 1.0) -> Any:
        return 1.0 - np.concatenate([[at_start], unsolved, unsolved[-1:]])

    steps = pd.DataFrame(
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "cost": np.concatenate([[1.0], curve.costs, [last]]),
            "solved": from_start(curve.unsolved),
            "low": from_start(curve.high),
            "high": from_start(curve.low, curve.low_at_start),
        }
    )
    return steps[thinned(steps.cost)]
