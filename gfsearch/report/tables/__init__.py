"""The numbers of a study as data frames."""

from gfsearch.report.tables.all_tables import Tables
from gfsearch.report.tables.comparisons import (
    LEVEL,
    differs_from_guessing,
)
from gfsearch.report.tables.plain import (
    require_parquet,
    smallest,
    to_latex,
    to_records,
    write_parquet,
)
from gfsearch.report.tables.published import ASSUMED_RUNS, verdict_counts
from gfsearch.report.tables.runs import runs
from gfsearch.report.tables.summary import interval_of, of_cell

__all__ = [
    "ASSUMED_RUNS",
    "LEVEL",
    "Tables",
    "differs_from_guessing",
    "interval_of",
    "of_cell",
    "require_parquet",
    "runs",
    "smallest",
    "to_latex",
    "to_records",
    "verdict_counts",
    "write_parquet",
]
