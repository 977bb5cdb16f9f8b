"""All figures of a study by name: drawn, and written with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gfsearch.report.figures.across import data_profiles, ecdf, performance_profiles
from gfsearch.report.figures.error import final_error
from gfsearch.report.figures.look import Drawing
from gfsearch.report.figures.loss import loss
from gfsearch.report.figures.published import published
from gfsearch.report.figures.restarts import restarts
from gfsearch.report.figures.saving import PICTURES, house_style, save
from gfsearch.report.figures.scaling import scaling
from gfsearch.report.figures.solutions import solutions
from gfsearch.report.figures.speedup import mean_speed_up, speed_up
from gfsearch.report.figures.survival import survival
from gfsearch.report.figures.timelag import time_lag
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results

DRAWINGS: dict[str, Callable[[Results, Cost | None], Drawing | None]] = {
    "mean-speedup": mean_speed_up,
    "survival": survival,
    "speedup": speed_up,
    "ecdf": ecdf,
    "performance-profile": performance_profiles,
    "data-profile": data_profiles,
    "restarts": restarts,
    "loss": loss,
    "scaling": scaling,
    "time-lag": time_lag,
    "against-published": published,
    "solutions": solutions,
    "final-error": final_error,
}
"""The function that draws each figure; it returns None where results are missing."""


def draw(results: Results, name: str, cost: Cost | None) -> Drawing | None:
    """Draw one figure, if the results allow it.

    Args:
        results: Collected results of a study.
        name: One of `DRAWINGS`.
        cost: The only cost to show; None for the figure's own choice.
    """
    with house_style():
        return DRAWINGS[name](results, cost)


def write_figure(results: Results, folder: Path, name: str) -> list[Path]:
    """Draw one figure, if the results allow it, and write it with its numbers.

    Args:
        results: Collected results of a study.
        folder: Where the files go.
        name: One of `DRAWINGS`.

    Returns:
        The files written: the pictures, and the numbers as CSV. If there is nothing to
        draw, none, and none remain of an earlier report.
    """
    drawing = draw(results, name, None)
    numbers = folder / f"{name}.csv"
    if drawing is None:
        for suffix in (*PICTURES, "csv"):
            numbers.with_suffix(f".{suffix}").unlink(missing_ok=True)
        return []
    written = save(drawing.figure, folder, name)
    drawing.data.to_csv(numbers, index=False)
    return [*written, numbers]
