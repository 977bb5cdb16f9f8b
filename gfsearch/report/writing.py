"""The report of a study: its tables, figures and page as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from gfsearch.report.figures import DRAWINGS, write_figure
from gfsearch.report.page import of_task, render
from gfsearch.report.parallel import Draughtsman
from gfsearch.report.tables import (
    all_tables,
    require_parquet,
    runs,
    to_latex,
    write_parquet,
)
from gfsearch.study.results import Results
from gfsearch.study.staleness import data_remarks
from gfsearch.study.study import Study


@dataclass(frozen=True, eq=False)
class Report:
    """A written report.

    Attributes:
        results: The collected results.
        tables: What `gfsearch.report.tables.all_tables` returns.
        folder: Where the files are.
        files: The files written, apart from the page.
        page: The page that shows all of it.
    """

    results: Results
    tables: Mapping[str, pd.DataFrame]
    folder: Path
    files: list[Path]
    page: Path

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
    results = replace(results, notes=list(data_remarks(results)))
    folder = study.folder / "report"
    folder.mkdir(parents=True, exist_ok=True)
    tasks = dict.fromkeys(cell.task.name for cell in results.cells if cell.results)
    work: dict[tuple[str, str], Callable[[Results], Any]] = {
        ("figure", name): partial(write_figure, folder=folder, name=name)
        for name in DRAWINGS
    }
    work |= {
        ("task", task): partial(of_task, task=task, number=i, seed=study.seed)
        for i, task in enumerate(tasks, start=1)
    }
    with Draughtsman(results, work) as draughtsman:
        tables = all_tables(results)
        files = _write_tables(tables, results, folder, parquet)
        drawn = draughtsman.done()
    for name in DRAWINGS:
        files += drawn["figure", name]
    pictures = {task: drawn["task", task] for task in tasks}
    page = folder / "index.html"
    text = render(study, results, tables, pictures, folder)
    # Names of folders need not be text.
    page.write_text(text, encoding="utf-8", errors="backslashreplace")
    return Report(results, tables, folder, files, page)


def _write_tables(
    tables: Mapping[str, pd.DataFrame], results: Results, folder: Path, parquet: bool
) -> list[Path]:
    files = []
    if parquet:
        files += write_parquet({**tables, "runs": runs(results)}, folder)
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(path)
    latex = folder / "summary.tex"
    latex.write_text(to_latex(tables["summary"], results.costs), encoding="utf-8")
    return [*files, latex]
