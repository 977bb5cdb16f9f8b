"""Speed-up over random weight guessing, in every cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from gfsearch.cells import Cost, Results
from gfsearch.figures.look import looks
from gfsearch.style import number, words
from gfsearch.tables import summary


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
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
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
