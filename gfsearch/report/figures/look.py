"""Parts that figures share: panels, looks of searchers, names of curves."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from gfsearch.report.numbers import number
from gfsearch.searchers import SEARCHERS
from gfsearch.study.results import Results


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with the numbers that it shows.

    Attributes:
        figure: The figure.
        data: One row per point, interval or step.
    """

    figure: Figure
    data: pd.DataFrame


def panels(
    titles: Sequence[str],
    *,
    width: float = 4.6,
    height: float = 3.1,
    columns: int = 3,
    x: str = "",
    y: str = "",
    share: bool = True,
) -> tuple[Figure, list[Axes]]:
    """A figure of panels, row by row.

    Args:
        titles: One per panel.
        width: Of each, in inches.
        height: Of each, in inches.
        columns: The most that stand side by side.
        x: What the abscissas are; stands below the lowest panel of each column.
        y: What the ordinates are; stands beside the first panel of each row.
        share: Whether all have the same ordinates.
    """
    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    figure = Figure(
        figsize=(width * columns, height * rows + 0.7), layout="constrained"
    )
    grid = figure.add_gridspec(rows, columns)
    used: list[Axes] = []
    # Not `subplots`, which would make panels for the rest of the last row, too.
    for place, title in enumerate(titles):
        row, column = divmod(place, columns)
        first = used[0] if used and share else None
        axes = figure.add_subplot(grid[row, column], sharey=first)
        # At a given height, or every drawing would measure all labels to find one.
        axes.set_title(_folded(title, int(11 * width)), fontsize=10, y=1.0)
        if column == 0:
            axes.set_ylabel(y)
        elif share:
            axes.tick_params(labelleft=False)
        used.append(axes)
    for axes in used[-columns:]:
        axes.set_xlabel(x)
    return figure, used


def in_short(name: str) -> str:
    """A name with its middle left out if it is longer than anybody reads."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}...{name[-half:]}"


_LONGEST_NAME = 80


def _folded(title: str, most: int) -> str:
    """A title in lines of at most `most` letters, broken after slashes if possible."""
    lines = [""]
    for part in re.findall(r"[^/]*/?", in_short(title)):
        for piece in textwrap.wrap(part, most) or [part]:
            if len(lines[-1]) + len(piece) > most:
                lines.append("")
            lines[-1] += piece
    return "\n".join(line for line in lines if line)


def headline(figure: Figure, text: str) -> None:
    """Write the title of a figure above it, on the left."""
    figure.suptitle(text, fontsize=11, x=0.01, ha="left")


class _Decades(LogLocator):
    """Marks at powers of ten; at 2 and 5 between them where there are few."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        decades = np.asarray(super().tick_values(vmin, vmax))
        if np.sum((decades >= vmin) & (decades <= vmax)) > 1:
            return decades
        return LogLocator(subs=(1.0, 2.0, 5.0)).tick_values(vmin, vmax)


def decade(value: float, position: object = None) -> str:
    """The label of a mark on a logarithmic axis: 1e-4, 0.1, 1, 10, 1k, 1e57."""
    far = 0.0 < value < 0.01 or value >= 0.9995e12
    if far and math.log10(value).is_integer():
        # Neither a formula nor raised digits: both take a second font into each PDF.
        return f"1e{math.log10(value):.0f}"
    return number(value)


def logarithmic(axis: Axis, most: int = 6) -> None:
    """Make an axis logarithmic, with at most `most` labels such as 1, 10, 1k."""
    of_x = axis is axis.axes.xaxis
    (axis.axes.set_xscale if of_x else axis.axes.set_yscale)("log")
    axis.set_major_locator(_Decades(numticks=most))
    axis.set_major_formatter(decade)
    # Drawing the marks between would take longer than all the rest.
    axis.set_minor_locator(NullLocator())


_MOST_BESIDE, _LONGEST_BESIDE = 16, 30
"""Curves in a panel, and letters of their names, that have room beside their ends."""

_STEPS = 400
"""Number of steps of a curve that a figure can resolve."""


def thinned(costs: pd.Series[float]) -> npt.NDArray[np.bool_]:
    """Select steps of a curve: the last of those that fall on one place.

    Places are equal parts of a logarithmic axis. Curves of no more steps than there are
    places stay as they are.

    Args:
        costs: (k,) increasing positive costs of the steps.

    Returns:
        (k,) whether each is kept; the first and the last always are.
    """
    if len(costs) <= _STEPS:
        return np.ones(len(costs), dtype=bool)
    place = np.log(costs / costs.iloc[0]) / np.log(costs.iloc[-1] / costs.iloc[0])
    places = (_STEPS * place.to_numpy()).astype(int)
    keep = np.diff(places, append=_STEPS + 1) > 0
    return np.asarray(keep | (np.arange(len(costs)) == 0))


