"""The house style of figures, and writing them to files."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from gfsearch.specs.errors import InputError

_RC: dict[str, Any] = {
    # Text stays text in SVG, and the file depends on the data alone.
    "svg.fonttype": "none",
    "svg.hashsalt": "gfsearch",
    # Publishers refuse the default, Type 3.
    "pdf.fonttype": 42,
    # It comes with matplotlib: labels have the same widths on every machine.
    "font.sans-serif": ["DejaVu Sans"],
    "axes.titlelocation": "left",
    # One weight of one font: to embed another takes a quarter of a PDF's time.
    "axes.titleweight": "normal",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.linewidth": 0.5,
}


@contextmanager
def house_style() -> Iterator[None]:
    """The style of all figures, while the context lasts.

    It begins with matplotlib's own defaults: nothing depends on a user's settings, such
    as fonts or LaTeX, and matplotlib, and what it embeds fonts with, tell nothing to a
    user who has not called them.
    """
    style: Any = {**sns.axes_style("whitegrid"), **_RC}
    logs = [logging.getLogger(name) for name in ("matplotlib", "fontTools")]
    levels = [log.level for log in logs]
    with mpl.rc_context(), warnings.catch_warnings():
        # They are attributed to the caller of matplotlib.
        warnings.simplefilter("ignore", UserWarning)
        for log in logs:
            log.setLevel(logging.ERROR)
        mpl.rcdefaults()
        mpl.rcParams.update(style)
        try:
            yield
        finally:
            for log, level in zip(logs, levels, strict=True):
                log.setLevel(level)


PICTURES = ("png", "svg", "pdf")
"""The formats that figures are written in."""

_DPI = 130


def save(
    figure: Figure, folder: Path, name: str, formats: Sequence[str] = PICTURES
) -> list[Path]:
    """Write a figure in several formats, in the house style; returns the files."""
    written = []
    with house_style():
        _lay_out(figure)
        for suffix in formats:
            path = folder / f"{name}.{suffix}"
            _write_picture(figure, path, suffix)
            written.append(path)
    return written


_NARROWEST, _LOWEST = 2.0, 1.0
"""Inches that each panel of a figure is wide and high at least."""


def _lay_out(figure: Figure) -> None:
    """Find the layout, once for all formats, in a figure large enough for it.

    Names of searchers and tasks may be long: what they take from the panels beyond
    what these can spare is added to the figure.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    figure.set_dpi(_DPI)
    FigureCanvasAgg(figure)
    for _ in range(_LAYOUTS):
        width, height = figure.get_size_inches()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            engine.execute(figure)
        if told:  # There was no room for any panel: nothing was laid out.
            figure.set_size_inches(1.4 * width, 1.2 * height)
            continue
        panels = [axes for axes in figure.axes if axes.get_visible()]
        places = [axes.get_position() for axes in panels]
        wider = _NARROWEST - min(place.width * width for place in places)
        higher = _LOWEST - min(place.height * height for place in places)
        if max(wider, higher) < 0.01:
            break
        specs = [spec for axes in panels if (spec := axes.get_subplotspec())]
        columns = max((spec.get_gridspec().ncols for spec in specs), default=1)
        rows = max((spec.get_gridspec().nrows for spec in specs), default=1)
        figure.set_size_inches(
            width + columns * max(wider, 0.0), height + rows * max(higher, 0.0)
        )
    figure.set_layout_engine("none")


_LAYOUTS = 6
"""Times that a figure is laid out at most: one is enough where names are short."""


def _write_picture(figure: Figure, target: Path | io.StringIO, suffix: str) -> None:
    """Write a figure in one format.

    Without a date: the same data make the same file. Not `savefig`, which would draw
    everything once more for each format to find the layout.
    """
    figure.set_dpi(_DPI)
    canvas: Any
    if suffix == "png":
        canvas = FigureCanvasAgg(figure)
        canvas.print_png(target)
    elif suffix == "svg":
        canvas = FigureCanvasSVG(figure)
        canvas.print_svg(target, metadata={"Date": None})
    else:
        for text in figure.findobj(Text):
            # Ligatures are of a second font, which takes a tenth of a second.
            if hasattr(text, "set_fontfeatures"):  # matplotlib 3.11
                text.set_fontfeatures(["-liga"])
        canvas = FigureCanvasPdf(figure)
        canvas.print_pdf(target, metadata={"CreationDate": None})


def to_svg(figure: Figure) -> str:
    """A figure as the text of an SVG file, in the house style."""
    text = io.StringIO()
    with house_style():
        _lay_out(figure)
        _write_picture(figure, text, "svg")
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
