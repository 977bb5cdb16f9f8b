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
    TimeRemainingColumn,
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
            bar = progress.add_task("runs", total=len(runs))
            yield lambda run, status: progress.advance(bar)
    else:
        yield _Lines(runs, console)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


class _Lines:
    """One line for each task and searcher, when its last run has ended."""

    def __init__(self, runs: Sequence[Run], console: Console) -> None:
        self._console = console
        self._total = len(runs)
        self._left = Counter(_cell(run) for run in runs)
        self._solved: Counter[tuple[str, str]] = Counter()
        self._size = Counter(self._left)
        self._done = 0
        self._began = time.monotonic()

    def __call__(self, run: Run, status: Status) -> None:
        cell = _cell(run)
        self._done += 1
        self._left[cell] -= 1
        self._solved[cell] += status == "solved"
        if self._left[cell] == 0:
            task, searcher = cell
            self._console.print(
                f"[{self._done}/{self._total}, {time.monotonic() - self._began:.0f} s] "
                f"{task} {searcher}: {self._solved[cell]} of {self._size[cell]} solved",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def _cell(run: Run) -> tuple[str, str]:
    return run.task.name, run.searcher.label
