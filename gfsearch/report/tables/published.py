"""Published figures beside ours, with verdicts."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from gfsearch.report.numbers import number
from gfsearch.report.tables.summary import NOTHING, interval_of, of_cell
from gfsearch.searchers import SEARCHER_KINDS
from gfsearch.statistics import (
    Interval,
    ratio_to_published,
    share_less_published,
    spent_to_published,
)
from gfsearch.study.results import Cell, Results
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.published import Published

ASSUMED_RUNS = 10
"""Number of runs assumed of a published mean whose source does not say it."""

_Figure = Literal["trials", "presentations", "stopped", "solved", "error"]
_FIGURES: tuple[_Figure, ...] = get_args(_Figure)
"""Quantities that papers publish: costs to solution, presentations until the method
stopped (whether it had solved the task or not), the share of runs that solved it, final
classification error."""


def published(results: Results, summary: pd.DataFrame) -> pd.DataFrame:
    """Every published figure of the study's tasks beside ours, with a verdict.

    Columns: task, searcher (or method), label (of our searcher), cost (or "stopped",
    "solved", "error"),
    published (number), runs (averaged), assumed (whether that number is ours),
    verified, source, ours and ratio (ours / published, of costs) with their limits,
    verdict.

    Args:
        results: Collected results of a study.
        summary: The table of our own numbers.
    """
    tasks = {cell.task.name: cell.task for cell in results.cells}
    rows = [
        _published_row(results, summary, task, entry, figure)
        for task in tasks.values()
        for entry in task.published
        for figure in _FIGURES
        if getattr(entry, figure) is not None
    ]
    columns = ["task", "searcher", "label", "cost", "published", "runs", "assumed"]
    columns += ["verified", "source", "ours", "ours_low", "ours_high"]
    columns += ["ratio", "ratio_low", "ratio_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _published_row(
    results: Results,
    summary: pd.DataFrame,
    task: AnyTask,
    entry: Published,
    figure: _Figure,
) -> dict[str, Any]:
    ratio, ours, verdict = NOTHING, NOTHING, _incomparable(results, task, entry)
    value = getattr(entry, figure)
    runs = entry.runs or ASSUMED_RUNS
    cell = _cell_of(results, task, entry)
    if verdict is None:
        assert cell is not None
        if figure == "error":
            ours = interval_of(of_cell(summary, cell), _error_of(cell))
            verdict = _error_verdict(cell, value, entry.runs)
        elif figure == "solved":
            ours = interval_of(of_cell(summary, cell), "success_rate")
            verdict = _share_verdict(cell, value, runs)
        elif figure == "stopped":
            ours, ratio = spent_to_published(cell.until_stopped, value, runs)
            verdict = _stopped_verdict(cell, ratio)
        else:
            ours = interval_of(of_cell(summary, cell), f"ert_{figure}")
            unit = cell.per_trial(figure)
            ratio = ratio_to_published(*cell.runs(figure), value, runs, per_trial=unit)
            verdict = _verdict(ratio)
    return {
        "task": task.name,
        "searcher": entry.searcher or entry.method,
        "label": None if cell is None else cell.searcher.label,
        "cost": figure,
        "published": value,
        "runs": runs,
        "assumed": entry.runs is None,
        "verified": entry.verified,
        "source": entry.source,
        "ours": ours.estimate,
        "ours_low": ours.low,
        "ours_high": ours.high,
        "ratio": ratio.estimate,
        "ratio_low": ratio.low,
        "ratio_high": ratio.high,
        "verdict": verdict,
    }


def _at_threshold(cell: Cell) -> bool:
    """True if errors are known as papers count them: what is on the wrong side.

    Records of earlier versions hold the share outside the tolerance alone.
    """
    return len(cell.results) > 0 and not np.isnan(cell.threshold_errors).any()


def _error_of(cell: Cell) -> str:
    """The column of the summary with the error to compare with papers."""
    return "threshold_error" if _at_threshold(cell) else "final_error"


def _cell_of(results: Results, task: AnyTask, entry: Published) -> Cell | None:
    """Our results for a published figure.

    Of the searcher with the label that it names, else of the one with its defaults.
    """
    own = [cell for cell in results.cells if cell.task is task]
    for cell in own:
        if cell.searcher.label == entry.searcher:
            return cell
    for cell in own:
        named = cell.searcher.kind.kind == entry.searcher
        if named and not cell.searcher.changed():
            return cell
    return None


def _incomparable(results: Results, task: AnyTask, entry: Published) -> str | None:
    """The reason why a published figure cannot be compared, or None if it can."""
    if entry.searcher is None:
        return "not comparable: not one of our searchers"
    cell = _cell_of(results, task, entry)
    if cell is None:
        known = entry.searcher in SEARCHER_KINDS
        return "not comparable: searcher not in this study" + (
            " with its defaults" if known else ""
        )
    if entry.runs == 1:
        return "not comparable: a single published run"
    if len(cell.results) < 2:
        return f"not comparable: {len(cell.results)} of our runs so far"
    return None


def verdict_counts(table: pd.DataFrame) -> dict[str, int]:
    """Number of published figures by verdict: consistent, above, below, and others.

    Args:
        table: What `published` returns.

    Returns:
        Counts of "consistent", "ours is higher", "ours is lower", "not comparable".
    """
    told = {"consistent": 0, "ours is higher": 0, "ours is lower": 0}
    told["not comparable"] = 0
    for _, row in table.iterrows():
        if row.verdict in told:
            told[row.verdict] += 1
        elif row.verdict.startswith("not comparable"):
            told["not comparable"] += 1
        else:
            above = math.isnan(row.ratio) or row.ratio > 1.0
            told["ours is higher" if above else "ours is lower"] += 1
    return told


def _stopped_verdict(cell: Cell, ratio: Interval) -> str:
    """Verdict on presentations until it stopped, which a budget may have cut short."""
    cut = int((cell.results.having("censored") & ~cell.restarted).sum())
    if cut and ratio.high < 1.0:
        return f"not comparable: the budget ended {cut} of our {len(cell.results)} runs"
    return _verdict(ratio)


def _verdict(ratio: Interval) -> str:
    """Verdict on the ratio of our figure to the published one, both errors counted."""
    if math.isnan(ratio.estimate):
        if ratio.low > 1.0:
            return f"differs by a factor of more than {number(ratio.low)}"
        return "not comparable: none of our runs solved it"
    if ratio.low <= 1.0 <= ratio.high:
        return "consistent"
    return (
        f"differs by a factor of {number(ratio.estimate)} "
        f"[{number(ratio.low)}, {number(ratio.high)}]"
    )


def _share_verdict(cell: Cell, published: float, runs: int) -> str:
    """Verdict on a published share of solved runs: Fisher's exact test at 5 %."""
    ours, theirs = int(cell.solved.sum()), round(published * runs)
    counts = np.array([[ours, len(cell.solved) - ours], [theirs, runs - theirs]])
    if float(fisher_exact(counts).pvalue) >= 0.05:
        return "consistent"
    lower = ours / len(cell.solved) < published
    return "ours is lower" if lower else "ours is higher"


def _error_verdict(cell: Cell, published: float, runs: int | None) -> str:
    """Verdict on a published error, which is known to 0.01, by our final errors."""
    ours = cell.threshold_errors if _at_threshold(cell) else cell.final_errors
    if np.isnan(ours).any():
        return "not comparable: unsolved runs keep no weights"
    difference = share_less_published(ours, published, runs)
    if difference.low - 0.005 <= 0.0 <= difference.high + 0.005:
        return "consistent"
    return "ours is lower" if difference.estimate < 0.0 else "ours is higher"
