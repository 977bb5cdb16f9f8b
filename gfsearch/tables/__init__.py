"""The numbers of a study as data frames."""

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
