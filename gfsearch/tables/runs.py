"""Every run of a study."""

from __future__ import annotations

import pandas as pd

from gfsearch.cells import BACKWARD, Results


def runs(results: Results) -> pd.DataFrame:
    """One row per run that is a result, with what it spent and found."""
    return pd.DataFrame(
        [
            {
                "task": cell.task.name,
                "searcher": cell.searcher.label,
                "run": r.run,
                "status": r.status,
                "stop_reason": r.stop_reason,
                "trials": r.trials,
                "presentations": r.presentations,
                "gradients": r.gradients,
                "forward_equivalents": r.presentations + BACKWARD * r.gradients,
                "restarts": len(r.restarts),
                "budget": r.budget,
                "loss": r.loss,
                "test_errors": r.test_errors,
                "test_size": r.test_size,
                "wall_seconds": r.meta.wall_seconds,
                "key": r.key,
            }
            for cell in results.cells
            for r in cell.results
        ]
    )
