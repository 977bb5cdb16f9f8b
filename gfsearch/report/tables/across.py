"""Searchers against guessing over all tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.tables.comparisons import mean_ratio
from gfsearch.report.tables.summary import NOTHING
from gfsearch.statistics import (
    Claim,
    Runs,
    Searched,
    among_fastest,
    as_bound,
    geometric_mean_ratio,
    holm,
    joint_speedups,
    log_rank,
)
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results
from gfsearch.suites.searcher import LabelledSearcher


@dataclass(frozen=True)
class _Compared:
    """A searcher with guessing on the tasks that both ran.

    Attributes:
        searcher: The searcher.
        pairs: Guessing and the searcher on each task.
    """

    searcher: LabelledSearcher
    pairs: list[tuple[Cell, Cell]]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks."""
        return tuple(cell.task.name for _, cell in self.pairs)

    @property
    def tested(self) -> bool:
        """True if all tasks have a test set."""
        return all(cell.task.tested for _, cell in self.pairs)

    def takes_part(self, cost: Cost) -> bool:
        """True if it is compared in a cost: passes are no trials."""
        return cost != "trials" or not self.searcher.on_line


def across(results: Results) -> pd.DataFrame:
    """Each searcher against guessing over all tasks on which both have runs.

    Columns: searcher, cost, on_line (a trial is a pass: compared in other costs),
    tasks, solved_tasks (solved by at least one run), bounded (tasks on which one of
    the two solved nothing); speedup with limits (geometric mean over tasks of ERT of
    guessing / ERT; bounds are carried through); speedup_joint_low and _high, p_joint
    (limits and p that hold for all searchers together); among_fastest (of those on the
    same tasks); speedup_generalising with the same limits (of the costs until a
    solution is right on the test set, too; fewer than three that are right give a
    bound);
    speedup_lowest and _highest (of the means with one task left out);
    mean_ratio (geometric mean over tasks of the ratios of restricted means, known even
    where nobody solves); log_rank_z, log_rank_p (stratified by task), p_holm (adjusted
    over the searchers, per cost).
    """
    compared = list(_compared(results))
    rows = [row for cost in results.costs for row in _rows(compared, cost)]
    columns = ["searcher", "cost", "on_line", "tasks", "solved_tasks", "bounded"]
    columns += ["speedup", "speedup_low", "speedup_high"]
    columns += ["speedup_joint_low", "speedup_joint_high", "p_joint", "among_fastest"]
    ends = ("", "_low", "_high", "_joint_low", "_joint_high")
    columns += [f"speedup_generalising{end}" for end in ends]
    columns += ["speedup_lowest", "speedup_highest"]
    columns += ["mean_ratio", "log_rank_z", "log_rank_p"]
    table = pd.DataFrame(rows, columns=columns)
    order = {one.searcher.label: place for place, one in enumerate(compared)}
    table = table.sort_values(
        "searcher", key=lambda labels: labels.map(order), kind="stable"
    ).reset_index(drop=True)
    table["p_holm"] = table.groupby("cost").log_rank_p.transform(holm)
    return table


def groups(results: Results) -> pd.DataFrame:
    """The same for each group of tasks alone; its name is in the column `group`."""
    found = []
    for name in results.groups:
        table = across(results.of_group(name))
        table.insert(0, "group", name)
        found.append(table)
    if not found:
        return pd.DataFrame(columns=["group", "searcher", "cost", "tasks"])
    return pd.concat(found, ignore_index=True)


def _compared(results: Results) -> Iterator[_Compared]:
    for label in results.labels:
        cells = [
            cell
            for cells in results.tasks.values()
            for cell in cells
            if cell.searcher.label == label
        ]
        pairs = [
            (baseline, cell)
            for cell in cells
            if (baseline := results.baseline(cell)) is not None
            if baseline is not cell and baseline.results
        ]
        if pairs:
            yield _Compared(pairs[0][1].searcher, pairs)


_Of = Callable[[Cell, Cost], Runs]
"""The runs of a cell, solved or not."""


def _solved(cell: Cell, cost: Cost) -> Runs:
    return cell.runs(cost)


def _on_the_same_tasks(
    compared: list[_Compared], cost: Cost
) -> list[tuple[list[_Compared], float]]:
    """The searchers in groups that can be compared with each other, with their levels.

    The miss of 5 % is shared out over all.
    """
    taking = [one for one in compared if one.takes_part(cost)]
    groups: dict[tuple[str, ...], list[_Compared]] = {}
    for one in taking:
        groups.setdefault(one.tasks, []).append(one)
    return [(group, 1.0 - 0.05 * len(group) / len(taking)) for group in groups.values()]


