"""Sources of searchers and of their parameters."""

from __future__ import annotations

import pandas as pd

from gfsearch.study.results import Results


def searchers(results: Results) -> pd.DataFrame:
    """Source of each searcher, and its parameters that are not defaults."""
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
