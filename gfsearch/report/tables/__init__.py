"""The numbers of a study as data frames."""

from gfsearch.report.tables.all_tables import all_tables
from gfsearch.report.tables.comparisons import (
    LEVEL,
    across,
    comparisons,
    differs_from_guessing,
)
from gfsearch.report.tables.plain import (
    require_parquet,
    smallest,
    to_latex,
    to_records,
    write_parquet,
)
from gfsearch.report.tables.published import ASSUMED_RUNS, published
from gfsearch.report.tables.runs import runs
from gfsearch.report.tables.searchers import searchers
from gfsearch.report.tables.summary import ert, speed_ups, summary

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
