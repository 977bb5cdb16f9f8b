"""Success against the time lag, where tasks differ in nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gfsearch.cells import Cell, Results
from gfsearch.figures.look import label_at_the_right, looks
from gfsearch.seeds import digest
from gfsearch.statistics import success_rate
from gfsearch.task import Task

_FEWEST = 3
"""Lags that make a curve."""


def time_lag(results: Results) -> Figure | None:
    """Share of runs solved against the longest time lag, with Wilson's intervals.

    One panel for each family of at least three tasks that differ in the length of
    their sequences alone; None if there is no such family.
    """
    families = [
        cells
        for cells in _families(results)
        if len({_lag(c) for c in cells}) >= _FEWEST
    ]
    if not families:
        return None
    columns = min(2, len(families))
    rows = -(-len(families) // columns)
    figure = Figure(figsize=(7.4 * columns, 4.4 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    look = looks(results)
    for axes, cells in zip(grid.flat, families, strict=False):
        _panel(axes, cells, look)
    for axes in grid.flat[len(families) :]:
        axes.set_visible(False)
    return figure


def _families(results: Results) -> list[list[Cell]]:
    """Cells with results, together if their tasks differ in length alone."""
    families: dict[str, list[Cell]] = defaultdict(list)
    for cell in results.cells:
        if cell.results and hasattr(cell.task.problem, "length"):
            families[_all_but_length(cell.task)].append(cell)
    return list(families.values())


def _all_but_length(task: Task) -> str:
    identity = task.identity()
    problem = {k: v for k, v in identity["problem"].items() if k != "length"}
    return digest({**identity, "problem": problem})


def _lag(cell: Cell) -> int:
    """The longest time lag: the steps of the longest sequence."""
    length: Any = cell.task.problem.length  # type: ignore[attr-defined]
    return int(np.max(length))  # [low, high], or one number in a problem of others


def _panel(axes: Axes, cells: Sequence[Cell], look: dict[str, dict[str, Any]]) -> None:
    ends = []
    lags = sorted({_lag(cell) for cell in cells})
    labels = list(dict.fromkeys(cell.searcher.label for cell in cells))
    # Side by side, so that equal rates do not hide each other.
    apart = min(1.025, 1.3 ** (1.0 / len(labels)))
    for i, label in enumerate(labels):
        own = sorted((c for c in cells if c.searcher.label == label), key=_lag)
        rates = [success_rate(int(c.solved.sum()), len(c.results)) for c in own]
        x = np.array([_lag(c) for c in own]) * apart ** (i - (len(labels) - 1) / 2)
        y = np.array([rate.estimate for rate in rates])
        style = look[label]
        axes.plot(x, y, marker="o", markersize=4, linewidth=1.6, **style)
        axes.vlines(
            x,
            [rate.low for rate in rates],
            [rate.high for rate in rates],
            color=style["color"],
            alpha=0.55,
            linewidth=1.6,
        )
        ends.append((y, x, label, style["color"]))
    axes.set_xscale("log")
    axes.set_xlim(lags[0] / 1.2, lags[-1] * 1.2)
    axes.set_xticks(lags, [str(lag) for lag in lags])
    axes.minorticks_off()
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("time lag: steps of the longest sequence")
    axes.set_ylabel("share of runs solved (95 %)")
    task = cells[0].task
    least, most = min(len(c.results) for c in cells), max(len(c.results) for c in cells)
    runs = str(least) if least == most else f"{least} to {most}"
    axes.set_title(
        f"{task.problem.kind} on {task.network.kind}, {runs} runs per point",
        fontsize=10,
    )
    label_at_the_right(axes, ends, gap=0.05)
