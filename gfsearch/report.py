"""The report of a study: its tables and figures as files, and what to say of them."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd
from loky import ProcessPoolExecutor

from gfsearch.cells import Results
from gfsearch.figures import DRAWINGS, write_figure
from gfsearch.study import Study
from gfsearch.tables import (
    across,
    comparisons,
    published,
    require_parquet,
    runs,
    searchers,
    summary,
    to_latex,
    write_parquet,
)


@dataclass(frozen=True, eq=False)
class Report:
    """What a report found and wrote.

    Attributes:
        results: The collected results.
        tables: By name: "summary" (one row per task and searcher), "comparisons"
            (every pair of searchers on each task), "across" (each searcher against
            guessing over all tasks), "published" (published figures beside ours),
            "searchers" (where each comes from).
        folder: Where the files are.
        files: The files written.
    """

    results: Results
    tables: Mapping[str, pd.DataFrame]
    folder: Path
    files: list[Path]

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
    """Write tables and figures of what is on disk into the study's `report/`.

    Args:
        study: The study; it may still be running.
        parquet: Write the tables, and one of all runs, as Parquet files too.

    Raises:
        InputError: Parquet files are wanted, but pyarrow is not installed.
    """
    if parquet:
        require_parquet()
    results = study.results()
    folder = study.folder / "report"
    folder.mkdir(parents=True, exist_ok=True)
    with _Draughtsman(results, folder) as figures:
        return _write(results, folder, figures, parquet)


def _write(
    results: Results, folder: Path, figures: _Draughtsman, parquet: bool
) -> Report:
    tables = {
        "summary": summary(results),
        "comparisons": comparisons(results),
        "across": across(results),
        "published": published(results),
        "searchers": searchers(results),
    }
    files = []
    if parquet:
        files += write_parquet({**tables, "runs": runs(results)}, folder)
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(path)
    latex = folder / "summary.tex"
    latex.write_text(to_latex(tables["summary"], results.costs), encoding="utf-8")
    files.append(latex)
    return Report(results, tables, folder, files + figures.written())


class _Draughtsman:
    """Draws all figures: another process, and this one as soon as it has time.

    Args:
        results: Collected results of a study.
        folder: Where the files go.
    """

    def __init__(self, results: Results, folder: Path) -> None:
        self._results = results
        self._folder = folder

    def __enter__(self) -> Self:
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            # Ctrl-C reaches it too; this process ends it.
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        )
        # A copy: a thread pickles it, which must not meet the values that tables cache.
        drawn = deepcopy(self._results)
        self._begun = {
            name: self._pool.submit(write_figure, drawn, self._folder, name)
            for name in DRAWINGS
        }
        return self

    def __exit__(self, *error: object) -> None:
        for figure in self._begun.values():
            figure.cancel()
        self._pool.shutdown()

    def written(self) -> list[Path]:
        """The files of all figures, in their order."""
        # From the end: what the other process has not begun is drawn here.
        files = {name: self._files(name) for name in reversed(DRAWINGS)}
        return [path for name in DRAWINGS for path in files[name]]

    def _files(self, name: str) -> list[Path]:
        if not self._begun[name].cancel():
            with contextlib.suppress(BrokenExecutor):  # Killed: nothing is lost.
                files: list[Path] = self._begun[name].result()
                return files
        return write_figure(self._results, self._folder, name)
