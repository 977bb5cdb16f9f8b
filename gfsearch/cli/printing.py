"""The tables of a report as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gfsearch.cli.terminal import printable
from gfsearch.report.numbers import words
from gfsearch.report.tables import differs_from_guessing, smallest
from gfsearch.report.wording import (
    ACROSS_NOTE,
    PUBLISHED_NOTE,
    Marks,
    across_texts,
    by_ert,
    is_compared,
    nothing,
    published_texts,
    summary_note,
    summary_texts,
)
from gfsearch.report.writing import Report
from gfsearch.study.cost_kinds import COSTS


def print_summary(console: Console, title: str, report: Report) -> None:
    """Print the summary: one table, or one per group of columns if it is narrow.

    Within each task the searchers are sorted by their ERT in trials.

    Args:
        console: Where to.
        title: What was compared.
        report: The report.
    """
    costs, summary = report.results.costs, by_ert(report.summary)
    marks = differs_from_guessing(report.tables["comparisons"])
    compared = is_compared(summary)
    groups = [
        ["solved", *(f"ERT, {words(cost)}" for cost in costs)],
        [f"x guessing, {words(cost)}" for cost in costs] if compared else [],
        ["success rate", "single run", "test"],
    ]
    whole = _summary_table(summary, marks, [name for group in groups for name in group])
    unlimited = console.options.update(max_width=1000)
    fits = Measurement.get(console, unlimited, whole).maximum <= console.width
    heading = Text.assemble((printable(title), "bold"), " (intervals at 95 %)")
    console.print(heading, highlight=False)
    parts = [_summary_table(summary, marks, g) for g in groups if g]
    for table in [whole] if fits else parts:
        console.print(table)
    console.print(f"[dim]{summary_note(costs, compared)}[/dim]")


def _summary_table(
    summary: pd.DataFrame, marks: Marks, columns: Sequence[str]
) -> Table:
    """Some columns of the summary for a terminal, tasks one below the other."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("task / searcher", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    best = {f"ERT, {words(c)}": smallest(summary, f"ert_{c}") for c in COSTS}
    for task, rows in summary.groupby("task", sort=False):
        table.add_row(f"[bold]{task}[/bold]")
        for index, row in rows.iterrows():
            texts = {"solved": nothing(row)}
            if row.runs:
                texts = summary_texts(row, marks)
            for name in columns:
                if index in best.get(name, ()):
                    texts[name] = f"[bold]{texts[name]}[/bold]"
                if name.startswith("x guessing") and name in texts:
                    # The figures stand below each other, marked or not.
                    texts[name] += "" if texts[name].endswith(" *") else "  "
            table.add_row(f"  {row.searcher}", *(texts.get(c, "") for c in columns))
    return table


def _table(title: str, note: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=note,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )


def across_table(across: pd.DataFrame) -> Table:
    """Each searcher against guessing over all tasks, for a terminal."""
    table = _table("Over all tasks: how many times better than guessing", ACROSS_NOTE)
    table.add_column("searcher", no_wrap=True)
    rows = {
        str(label): across_texts(rows)
        for label, rows in across.groupby("searcher", sort=False)
    }
    for name in next(iter(rows.values())):
        # What follows the speed-up in a cost is of the same cost.
        within = name.startswith(("within", "p,"))
        title = name.split(",")[0] if within else name
        table.add_column(title, justify="right", no_wrap=True)
    for label, texts in rows.items():
        table.add_row(label, *texts.values())
    return table


def published_table(comparison: pd.DataFrame) -> Table:
    """Published figures beside ours, for a terminal."""
    table = _table("Published figures beside ours", PUBLISHED_NOTE)
    rows = [published_texts(row) for _, row in comparison.iterrows()]
    for name in rows[0]:
        figures = name in ("published", "ours")
        table.add_column(
            name,
            justify="right" if figures else "left",
            no_wrap=figures or name == "task",
        )
    for texts in rows:
        # A suite's own words are no markup.
        table.add_row(*(Text(printable(text)) for text in texts.values()))
    return table
