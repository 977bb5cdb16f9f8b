"""How all figures look, and how they are written."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_RC: dict[str, Any] = {
    # Text stays text in SVG, and the file depends on the data alone.
    "svg.fonttype": "none",
    "svg.hashsalt": "gfsearch",
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.linewidth": 0.5,
}


def house_style() -> AbstractContextManager[None]:
    """The style of all figures, while the context lasts."""
    style: Any = {**sns.axes_style("whitegrid"), **_RC}
    return mpl.rc_context(style)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG; returns the files."""
    FigureCanvasAgg(figure)
    written = []
    for suffix in ("png", "svg"):
        path = folder / f"{name}.{suffix}"
        metadata = {"Date": None} if suffix == "svg" else {}
        figure.savefig(path, dpi=160, metadata=metadata)
        written.append(path)
    return written
