"""The tables of a report as a terminal shows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from gfsearch.cells import BACKWARD, COSTS, Cost
from gfsearch.report import Report
from gfsearch.style import median, number, with_interval, words
from gfsearch.tables import ASSUMED_RUNS, LEVEL, differs_from_guessing, smallest

_Marks = set[tuple[str, str, str]]


def print_summary(console: Console, title: str, report: Report) -> None:
    """Print the summary: one table, or one per group of columns if it is narrow.

    Within each task the searchers are sorted by their ERT in trials.

    Args:
        console: Where to.
        title: What was compared.
        report: The report.
    """
    costs, summary = report.results.costs, _sorted(report.summary)
    marks = differs_from_guessing(report.tables["comparisons"])
    known = summary.speedup_trials_low.notna().any()
    compared = summary.searcher.nunique() > 1 and known
    groups = [
        ["solved", *(f"ERT, {words(cost)}" for cost in costs)],
        [f"x guessing, {words(cost)}" for cost in costs] if compared else [],
        ["success rate", "single run", "test"],
    ]
    whole = _summary_table(summary, marks, [name for group in groups for name in group])
    unlimited = console.options.update(max_width=1000)
    fits = Measurement.get(console, unlimited, whole).maximum <= console.width
    console.print(f"[bold]{title}[/bold] (intervals at 95 %)", highlight=False)
    parts = [_summary_table(summary, marks, g) for g in groups if g]
    for table in [whole] if fits else parts:
        console.print(table)
    console.print(f"[dim]{_legend(costs, bool(compared))}[/dim]")


def _sorted(summary: pd.DataFrame) -> pd.DataFrame:
    """Tasks in their order, searchers by ERT, then by its bound; last what has none."""
    order = {task: i for i, task in enumerate(dict.fromkeys(summary.task))}
    place = summary.assign(
        place=summary.task.map(order), bound=-summary.ert_trials_low.fillna(0.0)
    )
    by = ["place", "ert_trials", "bound"]
    return place.sort_values(by, kind="stable").drop(columns=["place", "bound"])


def _legend(costs: Sequence[Cost], compared: bool) -> str:
    lines = [
        "ERT: expected cost to solution with restarts until success (all spent / "
        "runs solved); the smallest in bold.",
        "x guessing: ERT of guessing / ERT; * differs from guessing: log-rank test of "
        f"the runs as made, p < {LEVEL:g} after Holm over the task's searchers."
        if compared
        else "",
        "Single run: runs solved without a restart, median trials. Test: solved runs "
        "without test error, mean test error. A trial of an on-line searcher is a pass "
        "through the training set.",
        f"Forward-equivalents: presentations + {BACKWARD:g} x gradients (backward "
        "passes)."
        if "forward_equivalents" in costs
        else "",
    ]
    return " ".join(line for line in lines if line)


def _summary_table(
    summary: pd.DataFrame, marks: _Marks, columns: Sequence[str]
) -> Table:
    """Some columns of the summary for a terminal, tasks one below the other."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("task / searcher", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    best = {cost: smallest(summary, f"ert_{cost}") for cost in COSTS}
    for task, rows in summary.groupby("task", sort=False):
        table.add_row(f"[bold]{task}[/bold]")
        for index, row in rows.iterrows():
            bold = {cost for cost in COSTS if index in best[cost]}
            texts = {"solved": _nothing(row)}
            if row.runs:
                texts = _texts(row, bold, marks)
            table.add_row(f"  {row.searcher}", *(texts.get(c, "") for c in columns))
    return table


def _nothing(row: pd.Series[Any]) -> str:
    return "not applicable" if row.not_applicable else "no runs yet"


def _texts(row: pd.Series[Any], best: set[Cost], marks: _Marks) -> dict[str, str]:
    """One row of the summary in words, by the terminal's columns."""

    def interval(name: str) -> str:
        return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])

    def ert(cost: Cost) -> str:
        text = interval(f"ert_{cost}")
        return f"[bold]{text}[/bold]" if cost in best else text

    def speed_up(cost: Cost) -> str:
        name = f"speedup_{cost}"
        if row[f"{name}_low"] == row[f"{name}_high"] == 1:
            return "1  "
        marked = (row.task, row.searcher, cost) in marks
        return interval(name) + (" *" if marked else "  ")

    tested = f"{row.test_right}/{row.solved}, {100 * row.test_error:.1f} %"
    single = median(row.single_median_trials, row.budget)
    return {
        "solved": f"{row.solved}/{row.runs}",
        **{f"ERT, {words(cost)}": ert(cost) for cost in COSTS},
        **{f"x guessing, {words(cost)}": speed_up(cost) for cost in COSTS},
        "success rate": interval("success_rate"),
        "single run": f"{row.single_solved}/{row.runs}, {single}",
        "test": tested if row.solved else "-",
    }


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
    table = _table(
        "Over all tasks: how many times better than guessing",
        "x guessing: geometric mean over tasks of ERT of guessing / ERT, stratified "
        "bootstrap; where one of the two never solves a task, its bound is carried "
        "through. Within: likewise of the mean costs of runs ended at the smaller "
        "budget. p: log-rank test stratified by task, after Holm over the searchers.",
    )
    table.add_column("searcher", no_wrap=True)
    for name in ("tasks", "solved"):
        table.add_column(name, justify="right")
    costs: list[Cost] = [cost for cost in COSTS if cost in set(across.cost)]
    for cost in costs:
        for name in (f"x guessing, {words(cost)}", "within", "p"):
            table.add_column(name, justify="right", no_wrap=True)
    for label, rows in across.groupby("searcher", sort=False):
        by_cost = rows.set_index("cost")
        first = rows.iloc[0]
        texts = [str(label), str(first.tasks), str(first.solved_tasks)]
        for cost in costs:
            row = by_cost.loc[cost].to_dict()
            texts += [
                with_interval(row["speedup"], row["speedup_low"], row["speedup_high"]),
                number(row["mean_ratio"]),
                "< 0.001" if row["p_holm"] < 0.001 else f"{row['p_holm']:.3f}",
            ]
        table.add_row(*texts)
    return table


def published_table(comparison: pd.DataFrame) -> Table:
    """Published figures beside ours, for a terminal."""
    note = (
        f"Verdicts count both errors; {ASSUMED_RUNS} simulations are assumed behind a "
        "published mean (*) whose source does not say. Unverified: not read in the "
        "primary source."
    )
    table = _table("Published figures beside ours", note)
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
