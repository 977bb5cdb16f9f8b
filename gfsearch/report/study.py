"""Studies as users get them: what is on disk, with its tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Self

from gfsearch.specs.errors import unknown
from gfsearch.study import comparing, study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from gfsearch.study.cost_kinds import Cost

_P = ParamSpec("_P")


class Study(study.Study):
    """One comparison, with its tables and figures; see `gfsearch.study.study.Study`.

    What is read is what is on disk: the study may still be running.
    """

    @classmethod
    def of(cls, made: study.Study) -> Self:
        """The same study, with tables and figures."""
        return cls(**vars(made))

    def summary(self) -> pd.DataFrame:
        """One row per task and searcher; docs/statistics.md explains the columns."""
        # Here and not above: making runs must not cost the import of pandas.
        from gfsearch.report.tables import Tables

        return Tables(self.results())["summary"]

    def runs(self, *, traces: bool = False, weights: bool = False) -> pd.DataFrame:
        """One row per run that is a result: costs, status and parameters.

        Args:
            traces: Add the column trace: pairs of trial number and best loss so far.
            weights: Add the column weights: of the solution, or else of the best
                vector; None where none was kept.
        """
        from gfsearch.report.tables import runs

        return runs(self.results(), traces=traces, weights=weights)

    def __repr__(self) -> str:
        planned, done, failed = self._counts()
        told = f"Study {self.folder}: {self._extent()}, {done:,} of {planned:,} done"
        return told + (f", {failed:,} failed" if failed else "")

    def _repr_html_(self) -> str:
        """HTML for a notebook: the study in a line, and its main numbers."""
        from gfsearch.report.tables import Tables
        from gfsearch.report.wording import brief

        table = brief(Tables(self.results())["summary"])
        return f"<p>{escape(repr(self))}</p>{table.to_html(index=False)}"

    def _counts(self) -> tuple[int, int, int]:
        """Runs that are planned, that are done, and that failed."""
        cells = self.results().cells
        return (
            sum(cell.planned for cell in cells),
            sum(len(cell.results) for cell in cells),
            sum(len(cell.failed) for cell in cells),
        )

    def _extent(self) -> str:
        """Numbers of tasks, searchers and runs."""
        suite = self.suite
        counts = (
            (len(suite.tasks), "task"),
            (len(suite.searchers), "searcher"),
            (suite.runs, "run"),
        )
        return " x ".join(f"{n:,} {name}{'s' * (n != 1)}" for n, name in counts)

    def plot(
        self,
        figure: str,
        *,
        tasks: Sequence[str] = (),
        searchers: Sequence[str] = (),
        cost: Cost | None = None,
    ) -> Figure | None:
        """Draw a figure, as the command `plot` does.

        Args:
            figure: Its name, see `python -m gfsearch list figures`.
            tasks: Names or globs of tasks; none for all.
            searchers: Labels or globs of searchers; none for all.
            cost: "trials", "presentations" or "forward_equivalents", the only cost to
                show; None for the figure's own choice.

        Returns:
            None if there is nothing to draw.

        Raises:
            InputError: There is no such figure, or a name matches nothing.
        """
        from gfsearch.report.captions import STUDY_FIGURES
        from gfsearch.report.figures import draw
        from gfsearch.report.tables import Tables

        if figure not in STUDY_FIGURES:
            raise unknown("figure", figure, STUDY_FIGURES)
        part = self.results().only(tasks, searchers)
        drawing = draw(Tables(part), figure, cost)
        return None if drawing is None else drawing.figure


def _with_report(function: Callable[_P, study.Study]) -> Callable[_P, Study]:
    """The function, returning a study with tables and figures."""

    @wraps(function)
    def reported(*args: _P.args, **kwargs: _P.kwargs) -> Study:
        return Study.of(function(*args, **kwargs))

    return reported


compare = _with_report(comparing.compare)


def open_study(folder: str | Path, *, allow_imports: bool = False) -> Study:
    """Read a study from disk.

    Args:
        folder: The study's folder.
        allow_imports: Whether a kind may be "module:Class": importing a module runs
            its code.

    Raises:
        InputError: There is no study in the folder, its plan is damaged, or something
            in it is not its own.
    """
    return Study.open(folder, allow_imports=allow_imports)
