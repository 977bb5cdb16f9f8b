"""One run: everything that it depends on, and its key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec

from gfsearch.specs.seeds import digest
from gfsearch.suites.budget import Budget
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.searcher import LabelledSearcher


@dataclass(frozen=True)
class Run:
    """One searcher on one task: everything a run depends on.

    Attributes:
        task: The task.
        searcher: The searcher with its parameters.
        run: Number of the run, from 0, and of the instance it is made on.
        seed: Root seed of the study.
        budget: What may be spent.
        data: Digest of the data that other records of its instance saw; None if there
            are none.
    """

    task: AnyTask
    searcher: LabelledSearcher
    run: int
    seed: int
    budget: Budget
    data: str | None = None

    def search_content(self) -> dict[str, Any]:
        """Content that the random stream of the search depends on.

        Not the budget, unless the searcher knows it: a larger one continues the same
        run.
        """
        content = {
            "search": self.seed,
            "task": msgspec.Raw(self.task.hashed),
            "searcher": msgspec.Raw(self.searcher.hashed),
            "run": self.run,
        }
        if self.searcher.uses_budget:
            content["budget"] = self.budget.content()
        return content

    @cached_property
    def key(self) -> str:
        """The hash that names this run's record."""
        return digest(
            {
                **self.search_content(),
                "budget": self.budget.content(),
                "restarts": self.searcher.restarts,
                "targets": list(self.task.targets),
            }
        )

    def key_within(self, budget: Budget) -> str:
        """The key of the same run with another budget."""
        return self.key if budget == self.budget else replace(self, budget=budget).key

    def is_settled_by(self, key: str, budget: Budget, status: str) -> bool:
        """True if a record of the same run with a smaller budget is its result, too.

        It is if the run ended within that budget, solved or given up. A run that was
        censored is made again with the larger budget, from its start.

        Args:
            key: The record's key.
            budget: Its budget.
            status: How it ended.
        """
        return (
            self.budget.exceeds(budget)
            and status in ("solved", "gave up")
            and not self.searcher.uses_budget
            and key == self.key_within(budget)
        )

    def header(self) -> dict[str, Any]:
        """Fields of a record that are known before the run starts."""
        return {
            "key": self.key,
            "task": self.task.name,
            "searcher": self.searcher.label,
            "parameters": self.searcher.content(),
            "run": self.run,
            "instance": self.run,
            "seed": self.seed,
            "revisions": {
                **self.task.revisions,
                "searcher": self.searcher.kind.revision,
            },
            **self.budget.fields(),
        }
