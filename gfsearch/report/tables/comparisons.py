"""Searchers against each other: on each task in pairs, and over all tasks."""

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
    geometric_mean_ratio,
    holm,
    known_until,
    log_rank,
    ratio_of_erts,
    restricted_mean,
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
    mean_ratio, horizon = _mean_ratio(others, own)
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
        "mean_ratio": mean_ratio,
        "horizon": horizon,
        "log_rank_z": test.z,
        "log_rank_p": test.p,
        "against_guessing": other.searcher.is_baseline,
    }


def _mean_ratio(above: Runs, below: Runs) -> tuple[float, float]:
    """The ratio of restricted means up to where both are known, and that horizon."""
    horizon = min(known_until(*above), known_until(*below))
    if math.isinf(horizon):
        horizon = float(max(np.max(above.costs), np.max(below.costs)))
    means = [restricted_mean(*runs, horizon).estimate for runs in (above, below)]
    return means[0] / means[1], horizon


def across(results: Results) -> pd.DataFrame:
    """Each searcher against guessing over all tasks on which both have runs.

    Columns: searcher, cost, tasks, solved_tasks (solved by at least one run), bounded
    (tasks on which one of the two solved nothing); speedup with limits (geometric mean
    over tasks of ERT of guessing / ERT; bounds are carried through); speedup_lowest
    and _highest (of the means with one task left out); mean_ratio (geometric mean over
    tasks of the ratios of restricted means, known even where nobody solves);
    log_rank_z, log_rank_p (stratified by task), p_holm (adjusted over the searchers,
    per cost).
    """
    rows = []
    for label in results.labels:
        cells = [
            cell
            for cells in results.tasks.values()
            for cell in cells
            if cell.searcher.label == label
        ]
        pairs = [
            (baseline, cell)
            for cell in cells
            if (baseline := results.baseline(cell)) is not None
            if baseline is not cell and baseline.results
        ]
        if pairs:
            rows += [_across_row(label, pairs, cost) for cost in results.costs]
    columns = ["searcher", "cost", "tasks", "solved_tasks", "bounded"]
    columns += ["speedup", "speedup_low", "speedup_high", "speedup_lowest"]
    columns += ["speedup_highest", "mean_ratio", "log_rank_z", "log_rank_p"]
    table = pd.DataFrame(rows, columns=columns)
    table["p_holm"] = table.groupby("cost").log_rank_p.transform(holm)
    return table


def _across_row(
    label: str, pairs: list[tuple[Cell, Cell]], cost: Cost
) -> dict[str, Any]:
    runs = [(guessing.runs(cost), cell.runs(cost)) for guessing, cell in pairs]
    # Of the searcher alone: a study's other searchers must not change its bootstrap.
    rng = pairs[0][1].rng("mean ratio, {cost}", cost)
    units = [(first.per_trial(cost), second.per_trial(cost)) for first, second in pairs]
    mean = geometric_mean_ratio(runs, rng, per_trial=units)
    test = log_rank([(own, guessing) for guessing, own in runs])
    restricted = [_mean_ratio(*pair)[0] for pair in runs]
    return {
        "searcher": label,
        "cost": cost,
        "tasks": mean.tasks,
        "solved_tasks": sum(bool(cell.solved.any()) for _, cell in pairs),
        "bounded": mean.bounded,
        "speedup": mean.ratio.estimate,
        "speedup_low": mean.ratio.low,
        "speedup_high": mean.ratio.high,
        "speedup_lowest": mean.lowest,
        "speedup_highest": mean.highest,
        "mean_ratio": float(np.exp(np.mean(np.log(restricted)))),
        "log_rank_z": test.z,
        "log_rank_p": test.p,
    }


def differs_from_guessing(table: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Task, searcher and cost of the comparisons with guessing that are significant.

    Args:
        table: What `comparisons` returns.
    """
    found = table[table.against_guessing.astype(bool) & (table.p_holm < LEVEL)]
    return set(zip(found.task, found.searcher, found.cost, strict=True))