def _claims(
    compared: list[_Compared], cost: Cost, of: _Of, purpose: str
) -> dict[str, Claim]:
    """Claims about all searchers together in a cost, by label.

    Args:
        compared: The searchers.
        cost: The cost.
        of: Which runs count as solved.
        purpose: Of the random numbers.
    """
    found: dict[str, Claim] = {}
    for group, level in _on_the_same_tasks(compared, cost):
        baseline = _searched([guessing for guessing, _ in group[0].pairs], cost, of)
        searchers = [_searched([cell for _, cell in g.pairs], cost, of) for g in group]
        # Of guessing alone, on the first task: the same in every cost that is the same.
        rng = group[0].pairs[0][0].rng(f"{purpose}, {{cost}}", cost)
        claims = joint_speedups(baseline, searchers, rng, level)
        found |= {g.searcher.label: c for g, c in zip(group, claims, strict=True)}
    return found


def _fastest(compared: list[_Compared], cost: Cost) -> set[str]:
    """The searchers that no other one on the same tasks is shown to beat."""
    found: set[str] = set()
    for group, level in _on_the_same_tasks(compared, cost):
        searchers = [
            _searched([cell for _, cell in g.pairs], cost, _solved) for g in group
        ]
        rng = group[0].pairs[0][0].rng("among fastest, {cost}", cost)
        fast = among_fastest(searchers, rng, level)
        found |= {g.searcher.label for g, f in zip(group, fast, strict=True) if f}
    return found


def _searched(cells: list[Cell], cost: Cost, of: _Of) -> Searched:
    return Searched([of(c, cost) for c in cells], [c.per_trial(cost) for c in cells])


def _if_right(cell: Cell, cost: Cost) -> Runs:
    """The runs, solved only if they are right on the test set, too."""
    return as_bound(cell.costs(cost), cell.right)


def _rows(compared: list[_Compared], cost: Cost) -> Iterator[dict[str, Any]]:
    """The rows of all searchers in a cost."""
    claims = _claims(compared, cost, _solved, "joint")
    tested = [one for one in compared if one.tested]
    right = _claims(tested, cost, _if_right, "joint, of right")
    fastest = _fastest(compared, cost)
    for one in compared:
        label = one.searcher.label
        yield {
            **_row(one, cost),
            **_joint("speedup", claims.get(label)),
            **_joint("speedup_generalising", right.get(label)),
            "p_joint": claims[label].p if label in claims else np.nan,
            "among_fastest": label in fastest,
        }


def _joint(name: str, claim: Claim | None) -> dict[str, float]:
    speedup = NOTHING if claim is None else claim.speedup
    return {f"{name}_joint_low": speedup.low, f"{name}_joint_high": speedup.high}


def _row(one: _Compared, cost: Cost) -> dict[str, Any]:
    """Numbers of one searcher that are the same whoever else takes part."""
    pairs = one.pairs
    runs = [(guessing.runs(cost), cell.runs(cost)) for guessing, cell in pairs]
    # Of the searcher alone: a study's other searchers must not change its bootstrap.
    rng = pairs[0][1].rng("mean ratio, {cost}", cost)
    units = [(first.per_trial(cost), second.per_trial(cost)) for first, second in pairs]
    mean = geometric_mean_ratio(runs, rng, per_trial=units)
    right = NOTHING
    if one.tested:
        right = geometric_mean_ratio(
            [(_if_right(a, cost), _if_right(b, cost)) for a, b in pairs],
            pairs[0][1].rng("mean ratio of right, {cost}", cost),
            per_trial=units,
        ).ratio
    test = log_rank([(own, guessing) for guessing, own in runs])
    restricted = [mean_ratio(*pair)[0] for pair in runs]
    return {
        "searcher": one.searcher.label,
        "cost": cost,
        "on_line": one.searcher.on_line,
        "tasks": mean.tasks,
        "solved_tasks": sum(bool(cell.solved.any()) for _, cell in pairs),
        "bounded": mean.bounded,
        "speedup": mean.ratio.estimate,
        "speedup_low": mean.ratio.low,
        "speedup_high": mean.ratio.high,
        "speedup_generalising": right.estimate,
        "speedup_generalising_low": right.low,
        "speedup_generalising_high": right.high,
        "speedup_lowest": mean.lowest,
        "speedup_highest": mean.highest,
        "mean_ratio": float(np.exp(np.mean(np.log(restricted)))),
        "log_rank_z": test.z,
        "log_rank_p": test.p,
    }
