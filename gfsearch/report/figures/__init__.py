"""Figures of a study: matplotlib with seaborn's styles, each with its numbers."""

from gfsearch.report.figures.drawings import DRAWINGS, draw, write_figure
from gfsearch.report.figures.look import Drawing
from gfsearch.report.figures.sequences import example_sequences

__all__ = ["DRAWINGS", "Drawing", "draw", "example_sequences", "write_figure"]
