"""All figures of a study by name: drawn, and written with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gfsearch.report.figures.across import data_profiles, ecdf, performance_profiles
from gfsearch.report.figures.error import final_error
from gfsearch.report.figures.generalising import generalising
from gfsearch.report.figures.look import Drawing
from gfsearch.report.figures.loss import loss
from gfsearch.report.figures.parameters import parameters
from gfsearch.report.figures.published import published, replicated
from gfsearch.report.figures.readings import by_reading
from gfsearch.report.figures.restarts import restarts
from gfsearch.report.figures.saving import PICTURES, house_style, save, to_svg
from gfsearch.report.figures.scaling import scaling
from gfsearch.report.figures.solutions import solutions
from gfsearch.report.figures.speedup import mean_speed_up, speed_up
from gfsearch.report.figures.survival import survival
from gfsearch.report.figures.timelag import time_lag
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost

DRAWINGS: dict[str, Callable[[Tables, Cost | None], Drawing | None]] = {
    "mean-speedup": mean_speed_up,
    "survival": survival,
    "speedup": speed_up,
    "ecdf": ecdf,
    "performance-profile": performance_profiles,
    "data-profile": data_profiles,
    "generalising": generalising,
    "restarts": restarts,
    "loss": loss,
    "parameters": parameters,
    "scaling": scaling,
    "time-lag": time_lag,
    "against-published": published,
    "replicated": replicated,
    "by-reading": by_reading,
    "solutions": solutions,
    "final-error": final_error,
}
"""The function that draws each figure; it returns None where results are missing."""


def draw(tables: Tables, name: str, cost: Cost | None) -> Drawing | None:
    """Draw one figure, if the results allow it.

    Args:
        tables: The tables of a study, with its results.
        name: One of `DRAWINGS`.
        cost: The only cost to show; None for the figure's own choice.
    """
    results = tables.results
    if (
        name != "loss"
        and results.tasks
        and len(results.unsolvable) == len(results.tasks)
    ):
        return None  # Of costs to solutions that there cannot be.
    with house_style():
        return DRAWINGS[name](tables, cost)


@dataclass(frozen=True)
class Written:
    """A figure that was written.

    Attributes:
        files: The pictures, and the numbers as CSV.
        svg: The text of the SVG file among them.
    """

    files: Sequence[Path]
    svg: str


def write_figure(tables: Tables, folder: Path, name: str) -> Written | None:
    """Draw one figure, if the results allow it, and write it with its numbers.

    Args:
        tables: The tables of a study, with its results.
        folder: Where the files go.
        name: One of `DRAWINGS`.

    Returns:
        None if there is nothing to draw; then no files remain of an earlier report.
    """
    drawing = draw(tables, name, None)
    numbers = folder / f"{name}.csv"
    if drawing is None:
        for suffix in (*PICTURES, "csv"):
            numbers.with_suffix(f".{suffix}").unlink(missing_ok=True)
        return None
    svg = to_svg(drawing.figure)
    numbers.with_suffix(".svg").write_text(svg, encoding="utf-8")
    others = [suffix for suffix in PICTURES if suffix != "svg"]
    pictures = save(drawing.figure, folder, name, others)
    drawing.data.to_csv(numbers, index=False)
    return Written([*pictures, numbers.with_suffix(".svg"), numbers], svg)
