"""Speed-up over random weight guessing, in every cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.cells import Cost, Results
from gfsearch.figures.look import Drawing, decade, headline, logarithmic, looks, panels
from gfsearch.style import words
from gfsearch.tables import speed_ups

_MARKERS: dict[Cost, str] = {
    "trials": "o",
    "presentations": "s",
    "forward_equivalents": "D",
}


def speed_up(results: Results, cost: Cost | None = None) -> Drawing | None:
    """Speed-up over guessing with 95 % intervals: a panel per task.

    Expected running time of guessing over that of each searcher, in every cost; bounds
    as arrows.
    """
    table = pd.DataFrame(
        [
            {
                "task": cell.task.name,
                "searcher": cell.searcher.label,
                "runs": len(cell.results),
                "solved": int(cell.solved.sum()),
                "not_applicable": cell.not_applicable or "",
                **speed_ups(cell, results.baseline(cell)),
            }
            for cell in results.cells
        ]
    )
    shown = table[table.runs.gt(0) | table.not_applicable.ne("")]
    others = table[
        (table.runs > 0)
        & table.speedup_trials_low.notna()
        & ~((table.speedup_trials_low == 1.0) & (table.speedup_trials_high == 1.0))
    ]
    if others.empty:
        return None
    costs = [cost] if cost else list(results.costs)
    labels = [name for name in results.labels if name in set(others.searcher)]
    tasks = list(dict.fromkeys(others.task))
    figure, grid = panels(
        tasks,
        width=5.0,
        height=0.7 + 0.1 * (len(costs) + 1) * len(labels) + 0.25,
        x="worse than guessing  |  better than guessing",
    )
    left, right = _range(others, costs)
    for axes, task in zip(grid, tasks, strict=True):
        axes.set_xscale("log")
        axes.set_xlim(left, right)
        rows = shown[shown.task == task].set_index("searcher")
        _panel(axes, rows, labels, costs, looks(results))
    handles = [
        grid[0].scatter([], [], label=words(c), **_marker(c, "0.3")) for c in costs
    ]
    figure.legend(
        handles=handles, loc="outside upper right", ncols=len(costs), frameon=False
    )
    headline(figure, "Speed-up over guessing (ratio of expected costs, 95 %)")
    columns = ["task", "searcher", "runs", "solved"]
    columns += [f"speedup_{c}{end}" for c in costs for end in ("", "_low", "_high")]
    return Drawing(figure, others[columns])


def _marker(cost: Cost, colours: Any) -> dict[str, Any]:
    """How an estimate in this cost looks: filled for trials, else hollow."""
    face = colours if cost == "trials" else "white"
    return {"marker": _MARKERS[cost], "facecolor": face, "edgecolor": colours, "s": 25}


def _range(table: pd.DataFrame, costs: Sequence[Cost]) -> tuple[float, float]:
    """The decades that hold all limits."""
    limits = [
        value
        for c in costs
        for end in ("low", "high")
        for value in table[f"speedup_{c}_{end}"]
        if 0.0 < value < math.inf
    ]
    low, high = min([*limits, 0.5]), max([*limits, 2.0])
    return 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    labels: Sequence[str],
    costs: Sequence[Cost],
    look: dict[str, dict[str, Any]],
) -> None:
    left, _ = axes.get_xlim()
    axes.axvline(1.0, color="0.25", linewidth=1.2)
    axes.axvspan(left, 1.0, color="0.5", alpha=0.07, linewidth=0)
    apart = 0.62 / len(costs)
    for i, cost in enumerate(costs):
        marks = []
        for place, label in enumerate(labels):
            if label in rows.index and rows.runs[label]:
                row = rows.loc[label].to_dict()
                values = [row[f"speedup_{cost}{end}"] for end in ("", "_low", "_high")]
                y = place + apart * (i - 0.5 * (len(costs) - 1))
                marks.append((y, look[label]["color"], *values))
        _marks(axes, marks, cost)
    for place, label in enumerate(labels):
        known = label in rows.index and rows.runs[label]
        why = "" if known else "no runs yet"
        if not known and label in rows.index and rows.not_applicable[label]:
            why = "not applicable"
        elif known and math.isinf(rows.speedup_trials_high[label]):
            why = "" if rows.speedup_trials_low[label] > 0.0 else "neither solved it"
        if why:
            axes.text(1.0, place, f" {why}", color="0.5", fontsize=8, va="center")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    for tick in axes.get_yticklabels():
        tick.set_color(look[tick.get_text()]["color"])
    logarithmic(axes.xaxis)
    axes.xaxis.set_major_formatter(lambda value, _: f"{decade(value)}x")
    axes.grid(visible=False, axis="y")


def _marks(
    axes: Axes, marks: Sequence[tuple[float, Any, float, float, float]], cost: Cost
) -> None:
    """Estimates with their intervals; one-sided bounds with an arrow to the edge.

    Args:
        axes: Where to.
        marks: Ordinate, colour, estimate and limits of each.
        cost: The cost.
    """
    left, right = axes.get_xlim()
    at: list[float] = []
    ends: list[tuple[float, float]] = []
    arrows: dict[str, list[tuple[float, float]]] = {"<": [], ">": []}
    for y, _, estimate, low, high in marks:
        if not math.isnan(estimate):
            at.append(estimate)
            ends.append((low, high))
        elif low > 0.0:
            at.append(low)
            ends.append((low, right))
            arrows[">"].append((right, y))
        else:
            at.append(high if math.isfinite(high) else math.nan)
            ends.append((left, at[-1]))
            if math.isfinite(high):
                arrows["<"].append((left, y))
    heights, colours = [mark[0] for mark in marks], [mark[1] for mark in marks]
    lows, highs = np.array(ends).reshape(-1, 2).T
    axes.hlines(heights, lows, highs, colors=colours, linewidth=1.8, zorder=2)
    axes.scatter(at, heights, zorder=3, **_marker(cost, colours))
    of = dict(zip(heights, colours, strict=True))
    for marker, tips in arrows.items():
        tops = [top for _, top in tips]
        axes.scatter(
            [tip for tip, _ in tips],
            tops,
            color=[of[top] for top in tops],
            marker=marker,
            s=30,
            clip_on=False,
        )
