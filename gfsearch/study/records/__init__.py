"""Records of runs on disk: written by the process of the run, read by all."""

from gfsearch.study.records.columns import Columns, Shared
from gfsearch.study.records.fitting import fits
from gfsearch.study.records.reading import (
    Outcomes,
    Records,
    contradicts,
    of_another_part,
    preferred,
    read_records,
    records_at,
    scan,
)
from gfsearch.study.records.record import (
    RESULTS,
    Meta,
    Record,
    Status,
    budget_of,
    content_of,
    library_versions,
)
from gfsearch.study.records.writing import RecordFile, sync_folder

__all__ = [
    "RESULTS",
    "Columns",
    "Meta",
    "Outcomes",
    "Record",
    "RecordFile",
    "Records",
    "Shared",
    "Status",
    "budget_of",
    "content_of",
    "contradicts",
    "fits",
    "library_versions",
    "of_another_part",
    "preferred",
    "read_records",
    "records_at",
    "scan",
    "sync_folder",
]