def looks(results: Results) -> dict[str, dict[str, Any]]:
    """Colour and line style of each searcher, the same whatever else is drawn.

    Searchers under their own names have fixed colours of seaborn's colour-blind
    palette, and guessing, with which all are compared, a neutral one; labelled
    variants take the other colours in the suite's order. Line styles tell the
    searchers apart in a print without colour, and those that share a colour where
    there are more searchers than colours. Nobody shares guessing's.
    """
    bright = sns.color_palette("colorblind", 10)
    # The palette's pale colours cannot be read as text; darker ones in their place.
    own = sns.color_palette(["#7a3b9a", "#8a8500", "#b2485f", "#5e8c31"])
    more = sns.color_palette(["#0f7f8c", "#5d4037", "#c2188b", "#2f3e9e", "#a33c00"])
    palette = [
        (0.25, 0.25, 0.25),
        *bright[1:6],
        bright[0],
        *own[:2],
        bright[9],
        *own[2:],
        *more,
    ]
    styles: list[Any] = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5))]
    labels = results.labels
    known = list(SEARCHERS)
    order = known + [label for label in labels if label not in known]
    found = {}
    for label in labels:
        place = order.index(label)
        round_, colour = divmod(max(place - 1, 0), len(palette) - 1)
        found[label] = {
            "color": palette[colour + 1 if place else 0],
            "linestyle": styles[(place + round_) % len(styles)],
        }
    return found


def legend(
    figure: Figure, drawn: Mapping[str, str], results: Results, *, dashed: bool = True
) -> None:
    """Name the drawn searchers right of the panels, in the suite's order.

    Args:
        figure: Where to.
        drawn: What each searcher that the figure shows is called there, by its label.
        results: The study's results, which give the colours.
        dashed: Whether line styles tell the searchers apart.
    """
    handles = []
    for label, style in looks(results).items():
        if label in drawn:
            line = style if dashed else {"color": style["color"]}
            name = in_short(drawn[label])
            handles.append(Line2D([], [], label=name, linewidth=1.8, **line))
    legend_of(figure, handles)


def legend_of(figure: Figure, handles: Sequence[Line2D], title: str = "") -> None:
    """A legend right of the panels, in a figure that is high enough for it.

    Args:
        figure: Where to.
        handles: What to name, with their labels.
        title: What stands above them.
    """
    many = len(handles) > _MOST_BESIDE
    lines = len(handles) + bool(title)
    needed = 0.7 + (0.17 if many else 0.2) * lines
    figure.set_figheight(max(figure.get_figheight(), needed))
    figure.legend(
        handles=handles,
        title=title or None,
        # Not above: a title may be as wide as the figure.
        loc="outside right center",
        frameon=False,
        fontsize=8 if many else None,
        labelspacing=0.3 if many else None,
    )


Ends = list[tuple[Any, Any, str, Any]]
"""Heights, abscissas, name and colour of each curve of a panel."""


def name_curves(
    figure: Figure,
    named: Sequence[tuple[Axes, Ends]],
    results: Results,
    gap: float = 0.07,
    *,
    dashed: bool = True,
) -> None:
    """Name curves beside their ends; in a legend where names are long, or many.

    Args:
        figure: Where to.
        named: Its panels with their curves; a curve's name begins with its searcher's
            label, and may go on in parentheses.
        results: The study's results, which give the colours.
        gap: Least distance between two names.
        dashed: Whether line styles tell the searchers apart.
    """
    names = {name for _, ends in named for *_, name, _ in ends}
    crowded = max((len(ends) for _, ends in named), default=0) > _MOST_BESIDE
    if not crowded and max(map(len, names), default=0) <= _LONGEST_BESIDE:
        for axes, ends in named:
            label_at_the_right(axes, ends, gap)
        return
    drawn = {
        label: name
        for label in results.labels
        for name in names
        if name == label or name.startswith(f"{label} (")
    }
    legend(figure, drawn, results, dashed=dashed)


def label_at_the_right(axes: Axes, ends: Ends, gap: float = 0.07) -> None:
    """Write each curve's name beside its end, in its colour, without overlap.

    Curves that end at the same height are ordered by how early they rose. Ordinates
    are shares, from 0 to 1.

    Args:
        axes: Where the curves are.
        ends: Heights, abscissas, name and colour of each curve.
        gap: Least distance between two names.
    """
    ranked = sorted(ends, key=lambda e: (e[0][-1], _height_over_logarithm(e[1], e[0])))
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
