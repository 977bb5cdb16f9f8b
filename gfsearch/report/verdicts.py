"""Published figures beside ours, and verdicts, in words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from gfsearch.report.numbers import number
from gfsearch.report.tables import ASSUMED_RUNS, verdict_counts
from gfsearch.report.wording import interval

PUBLISHED_FIGURES = {
    "stopped": "presentations until it stopped",
    "solved": "share of runs solved",
    "error": "final error",
}
"""Names of published figures that are no costs to solution."""

PUBLISHED_NOTE = (
    f"Verdicts count both errors; {ASSUMED_RUNS} simulations are assumed of a "
    "published mean (*) whose source does not say. Unverified: not read in the "
    "primary source."
)

_WITHOUT_STAR = ("error",)
"""Published figures for which no number of runs is assumed."""


def published_texts(row: pd.Series[Any]) -> dict[str, str]:
    """A published figure beside ours, by the titles of columns."""
    verdict = row.verdict
    if verdict == "consistent" and not math.isnan(row.ratio):
        verdict = f"consistent: a factor of {interval(row, 'ratio')}"
    star = "*" if row.assumed and row.cost not in _WITHOUT_STAR else ""
    return {
        "task": row.task,
        "method": row.searcher,
        "published": f"{row.published:,.6g}{star}",
        "ours": f"> {number(row.ours_low)}"
        if math.isinf(row.ours)
        else number(row.ours),
        "verdict": verdict,
        "source": f"{PUBLISHED_FIGURES.get(row.cost, row.cost)}, {row.source}"
        + ("" if row.verified else ", unverified"),
    }


def verdicts_in_words(table: pd.DataFrame) -> str:
    """The sentence that counts verdicts; empty if no figure can be compared.

    Args:
        table: Published figures beside ours.
    """
    counts = verdict_counts(table)
    compared = len(table) - counts["not comparable"]
    if not compared:
        return ""
    fitting = counts["consistent"]
    told = f"Of {compared} published figure{'s' if compared != 1 else ''}, "
    told += f"{fitting} {'is' if fitting == 1 else 'are'} consistent with ours"
    others = [
        f"{what} than {counts[f'ours is {what}']}"
        for what in ("higher", "lower")
        if counts[f"ours is {what}"]
    ]
    told += f"; ours is {' and '.join(others)}." if others else "."
    if counts["not comparable"]:
        told += f" {counts['not comparable']} more cannot be compared."
    return told
