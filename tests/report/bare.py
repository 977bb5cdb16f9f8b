"""Reports without what takes long to draw."""

from gfsearch.report.tables import Tables
from gfsearch.report.writing import Report


def bare_report(study):
    """A report's tables; no file is written."""
    folder = study.folder / "report"
    return Report(Tables(study.results()), folder, [], folder / "index.html")
