"""The numbers of a study as data frames."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pandas as pd

from gfsearch.cells import COSTS, Cell, Cost, Results
from gfsearch.statistics import (
    Interval,
    expected_running_time,
    kaplan_meier,
    mean_share,
    median_cost,
    ratio_of_erts,
    ratio_to_published,
    success_rate,
)
from gfsearch.task import Published, Task

ASSUMED_RUNS = 10
"""Runs assumed behind a published mean whose source does not say."""

_Figure = Literal["trials", "presentations", "error"]
_FIGURES: tuple[_Figure, ...] = ("trials", "presentations", "error")
"""What papers publish: costs to solution, and the final classification error."""

_NOTHING = Interval(math.nan, math.nan, math.nan)


def summary(results: Results) -> pd.DataFrame:
    """One row per task and searcher; docs/statistics.md explains the columns."""
    return pd.DataFrame([_row(results, cell) for cell in results.cells])


def _row(results: Results, cell: Cell) -> dict[str, Any]:
    baseline = results.baseline(cell)
    rate, median = _NOTHING, _NOTHING
    n, solved = len(cell.results), int(cell.solved.sum())
    if n:
        rate = success_rate(solved, n)
        median = median_cost(kaplan_meier(cell.single_trials, cell.single_solved))
    ert = {cost: _ert(cell, cost) for cost in COSTS}
    right, error = _tested(cell)
    final = _final_error(cell)
    row = {
        "task": cell.task.name,
        "searcher": cell.searcher.label,
        "runs": n,
        "solved": solved,
        "success_rate": rate.estimate,
        **{f"ert_{cost}": ert[cost].estimate for cost in COSTS},
        "success_rate_low": rate.low,
        "success_rate_high": rate.high,
    }
    for cost in COSTS:
        row[f"ert_{cost}_low"] = ert[cost].low
        row[f"ert_{cost}_high"] = ert[cost].high
    for cost in COSTS:
        ratio = _speed_up(cell, baseline, cost)
        row[f"speedup_{cost}"] = ratio.estimate
        row[f"speedup_{cost}_low"] = ratio.low
        row[f"speedup_{cost}_high"] = ratio.high
    return row | {
        "single_solved": int(cell.single_solved.sum()),
        "single_median_trials": median.estimate,
        "single_median_trials_low": median.low,
        "single_median_trials_high": median.high,
        "restarts_per_run": _mean([len(r.restarts) for r in cell.results]),
        "test_right": right,
        "test_error": error,
        "final_error": final.estimate,
        "final_error_low": final.low,
        "final_error_high": final.high,
        "budget": max((r.budget for r in cell.results), default=0),
        "planned": cell.planned,
        "failed": len(cell.failed),
        "not_applicable": cell.not_applicable or "",
    }


def _ert(cell: Cell, cost: Cost) -> Interval:
    if not cell.results:
        return _NOTHING
    return expected_running_time(cell.costs(cost), cell.solved)


def _speed_up(cell: Cell, baseline: Cell | None, cost: Cost) -> Interval:
    """The ERT of guessing over that of a searcher."""
    if baseline is None or not baseline.results or not cell.results:
        return _NOTHING
    if baseline is cell:
        return Interval(1.0, 1.0, 1.0)
    return ratio_of_erts(
        baseline.costs(cost), baseline.solved, cell.costs(cost), cell.solved
    )


def _tested(cell: Cell) -> tuple[int, float]:
    """Solved runs without any test error, and the mean test error of solved runs."""
    errors = cell.final_errors[cell.solved].tolist()
    return sum(e == 0.0 for e in errors), _mean(errors)


def _final_error(cell: Cell) -> Interval:
    """The mean test error of all runs; nothing if some have kept no weights."""
    errors = cell.final_errors
    return _NOTHING if not len(errors) or np.isnan(errors).any() else mean_share(errors)


def _mean(values: list[Any]) -> float:
    return float(np.mean(values)) if values else math.nan


def searchers(results: Results) -> pd.DataFrame:
    """Where each searcher comes from, and which of its parameters are not defaults."""
    used = {cell.searcher.label: cell.searcher for cell in results.cells}
    return pd.DataFrame(
        [
            {
                "searcher": label,
                "kind": searcher.kind.kind,
                "source": searcher.kind.source,
                "changed": ", ".join(
                    f"{name} = {value}" for name, value in searcher.changed().items()
                ),
                "restarts": searcher.restarts,
                # None: from the whole of the task's weight range.
                "initial": getattr(searcher.parameters, "initial", None),
            }
            for label, searcher in used.items()
        ]
    )


def published(results: Results) -> pd.DataFrame:
    """Every published figure of the study's tasks beside ours, with a verdict.

    Columns: task, searcher (or the paper's method), cost (or "error"), published
    (number), runs (behind it), assumed (whether that number is ours), verified, source,
    ours and ratio (ours / published, of costs) with their limits, verdict.
    """
    tasks = {cell.task.name: cell.task for cell in results.cells}
    rows = [
        _published_row(results, task, entry, figure)
        for task in tasks.values()
        for entry in task.published
        for figure in _FIGURES
        if getattr(entry, figure) is not None
    ]
    columns = ["task", "searcher", "cost", "published", "runs", "assumed", "verified"]
    columns += ["source", "ours", "ours_low", "ours_high"]
    columns += ["ratio", "ratio_low", "ratio_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _published_row(
    results: Results, task: Task, entry: Published, figure: _Figure
) -> dict[str, Any]:
    ratio, ours, verdict = _NOTHING, _NOTHING, _incomparable(results, task, entry)
    value = getattr(entry, figure)
    runs = entry.runs or ASSUMED_RUNS
    cell = _cell_of(results, task, entry)
    if verdict is None:
        assert cell is not None
        if figure == "error":
            ours = _final_error(cell)
            verdict = _error_verdict(ours, value)
        else:
            ours = _ert(cell, figure)
            ratio = ratio_to_published(cell.costs(figure), cell.solved, value, runs)
            verdict = _verdict(ratio)
    return {
        "task": task.name,
        "searcher": entry.searcher or entry.method,
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


def _cell_of(results: Results, task: Task, entry: Published) -> Cell | None:
    """Our results for a published figure: of the searcher with its defaults."""
    for cell in results.cells:
        named = cell.searcher.kind.kind == entry.searcher
        if cell.task is task and named and not cell.searcher.changed():
            return cell
    return None


def _incomparable(results: Results, task: Task, entry: Published) -> str | None:
    """Why a published figure cannot be compared, or None if it can."""
    if entry.searcher is None:
        return "not comparable: not one of our searchers"
    cell = _cell_of(results, task, entry)
    if cell is None:
        return "not comparable: searcher not in this study with its defaults"
    if entry.runs == 1:
        return "not comparable: a single published run"
    if len(cell.results) < 2:
        return f"not comparable: {len(cell.results)} of our runs so far"
    return None


def _verdict(ratio: Interval) -> str:
    """What the ratio of our figure to the published one says, both errors counted."""
    if math.isnan(ratio.estimate):
        if ratio.low > 1.0:
            return f"differs by a factor of more than {ratio.low:.2g}"
        return "not comparable: none of our runs solved it"
    if ratio.low <= 1.0 <= ratio.high:
        return "consistent"
    return (
        f"differs by a factor of {ratio.estimate:.2g} "
        f"[{ratio.low:.2g}, {ratio.high:.2g}]"
    )


def _error_verdict(ours: Interval, published: float) -> str:
    """What our mean final error says of a published one, which is known to 0.01.

    How it spread is not known, so our error alone is counted.
    """
    if math.isnan(ours.estimate):
        return "not comparable: unsolved runs keep no weights"
    if ours.low - 0.005 <= published <= ours.high + 0.005:
        return "consistent"
    return "ours is lower" if ours.estimate < published else "ours is higher"


def to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain values; nan and inf, which JSON lacks, become None."""
    finite = table.astype(object).where(table.notna(), None)
    finite = finite.replace([math.inf, -math.inf], None)
    return [
        {str(k): v for k, v in row.items()} for row in finite.to_dict(orient="records")
    ]
