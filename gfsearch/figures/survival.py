"""Probability of having solved a task against trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gfsearch.cells import Cell, Results
from gfsearch.figures.look import label_at_the_right, looks
from gfsearch.statistics import kaplan_meier
from gfsearch.style import number


def survival(results: Results) -> Figure | None:
    """Probability of having solved the task against trials, with bands.

    Kaplan-Meier steps with 95 % log-log bands of the runs as made, restarts included.
    """
    cells = [cell for cell in results.cells if cell.results]
    tasks = list(dict.fromkeys(cell.task.name for cell in cells))
    if not tasks:
        return None
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.1 * rows + 0.7), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    look = looks(results)
    # The same limits whoever is drawn: figures of one suite can be compared.
    budget = max(record.budget for cell in cells for record in cell.results)
    for axes, task in zip(grid.flat, tasks, strict=False):
        shown = [cell for cell in cells if cell.task.name == task]
        _survival_panel(axes, shown, look, budget)
        axes.set_title(task, fontsize=10)
    for axes in grid.flat[len(tasks) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("probability of having solved")
    for column in range(columns):
        lowest = [axes for axes in grid[:, column] if axes.get_visible()][-1]
        lowest.set_xlabel("trials")
    figure.suptitle(
        "Runs solved within a number of trials (Kaplan-Meier, 95 % bands)",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _survival_panel(
    axes: Axes, cells: Sequence[Cell], look: dict[str, dict[str, Any]], budget: int
) -> None:
    ends = []
    for cell in cells:
        curve = kaplan_meier(cell.costs("trials"), cell.solved)
        last = max(float(cell.costs("trials").max()), budget * cell.solved.all())
        x = np.concatenate([[1.0], curve.costs, [last]])

        def steps(unsolved: Any, at_start: float = 1.0) -> Any:
            return 1.0 - np.concatenate([[at_start], unsolved, unsolved[-1:]])

        style = look[cell.searcher.label]
        y = steps(curve.unsolved)
        axes.step(x, y, where="post", linewidth=1.8, **style)
        # From the first solution to the last; the bands before and after, all alike,
        # would only darken the panel. A cell without any solution shows its own.
        start = 1 if cell.solved.any() else 0
        end = len(x) - 1 if curve.unsolved[-1] == 0.0 else len(x)
        axes.fill_between(
            x[start:end],
            steps(curve.high)[start:end],
            steps(curve.low, curve.low_at_start)[start:end],
            step="post",
            color=style["color"],
            alpha=0.12,
            linewidth=0,
        )
        ends.append((y, x, cell.searcher.label, style["color"]))
    axes.set_xscale("log")
    axes.set_xlim(1.0, budget)
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_ylim(-0.02, 1.02)
    label_at_the_right(axes, ends)
