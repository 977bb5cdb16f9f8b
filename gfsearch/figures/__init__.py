"""Figures of a study: matplotlib with seaborn's styles, written as PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from gfsearch.cells import Results
from gfsearch.drawing import house_style, save
from gfsearch.figures.error import final_error
from gfsearch.figures.speedup import speed_up
from gfsearch.figures.survival import survival
from gfsearch.figures.timelag import time_lag


def write_figures(results: Results, folder: Path) -> list[Path]:
    """Draw all figures that the results allow.

    Args:
        results: Collected results of a study.
        folder: Where the files go.

    Returns:
        The files written.
    """
    drawings: dict[str, Callable[[Results], Figure | None]] = {
        "survival": survival,
        "speedup": speed_up,
        "time-lag": time_lag,
        "final-error": final_error,
    }
    written = []
    with house_style():
        for name, draw in drawings.items():
            figure = draw(results)
            if figure is not None:
                written += save(figure, folder, name)
    return written
