"""Tables in the forms in which they leave: JSON, LaTeX, Parquet."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.numbers import parameter, with_interval, words
from gfsearch.specs.errors import InputError
from gfsearch.study.cost_kinds import Cost


def to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain values; nan and inf, which JSON lacks, become None."""
    finite = table.astype(object).where(table.notna(), None)
    finite = finite.replace([math.inf, -math.inf], None)
    return [
        {str(k): v for k, v in row.items()} for row in finite.to_dict(orient="records")
    ]


def require_parquet() -> None:
    """Refuse to go on without the library that writes Parquet files.

    Raises:
        InputError: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise InputError("--parquet: needs pyarrow: pip install 'gfsearch[parquet]'")


def write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table as a Parquet file, with pyarrow; returns the files."""
    written = []
    for name, table in tables.items():
        written.append(folder / f"{name}.parquet")
        table.to_parquet(written[-1], engine="pyarrow", index=False)
    return written


def to_latex(
    table: pd.DataFrame, costs: Sequence[Cost], varied: Sequence[str] = ()
) -> str:
    """The summary as a LaTeX table for the packages booktabs and multirow.

    Per task and searcher: runs solved, and in each cost the ERT with its interval and
    the speed-up over guessing; the smallest ERT of a task in bold.

    Args:
        table: What `summary` returns.
        costs: The costs to show.
        varied: Columns of parameters that are shown, too.
    """
    shown = pd.DataFrame(index=pd.MultiIndex.from_frame(table[["task", "searcher"]]))
    best = pd.DataFrame("", index=shown.index, columns=[])
    rows = [row for _, row in table.iterrows()]
    shown["solved"] = [f"{r.solved}/{r.runs}" if r.runs else "--" for r in rows]
    best["solved"] = ""
    for cost in costs:
        for name, title in (("ert", "ERT"), ("speedup", "x guessing")):
            column = f"{title}, {words(cost)}"
            of = f"{name}_{cost}"
            shown[column] = [
                with_interval(r[of], r[f"{of}_low"], r[f"{of}_high"]) if r.runs else ""
                for r in rows
            ]
            lowest = [name == "ert" and i in smallest(table, of) for i in table.index]
            best[column] = ["textbf:--rwrap" if b else "" for b in lowest]
    for name in varied:
        shown[name] = [parameter(value) for value in table[name].tolist()]
        best[name] = ""
    styler = shown.style.format(escape="latex").format_index(escape="latex")
    styler = styler.format_index(escape="latex", axis=1)
    return styler.apply(lambda _: best, axis=None).to_latex(
        hrules=True, clines="skip-last;data", column_format="ll" + "r" * shown.shape[1]
    )


def smallest(table: pd.DataFrame, column: str) -> set[Any]:
    """The rows with the smallest finite value of a column among those of a task.

    None in trials where an on-line searcher takes part, whose trial is a pass.
    """
    finite = table[np.isfinite(table[column])]
    if column == "ert_trials":
        passes = table[table.on_line.astype(bool) & (table.runs > 0)]
        finite = finite[~finite.task.isin(passes.task)]
    return set(finite.groupby("task")[column].idxmin())
