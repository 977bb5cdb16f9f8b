"""Tables and figures of error flow on one task, for the command `gradient-flow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.error_flow import figures
from gfsearch.error_flow.bounds import bounds
from gfsearch.error_flow.curves import Flow, along_run, random_weights
from gfsearch.networks.structure import Structure
from gfsearch.problems import Latch
from gfsearch.report.figures.saving import house_style, save
from gfsearch.report.tables import to_records
from gfsearch.searchers import SEARCHERS
from gfsearch.specs.errors import InputError, unknown
from gfsearch.suites.reading import load_suite, shipped_suites
from gfsearch.suites.run import Run
from gfsearch.suites.suite import Suite
from gfsearch.suites.task import Task


@dataclass(frozen=True, eq=False)
class FlowReport:
    """Measured error flow, and the files written.

    Attributes:
        ranges: One row per range of random weights; see `decays`.
        snapshots: The same, one row per network along the run.
        flow: How errors flow along the run.
        bound: Which bound was drawn, and why.
        files: The files written.
    """

    ranges: pd.DataFrame
    snapshots: pd.DataFrame
    flow: Flow
    bound: str
    files: list[Path]

    def to_dict(self) -> dict[str, Any]:
        """Everything but the curves, as plain values."""
        record = self.flow.record
        return {
            "task": record.task,
            "searcher": record.searcher,
            "run": record.run,
            "status": record.status,
            "trials": record.trials,
            "restarts": len(record.restarts),
            "loss": record.loss,
            "ranges": to_records(self.ranges),
            "snapshots": to_records(self.snapshots),
            "bound": self.bound,
        }


def find_run(
    task: str,
    suite: str | None = None,
    searcher: str = "gradient",
    run: int = 0,
    seed: int = 0,
    budget: int = 1000,
    allow_imports: bool = False,
) -> Run:
    """The run to examine.

    Args:
        task: A task's name.
        suite: A shipped suite's name or the path of a TOML file; None for the first
            shipped suite that has the task, `quick` before the others.
        searcher: One that follows the gradient: a label of the suite, or "gradient"
            or "adam" with its defaults.
        run: The run's number.
        seed: Root seed.
        budget: Trials that may be spent.
        allow_imports: Whether a kind in the suite may be "module:Class".

    Raises:
        InputError: There is no such run, or it follows no gradient.
    """
    for name, value in (("run", run), ("seed", seed)):
        if value < 0:
            raise InputError(f"{name}: expected a whole number >= 0, got {value}")
    found = _suite_with(task, suite, allow_imports)
    (planned, *_) = found.select([task], [searcher], 1, budget).plan(seed)
    if planned.searcher.kind.need != "gradient":
        known = [name for name, kind in SEARCHERS.items() if kind.need == "gradient"]
        raise InputError(
            f"searcher: {searcher} follows no gradient; expected "
            f"{' or '.join(known)}, or a suite's label for one of them"
        )
    return replace(planned, run=run)


def _suite_with(task: str, suite: str | None, allow_imports: bool) -> Suite:
    """The suite that has a task, of the one named or of those shipped."""
    names = [suite] if suite else sorted(shipped_suites(), key=lambda n: n != "quick")
    suites = [load_suite(name, allow_imports=allow_imports) for name in names]
    for candidate in suites:
        if task in candidate.tasks:
            return candidate
    raise unknown("task", task, {name for s in suites for name in s.tasks})


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
    if (
        not isinstance(task, Task)
        or task.episodic
        or not isinstance(task.built, Structure)
    ):
        raise InputError(
            f"{task.name}: gradient-flow needs a network of units, and sequences"
        )
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
    return FlowReport(
        decays(table, "range"), decays(flow.factors, "trial"), flow, remark, files
    )


def decays(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rates at which errors shrink, a row per group of a table of factors against lag.

    Columns: the group; per_step, the factor by which the median error changes per step
    of lag (fitted to its logarithm, as far as it is above 1e-250); lag, the largest,
    and median, what is left there; grown, the share of networks and sequences whose
    error is larger there than at its start; bound_per_step, the factor per step of the
    median bound.
    """
    rows = []
    for group, of_group in table.groupby(by, sort=False):
        there = of_group[(of_group["median"] > 1e-250) & (of_group.lag > 0)]
        slope = np.nan
        if len(there) > 1:
            slope = np.polyfit(there.lag, np.log(there["median"]), 1)[0]
        bound = of_group.bound.to_numpy()
        finite = np.flatnonzero(np.isfinite(bound) & (bound > 0))
        per_step = np.nan
        if len(finite) > 1:
            first, last = finite[0], finite[-1]
            per_step = (bound[last] / bound[first]) ** (1.0 / (last - first))
        rows.append(
            {
                by: group,
                "per_step": np.exp(slope),
                "lag": int(of_group.lag.max()),
                "median": of_group["median"].iloc[-1],
                "grown": of_group.grown.iloc[-1],
                "bound_per_step": per_step,
            }
        )
    return pd.DataFrame(rows)


def _which_bound(structure: Structure) -> tuple[str, str]:
    """The name of the bound that is drawn, and why it is this one."""
    known = bounds(structure, np.ones(structure.dimension))
    if known is None:
        return "no bound known", (
            "none is known, as the network has gates or delays and the theory is of "
            "first-order networks that see one step back"
        )
    if known.synchronous:
        return "bound of the theory: $n\\,(f'_{max}\\,\\|W\\|_A)^q$ (median)", (
            "the theory's n (f'max ||W||)^q, which supposes that every unit sees the "
            "step before, as is the case here; its median"
        )
    return "bound for sequential update (median)", (
        "the theory's is for the synchronous order; in the sequential order of this "
        "network an error also passes links within a step, which this one counts"
    )


def _is_minimal_latch(structure: Structure) -> bool:
    """True if the network is one tanh unit that sees itself."""
    (first, *others) = structure.units
    sees_itself = any(link.origin == "past" for link in first.links)
    return not others and first.activation == "tanh" and sees_itself


def _noise(task: Task) -> float:
    """Inputs to be survived: the standard deviation of the task's noise."""
    return float(task.problem.sd or 0.0) if isinstance(task.problem, Latch) else 0.2
