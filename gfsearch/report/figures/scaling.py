"""Growth of the expected cost with a number in which tasks differ."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.families import Family, families
from gfsearch.report.figures.look import Drawing, headline, logarithmic, looks, panels
from gfsearch.report.numbers import number, words
from gfsearch.report.tables import Tables, interval_of, of_cell
from gfsearch.statistics import Growth, Interval, growth
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell

_NAMES = {
    "length": "time lag: steps of the longest sequence",
    "hidden": "hidden units",
    "weights": "free weights",
}


def scaling(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """ERT against any number in which at least three tasks differ, and how it grows.

    A power law or an exponential, whichever is nearer; beside the names stand x to the
    power of the exponent, or the factor per unit. No line is drawn where neither fits.
    In trials without on-line searchers, whose trial is a pass, beside others.
    Where no run was solved, a triangle stands at the bound, and nothing is fitted: the
    growth would be too small. None if tasks differ in no single number.
    """
    cost = cost or "trials"
    results = tables.results.comparable(cost)
    found = families(results)
    if not found:
        return None
    figure, grid = panels(
        [family.of for family in found],
        width=7.4,
        height=4.4,
        columns=2,
        y=f"expected {words(cost)}",
        share=False,
    )
    look = looks(results)
    data = [
        _panel(axes, family, tables, look, cost)
        for axes, family in zip(grid, found, strict=True)
    ]
    headline(figure, "Expected running time, and laws of growth that fit (95 %)")
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _panel(
    axes: Axes,
    family: Family,
    tables: Tables,
    look: dict[str, dict[str, Any]],
    cost: Cost,
) -> pd.DataFrame:
    data = []
    by_searcher = family.by_searcher(tables.results)
    apart = min(1.03, 1.3 ** (1.0 / len(by_searcher)))
    for i, (label, cells) in enumerate(by_searcher.items()):
        law = growth([x for x, _ in cells], [c.runs(cost) for _, c in cells])
        rows = [of_cell(tables["summary"], cell) for _, cell in cells]
        frame = _points(family.parameter, cells, rows, law, cost)
        shift = apart ** (i - (len(by_searcher) - 1) / 2)
        _curve(axes, frame, law, look[label], label, shift)
        data.append(frame)
    logarithmic(axes.yaxis)
    axes.set_xscale("log")
    axes.set_xticks(family.values, [f"{x:g}" for x in family.values])
    axes.minorticks_off()
    axes.set_xlabel(_NAMES.get(family.parameter, family.parameter))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    return pd.concat(data)


def _told(law: Growth) -> str:
    """A law in short: x^1.2 [1, 1.4], or a factor per unit."""
    ends = np.array([law.rate.estimate, law.rate.low, law.rate.high])
    if law.kind == "exponential":
        ends = np.exp(ends)
    estimate, low, high = map(number, ends.tolist())
    if law.kind == "exponential":
        return f"{estimate} [{low}, {high}] per unit"
    return f"x^{estimate} [{low}, {high}]"


def _points(
    parameter: str,
    cells: list[tuple[float, Cell]],
    rows: list[dict[str, Any]],
    law: Growth | None,
    cost: Cost,
) -> pd.DataFrame:
    erts = [interval_of(row, f"ert_{cost}") for row in rows]
    unknown = Interval(math.nan, math.nan, math.nan)
    rate = unknown if law is None else law.rate
    return pd.DataFrame(
        {
            "task": [cell.task.name for _, cell in cells],
            "searcher": cells[0][1].searcher.label,
            "parameter": parameter,
            "value": [x for x, _ in cells],
            "runs": [row["runs"] for row in rows],
            "solved": [row["solved"] for row in rows],
            "ert": [e.estimate for e in erts],
            "ert_low": [e.low for e in erts],
            "ert_high": [e.high for e in erts],
            "law": "" if law is None else law.kind,
            "rate": rate.estimate,
            "rate_low": rate.low,
            "rate_high": rate.high,
            "p_fit": math.nan if law is None else law.p,
        }
    )


def _curve(
    axes: Axes,
    points: pd.DataFrame,
    law: Growth | None,
    style: dict[str, Any],
    label: str,
    shift: float,
) -> None:
    colour = style["color"]
    solved = points[np.isfinite(points.ert)]
    vain = points[~np.isfinite(points.ert)]
    x = solved.value.to_numpy()
    if law is not None and law.fits:
        label += f": {_told(law)}"
        between = np.geomspace(x.min(), x.max(), 50)
        axes.plot(between * shift, law.at(between), linewidth=1.3, **style)
    elif law is not None:
        label += ": neither law fits"
    axes.plot(x * shift, solved.ert, "o", color=colour, markersize=5)
    axes.plot([], [], marker="o", markersize=5, label=label, **style)
    limits = solved[solved.ert_low.notna()]
    axes.vlines(
        limits.value * shift, limits.ert_low, limits.ert_high, color=colour, alpha=0.6
    )
    axes.plot(vain.value * shift, vain.ert_low, "^", color=colour, markersize=6)
