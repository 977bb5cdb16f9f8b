"""Every run of a study."""

from __future__ import annotations

import pandas as pd

from gfsearch.report.tables.settings import with_parameters
from gfsearch.study.results import Cell, Results


def runs(results: Results) -> pd.DataFrame:
    """One row per run that is a result: what it spent and found, and its parameters."""
    table = pd.concat([_runs_of(cell) for cell in results.cells], ignore_index=True)
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
