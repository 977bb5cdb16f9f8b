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
from gfsearch.statistics import Interval, PowerLaw, power_law
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell

_NAMES = {"length": "time lag: steps of the longest sequence", "hidden": "hidden units"}


def scaling(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """ERT against any number in which at least three tasks differ, with a power law.

    Both axes are logarithmic; the exponents stand beside the names. Where no run was
    solved, a triangle stands at the bound, and nothing is fitted: the exponent would
    be too small. None if tasks differ in no single number.
    """
    cost = cost or "trials"
    found = families(tables.results)
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
    look = looks(tables.results)
    data = [
        _panel(axes, family, tables, look, cost)
        for axes, family in zip(grid, found, strict=True)
    ]
    headline(figure, "Expected running time, and exponents of fitted power laws (95 %)")
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
        law = power_law([x for x, _ in cells], [c.runs(cost) for _, c in cells])
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


def _points(
    parameter: str,
    cells: list[tuple[float, Cell]],
    rows: list[dict[str, Any]],
    law: PowerLaw | None,
    cost: Cost,
) -> pd.DataFrame:
    erts = [interval_of(row, f"ert_{cost}") for row in rows]
    unknown = Interval(math.nan, math.nan, math.nan)
    exponent = unknown if law is None else law.exponent
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
            "exponent": exponent.estimate,
            "exponent_low": exponent.low,
            "exponent_high": exponent.high,
        }
    )


def _curve(
    axes: Axes,
    points: pd.DataFrame,
    law: PowerLaw | None,
    style: dict[str, Any],
    label: str,
    shift: float,
) -> None:
    colour = style["color"]
    solved = points[np.isfinite(points.ert)]
    vain = points[~np.isfinite(points.ert)]
    x = solved.value.to_numpy()
    if law is not None:
        e = law.exponent
        label += f": {number(e.estimate)} [{number(e.low)}, {number(e.high)}]"
        axes.plot(x * shift, law.factor * x**e.estimate, linewidth=1.3, **style)
    axes.plot(x * shift, solved.ert, "o", color=colour, markersize=5)
    axes.plot([], [], marker="o", markersize=5, label=label, **style)
    limits = solved[solved.ert_low.notna()]
    axes.vlines(
        limits.value * shift, limits.ert_low, limits.ert_high, color=colour, alpha=0.6
    )
    axes.plot(vain.value * shift, vain.ert_low, "^", color=colour, markersize=6)
