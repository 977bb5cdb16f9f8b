"""The report of a study: its tables and figures, as files and on the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from gfsearch.cells import BACKWARD, COSTS, Cost, Results
from gfsearch.figures import write_figures
from gfsearch.study import Study
from gfsearch.style import median, number, with_interval, words
from gfsearch.tables import ASSUMED_RUNS, published, searchers, summary


@dataclass(frozen=True, eq=False)
class Report:
    """What a report found and wrote.

    Attributes:
        results: The collected results.
        summary: One row per task and searcher.
        searchers: Where each searcher and its parameters come from.
        published: Published figures beside ours.
        files: The files written.
    """

    results: Results
    summary: pd.DataFrame
    searchers: pd.DataFrame
    published: pd.DataFrame
    files: list[Path]


def write_report(study: Study) -> Report:
    """Write tables and figures of what is on disk into the study's `report/`."""
    results = study.results()
    folder = study.folder / "report"
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"summary": summary(results), "searchers": searchers(results)}
    comparison = published(results)
    if not comparison.empty:
        tables["published"] = comparison
    files = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(path)
    files += write_figures(results, folder)
    return Report(results, tables["summary"], tables["searchers"], comparison, files)


def print_summary(
    console: Console, title: str, summary: pd.DataFrame, costs: Sequence[Cost]
) -> None:
    """Print the summary: one table, or one per group of columns if it is narrow.

    Args:
        console: Where to.
        title: What was compared.
        summary: One row per task and searcher.
        costs: The costs to show.
    """
    known = summary.speedup_trials_low.notna().any()
    compared = summary.searcher.nunique() > 1 and known
    groups = [
        ["solved", *(f"ERT, {words(cost)}" for cost in costs)],
        [f"x guessing, {words(cost)}" for cost in costs] if compared else [],
        ["success rate", "single run", "test"],
    ]
    whole = _summary_table(summary, [name for group in groups for name in group])
    unlimited = console.options.update(max_width=1000)
    fits = Measurement.get(console, unlimited, whole).maximum <= console.width
    console.print(f"[bold]{title}[/bold] (intervals at 95 %)", highlight=False)
    parts = [whole] if fits else [_summary_table(summary, g) for g in groups if g]
    for table in parts:
        console.print(table)
    equivalents = (
        f" Forward-equivalents: presentations + {BACKWARD:g} x gradients (backward "
        "passes)."
        if "forward_equivalents" in costs
        else ""
    )
    console.print(
        "[dim]ERT: expected cost to solution with restarts until success (all spent / "
        "runs solved). x guessing: ERT of guessing / ERT. Single run: runs solved "
        "without a restart, median trials. Test: solved runs without test error, mean "
        "test error. A trial of an on-line searcher is a pass through the training "
        f"set.{equivalents}[/dim]"
    )


def _summary_table(summary: pd.DataFrame, columns: Sequence[str]) -> Table:
    """Some columns of the summary for a terminal, tasks one below the other."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("task / searcher", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for task, rows in summary.groupby("task", sort=False):
        table.add_row(f"[bold]{task}[/bold]")
        for _, row in rows.iterrows():
            texts = _texts(row) if row.runs else {"solved": _nothing(row)}
            table.add_row(f"  {row.searcher}", *(texts.get(c, "") for c in columns))
    return table


def _nothing(row: pd.Series[Any]) -> str:
    return "not applicable" if row.not_applicable else "no runs yet"


def _texts(row: pd.Series[Any]) -> dict[str, str]:
    """One row of the summary in words, by the terminal's columns."""

    def interval(name: str) -> str:
        return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])

    def speed_up(name: str) -> str:
        return "1" if row[f"{name}_low"] == row[f"{name}_high"] == 1 else interval(name)

    tested = f"{row.test_right}/{row.solved}, {100 * row.test_error:.1f} %"
    single = median(row.single_median_trials, row.budget)
    return {
        "solved": f"{row.solved}/{row.runs}",
        **{f"ERT, {words(cost)}": interval(f"ert_{cost}") for cost in COSTS},
        **{f"x guessing, {words(cost)}": speed_up(f"speedup_{cost}") for cost in COSTS},
        "success rate": interval("success_rate"),
        "single run": f"{row.single_solved}/{row.runs}, {single}",
        "test": tested if row.solved else "-",
    }


def published_table(comparison: pd.DataFrame) -> Table:
    """Published figures beside ours, for a terminal."""
    note = (
        f"Verdicts count both errors; {ASSUMED_RUNS} simulations are assumed behind a "
        "published mean (*) whose source does not say. Unverified: not read in the "
        "primary source."
    )
    table = Table(
        title="Published figures beside ours",
        title_justify="left",
        title_style="bold",
        caption=note,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for name in ("task", "method", "published", "ours", "verdict", "source"):
        figures = name in ("published", "ours")
        table.add_column(
            name,
            justify="right" if figures else "left",
            no_wrap=figures or name == "task",
        )
    for _, row in comparison.iterrows():
        verdict = row.verdict
        if verdict == "consistent" and row.cost != "error":
            ratio = with_interval(row.ratio, row.ratio_low, row.ratio_high)
            verdict = f"consistent: a factor of {ratio}"
        table.add_row(
            row.task,
            row.searcher,
            f"{row.published:,.6g}{'*' if row.assumed and row.cost != 'error' else ''}",
            f"> {number(row.ours_low)}" if math.isinf(row.ours) else number(row.ours),
            verdict,
            f"{row.cost}, {row.source}" + ("" if row.verified else ", unverified"),
        )
    return table


def methods(searchers: pd.DataFrame) -> Iterator[str]:
    """Where each searcher, its first points and its parameters come from."""
    yield (
        "Searchers begin with points drawn from the task's weight range, but for those "
        "whose line says otherwise."
    )
    for _, row in searchers.iterrows():
        stops = "" if row.restarts else ", not started afresh when it stops"
        begins = "" if pd.isna(row.initial) else f", begins within ±{row.initial:g}"
        yield (
            f"{row.searcher}: {row.source}; "
            f"{row.changed or 'default parameters'}{begins}{stops}."
        )


def remarks(report: Report) -> Iterator[str]:
    """What a reader must know beside the tables, one line each."""
    results = report.results
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
    yield from results.reasons
    failed = sum(len(cell.failed) for cell in results.cells)
    if done < planned:
        yield f"{planned - done - failed} of {planned} runs are still missing"
    if failed:
        yield (
            f"{failed} runs failed and count for nothing; "
            "repeat them with compare --retry-failed"
        )
    if results.unplanned:
        yield (
            f"{results.unplanned} other records in this study do not belong to its "
            "present plan and were left out"
        )
    if results.unreadable:
        yield f"{results.unreadable} damaged lines in the record files were skipped"
    if results.contradicting:
        yield (
            f"{len(results.contradicting)} runs have two records that differ; the "
            f"first counts ({', '.join(results.contradicting[:3])})"
        )
    short = report.summary[report.summary.runs.between(1, 9)]
    if len(short):
        yield "fewer than 10 runs per cell: the intervals are rough"
