"""Progress of a study on standard error: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from gfsearch.study.execution import OnDone
from gfsearch.study.records import Status
from gfsearch.suites.run import Run


@contextmanager
def follow(runs: Sequence[Run], console: Console, *, quiet: bool) -> Iterator[OnDone]:
    """Show how the runs go; yields what to call when one has ended.

    Args:
        runs: The runs that will be made.
        console: Standard error.
        quiet: Show nothing.
    """
    if quiet:
        yield lambda run, status: None
    elif console.is_terminal:
        with _bar(console) as progress:
            pace = _Pace(runs)
            bar = progress.add_task("runs", total=len(runs), left="")

            def advance(run: Run, status: Status) -> None:
                pace.advance()
                progress.update(bar, advance=1, left=pace.left())

            yield advance
    else:
        yield _Lines(runs, console)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
        transient=True,
    )


class _Pace:
    """The time that the remaining runs take.

    All tasks and searchers go ahead side by side, so it is that of the runs so far, as
    many times as runs are left. Not counted are as many runs as there are tasks and
    searchers, the first of which wait for their code to be compiled.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.total, self.done = len(runs), 0
        self._first = min(len({_cell(run) for run in runs}), len(runs) // 2)
        self._began = self._counted = time.monotonic()

    @property
    def taken(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def advance(self) -> None:
        """Note that a run has ended."""
        self.done += 1
        if self.done == self._first:
            self._counted = time.monotonic()

    def left(self) -> str:
        """The time left in words; empty while nothing is known."""
        done = self.done - self._first
        if done <= 0:
            return ""
        seconds = time.monotonic() - self._counted
        seconds *= (self.total - self.done) / done
        if seconds < 100.0:
            return f"about {seconds:.0f} s left"
        if seconds < 6000.0:
            return f"about {seconds / 60.0:.0f} min left"
        return f"about {seconds / 3600.0:.0f} h left"


class _Lines:
    """A line at each tenth of the runs, and at the end of each task and searcher."""

    def __init__(self, runs: Sequence[Run], console: Console) -> None:
        self._console = console
        self._pace = _Pace(runs)
        self._left = Counter(_cell(run) for run in runs)
        self._solved: Counter[tuple[str, str]] = Counter()
        self._size = Counter(self._left)

    def __call__(self, run: Run, status: Status) -> None:
        cell, pace = _cell(run), self._pace
        pace.advance()
        self._left[cell] -= 1
        self._solved[cell] += status == "solved"
        if self._left[cell] == 0:
            task, searcher = cell
            solved = f"{self._solved[cell]} of {self._size[cell]} solved"
            self._say(f"{task} {searcher}: {solved}")
        elif self._tenth() and (left := pace.left()):
            self._say(left)

    def _tenth(self) -> bool:
        """True if a further tenth of the runs has ended."""
        done, total = self._pace.done, self._pace.total
        return 10 * done // total > 10 * (done - 1) // total

    def _say(self, line: str) -> None:
        self._console.print(
            f"[{self._pace.done}/{self._pace.total}, {self._pace.taken:.0f} s] {line}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _cell(run: Run) -> tuple[str, str]:
    return run.task.name, run.searcher.label
