"""All tables of a report, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar, Self

import pandas as pd

from gfsearch.report.tables.across import across, groups
from gfsearch.report.tables.comparisons import comparisons
from gfsearch.report.tables.published import published
from gfsearch.report.tables.readings import readings
from gfsearch.report.tables.restarts import Profiles, restart_profiles
from gfsearch.report.tables.searchers import searchers
from gfsearch.report.tables.settings import settings, with_parameters
from gfsearch.report.tables.summary import summary
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of a study's results by name, each computed when first asked for.

    "summary" (one row per task and searcher), "comparisons" (every pair of searchers on
    each task), "across" (each searcher against guessing over all tasks), "groups" (over
    the tasks of each group), "published" (published figures beside ours), "readings"
    (those that several tasks of a group share), "searchers" (where each comes from),
    "settings" (what each setting of parameters costs). The last columns are the
    parameters in which tasks or searchers differ.

    Args:
        results: Collected results of a study.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self._computed: dict[str, pd.DataFrame] = {}
        self._profiles: dict[Cost, Profiles] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._computed:
            table = self._COMPUTE[name](self)
            if name != "settings":
                table = with_parameters(table, self.results)
            self._computed[name] = table
        return self._computed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._COMPUTE)

    def __len__(self) -> int:
        return len(self._COMPUTE)

    def restart_profiles(self, cost: Cost) -> Profiles:
        """ERT of each cell against the cutoff, by task and searcher."""
        if cost not in self._profiles:
            self._profiles[cost] = restart_profiles(self.results, cost)
        return self._profiles[cost]

    def of_task(self, task: str) -> Self:
        """The tables of one task alone; its rows of the summary are taken over."""
        cells = [cell for cell in self.results.cells if cell.task.name == task]
        part = type(self)(replace(self.results, cells=cells))
        table = self["summary"]
        part._computed["summary"] = table[table.task == task]
        return part

    _COMPUTE: ClassVar[dict[str, Callable[[Tables], pd.DataFrame]]] = {
        "summary": lambda own: summary(own.results, own.restart_profiles("trials")),
        "comparisons": lambda own: comparisons(own.results, own["summary"]),
        "across": lambda own: across(own.results),
        "groups": lambda own: groups(own.results),
        "published": lambda own: published(own.results, own["summary"]),
        "readings": lambda own: readings(own.results, own["published"]),
        "searchers": lambda own: searchers(own.results),
        "settings": lambda own: settings(own.results),
    }
