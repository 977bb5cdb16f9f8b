"""Searchers against each other, in pairs on each task."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.tables.summary import interval_of, of_cell
from gfsearch.statistics import (
    Runs,
    holm,
    known_until,
    log_rank,
    mean_up_to,
    ratio_of_erts,
)
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results

LEVEL = 0.05
"""Differences whose adjusted probability by chance is smaller are marked."""


def comparisons(results: Results, summary: pd.DataFrame) -> pd.DataFrame:
    """Every pair of searchers on each task, in each cost.

    Columns: task, searcher, other, cost; ert_ratio with limits (ERT of `other` over
    that of `searcher`: above 1 if `searcher` is better, with restarts);
    mean_ratio (restricted means of runs as made, up to `horizon`, likewise);
    log_rank_z (positive if `searcher` is faster), log_rank_p (runs as made);
    against_guessing; p_holm, adjusted within the family: the comparisons with guessing,
    or all others, on this task in this cost. docs/statistics.md explains them.

    Args:
        results: Collected results of a study.
        summary: The table of each searcher's numbers, which has its speed-ups over
            guessing.
    """
    rows = [
        _row(results, summary, searcher, other, cost)
        for cells in results.tasks.values()
        for searcher, other in _pairs(cells)
        for cost in results.costs
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    family = ["task", "cost", "against_guessing"]
    table["p_holm"] = table.groupby(family).log_rank_p.transform(holm)
    return table


_COLUMNS = [
    *("task", "searcher", "other", "cost", "runs", "solved"),
    *("other_runs", "other_solved", "ert_ratio", "ert_ratio_low", "ert_ratio_high"),
    *("mean_ratio", "horizon", "log_rank_z", "log_rank_p", "against_guessing"),
]


def _pairs(cells: Iterable[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """All pairs; guessing, with which the others are compared, comes second."""
    for first, second in combinations(cells, 2):
        guesses = first.searcher.is_baseline
        yield (second, first) if guesses else (first, second)


def _row(
    results: Results, summary: pd.DataFrame, searcher: Cell, other: Cell, cost: Cost
) -> dict[str, Any]:
    own, others = searcher.runs(cost), other.runs(cost)
    if other is results.baseline(searcher):
        ratio = interval_of(of_cell(summary, searcher), f"speedup_{cost}")
    else:
        units = other.per_trial(cost), searcher.per_trial(cost)
        ratio = ratio_of_erts(*others, *own, per_trial=units)
    test = log_rank([(own, others)])
    of_means, horizon = mean_ratio(others, own)
    return {
        "task": searcher.task.name,
        "searcher": searcher.searcher.label,
        "other": other.searcher.label,
        "cost": cost,
        "runs": len(searcher.results),
        "solved": int(searcher.solved.sum()),
        "other_runs": len(other.results),
        "other_solved": int(other.solved.sum()),
        "ert_ratio": ratio.estimate,
        "ert_ratio_low": ratio.low,
        "ert_ratio_high": ratio.high,
        "mean_ratio": of_means,
        "horizon": horizon,
        "log_rank_z": test.z,
        "log_rank_p": test.p,
        "against_guessing": other.searcher.is_baseline,
    }


def mean_ratio(above: Runs, below: Runs) -> tuple[float, float]:
    """The ratio of restricted means up to where both are known, and that horizon."""
    horizon = min(known_until(*above), known_until(*below))
    if math.isinf(horizon):
        horizon = float(max(np.max(above.costs), np.max(below.costs)))
    means = [mean_up_to(*runs, horizon) for runs in (above, below)]
    return means[0] / means[1], horizon


def differs_from_guessing(table: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Task, searcher and cost of the comparisons with guessing that are significant.

    Args:
        table: What `comparisons` returns.
    """
    found = table[table.against_guessing.astype(bool) & (table.p_holm < LEVEL)]
    return set(zip(found.task, found.searcher, found.cost, strict=True))
