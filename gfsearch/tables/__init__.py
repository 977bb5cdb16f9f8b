"""The numbers of a study as data frames."""

import pandas as pd

from gfsearch.cells import Results
from gfsearch.tables.comparisons import (
    LEVEL,
    across,
    comparisons,
    differs_from_guessing,
)
from gfsearch.tables.plain import (
    require_parquet,
    smallest,
    to_latex,
    to_records,
    write_parquet,
)
from gfsearch.tables.published import ASSUMED_RUNS, published
from gfsearch.tables.runs import runs
from gfsearch.tables.searchers import searchers
from gfsearch.tables.summary import ert, speed_ups, summary

__all__ = [
    "ASSUMED_RUNS",
    "LEVEL",
    "across",
    "all_tables",
    "comparisons",
    "differs_from_guessing",
    "ert",
    "published",
    "require_parquet",
    "runs",
    "searchers",
    "smallest",
    "speed_ups",
    "summary",
    "to_latex",
    "to_records",
    "write_parquet",
]


def all_tables(results: Results) -> dict[str, pd.DataFrame]:
    """The tables of a report, by name.

    "summary" (one row per task and searcher), "comparisons" (every pair of searchers on
    each task), "across" (each searcher against guessing over all tasks), "published"
    (published figures beside ours), "searchers" (where each comes from).
    """
    return {
        "summary": summary(results),
        "comparisons": comparisons(results),
        "across": across(results),
        "published": published(results),
        "searchers": searchers(results),
    }
