"""How all figures look, and how they are written."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from gfsearch.errors import InputError

_RC: dict[str, Any] = {
    # Text stays text in SVG, and the file depends on the data alone.
    "svg.fonttype": "none",
    "svg.hashsalt": "gfsearch",
    # Publishers refuse the default, Type 3.
    "pdf.fonttype": 42,
    "axes.titlelocation": "left",
    # One weight of one font: to embed another takes a quarter of a PDF's time.
    "axes.titleweight": "normal",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.linewidth": 0.5,
}


def house_style() -> AbstractContextManager[None]:
    """The style of all figures, while the context lasts."""
    style: Any = {**sns.axes_style("whitegrid"), **_RC}
    return mpl.rc_context(style)


PICTURES = ("png", "svg", "pdf")
"""The formats that figures are written in."""

_DPI = 130


def save(
    figure: Figure, folder: Path, name: str, formats: Sequence[str] = PICTURES
) -> list[Path]:
    """Write a figure in several formats; returns the files."""
    written = []
    for suffix in formats:
        figure.set_dpi(_DPI)
        path = folder / f"{name}.{suffix}"
        # Without a date: the same data make the same file. Not `savefig`, which would
        # draw everything once more for each format to find the layout.
        canvas: Any
        if suffix == "png":
            canvas = FigureCanvasAgg(figure)
            canvas.print_png(path)
        elif suffix == "svg":
            canvas = FigureCanvasSVG(figure)
            canvas.print_svg(path, metadata={"Date": None})
        else:
            canvas = FigureCanvasPdf(figure)
            canvas.print_pdf(path, metadata={"CreationDate": None})
        # The first format has found the layout, which is that of all.
        figure.set_layout_engine("none")
        written.append(path)
    return written


def to_svg(figure: Figure) -> str:
    """A figure as the text of an SVG file."""
    figure.set_dpi(_DPI)
    text = io.StringIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(text, metadata={"Date": None})
    return text.getvalue()


def write(figure: Figure, path: Path) -> None:
    """Write a figure into one file, in the format that its name ends with.

    Raises:
        InputError: The file's ending is no picture's, or it cannot be written.
    """
    if path.suffix.removeprefix(".") not in PICTURES:
        raise InputError(f"--out: {path}: expected .png, .svg or .pdf")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(figure, path.parent, path.stem, [path.suffix.removeprefix(".")])
    except OSError as error:
        raise InputError(f"--out: {path}: {error.strerror}") from None
