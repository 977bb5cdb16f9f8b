"""What is to be run: searchers with their parameters, and runs with their keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gfsearch.fields import Spec, canonical
from gfsearch.searchers import Searcher
from gfsearch.seeds import digest
from gfsearch.task import Task


@dataclass(frozen=True, kw_only=True)
class LabelledSearcher:
    """A searcher with its parameters, under the label of a suite.

    Attributes:
        label: Its name in the suite; the searcher's own unless it is a variant.
        kind: The searcher.
        parameters: Its parameters, defaults filled in.
        budget: Trials per run, if not the suite's.
        restarts: Start afresh when it stops, until the budget is spent.
    """

    label: str
    kind: type[Searcher]
    parameters: Spec
    budget: int | None = None
    restarts: bool = True

    def content(self) -> dict[str, Any]:
        """The searcher and all its parameters as plain values."""
        return {"kind": self.kind.kind, **canonical(self.parameters)}


@dataclass(frozen=True)
class Run:
    """One searcher on one task: everything a run depends on.

    Attributes:
        task: The task.
        searcher: The searcher with its parameters.
        run: Number of the run, from 0, and of the instance it is made on.
        seed: Root seed of the study.
        budget: Trials that may be spent.
    """

    task: Task
    searcher: LabelledSearcher
    run: int
    seed: int
    budget: int

    def search_content(self) -> dict[str, Any]:
        """What the random stream of the search depends on.

        Not the budget: a larger one continues the same run.
        """
        return {
            "search": self.seed,
            "task": self.task.identity(),
            "searcher": {
                "revision": self.searcher.kind.revision,
                **self.searcher.content(),
            },
            "run": self.run,
        }

    @cached_property
    def key(self) -> str:
        """The hash that names this run's record."""
        return digest(
            {
                **self.search_content(),
                "budget": self.budget,
                "restarts": self.searcher.restarts,
                "targets": list(self.task.targets),
            }
        )

    def revisions(self) -> dict[str, int]:
        """Revisions of the problem, the network and the searcher."""
        return {
            "problem": self.task.problem.revision,
            "network": self.task.network.revision,
            "searcher": self.searcher.kind.revision,
        }
