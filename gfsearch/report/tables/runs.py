"""Every run of a study."""

from __future__ import annotations

import pandas as pd

from gfsearch.report.tables.settings import with_parameters
from gfsearch.study.results import Cell, Results


def runs(
    results: Results, *, traces: bool = False, weights: bool = False
) -> pd.DataFrame:
    """One row per run that is a result: what it spent and found, and its parameters.

    Args:
        results: Collected results of a study.
        traces: Add the column trace: pairs of trial number and best loss.
        weights: Add the column weights: of the solution, or else of the best vector;
            None where none was kept.
    """
    table = pd.concat([_runs_of(cell) for cell in results.cells], ignore_index=True)
    if traces or weights:
        # Read again: all of them at once may not fit into memory.
        records = [
            record for cell in results.cells for record in cell.results.records()
        ]
        if traces:
            table["trace"] = pd.Series([r.trace for r in records], dtype=object)
        if weights:
            table["weights"] = pd.Series([r.weights for r in records], dtype=object)
    return with_parameters(table, results)


def _runs_of(cell: Cell) -> pd.DataFrame:
    done = cell.results
    as_they_are = ("trials", "presentations", "gradients")
    return pd.DataFrame(
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "run": done["run"],
            "status": done.statuses(),
            "stop_reason": pd.array(done.told("stop_reason"), dtype="str"),
            **{name: done[name] for name in as_they_are},
            "forward_equivalents": cell.costs("forward_equivalents"),
            **(
                {"environment_steps": done["environment_steps"]}
                if done["environment_steps"].any()
                else {}
            ),
            "restarts": done["restarts"],
            "budget": done["budget"],
            "budget_unit": cell.budget.unit,
            "loss": done["loss"],
            "test_errors": done["test_errors"],
            "threshold_errors": done["threshold_errors"],
            "test_size": done["test_size"],
            "wall_seconds": done["wall_seconds"],
            "cpu_seconds": done["cpu_seconds"],
            "key": done["key"].astype("U32"),
        }
    )
