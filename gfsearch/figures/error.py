"""What runs ended with: final classification error against presentations."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from gfsearch.cells import Cell, Results
from gfsearch.figures.look import looks
from gfsearch.statistics import mean_share

_MARKERS = "osD^vP*X<>ph8"


def final_error(results: Results) -> Figure | None:
    """Mean test error of each searcher's runs against what they were shown.

    As Bengio, Simard and Frasconi (1994) report their searches: a panel per task, a
    point per searcher; filled if all its runs were solved. Searchers whose unsolved
    runs have kept no weights are named instead. None without any point.
    """
    tasks: dict[str, list[Cell]] = {}
    for cell in results.cells:
        if cell.results:
            tasks.setdefault(cell.task.name, []).append(cell)
    if all(np.isnan(c.final_errors).any() for cells in tasks.values() for c in cells):
        return None
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(
        figsize=(4.4 * columns + 2.2, 3.3 * rows + 0.4), layout="constrained"
    )
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    look = _with_markers(results)
    for axes, (name, cells) in zip(grid.flat, tasks.items(), strict=False):
        _panel(axes, name, cells, look)
    for axes in grid.flat[len(tasks) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("final test error (95 %)")
    for axes in grid.flat[max(len(tasks) - columns, 0) : len(tasks)]:
        axes.set_xlabel("presentations per run")
    figure.legend(
        handles=[
            Line2D(
                [],
                [],
                linestyle="",
                color=style["color"],
                marker=style["marker"],
                label=label,
            )
            for label, style in look.items()
        ],
        title="filled: all runs solved",
        loc="outside right center",
        frameon=False,
    )
    return figure


def _with_markers(results: Results) -> dict[str, dict[str, Any]]:
    """Colour and marker of each searcher; variants differ in the marker as well."""
    return {
        label: {"color": style["color"], "marker": _MARKERS[i % len(_MARKERS)]}
        for i, (label, style) in enumerate(looks(results).items())
    }


def _panel(
    axes: Axes, name: str, cells: list[Cell], look: dict[str, dict[str, Any]]
) -> None:
    unknown = []
    for cell in cells:
        label = cell.searcher.label
        if np.isnan(cell.final_errors).any():
            unknown.append(label)
            continue
        error = mean_share(cell.final_errors)
        x = cell.costs("presentations").mean()
        color = look[label]["color"]
        axes.plot(
            x,
            error.estimate,
            marker=look[label]["marker"],
            color=color,
            markerfacecolor=color if cell.solved.all() else "white",
            markersize=6.5,
            linestyle="",
            clip_on=False,
            zorder=3,
        )
        axes.vlines(x, error.low, error.high, color=color, linewidth=1.2, alpha=0.6)
    axes.set_xscale("log")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(-0.03, 1.03)
    axes.set_title(name, fontsize=10)
    if unknown:
        axes.text(
            0.98,
            0.96,
            "unsolved runs keep no weights:\n" + ", ".join(unknown),
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=7.5,
            color="0.35",
        )
