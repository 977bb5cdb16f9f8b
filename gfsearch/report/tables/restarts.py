"""Expected running times of single runs that are given up after a cutoff."""

from __future__ import annotations

from gfsearch.statistics import RestartProfile, restart_profile
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results

Profiles = dict[tuple[str, str], RestartProfile]
"""Restart profiles by task and searcher."""


def restart_profiles(results: Results, cost: Cost) -> Profiles:
    """The restart profile of each cell that has results."""
    return {
        (cell.task.name, cell.searcher.label): restart_profile(
            *cell.first_starts(cost), cell.rng("cutoff, {cost}", cost)
        )
        for cell in results.cells
        if cell.results
    }
