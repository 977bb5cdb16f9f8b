"""The page of a study, put together from what it shows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gfsearch.report.answer import favoured, sentences
from gfsearch.report.numbers import words
from gfsearch.report.page import content
from gfsearch.report.page.commands import again, one_run, report
from gfsearch.report.page.making import making
from gfsearch.report.page.pictures import Picture
from gfsearch.report.page.sources import linked
from gfsearch.report.tables import Tables
from gfsearch.report.variations import is_sweep
from gfsearch.report.verdicts import PUBLISHED_NOTE, published_texts, verdicts_in_words
from gfsearch.report.wording import (
    ACROSS_NOTE,
    across_texts,
    is_compared,
    methods,
    remarks,
    summary_note,
)
from gfsearch.study.cost_kinds import COSTS
from gfsearch.study.results import Results
from gfsearch.study.study import Study

_ABOVE = ("mean-speedup", "speedup", "ecdf", "survival")
"""The figure on top of the page: the first of these that there is."""

_BY_TASK = ("speedup", "survival")
"""Figures whose panels stand with their tasks."""


def render(
    study: Study,
    tables: Tables,
    drawn: Mapping[str, Picture],
    pictures: Mapping[str, Sequence[Picture]],
    in_hand: Picture | None,
) -> str:
    """The page of a study as HTML; needs nothing beside itself.

    Args:
        study: The study.
        tables: The tables of its report, with its results.
        drawn: The figures of the whole study, by name.
        pictures: Those of each task, by its name.
        in_hand: The figure of the answer as narrow as a telephone.
    """
    results = tables.results
    environment = Environment(
        loader=PackageLoader("gfsearch.report.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["linked"] = linked
    environment.filters["words"] = words
    script = _text(environment, "page.js")
    above = ("parameters", *_ABOVE) if is_sweep(results) else _ABOVE
    headline = next((drawn[name] for name in above if name in drawn), None)
    more = [p for n, p in drawn.items() if p is not headline and n not in _BY_TASK]
    across = tables["across"]
    first, further = sentences(tables)
    return environment.get_template("page.html").render(
        title=study.suite.title or study.suite.name,
        source=study.suite.source,
        suite=study.suite,
        answer=first,
        further=further,
        verdicts=verdicts_in_words(tables["published"]),
        favoured=favoured(results),
        headline=headline,
        in_hand=in_hand if headline and headline.name == "mean-speedup" else None,
        remarks=list(remarks(results)),
        state=_state(results),
        results=results,
        all_costs=COSTS,
        columns=content.columns(results, tables["summary"]),
        rows=list(content.rows(tables)),
        searchers=content.colours_of(results),
        summary_note=summary_note(results.costs, is_compared(tables["summary"])),
        across={
            label: across_texts(rows)
            for label, rows in across.groupby("searcher", sort=False)
        },
        across_note=ACROSS_NOTE,
        across_costs=[cost for cost in COSTS if cost in set(across.cost)],
        more=more,
        tasks=_tasks(study, results, tables["published"], pictures),
        run_figures=content.RUN_FIGURES,
        published_note=PUBLISHED_NOTE,
        one_run=one_run(study),
        again=again(study),
        this_page=report(study),
        study=study,
        making=list(making(results, study.folder)),
        methods=list(methods(tables["searchers"])),
        plan=msgspec.json.format(msgspec.json.encode(study.suite.to_dict())).decode(),
        files={
            "summary.csv": _data(tables["summary"].to_csv(index=False), "text/csv"),
            "study.json": _data(
                (study.folder / "study.json").read_text("utf-8"), "application/json"
            ),
        },
        style=_text(environment, "page.css"),
        script=script,
        # The only script that the page runs, whatever its data say.
        allowed=_digest(script),
    )


def _text(environment: Environment, name: str) -> Markup:
    """A file beside the template, as it is."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])


def _digest(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _data(text: str, kind: str) -> str:
    """A file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"


def _state(results: Results) -> dict[str, Any]:
    """Numbers of planned, finished, failed and missing runs."""
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
    failed = sum(len(cell.failed) for cell in results.cells)
    missing = planned - done - failed
    return {"planned": planned, "done": done, "failed": failed, "missing": missing}


def _tasks(
    study: Study,
    results: Results,
    published: pd.DataFrame,
    pictures: Mapping[str, Sequence[Picture]],
) -> list[dict[str, Any]]:
    """Content of the page about each task."""
    most = max(content.MOST_RUNS // max(len(results.cells), 1), 1)
    colours = content.colours_of(results)
    plans = {table["name"]: table for table in study.suite.to_dict()["task"]}
    told = []
    for anchor, name in content.anchored(results):
        cells = [cell for cell in results.cells if cell.task.name == name]
        task = cells[0].task
        figures = published[published.task == name]
        told.append(
            {
                "anchor": anchor,
                "name": name,
                "problem": content.problem(task),
                "facts": list(content.facts(task, plans[name])),
                "pictures": pictures.get(name, ()),
                "published": [published_texts(row) for _, row in figures.iterrows()],
                "runs": list(content.runs(cells, most, colours)),
            }
        )
    return told
