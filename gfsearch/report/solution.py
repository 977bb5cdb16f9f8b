"""The network that a run has found, in words and as a diagram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gfsearch.networks import Structure
from gfsearch.networks.used import in_words
from gfsearch.specs.errors import InputError, unknown
from gfsearch.study.records import Record
from gfsearch.study.study import Study
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.task import Task


@dataclass(frozen=True)
class Found:
    """A run's record, with its task.

    Attributes:
        task: The task.
        record: A record with weights.
    """

    task: AnyTask
    record: Record

    @property
    def title(self) -> str:
        """The run, and its outcome."""
        r = self.record
        status = r.status if r.loss is None else f"{r.status}, loss {r.loss:.3g}"
        title = f"{r.task}, {r.searcher}, run {r.run}: {status}, {r.trials:,} trials"
        if not isinstance(self.task, Task):
            return title
        cases = "episodes" if self.task.episodic else "sequences"
        return f"{title}, {r.test_errors} of {r.test_size} test {cases} wrong"

    def lines(self) -> Iterator[str]:
        """The run and its network, in words."""
        assert self.record.weights is not None
        yield self.title
        if isinstance(self.task, Task) and isinstance(self.task.built, Structure):
            yield from in_words(self.task.structure, self.record.weights)
        else:
            yield "weights: " + ", ".join(f"{w:.6g}" for w in self.record.weights)

    def draw(self, path: Path) -> None:
        """Draw the network into a file.

        Raises:
            InputError: The file's ending is no picture's, or it cannot be written.
        """
        # Here and not above: matplotlib takes a second to load.
        from gfsearch.report.figures.network import draw_network
        from gfsearch.report.figures.saving import house_style, write

        assert self.record.weights is not None
        task = self.task
        if not isinstance(task, Task) or not isinstance(task.built, Structure):
            raise InputError(f"task {task.name!r} has no units and links to draw")
        with house_style():
            figure = draw_network(task.structure, self.record.weights, self.title)
            write(figure, path)


def found(study: Study, task: str, searcher: str, run: int | None) -> Found:
    """Find the network of a run of a study.

    Args:
        study: The study.
        task: A task's name.
        searcher: A searcher's label.
        run: The run's number; None for the first that was solved, else that has
            weights at all.

    Raises:
        InputError: There is no such run, or it has kept no weights.
    """
    if task not in study.suite.tasks:
        raise unknown("task", task, study.suite.tasks)
    if searcher not in study.suite.searchers:
        raise unknown("searcher", searcher, study.suite.searchers)
    for cell in study.results().cells:
        if (cell.task.name, cell.searcher.label) == (task, searcher):
            kept = cell.results["has_weights"]
            if run is not None:
                kept = kept & (cell.results["run"] == run)
            solved = kept & cell.solved
            first = np.flatnonzero(solved if solved.any() else kept)[:1]
            for record in cell.results.only(first).records():
                return Found(cell.task, record)
    which = "no run has" if run is None else f"run {run} is not there, or has not"
    raise InputError(f"{study.folder}: {task}, {searcher}: {which} kept weights")
