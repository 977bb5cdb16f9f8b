"""The pictures of a page: those of each task, and those of the whole study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from gfsearch.report.captions import STUDY_FIGURES
from gfsearch.report.figures import draw, example_sequences
from gfsearch.report.figures.saving import house_style, to_svg
from gfsearch.report.figures.speedup import mean_speed_up
from gfsearch.report.numbers import words
from gfsearch.report.page.svg import inline
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import Cost
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.task import Task


@dataclass(frozen=True)
class Picture:
    """A figure on the page.

    Attributes:
        name: Unique on the page.
        caption: What it shows.
        svg: The figure as an element of the page.
        cost: The cost that it shows, if it shows one.
    """

    name: str
    caption: str
    svg: Markup
    cost: Cost | None = None


def of_task(tables: Tables, task: str, number: int, seed: int) -> list[Picture]:
    """Example sequences, survival curves in each cost, and the speed-up over guessing.

    Args:
        tables: The tables of the study, with its results.
        task: Name of a task.
        number: Its number on the page.
        seed: The study's root seed.
    """
    part = tables.of_task(task)
    found = _examples(part.results.cells[0].task, number, seed)
    drawn: list[tuple[str, Cost | None]] = [
        *(("survival", cost) for cost in tables.results.costs),
        ("speedup", None),
    ]
    for figure, cost in drawn:
        drawing = draw(part, figure, cost)
        if drawing is not None:
            name = f"{figure}-{number}" + (f"-{cost}" if cost else "")
            caption = _CAPTIONS[figure].format(words(cost) if cost else "")
            found.append(_picture(name, caption, to_svg(drawing.figure), cost))
    return found


def _examples(task: AnyTask, number: int, seed: int) -> list[Picture]:
    """The picture of example sequences; none if they cannot be drawn here."""
    if not isinstance(task, Task) or task.episodic:
        return []
    try:
        train, _ = task.sequences(0, seed)
    except (Exception, SystemExit):  # In a problem of others: its runs say why.
        return []
    with house_style():
        name = f"sequences-{number}"
        return [_picture(name, _SEQUENCES, to_svg(example_sequences(train)))]


_SEQUENCES = (
    "Four training sequences of run 0, two of the shortest and two longer ones: the "
    "lines, or shades, are inputs, the dots targets."
)


def in_hand(tables: Tables) -> Picture | None:
    """The figure of the answer as narrow as a telephone; None if there is none."""
    with house_style():
        drawing = mean_speed_up(tables, narrow=True)
    if drawing is None:
        return None
    name = "mean-speedup-in-hand"
    caption = _told(STUDY_FIGURES["mean-speedup"])
    return _picture(name, caption, to_svg(drawing.figure))


_CAPTIONS = {
    "survival": "Probability of having solved the task against the {}, with 95 % bands "
    "(Kaplan-Meier).",
    "speedup": "How many times fewer trials, presentations (and forward-equivalents, "
    "where gradients are used) than random weight guessing, with 95 % intervals; "
    "arrows are bounds.",
}


def _picture(name: str, caption: str, svg: str, cost: Cost | None = None) -> Picture:
    return Picture(name, caption, inline(svg, name, caption), cost)


def of_study(svgs: Mapping[str, str]) -> dict[str, Picture]:
    """The figures of the whole study that were drawn, by name.

    Args:
        svgs: Texts of SVG files, by the figures' names.
    """
    found = {}
    for name, caption in STUDY_FIGURES.items():
        if name in svgs:
            found[name] = _picture(name, _told(caption), svgs[name])
    return found


def _told(caption: str) -> str:
    """A caption as a sentence, without the results that the figure needs."""
    told = caption.split(";")[0]
    return f"{told[0].upper()}{told[1:]}."
