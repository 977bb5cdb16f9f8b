"""Forest plots: ratios to guessing with their intervals, a row per searcher."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

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
    figure: Figure,
    axes: Axes,
    costs: Sequence[Cost],
    *,
    below: bool = False,
    columns: int = 3,
) -> None:
    """Name the markers above the panels on the right, or below them."""
    handles = []
    for c in costs:
        look = _marker(COST_KINDS[c].marker, "0.3", filled=c == "trials")
        handles.append(axes.scatter([], [], label=words(c), **look))
    figure.legend(
        handles=handles,
        loc="outside lower center" if below else "outside upper right",
        ncols=columns,
        frameon=False,
    )


def _marker(marker: str, colours: Any, *, filled: bool) -> dict[str, Any]:
    """Look of estimates."""
    return {
        "marker": marker,
        "facecolor": colours if filled else "white",
        "edgecolor": colours,
        "s": 25,
    }


def span(table: pd.DataFrame, costs: Sequence[Cost]) -> tuple[float, float]:
    """The ratios that have room: all estimates, bounds and usual limits.

    A limit that is much farther from guessing than all of these leaves the panel.
    """
    points, limits = [0.5, 2.0], []
    for c in costs:
        ends = table[[f"speedup_{c}{end}" for end in ("", "_low", "_high")]].to_numpy()
        for estimate, low, high in ends.tolist():
            if math.isnan(estimate):
                points += [v for v in (low, high) if 0.0 < v < math.inf]
            else:
                points.append(estimate)
                limits += [v for v in (low, high) if 0.0 < v < math.inf]
    low, high = min(points) / _FAR, max(points) * _FAR
    near = [*points, *(v for v in limits if low < v < high)]
    low, high = min(near) / _AIR, max(near) * _AIR
    room = (high / low) ** _ARROW
    return low / room, high * room


_FAR, _AIR = 30.0, 1.6
"""Factors beyond the outermost points: that limits may be, and that nothing is in."""

_ARROW = 0.07
"""Length of arrows, as a part of the panel's width."""


class Mark(NamedTuple):
    """One row in one cost: an estimate with limits, or nan and bounds."""

    y: float
    label: str
    colour: Any
    estimate: float
    low: float
    high: float


