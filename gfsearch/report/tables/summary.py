"""The numbers of each searcher on each task."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.tables.restarts import Profiles
from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics import (
    Interval,
    expected_running_time,
    generalising_ert,
    kaplan_meier,
    known_until,
    mean_share,
    median_cost,
    memoryless_ert,
    ratio_of_erts,
    restricted_mean,
    sp1,
    spread_between_instances,
    success_rate,
    weibull_shape,
)
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results

NOTHING = Interval(math.nan, math.nan, math.nan)
"""The interval that is known without any run."""


def summary(results: Results, profiles: Profiles) -> pd.DataFrame:
    """One row per task and searcher; docs/statistics.md explains the columns.

    Args:
        results: Collected results of a study.
        profiles: Their restart profiles in trials.
    """
    return pd.DataFrame([_row(results, cell, profiles) for cell in results.cells])


def of_cell(summary: pd.DataFrame, cell: Cell) -> dict[str, Any]:
    """The row of a task and searcher in the summary, by column."""
    of_task = summary.task.to_numpy() == cell.task.name
    of_searcher = summary.searcher.to_numpy() == cell.searcher.label
    row: dict[str, Any] = summary[of_task & of_searcher].iloc[0].to_dict()
    return row


def interval_of(row: Mapping[str, Any], name: str) -> Interval:
    """The estimate of a row in a column, with the limits beside it."""
    return Interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _row(results: Results, cell: Cell, profiles: Profiles) -> dict[str, Any]:
    n, solved = len(cell.results), int(cell.solved.sum())
    rate = success_rate(solved, n) if n else NOTHING
    costs = results.tabled
    erts = {cost: _ert(cell, cost) for cost in costs}
    errors = cell.final_errors[cell.solved].tolist()
    row = {
        "task": cell.task.name,
        "searcher": cell.searcher.label,
        "runs": n,
        "solved": solved,
        "success_rate": rate.estimate,
        **{f"ert_{cost}": erts[cost].estimate for cost in costs},
        "success_rate_low": rate.low,
        "success_rate_high": rate.high,
    }
    for cost in costs:
        row |= _limits(f"ert_{cost}", erts[cost])
    return row | {
        **_speed_ups(cell, results.baseline(cell), costs),
        **{f"sp1_{cost}": sp1(*cell.runs(cost)) if n else math.nan for cost in costs},
        **_single_runs(cell, profiles),
        **_memory(cell),
        "test_right": int(cell.right.sum()),
        "test_error": _mean(errors),
        **_generalising(cell, costs),
        **_best_loss(cell),
        **_interval("final_error", _mean_error(cell.final_errors)),
        **_interval("threshold_error", _mean_error(cell.threshold_errors)),
        "budget": cell.budget.amount if cell.results else 0,
        "budget_unit": cell.budget.unit,
        "horizon_trials": cell.horizon if cell.results else 0,
        "on_line": cell.searcher.on_line,
        "cpu_seconds": _mean(cell.results["cpu_seconds"].tolist()),
        "planned": cell.planned,
        "failed": len(cell.failed),
        "not_applicable": cell.not_applicable or "",
    }


def _interval(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval.estimate, **_limits(name, interval)}


def _limits(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_low": interval.low, f"{name}_high": interval.high}


def _single_runs(cell: Cell, profiles: Profiles) -> dict[str, Any]:
    """Statistics of single runs, up to the first restart."""
    median, mean, best, best_ert = NOTHING, NOTHING, NOTHING, math.nan
    if cell.results:
        single = cell.single_trials, cell.single_solved
        median = median_cost(kaplan_meier(*single))
        horizon = min(cell.horizon, known_until(*single))
        mean = restricted_mean(*single, horizon)
        profile = profiles[cell.task.name, cell.searcher.label]
        best, best_ert = profile.best, profile.best_ert
    return {
        "single_solved": int(cell.single_solved.sum()),
        **_interval("single_median_trials", median),
        **_interval("single_mean_trials", mean),
        "restarts_per_run": _mean(cell.results["restarts"].tolist()),
        **_interval("best_cutoff_trials", best),
        "best_cutoff_ert_trials": best_ert,
    }


def _memory(cell: Cell) -> dict[str, float]:
    """Statistics of memory: Weibull shape, spread between instances."""
    shape, spread = NOTHING, NOTHING
    if cell.results:
        shape = weibull_shape(cell.single_trials, cell.single_solved)
        if cell.searcher.kind.memoryless and not cell.task.one_training_set:
            spread = spread_between_instances(*cell.runs("trials"))
    return _interval("weibull_shape", shape) | _interval("instance_spread", spread)


def _ert(cell: Cell, cost: Cost) -> Interval:
    """The expected running time; exact limits for guessing on one training set."""
    if not cell.results:
        return NOTHING
    exact = cell.searcher.kind.memoryless and cost == "trials"
    if exact and cell.task.one_training_set:
        return memoryless_ert(*cell.runs(cost))
    return expected_running_time(*cell.runs(cost), per_trial=cell.per_trial(cost))


def _speed_ups(
    cell: Cell, baseline: Cell | None, costs: Sequence[Cost]
) -> dict[str, float]:
    """The ERT of guessing over that of a searcher in each cost, with limits."""
    columns: dict[str, float] = {}
    for cost in costs:
        columns |= _interval(f"speedup_{cost}", _speed_up(cell, baseline, cost))
    return columns


def _speed_up(cell: Cell, baseline: Cell | None, cost: Cost) -> Interval:
    """The ERT of guessing over that of a searcher."""
    if baseline is None or not baseline.results or not cell.results:
        return NOTHING
    if baseline is cell:
        return Interval(1.0, 1.0, 1.0)
    units = baseline.per_trial(cost), cell.per_trial(cost)
    return ratio_of_erts(*baseline.runs(cost), *cell.runs(cost), per_trial=units)


def _generalising(cell: Cell, costs: Sequence[Cost]) -> dict[str, Any]:
    """Runs that are right on the test set, too, and the cost until one is."""
    right, solved = int(cell.right.sum()), int(cell.solved.sum())
    known = solved and cell.task.tested
    rate = success_rate(right, solved) if known else NOTHING
    columns: dict[str, Any] = {"generalising": right}
    columns |= _interval("generalising_rate", rate)
    for cost in costs:
        ert = NOTHING
        if cell.results and cell.task.tested:
            unit = cell.per_trial(cost)
            ert = generalising_ert(cell.costs(cost), cell.right, per_trial=unit)
        columns |= _interval(f"ert_generalising_{cost}", ert)
    return columns


def _best_loss(cell: Cell) -> dict[str, float]:
    """Quartiles over runs of the smallest loss; nan if of some it is not known."""
    losses = cell.results["loss"].astype(np.float64)
    known = len(losses) and not np.isnan(losses).any()
    low, middle, high = (
        np.quantile(losses, [0.25, 0.5, 0.75], method="inverted_cdf").tolist()
        if known
        else (math.nan, math.nan, math.nan)
    )
    return {
        "best_loss": middle,
        "best_loss_lower_quartile": low,
        "best_loss_upper_quartile": high,
    }


def _mean_error(errors: FloatArray) -> Interval:
    """The mean test error of all runs; nothing if of some it is not known."""
    return NOTHING if not len(errors) or np.isnan(errors).any() else mean_share(errors)


def _mean(values: list[Any]) -> float:
    return float(np.mean(values)) if values else math.nan
