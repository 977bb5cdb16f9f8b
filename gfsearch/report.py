"""The report of a study: its tables and figures, as files and on the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from gfsearch.cells import Results
from gfsearch.figures import write_figures
from gfsearch.study import Study
from gfsearch.style import median, number, with_interval
from gfsearch.tables import ASSUMED_RUNS, published, summary


@dataclass(frozen=True, eq=False)
class Report:
    """What a report found and wrote.

    Attributes:
        results: The collected results.
        summary: One row per task and searcher.
        published: Published figures beside ours.
        files: The files written.
    """

    results: Results
    summary: pd.DataFrame
    published: pd.DataFrame
    files: list[Path]


def write_report(study: Study) -> Report:
    """Write tables and figures of what is on disk into the study's `report/`."""
    results = study.results()
    folder = study.folder / "report"
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"summary": summary(results)}
    comparison = published(results)
    if not comparison.empty:
        tables["published"] = comparison
    files = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(path)
    files += write_figures(results, folder)
    return Report(results, tables["summary"], comparison, files)


def summary_table(study: Study, summary: pd.DataFrame) -> Table:
    """The summary for a terminal, tasks one below the other."""
    table = Table(
        title=f"{study.suite.title or study.suite.name}: cost to solution, "
        "with 95 % intervals",
        title_justify="left",
        caption="ERT: expected trials or presentations to solution with restarts until "
        "success (all spent / runs solved). Single run: runs solved without a restart, "
        "median trials. Test: solved runs without test error, mean test error.",
        caption_justify="left",
    )
    table.add_column("task / searcher")
    for name in ("solved", "rate"):
        table.add_column(name, justify="right")
    for name in ("ERT, trials", "ERT, presentations"):
        table.add_column(name, justify="right")
    others = summary.searcher.nunique() > 1
    compared = bool(others and summary.speedup_trials_low.notna().any())
    if compared:
        for name in ("x guessing, trials", "x guessing, present."):
            table.add_column(name, justify="right")
    table.add_column("single run", justify="right")
    table.add_column("test", justify="right")
    for task, rows in summary.groupby("task", sort=False):
        table.add_row(f"[bold]{task}[/bold]")
        for _, row in rows.iterrows():
            table.add_row(*_cells_of(row, compared))
        table.add_section()
    return table


def _cells_of(row: pd.Series[Any], compared: bool) -> list[str]:
    """One line of the terminal's table."""
    if not row.runs:
        return [f"  {row.searcher}", "no runs yet"]

    def interval(name: str) -> str:
        return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])

    def speed_up(name: str) -> str:
        return "1" if row[f"{name}_low"] == row[f"{name}_high"] == 1 else interval(name)

    ratios = ["speedup_trials", "speedup_presentations"] if compared else []
    single = median(row.single_median_trials, row.budget)
    tested = f"{row.test_right}/{row.solved}, {100 * row.test_error:.1f} %"
    rate = f"{row.success_rate_low:.2f}-{row.success_rate_high:.2f}"
    return [
        f"  {row.searcher}",
        f"{row.solved}/{row.runs}",
        rate,
        interval("ert_trials"),
        interval("ert_presentations"),
        *map(speed_up, ratios),
        f"{row.single_solved}/{row.runs}, {single}",
        tested if row.solved else "-",
    ]


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
        caption=note,
        caption_justify="left",
    )
    for name in ("task", "method", "published", "ours", "ours / published", "verdict"):
        table.add_column(name, justify="left" if name != "ours" else "right")
    for _, row in comparison.iterrows():
        unsure = "" if row.verified else ", unverified"
        star = "*" if row.assumed else ""
        table.add_row(
            row.task,
            row.searcher,
            f"{row.published:,.6g}{star} {row.cost} ({row.source}{unsure})",
            "> budget" if math.isinf(row.ours) else number(row.ours),
            with_interval(row.ratio, row.ratio_low, row.ratio_high),
            row.verdict,
        )
    return table


def remarks(report: Report) -> Iterator[str]:
    """What a reader must know beside the tables, one line each."""
    results = report.results
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
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


def to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain values; nan and inf, which JSON lacks, become None."""
    finite = table.astype(object).where(table.notna(), None)
    finite = finite.replace([math.inf, -math.inf], None)
    return [
        {str(k): v for k, v in row.items()} for row in finite.to_dict(orient="records")
    ]
