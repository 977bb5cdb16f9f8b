"""Forest plots: ratios to guessing with their intervals, a row per searcher."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gfsearch.report.figures.look import decade, in_short, logarithmic, looks
from gfsearch.report.numbers import with_interval, words
from gfsearch.study.cost_kinds import COST_KINDS, Cost
from gfsearch.study.results import Results

ABSCISSA = "worse than guessing  |  better than guessing"


def height(searchers: int, costs: int) -> float:
    """Of a panel, in inches."""
    return 0.7 + 0.1 * (costs + 1) * searchers + 0.25


def make_room(figure: Figure, names: Sequence[str]) -> None:
    """Widen a figure by what the names beside its panels take beyond the usual."""
    longest = max((len(in_short(name)) for name in names), default=0)
    more = _INCHES_PER_LETTER * (longest - _USUAL_LETTERS)
    figure.set_figwidth(figure.get_figwidth() + max(more, 0.0))


_INCHES_PER_LETTER, _USUAL_LETTERS = 0.083, 20


def legend_of_costs(
    figure: Figure, axes: Axes, costs: Sequence[Cost], *, below: bool = False
) -> None:
    """Name the markers above the panels on the right, or below them."""
    handles = [axes.scatter([], [], label=words(c), **_marker(c, "0.3")) for c in costs]
    figure.legend(
        handles=handles,
        loc="outside lower center" if below else "outside upper right",
        ncols=len(costs),
        frameon=False,
    )


def _marker(cost: Cost, colours: Any) -> dict[str, Any]:
    """Marker of an estimate in a cost: filled for trials, else hollow."""
    face = colours if cost == "trials" else "white"
    return {
        "marker": COST_KINDS[cost].marker,
        "facecolor": face,
        "edgecolor": colours,
        "s": 25,
    }


def decades(table: pd.DataFrame, costs: Sequence[Cost]) -> tuple[float, float]:
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


def forest(
    axes: Axes,
    rows: pd.DataFrame,
    labels: Sequence[str],
    costs: Sequence[Cost],
    results: Results,
    limits: tuple[float, float],
    notes: Mapping[str, str] | None = None,
    unknown: Mapping[str, str] | None = None,
    numbers: bool = False,
) -> None:
    """Draw one panel.

    Args:
        axes: Where to.
        rows: By searcher: runs, not_applicable, and of each cost speedup_<cost> with
            _low and _high.
        labels: The searchers, from above.
        costs: The costs to show.
        results: The study's results, which give the colours.
        limits: The least and the largest ratio that have room.
        notes: Texts after the names of searchers.
        unknown: What stands in the rows of which not even a bound is known.
        numbers: Write what is drawn beside each row.
    """
    look, notes, unknown = looks(results), notes or {}, unknown or {}
    left, right = limits
    axes.set_xscale("log")
    axes.set_xlim(left, right)
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
        if numbers:
            _numbers(axes, marks)
    for place, label in enumerate(labels):
        known = label in rows.index and rows.runs[label]
        why = "" if known else "no runs yet"
        if not known and label in rows.index and rows.not_applicable[label]:
            why = "not applicable"
        elif known and math.isinf(rows.speedup_presentations_high[label]):
            known = rows.speedup_presentations_low[label] > 0.0
            why = "" if known else unknown.get(label, "neither solved it")
        if why:
            axes.annotate(
                why,
                (1.0, place),
                xytext=(4, 0),
                textcoords="offset points",
                color="0.45",
                fontsize=8,
                va="center",
            )
    names = [f"{in_short(n)}{notes.get(n, '')}" for n in labels]
    axes.set_yticks(range(len(labels)), names)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    # Panels that share their ordinates show labels in the first column alone.
    for tick, label in zip(axes.get_yticklabels(), labels, strict=False):
        tick.set_color(look[label]["color"])
    logarithmic(axes.xaxis)
    axes.xaxis.set_major_formatter(lambda value, _: f"{decade(value)}x")
    axes.grid(visible=False, axis="y")


def _numbers(
    axes: Axes, marks: Sequence[tuple[float, Any, float, float, float]]
) -> None:
    """Write estimates with their limits, or the bounds, to the right of a panel."""
    for y, colour, *values in marks:
        told = with_interval(*values)
        if not math.isnan(values[2]) and told != "-":
            axes.annotate(
                told,
                (1.0, y),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                color=colour,
                fontsize=7,
                va="center",
                annotation_clip=False,
            )


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