def forest(
    axes: Axes,
    rows: pd.DataFrame,
    labels: Sequence[str],
    costs: Sequence[Cost],
    results: Results,
    limits: tuple[float, float],
    unknown: Mapping[str, str] | None = None,
    inside: bool = False,
    ticks: int = 6,
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
        unknown: What stands in the rows of which not even a bound is known.
        inside: Names stand above their rows, not beside them.
        ticks: The most labels that the abscissa has room for.
    """
    look = looks(results)
    left, right = limits
    axes.set_xscale("log")
    axes.set_xlim(left, right)
    axes.axvline(1.0, color="0.25", linewidth=1.2)
    axes.axvspan(left, 1.0, color="0.5", alpha=0.07, linewidth=0)
    for cost in costs:
        marks = marks_of(rows, labels, costs, cost, look, inside)
        draw_marks(axes, marks, COST_KINDS[cost].marker, filled=cost == "trials")
    for place, label in enumerate(labels):
        if why := _nothing(rows, label, unknown or {}):
            axes.annotate(
                why,
                (1.0, place),
                xytext=(4, 0),
                textcoords="offset points",
                color="0.45",
                fontsize=8,
                va="center",
            )
    names = [in_short(name) for name in labels]
    colours = [look[label]["color"] for label in labels]
    axes.set_yticks(range(len(labels)), [] if inside else names)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    # Panels that share their ordinates show labels in the first column alone.
    for tick, colour in zip(axes.get_yticklabels(), colours, strict=False):
        tick.set_color(colour)
    if inside:
        for place, (name, colour) in enumerate(zip(names, colours, strict=True)):
            axes.text(
                0.01,
                place - 0.36,
                name,
                transform=axes.get_yaxis_transform(),
                color=colour,
                fontsize=8,
                va="center",
            )
    logarithmic(axes.xaxis, ticks)
    axes.xaxis.set_major_formatter(lambda value, _: f"{decade(value)}x")
    axes.grid(visible=False, axis="y")


def _nothing(rows: pd.DataFrame, label: str, unknown: Mapping[str, str]) -> str:
    """The reason why a row shows nothing; empty if it does."""
    if label not in rows.index or not rows.runs[label]:
        vain = label in rows.index and rows.not_applicable[label]
        return "not applicable" if vain else "no runs yet"
    low, high = (rows[f"speedup_presentations_{end}"][label] for end in ("low", "high"))
    vain = math.isinf(high) and not low > 0.0
    return unknown.get(label, "neither solved it") if vain else ""


def marks_of(
    rows: pd.DataFrame,
    labels: Sequence[str],
    costs: Sequence[Cost],
    cost: Cost,
    look: Mapping[str, Mapping[str, Any]],
    inside: bool,
) -> list[Mark]:
    """The marks of one cost, from above."""
    # Below the name, where that stands inside.
    apart, lower = (0.47, 0.16) if inside else (0.62, 0.0)
    below = lower + apart * (costs.index(cost) / len(costs) - 0.5 + 0.5 / len(costs))
    found = []
    for place, label in enumerate(labels):
        if label in rows.index and rows.runs[label]:
            row = rows.loc[label].to_dict()
            values = [row[f"speedup_{cost}{end}"] for end in ("", "_low", "_high")]
            colour = look[label]["color"]
            found.append(Mark(place + below, label, colour, *values))
    return found


def write_numbers(
    axes: Axes, marks: Sequence[Mark], notes: Mapping[str, str] | None = None
) -> None:
    """Write estimates with their limits, or the bounds, to the right of a panel.

    Args:
        axes: The panel.
        marks: What it shows.
        notes: Texts after the first numbers of a searcher.
    """
    left = dict(notes or {})
    for mark in marks:
        told = with_interval(mark.estimate, mark.low, mark.high)
        if not math.isnan(mark.high) and told != "-":
            axes.annotate(
                told + left.pop(mark.label, ""),
                (1.0, mark.y),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                color=mark.colour,
                fontsize=7,
                va="center",
                annotation_clip=False,
            )


def draw_marks(axes: Axes, marks: Sequence[Mark], marker: str, *, filled: bool) -> None:
    """Draw estimates with their intervals, and one-sided bounds with a short arrow.

    Args:
        axes: Where to; its abscissas have their limits.
        marks: What to draw.
        marker: Of estimates and bounds.
        filled: Whether they are.
    """
    left, right = axes.get_xlim()
    length = (right / left) ** _ARROW
    at: list[float] = []
    ends: list[tuple[float, float]] = []
    arrows: dict[str, list[tuple[float, float]]] = {"<": [], ">": []}
    for mark in marks:
        low, high, y = mark.low, mark.high, mark.y
        if not math.isnan(mark.estimate):
            at.append(mark.estimate)
            ends.append((low, high))
        elif low > 0.0:
            at.append(low)
            ends.append((low, low * length))
            arrows[">"].append((low * length, y))
        else:
            at.append(high if math.isfinite(high) else math.nan)
            ends.append((at[-1] / length, at[-1]))
            if math.isfinite(high):
                arrows["<"].append((high / length, y))
    heights, colours = [mark.y for mark in marks], [mark.colour for mark in marks]
    lows, highs = np.array(ends).reshape(-1, 2).T
    axes.hlines(heights, lows, highs, colors=colours, linewidth=1.8, zorder=2)
    axes.scatter(at, heights, zorder=3, **_marker(marker, colours, filled=filled))
    of = dict(zip(heights, colours, strict=True))
    for arrow, tips in arrows.items():
        tops = [top for _, top in tips]
        axes.scatter(
            [tip for tip, _ in tips],
            tops,
            color=[of[top] for top in tops],
            marker=arrow,
            s=30,
            clip_on=False,
        )
