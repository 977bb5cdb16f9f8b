"""Words of the tables, alike in a terminal and on the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from gfsearch.report.numbers import median, number, parameter, with_interval, words
from gfsearch.report.tables import LEVEL
from gfsearch.study.cost_kinds import BACKWARD, COSTS, Cost
from gfsearch.study.records import Status
from gfsearch.study.results import Cell, Results

Marks = set[tuple[str, str, str]]
"""Task, searcher and cost of the significant differences from guessing."""

ACROSS_NOTE = (
    "x guessing: geometric mean over tasks of ERT of guessing / ERT, stratified "
    "bootstrap; where one of the two never solves a task, its bound is carried "
    "through. Within: likewise of the mean costs of runs ended at the smaller "
    "budget. p: log-rank test stratified by task, after Holm over the searchers."
)

_PASSES = "-"
"""Instead of a comparison in trials of an on-line searcher, whose trial is a pass."""


def by_ert(summary: pd.DataFrame) -> pd.DataFrame:
    """The summary with the searchers of each task sorted by their ERT in trials.

    Then by the ERT's bound; last come those of which nothing is known.
    """
    order = {task: i for i, task in enumerate(dict.fromkeys(summary.task))}
    place = summary.assign(
        place=summary.task.map(order), bound=-summary.ert_trials_low.fillna(0.0)
    )
    by = ["place", "ert_trials", "bound"]
    return place.sort_values(by, kind="stable").drop(columns=["place", "bound"])


def is_compared(summary: pd.DataFrame) -> bool:
    """True if there is something to compare with guessing."""
    known = summary.speedup_presentations_low.notna().any()
    return bool(summary.searcher.nunique() > 1 and known)


def summary_note(costs: Sequence[Cost], compared: bool) -> str:
    """Explain the columns of the summary.

    Args:
        costs: The costs shown.
        compared: Whether speed-ups over guessing are.
    """
    lines = [
        "ERT: expected cost to solution with restarts until success (all spent / "
        "runs solved); the smallest in bold, in presentations alone where an on-line "
        "searcher takes part.",
        "x guessing: ERT of guessing / ERT; * differs from guessing: log-rank test of "
        f"the runs as made, p < {LEVEL:g} after Holm over the task's searchers."
        if compared
        else "",
        "Single run: runs solved without a restart, median trials. Test: solved runs "
        "that meet the criterion on the test set, too, mean share of wrong test "
        "sequences. A trial of an on-line searcher is a pass through the training set: "
        "it is compared in presentations.",
        f"Forward-equivalents: presentations + {BACKWARD:g} x gradients (backward "
        "passes)."
        if "forward_equivalents" in costs
        else "",
    ]
    return " ".join(line for line in lines if line)


def nothing(row: pd.Series[Any]) -> str:
    """The reason why a row of the summary has no numbers."""
    if row.failed:
        return f"{row.failed} failed"
    return "not applicable" if row.not_applicable else "no runs yet"


def interval(row: pd.Series[Any], name: str) -> str:
    """A column of the summary with its limits."""
    return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def summary_texts(row: pd.Series[Any], marks: Marks) -> dict[str, str]:
    """A row of the summary, by the titles of columns.

    Args:
        row: With at least one run.
        marks: What differs from guessing.
    """

    def speed_up(cost: Cost) -> str:
        name = f"speedup_{cost}"
        if row.on_line and cost == "trials":
            return _PASSES
        if row[f"{name}_low"] == row[f"{name}_high"] == 1:
            return "1"
        marked = (row.task, row.searcher, cost) in marks
        return interval(row, name) + (" *" if marked else "")

    costs = [cost for cost in COSTS if f"ert_{cost}" in row]
    tested = f"{row.test_right}/{row.solved}, {100 * row.test_error:.1f} %"
    single = median(row.single_median_trials, row.horizon_trials)
    return {
        "solved": f"{row.solved}/{row.runs}",
        **{f"ERT, {words(cost)}": interval(row, f"ert_{cost}") for cost in costs},
        **{f"x guessing, {words(cost)}": speed_up(cost) for cost in costs},
        "success rate": interval(row, "success_rate"),
        "single run": f"{row.single_solved}/{row.runs}, {single}",
        "best loss": _spread(row, "best_loss"),
        "test": tested if row.solved and not math.isnan(row.test_error) else "-",
    }


def _spread(row: pd.Series[Any], name: str) -> str:
    """A median with its quartiles; empty if it is not known."""
    if math.isnan(row[name]):
        return ""
    low, high = row[f"{name}_lower_quartile"], row[f"{name}_upper_quartile"]
    return f"{number(row[name])} ({number(low)}, {number(high)})"


def parameter_texts(row: pd.Series[Any]) -> dict[str, str]:
    """Parameters of a row, by their columns; empty where it has none.

    Columns of parameters, and no others, have a dot in their name.
    """
    return {str(n): parameter(value) for n, value in row.items() if "." in str(n)}


def brief(summary: pd.DataFrame) -> pd.DataFrame:
    """The main numbers of a summary as texts, a row per task and searcher."""
    titles = ["solved", "ERT, trials", "x guessing, trials", "ERT, presentations"]
    titles.append("x guessing, presentations")
    rows = []
    for _, row in summary.iterrows():
        texts = summary_texts(row, set()) if row.runs else {"solved": nothing(row)}
        names = {"task": row.task, "searcher": row.searcher}
        rows.append(names | {title: texts.get(title, "") for title in titles})
    return pd.DataFrame(rows, columns=["task", "searcher", *titles])


def across_texts(rows: pd.DataFrame) -> dict[str, str]:
    """One searcher over all tasks, by the titles of columns.

    Args:
        rows: Its rows of the table across, one per cost.
    """
    first = rows.iloc[0]
    texts = {"tasks": str(first.tasks), "solved": str(first.solved_tasks)}
    for _, row in rows.iterrows():
        cost = words(row.cost)
        p = "< 0.001" if row.p_holm < 0.001 else f"{row.p_holm:.3f}"
        told = interval(row, "speedup"), number(row.mean_ratio), p
        if row.on_line and row.cost == "trials":
            told = _PASSES, _PASSES, _PASSES
        names = (f"{name}, {cost}" for name in ("x guessing", "within", "p"))
        texts |= dict(zip(names, told, strict=True))
    return texts


def methods(searchers: pd.DataFrame) -> Iterator[str]:
    """Yield the source of each searcher, of its first points and of its parameters."""
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


def remarks(results: Results) -> Iterator[str]:
    """Yield remarks that belong beside the tables, one line each."""
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
    yield from results.notes
    yield from results.reasons
    for task in {cell.task.name: cell.task for cell in results.cells}.values():
        if (output := task.constant_output) is not None:
            yield (
                f"a constant output of {output:g} solves task {task.name}: its "
                f"criterion ({task.judged}) says nothing of what was learned"
            )
    if not any(cell.searcher.is_baseline for cell in results.study):
        yield "without guessing in the study nothing is compared with it"
    failed = sum(len(cell.failed) for cell in results.cells)
    if done + failed < planned:
        yield f"{planned - done - failed} of {planned} runs are still missing"
    yield from _unsolvable(results)
    yield from _bounds(results)
    if failed:
        yield (
            f"{failed} runs failed and count for nothing (where failing depends on "
            "what was tried, the others are a choice, and their numbers too good); "
            "repeat them with compare --retry-failed"
        )
        yield from failures(results)
    if results.unplanned:
        yield (
            f"{results.unplanned} other records in this study do not belong to its "
            "present plan and were left out"
        )
    if results.unreadable:
        yield f"{results.unreadable} damaged lines in the record files were skipped"
    if results.contradicting:
        yield (
            f"{len(results.contradicting)} runs have two records that differ; one "
            f"counts ({', '.join(results.contradicting[:3])})"
        )
    if any(1 <= len(cell.results) < 10 for cell in results.cells):
        yield "fewer than 10 runs per cell: the intervals are rough"


_MORE = 10
"""Factor on a budget that may turn a bound into a number."""


def _unsolvable(results: Results) -> Iterator[str]:
    """Yield a line on tasks of which nothing says what a solution is."""
    if names := results.unsolvable:
        yield (
            f"nothing can be solved on {', '.join(names)}: no loss_below is given, and "
            "the function tells no solution; the figure loss and best_loss in "
            "summary.csv compare the searchers"
        )


def _bounds(results: Results) -> Iterator[str]:
    """Yield what it would take to know more where nobody was solved."""
    unsolvable = results.unsolvable
    vain = [
        cell
        for cell in results.cells
        if cell.results and not cell.solved.any() and cell.task.name not in unsolvable
    ]
    of_guessing = [cell for cell in vain if cell.searcher.is_baseline]
    others = [cell for cell in vain if not cell.searcher.is_baseline]
    for cell in of_guessing:
        yield (
            f"{cell.searcher.label} never solved {cell.task.name} in "
            f"{number(cell.costs('trials').sum())} trials: what others gain there is "
            f"only bounded; with {_MORE} times its budget, which takes "
            f"{_seconds([cell])}, it may be a number"
        )
    if others:
        yield (
            f"{len(others)} further ERTs are only bounded, of searchers that never "
            f"solved a task; {_MORE} times their budgets take {_seconds(others)}"
        )


def _seconds(cells: Sequence[Cell]) -> str:
    """Processor time of the same runs with larger budgets."""
    spent = _MORE * sum(float(cell.results["cpu_seconds"].sum()) for cell in cells)
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if spent >= 2.0 * size:
            return f"about {number(spent / size)} {unit} of one core"
    return f"about {number(max(spent, 1.0))} s of one core"


_NUMBERS = re.compile(r"\b[0-9a-f]{32}\b|\d+")
"""Digests and other numbers: reasons that differ in them alone are one."""

_MOST_FAILURES = 20
"""Maximum number of kinds of failures listed."""


def failures(results: Results) -> Iterator[str]:
    """Yield reasons of failures with the trials spent, a line for each reason.

    Reasons that differ in numbers only are listed once, as the first of them.
    """
    spent: dict[tuple[str, Status, str], list[int]] = {}
    first: dict[tuple[str, Status, str], str] = {}
    for cell in results.cells:
        failed = cell.failed
        for status, why, trials in zip(
            failed.statuses(),
            failed.told("stop_reason"),
            failed["trials"].tolist(),
            strict=True,
        ):
            place = f"{cell.searcher.label} on {cell.task.name}"
            alike = place, status, _NUMBERS.sub("0", why or "")
            spent.setdefault(alike, []).append(trials)
            first.setdefault(alike, why or "")
    for alike, trials in list(spent.items())[:_MOST_FAILURES]:
        place, ended, _ = alike
        number = "1 run" if len(trials) == 1 else f"{len(trials)} runs"
        after = f" after {_span(trials)} trials" if any(trials) else ""
        yield f"{place}: {number} {ended}{after}: {first[alike]}"
    if len(spent) > _MOST_FAILURES:
        yield f"and {len(spent) - _MOST_FAILURES} further reasons"


def _span(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
