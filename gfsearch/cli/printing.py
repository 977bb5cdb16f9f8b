"""The tables of a report as a terminal shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gfsearch.cli.terminal import printable
from gfsearch.report.numbers import words
from gfsearch.report.tables import differs_from_guessing, smallest
from gfsearch.report.variations import varied_columns
from gfsearch.report.verdicts import PUBLISHED_NOTE, published_texts
from gfsearch.report.wording import (
    ACROSS_NOTE,
    Marks,
    across_texts,
    by_ert,
    is_compared,
    nothing,
    parameter_texts,
    summary_note,
    summary_texts,
)
from gfsearch.report.writing import Report
from gfsearch.study.cost_kinds import COSTS

_ANY_WIDTH = 10_000

_Groups = Sequence[Sequence[str]]
"""The titles of columns that belong together."""


def print_summary(console: Console, title: str, report: Report) -> None:
    """Print as much of the summary as fits the terminal, and say where the rest is.

    Solved runs come first, then of each cost the ERT and the ratio to guessing. Within
    each task the searchers are sorted by their ERT in trials.

    Args:
        console: Where to.
        title: What was compared.
        report: The report.
    """
    costs, summary = report.results.costs, by_ert(report.summary)
    marks = differs_from_guessing(report.tables["comparisons"])
    compared = is_compared(summary)
    columns = ["solved", *(["best loss"] if report.results.unsolvable else [])]
    for cost in costs:
        columns.append(f"ERT, {words(cost)}")
        columns += [f"x guessing, {words(cost)}"] if compared else []
    columns += ["success rate", "single run", "test"]
    vain = report.results.unsolvable
    if vain and len(vain) == len(report.results.tasks):
        columns = ["best loss"]
    columns += [n for n in varied_columns(report.results) if n in summary]
    table_of = partial(_summary_table, summary, marks)
    shown = next(
        number
        for number in range(len(columns), 0, -1)
        if number == 1 or _fits(console, table_of(columns[:number]))
    )
    heading = Text.assemble((printable(title), "bold"), " (intervals at 95 %)")
    console.print(heading, highlight=False)
    console.print(table_of(columns[:shown]))
    if shown < len(columns):
        left_out = "; ".join(columns[shown:])
        where = report.folder / "summary.csv"
        told = f"No room for: {left_out}. They stand in {where} and on the page."
        console.print(Text(printable(told), style="dim"))
    console.print(f"[dim]{summary_note(costs, compared)}[/dim]")


def _fits(console: Console, table: Table) -> bool:
    """True if no figure of a table is cut: a cut one misleads."""
    unlimited = console.options.update(max_width=_ANY_WIDTH)
    return Measurement.get(console, unlimited, table).maximum <= console.width


def _fitting(
    console: Console, groups: _Groups, table_of: Callable[[Sequence[str]], Table]
) -> Iterator[Table]:
    """Few tables that hold all columns and cut no figure.

    A group of columns stays together unless it is wider than the terminal by itself.
    """
    together: list[Sequence[str]] = []
    for group in groups:
        together += (
            [group]
            if _fits(console, table_of(group))
            else [[column] for column in group]
        )
    held: list[str] = []
    for columns in together:
        if held and not _fits(console, table_of([*held, *columns])):
            yield table_of(held)
            held = []
        held += columns
    yield table_of(held)


def _summary_table(
    summary: pd.DataFrame, marks: Marks, columns: Sequence[str]
) -> Table:
    """Some columns of the summary for a terminal, tasks one below the other."""
    table = _table()
    table.add_column("task / searcher", overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    best = {
        f"ERT, {words(c)}": smallest(summary, f"ert_{c}")
        for c in COSTS
        if f"ert_{c}" in summary
    }
    for task, rows in summary.groupby("task", sort=False):
        table.add_row(f"[bold]{task}[/bold]")
        for index, row in rows.iterrows():
            # Where there is room for it.
            texts = {columns[min(1, len(columns) - 1)]: nothing(row)}
            if row.runs:
                texts = summary_texts(row, marks)
            texts |= parameter_texts(row)
            for name in columns:
                if index in best.get(name, ()):
                    texts[name] = f"[bold]{texts[name]}[/bold]"
                if name.startswith("x guessing") and name in texts:
                    # The figures stand below each other, marked or not.
                    texts[name] += "" if texts[name].endswith(" *") else "  "
            failed = f" ({row.failed} failed)" if row.failed and row.runs else ""
            table.add_row(
                f"  {row.searcher}{failed}", *(texts.get(c, "") for c in columns)
            )
    return table


def _table(title: str | None = None, note: str | None = None) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=note,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )


def print_across(console: Console, across: pd.DataFrame) -> None:
    """Print each searcher against guessing over all tasks.

    Args:
        console: Where to; its width says into how many tables the columns go.
        across: The table of that name.
    """
    rows = {
        str(label): across_texts(rows)
        for label, rows in across.groupby("searcher", sort=False)
    }
    groups: list[list[str]] = [[]]
    for name in next(iter(rows.values())):
        # What follows the speed-up in a cost is of the same cost.
        if name.startswith("x guessing"):
            groups.append([])
        groups[-1].append(name)
    heading = "Over all tasks: how many times better than guessing"
    console.print(Text(heading, style="bold"))
    for table in _fitting(console, groups, partial(_across_table, rows)):
        console.print(table)
    console.print(Text(ACROSS_NOTE, style="dim"))


def _across_table(
    rows: Mapping[str, Mapping[str, str]], columns: Sequence[str]
) -> Table:
    """Some columns of the table over all tasks."""
    table = _table()
    table.add_column("searcher", overflow="fold")
    for name in columns:
        what, _, cost = name.partition(", ")
        beside = what != "x guessing" and f"x guessing, {cost}" in columns
        table.add_column(what if beside else name, justify="right", overflow="fold")
    for label, texts in rows.items():
        table.add_row(label, *(texts[name] for name in columns))
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
            overflow="fold",
        )
    for texts in rows:
        # A suite's own words are no markup.
        table.add_row(*(Text(printable(text)) for text in texts.values()))
    return table
