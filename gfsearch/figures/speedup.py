"""Speed-up over random weight guessing, in every cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gfsearch.cells import Cost, Results
from gfsearch.figures.look import Drawing, decade, headline, logarithmic, looks, panels
from gfsearch.style import words
from gfsearch.tables import summary

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
    table = summary(results)
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
        Line2D([], [], color="0.3", linestyle="", label=words(c), **_marker(c))
        for c in costs
    ]
    figure.legend(
        handles=handles, loc="outside upper right", ncols=len(costs), frameon=False
    )
    headline(figure, "Speed-up over guessing (ratio of expected costs, 95 %)")
    columns = ["task", "searcher", "runs", "solved"]
    columns += [f"speedup_{c}{end}" for c in costs for end in ("", "_low", "_high")]
    return Drawing(figure, others[columns])


def _marker(cost: Cost) -> dict[str, Any]:
    filled = {} if cost == "trials" else {"markerfacecolor": "white"}
    return {"marker": _MARKERS[cost], "markersize": 5, **filled}


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
    for place, label in enumerate(labels):
        if label not in rows.index or not rows.runs[label]:
            why = "not applicable" if label in rows.index else "no runs yet"
            axes.text(1.0, place, f" {why}", color="0.5", fontsize=8, va="center")
            continue
        row, colour = rows.loc[label].to_dict(), look[label]["color"]
        for i, cost in enumerate(costs):
            y = place + apart * (i - 0.5 * (len(costs) - 1))
            estimate = row[f"speedup_{cost}"]
            low, high = row[f"speedup_{cost}_low"], row[f"speedup_{cost}_high"]
            if math.isnan(estimate):
                _bound(axes, y, low, high, colour, cost)
            else:
                axes.plot([low, high], [y, y], color=colour, linewidth=1.8)
                axes.plot(estimate, y, color=colour, **_marker(cost))
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    for tick in axes.get_yticklabels():
        tick.set_color(look[tick.get_text()]["color"])
    logarithmic(axes.xaxis)
    axes.xaxis.set_major_formatter(lambda value, _: f"{decade(value)}x")
    axes.grid(visible=False, axis="y")


def _bound(
    axes: Axes, y: float, low: float, high: float, colour: Any, cost: Cost
) -> None:
    """An arrow from a one-sided bound; nothing if neither side is known."""
    left, right = axes.get_xlim()
    if low > 0.0:
        start, end = low, right
    elif math.isfinite(high):
        start, end = high, left
    else:
        if cost == "trials":
            axes.text(1.0, y, " neither solved it", color=colour, fontsize=8)
        return
    arrow = {"arrowstyle": "->", "color": colour, "linewidth": 1.5}
    axes.annotate("", (end, y), (start, y), arrowprops=arrow)
    axes.plot(start, y, color=colour, **_marker(cost))
