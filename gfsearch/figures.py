"""Figures of a study: matplotlib with seaborn's styles, written as PNG and SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gfsearch.cells import Cell, Cost, Results
from gfsearch.drawing import house_style, save
from gfsearch.searchers import SEARCHERS
from gfsearch.statistics import kaplan_meier
from gfsearch.style import number, words
from gfsearch.tables import summary


def write_figures(results: Results, folder: Path) -> list[Path]:
    """Draw all figures that the results allow.

    Args:
        results: Collected results of a study.
        folder: Where the files go.

    Returns:
        The files written.
    """
    drawings: dict[str, Callable[[Results], Figure | None]] = {
        "survival": survival,
        "speedup": speed_up,
    }
    written = []
    with house_style():
        for name, draw in drawings.items():
            figure = draw(results)
            if figure is not None:
                written += save(figure, folder, name)
    return written


def looks(results: Results) -> dict[str, dict[str, Any]]:
    """Colour and line style of each searcher, the same whatever else is drawn.

    Searchers under their own names have fixed colours of seaborn's colour-blind
    palette, and guessing, with which all are compared, a neutral one; labelled
    variants take the other colours in the suite's order. Line styles tell the
    searchers apart in a print without colour.
    """
    palette = [(0.25, 0.25, 0.25), *sns.color_palette("colorblind", 10)[1:]]
    styles: list[Any] = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5))]
    labels = list(dict.fromkeys(cell.searcher.label for cell in results.cells))
    known = list(SEARCHERS)
    order = known + [label for label in labels if label not in known]
    return {
        label: {
            "color": palette[order.index(label) % len(palette)],
            "linestyle": styles[order.index(label) % len(styles)],
        }
        for label in labels
    }


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
    _label_at_the_right(axes, ends)


def _label_at_the_right(axes: Axes, ends: list[tuple[Any, Any, str, Any]]) -> None:
    """Write each curve's name beside its end, in its colour, without overlap.

    Curves that end at the same height are ordered by how early they rose.
    """
    ranked = sorted(ends, key=lambda e: (e[0][-1], _height_over_logarithm(e[1], e[0])))
    gap = 0.105
    heights = [float(y[-1]) for y, *_ in ranked]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    overshoot = max(heights[-1] - 1.0, 0.0)
    if overshoot:
        heights[-1] -= overshoot
        for i in range(len(heights) - 2, -1, -1):
            heights[i] = min(heights[i], heights[i + 1] - gap)
    for height, (_, _, label, colour) in zip(heights, ranked, strict=True):
        axes.annotate(
            label,
            (1.0, height),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            color=colour,
            fontsize=8.5,
            va="center",
            annotation_clip=False,
        )


def _height_over_logarithm(x: Any, y: Any) -> float:
    """Mean height of a step curve over a logarithmic axis."""
    return float(np.sum(y[:-1] * np.diff(np.log(x))))


def speed_up(results: Results) -> Figure | None:
    """Speed-up over guessing with 95 % intervals, one panel per cost.

    Expected running time of guessing over that of each searcher; bounds as arrows.
    """
    table = summary(results)
    others = table[
        (table.runs > 0)
        & table.speedup_trials_low.notna()
        & ~((table.speedup_trials_low == 1.0) & (table.speedup_trials_high == 1.0))
    ]
    if others.empty:
        return None
    look = looks(results)
    rows: list[pd.Series[Any] | str] = []
    for task, group in others.groupby("task", sort=False):
        rows.append(str(task))
        rows.extend(row for _, row in group.iterrows())
    costs = results.costs
    figure = Figure(
        figsize=(1.2 + 4.4 * len(costs), 0.27 * len(rows) + 1.6), layout="constrained"
    )
    panels = figure.subplots(1, len(costs), sharey=True, gridspec_kw={"wspace": 0.06})
    for axes, cost in zip(panels, costs, strict=True):
        _speed_up_panel(axes, rows, cost, look)
    panels[0].set_yticks(range(len(rows)))
    panels[0].set_yticklabels(
        [row if isinstance(row, str) else row.searcher for row in rows]
    )
    panels[0].set_ylim(len(rows) - 0.4, -0.8)
    for tick, row in zip(panels[0].get_yticklabels(), rows, strict=True):
        if isinstance(row, str):
            tick.set_fontweight("bold")
        else:
            tick.set_color(look[row.searcher]["color"])
    figure.suptitle(
        "Speed-up over random weight guessing (ratio of expected running times, 95 %)",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _speed_up_panel(
    axes: Axes, rows: Sequence[Any], cost: Cost, look: dict[str, dict[str, Any]]
) -> None:
    drawn = [row for row in rows if not isinstance(row, str)]
    limits = [
        value
        for row in drawn
        for value in (row[f"speedup_{cost}_low"], row[f"speedup_{cost}_high"])
        if 0.0 < value < math.inf
    ]
    left = 10 ** math.floor(math.log10(min([*limits, 0.5])))
    right = 10 ** math.ceil(math.log10(max([*limits, 2.0])))
    axes.set_xscale("log")
    axes.set_xlim(left, right)
    axes.axvline(1.0, color="0.25", linewidth=1.2)
    axes.axvspan(left, 1.0, color="0.5", alpha=0.07, linewidth=0)
    for y, row in enumerate(rows):
        if isinstance(row, str):
            axes.axhline(y - 0.5, color="0.8", linewidth=0.8)
            continue
        estimate = row[f"speedup_{cost}"]
        low, high = row[f"speedup_{cost}_low"], row[f"speedup_{cost}_high"]
        colour = look[row.searcher]["color"]
        if math.isnan(estimate):
            _bound(axes, y, low, high, colour)
        else:
            axes.plot([low, high], [y, y], color=colour, linewidth=2.2)
            axes.plot(estimate, y, "o", color=colour, markersize=5)
    axes.set_title(f"in {words(cost)}", fontsize=10)
    axes.xaxis.set_major_formatter(lambda value, _: f"{number(value)}x")
    axes.set_xlabel("worse than guessing  |  better than guessing")
    axes.grid(visible=False, axis="y")


def _bound(axes: Axes, y: int, low: float, high: float, colour: Any) -> None:
    """An arrow from a one-sided bound; nothing if neither side is known."""
    left, right = axes.get_xlim()
    if low > 0.0:
        ends, text, align = (low, right), f"> {number(low)}", "right"
    elif math.isfinite(high):
        ends, text, align = (high, left), f"< {number(high)}", "left"
    else:
        axes.text(1.0, y, " neither solved it", color=colour, fontsize=8, va="center")
        return
    axes.annotate(
        "",
        (ends[1], y),
        (ends[0], y),
        arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.8},
    )
    axes.plot(ends[0], y, "|", color=colour, markersize=9, markeredgewidth=1.8)
    offset = -5 if align == "right" else 5
    axes.annotate(
        text,
        (ends[0], y),
        xytext=(offset, 0),
        textcoords="offset points",
        color=colour,
        fontsize=8,
        ha=align,
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )
