"""All tables of a report."""

import pandas as pd

from gfsearch.report.tables.comparisons import (
    across,
    comparisons,
)
from gfsearch.report.tables.published import published
from gfsearch.report.tables.searchers import searchers
from gfsearch.report.tables.summary import summary
from gfsearch.study.results import Results


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
