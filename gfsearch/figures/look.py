"""What the figures of a study share: looks of searchers, and names beside curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from gfsearch.cells import Results
from gfsearch.searchers import SEARCHERS


def looks(results: Results) -> dict[str, dict[str, Any]]:
    """Colour and line style of each searcher, the same whatever else is drawn.

    Searchers under their own names have fixed colours of seaborn's colour-blind
    palette, and guessing, with which all are compared, a neutral one; labelled
    variants take the other colours in the suite's order. Line styles tell the
    searchers apart in a print without colour.
    """
    bright = sns.color_palette("colorblind", 10)
    # The palette's pale colours cannot be read as text; darker ones in their place.
    own = sns.color_palette(["#7a3b9a", "#8a8500", "#b2485f", "#5e8c31"])
    palette = [
        (0.25, 0.25, 0.25),
        *bright[1:6],
        bright[0],
        *own[:2],
        bright[9],
        *own[2:],
    ]
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


def label_at_the_right(
    axes: Axes, ends: list[tuple[Any, Any, str, Any]], gap: float = 0.105
) -> None:
    """Write each curve's name beside its end, in its colour, without overlap.

    Curves that end at the same height are ordered by how early they rose.

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
