"""What the command `gradient-flow` writes: tables and figures of one task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gfsearch.drawing import house_style, save
from gfsearch.error_flow import figures
from gfsearch.error_flow.bounds import bounds
from gfsearch.error_flow.curves import Flow, along_run, random_weights
from gfsearch.networks.structure import Structure
from gfsearch.plan import Run
from gfsearch.problems import Latch
from gfsearch.task import Task


@dataclass(frozen=True, eq=False)
class FlowReport:
    """What was measured, and the files written.

    Attributes:
        ranges: One row per range of random weights; see `decays`.
        flow: How errors flow along the run.
        remarks: What a reader must know, a line each.
        files: The files written.
    """

    ranges: pd.DataFrame
    flow: Flow
    remarks: list[str]
    files: list[Path]


def write_flow(
    run: Run, ranges: Sequence[float], lags: int, draws: int, folder: Path
) -> FlowReport:
    """Measure error flow on a task and along a run, and write it to a folder.

    Args:
        run: A run of a searcher that follows the gradient; its task is examined.
        ranges: Half-widths of the ranges of random weights.
        lags: Largest time lag.
        draws: Weight vectors per range.
        folder: Where the files go.
    """
    task = run.task
    name, remark = _which_bound(task.structure)
    table = random_weights(task, ranges, draws, lags, run.seed)
    flow = along_run(run, lags)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    tables = {"random-weights": table, "run": flow.factors, "jacobians": flow.jacobians}
    for stem, values in tables.items():
        path = folder / f"{stem}.csv"
        values.to_csv(path, index=False)
        files.append(path)
    with house_style():
        drawn = figures.random_weights(table, task.name, name)
        files += save(drawn, folder, "random-weights")
        drawn = figures.run(flow, task.name, run.searcher.label)
        files += save(drawn, folder, "run")
        if _is_minimal_latch(task.structure):
            files += save(figures.minimal_latch(_noise(task)), folder, "minimal-latch")
    return FlowReport(decays(table), flow, [remark], files)


def decays(table: pd.DataFrame) -> pd.DataFrame:
    """How errors shrink, one row per range of random weights.

    Columns: range; per_step, the factor by which the median error changes per step of
    lag (fitted to its logarithm, as far as it is above 1e-250); grown, the share of
    networks and sequences whose error at the largest lag is larger than at its start;
    bound_per_step, the same of the median bound.
    """
    rows = []
    for half_width, of_range in table.groupby("range", sort=False):
        there = of_range[(of_range["median"] > 1e-250) & (of_range.lag > 0)]
        slope = np.nan
        if len(there) > 1:
            slope = np.polyfit(there.lag, np.log(there["median"]), 1)[0]
        bound = of_range.bound.to_numpy()
        finite = np.flatnonzero(np.isfinite(bound) & (bound > 0))
        per_step = np.nan
        if len(finite) > 1:
            first, last = finite[0], finite[-1]
            per_step = (bound[last] / bound[first]) ** (1.0 / (last - first))
        rows.append(
            {
                "range": half_width,
                "per_step": np.exp(slope),
                "lag": int(of_range.lag.max()),
                "median": of_range["median"].iloc[-1],
                "grown": of_range.grown.iloc[-1],
                "bound_per_step": per_step,
            }
        )
    return pd.DataFrame(rows)


def _which_bound(structure: Structure) -> tuple[str, str]:
    """The name of the bound that is drawn, and why it is this one."""
    known = bounds(structure, np.ones(structure.dimension))
    if known is None:
        return "no bound known", (
            "no bound is drawn: the network has gates or delays, and the theory's "
            "bounds are for first-order networks that see one step back"
        )
    if known.synchronous:
        return "bound of the theory: n (f'max ||W||)^q", (
            "the theory's bound n (f'max ||W||)^q holds: every unit sees the step "
            "before, as it supposes"
        )
    return "bound for sequential update (median)", (
        "the theory's bound is for the synchronous order; in the sequential order an "
        "error also passes links within a step, which the bound drawn counts"
    )


def _is_minimal_latch(structure: Structure) -> bool:
    """Whether the network is one tanh unit that sees itself."""
    (first, *others) = structure.units
    sees_itself = any(link.origin == "past" for link in first.links)
    return not others and first.activation == "tanh" and sees_itself


def _noise(task: Task) -> float:
    """Inputs to be survived: the standard deviation of the task's noise."""
    return float(task.problem.sd or 0.0) if isinstance(task.problem, Latch) else 0.2
