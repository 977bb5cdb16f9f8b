"""The report of a study: its tables, figures and page as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from gfsearch.report.figures import DRAWINGS, Written, write_figure
from gfsearch.report.page import in_hand, of_study, of_task, render
from gfsearch.report.parallel import Draughtsman
from gfsearch.report.tables import (
    Tables,
    require_parquet,
    runs,
    to_latex,
    write_parquet,
)
from gfsearch.report.variations import varied_columns
from gfsearch.study.results import Results
from gfsearch.study.staleness import data_remarks
from gfsearch.study.study import Study


@dataclass(frozen=True, eq=False)
class Report:
    """A written report.

    Attributes:
        tables: Its tables, by name.
        folder: Where the files are.
        files: The files written, apart from the page.
        page: The page that shows all of it.
    """

    tables: Tables
    folder: Path
    files: list[Path]
    page: Path

    @property
    def results(self) -> Results:
        """The collected results."""
        return self.tables.results

    @property
    def summary(self) -> pd.DataFrame:
        """One row per task and searcher."""
        return self.tables["summary"]

    def contents(self) -> str:
        """The names of the files: tables, then figures with all their endings."""
        figures = [f.stem for f in self.files if f.suffix == ".png"]
        tables = [f.name for f in self.files if f.stem not in figures]
        drawn = f"; figures (png, svg, pdf, csv): {', '.join(figures)}"
        return ", ".join(tables) + (drawn if figures else "")


_IN_HAND = "in hand"


def write_report(study: Study, *, parquet: bool = False) -> Report:
    """Write tables, figures and the page of what is on disk into `report/`.

    Args:
        study: The study; it may still be running.
        parquet: Write the tables, and one of all runs, as Parquet files too.

    Raises:
        InputError: Parquet files are wanted, but pyarrow is not installed.
    """
    if parquet:
        require_parquet()
    results = study.results()
    tables = Tables(replace(results, notes=list(data_remarks(results))))
    folder = study.folder / "report"
    folder.mkdir(parents=True, exist_ok=True)
    tasks = dict.fromkeys(cell.task.name for cell in results.cells if cell.results)
    names = list(DRAWINGS)
    early, late = names[::2], names[1::2]
    # Two processes begin at both ends, and are to meet at what takes little time.
    pieces: dict[str, Callable[[Tables], Any]] = {
        **{name: partial(write_figure, folder=folder, name=name) for name in early},
        _IN_HAND: in_hand,
        **{
            f"task {i}": partial(of_task, task=task, number=i, seed=study.seed)
            for i, task in enumerate(tasks, start=1)
        },
        **{name: partial(write_figure, folder=folder, name=name) for name in late},
    }
    with Draughtsman() as draughtsman:
        files = _write_tables(tables, folder, parquet)
        made = draughtsman.make(tables, list(pieces.values()))
    found = dict(zip(pieces, made, strict=True))
    written: dict[str, Written | None] = {name: found[name] for name in names}
    shown = {name: figure for name, figure in written.items() if figure}
    for figure in shown.values():
        files += figure.files
    drawn = of_study({name: figure.svg for name, figure in shown.items()})
    pictures = {task: found[f"task {i}"] for i, task in enumerate(tasks, start=1)}
    page = folder / "index.html"
    text = render(study, tables, drawn, pictures, found[_IN_HAND])
    # Names of folders need not be text.
    page.write_text(text, encoding="utf-8", errors="backslashreplace")
    return Report(tables, folder, files, page)


def _write_tables(tables: Tables, folder: Path, parquet: bool) -> list[Path]:
    files = []
    if parquet:
        files += write_parquet({**tables, "runs": runs(tables.results)}, folder)
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(path)
    latex = folder / "summary.tex"
    results, summary = tables.results, tables["summary"]
    text = to_latex(summary, results.costs, varied_columns(results))
    latex.write_text(text, encoding="utf-8")
    return [*files, latex]
