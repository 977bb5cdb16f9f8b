"""A network with its weights, as a diagram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch

from gfsearch.networks.structure import Structure
from gfsearch.networks.used import UsedLink, factor_name, unit_name, used

_RADIUS, _COLUMN = 0.16, 1.6
_EXCITES, _INHIBITS = sns.color_palette("colorblind")[0], (0.8, 0.2, 0.1)

_Point = tuple[float, float]


def draw_network(structure: Structure, weights: Sequence[float], title: str) -> Figure:
    """Draw the units and links that bear on the output.

    Input lines and the bias stand on the left, hidden units in the middle, outputs on
    the right. An arrow is as thick as its weight is large.

    Args:
        structure: The network.
        weights: (D,) its weights.
        title: What stands above.
    """
    links, units = used(structure, weights)
    places = _places(structure, links, units)
    rows = max(2.0 * abs(y) + 1.0 for _, y in places.values())
    figure = Figure(figsize=(8.0, 1.6 + 1.5 * rows), layout="constrained")
    axes = figure.subplots()
    largest = max((abs(one.weight) for one in links), default=1.0)
    drawn: Counter[tuple[str, str]] = Counter()
    for one in links:
        way = _name(structure, one), unit_name(structure, one.unit)
        _arrow(
            axes,
            places[way[0]],
            places[way[1]],
            one.weight,
            _conditions(structure, one),
            beside=drawn[way],
            width=0.6 + 2.4 * abs(one.weight) / largest,
            dashed=one.link.origin in ("past", "past-input"),
        )
        drawn[way] += 1
    for name, place in places.items():
        _node(axes, name, place)
    axes.set_title(title, fontsize="medium")
    axes.set_aspect("equal")
    axes.margins(0.12)
    axes.axis("off")
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _name(structure: Structure, used: UsedLink) -> str:
    link = used.link
    if link.origin in ("past", "now"):
        return unit_name(structure, link.index)
    return "bias" if link.origin == "bias" else f"input {link.index}"


def _conditions(structure: Structure, one: UsedLink) -> str:
    """Label of a link: its delay, if it is not seen otherwise, and its factor."""
    link, late = one.link, ""
    if link.delay > 1 or link.origin == "past-input":
        late = f" ({link.delay} step{'s' if link.delay > 1 else ''} before)"
    return late + factor_name(structure, link)


def _places(
    structure: Structure, links: list[UsedLink], units: set[int]
) -> dict[str, _Point]:
    """Position of each node, by its name."""
    names = {_name(structure, one) for one in links}
    names |= {unit_name(structure, unit) for unit in units}
    places = {}
    for x, kinds in enumerate((("input", "bias"), ("hidden",), ("output",))):
        column = sorted((n for n in names if n.startswith(kinds)), key=_order)
        for i, name in enumerate(column):
            places[name] = (_COLUMN * x, 0.5 * (len(column) - 1) - i)
    return places


def _order(name: str) -> tuple[str, int]:
    """Inputs before the bias, then by number."""
    kind, _, number = name.partition(" ")
    return ("z" if kind == "bias" else kind, int(number or 0))


def _arrow(
    axes: Axes,
    start: _Point,
    end: _Point,
    weight: float,
    conditions: str,
    *,
    beside: int,
    width: float,
    dashed: bool,
) -> None:
    """An arrow with its weight; a loop if it ends where it starts.

    Args:
        axes: Where to.
        start: The link's source.
        end: The unit that it enters.
        weight: Its weight.
        conditions: Text after the weight.
        beside: How many links from there to there are drawn already.
        width: Of the line.
        dashed: Whether the line is dashed.
    """
    color = _EXCITES if weight > 0 else _INHIBITS
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "mutation_scale": 10,
        "linewidth": width,
        "color": color,
        "linestyle": (0, (4, 2)) if dashed else "-",
        "zorder": 1,
    }
    if start == end:
        x, y = start
        left, right = (x - 0.09, y + 0.13), (x + 0.09, y + 0.13)
        bend = f"arc3,rad={-1.6 - 0.9 * beside}"
        middle = (x, y + _RADIUS + 0.17 * (1 + beside))
        patch = FancyArrowPatch(
            left, right, connectionstyle=bend, shrinkA=0, shrinkB=0, **style
        )
    else:
        # Bent to the right of its way: two opposite arrows do not cover each other,
        # and one along a column, or across one, does not go through what stands there.
        rad = 0.12 if abs(start[0] - end[0]) == _COLUMN else 0.35
        rad += 0.2 * beside
        patch = FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={rad}",
            shrinkA=20,
            shrinkB=20,
            **style,
        )
        dx, dy = end[0] - start[0], end[1] - start[1]
        # A third of the way: arrows into one unit are still apart there.
        middle = (
            start[0] + 0.36 * dx + 0.46 * rad * dy,
            start[1] + 0.36 * dy - 0.46 * rad * dx,
        )
    axes.add_patch(patch)
    axes.text(
        *middle,
        f"{weight:.3g}{conditions}",
        color=color,
        fontsize="small",
        ha="center",
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        zorder=3,
    )


def _node(axes: Axes, name: str, place: _Point) -> None:
    fixed = name.startswith(("input", "bias"))
    color = "0.93" if fixed else "white"
    axes.add_patch(Circle(place, _RADIUS, facecolor=color, edgecolor="0.3", zorder=2))
    axes.text(
        *place,
        name.replace(" ", "\n"),
        fontsize="small",
        ha="center",
        va="center",
        zorder=4,
    )


def _legend() -> list[Line2D]:
    """Legend of colours and line styles."""
    return [
        Line2D([], [], color=_EXCITES, label="positive weight"),
        Line2D([], [], color=_INHIBITS, label="negative weight"),
        Line2D([], [], color="0.3", label="sees this step"),
        Line2D([], [], color="0.3", linestyle=(0, (4, 2)), label="sees a step before"),
    ]
