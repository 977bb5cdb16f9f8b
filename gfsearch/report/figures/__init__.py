"""Figures of a study: matplotlib with seaborn's styles, each with its numbers."""

from gfsearch.report.figures.drawings import DRAWINGS, Written, draw, write_figure
from gfsearch.report.figures.look import Drawing
from gfsearch.report.figures.sequences import example_sequences

__all__ = [
    "DRAWINGS",
    "Drawing",
    "Written",
    "draw",
    "example_sequences",
    "write_figure",
]
