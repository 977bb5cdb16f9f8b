"""The answer of a study in one sentence, the same on terminal, page and in JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.study.cost_kinds import BACKWARD, Cost
from gfsearch.study.results import Results

_GUESSING = "random weight guessing"

_UNITS: dict[Cost, str] = {
    "trials": "trials",
    "presentations": "presentations",
    "forward_equivalents": f"presentations, a backward pass as {BACKWARD:g} more",
}
"""The costs of a sentence, in words."""


def sentences(tables: Tables) -> tuple[str, list[str]]:
    """The first sentence of a report, and those that follow.

    The first follows what the study varies: where nothing is compared with guessing,
    it is on the parameters, if there are any. Then come groups and parameters.

    Args:
        tables: The tables of a study, with its results.
    """
    first = answer(tables.results, tables["across"])
    further = [*of_groups(tables["groups"]), *of_parameters(tables["settings"])]
    if tables["across"].empty and further:
        first, *further = further
    return first, further


def answer(results: Results, across: pd.DataFrame) -> str:
    """The first sentence of a report, made from the numbers alone.

    Of each of two costs it tells the best of the searches that work on most tasks, who
    else may be the fastest of them, and one that is better still but works on fewer.
    Better and worse are said only where the limits say so that hold for all searches
    together. On-line searchers, whose trial is a pass, are not counted in trials.

    Args:
        results: Collected results of a study.
        across: What `gfsearch.report.tables.across` says of them.
    """
    guessing = [c for c in results.cells if c.searcher.is_baseline]
    runs = sum(len(cell.results) for cell in guessing)
    if not results.tasks:
        return "No run has ended yet."
    if not runs:
        return f"Not known: this study has no runs of {_GUESSING} to compare with."
    if across.empty:
        solved = sum(int(cell.solved.sum()) for cell in guessing)
        return (
            f"Not known: only {_GUESSING} was run; it solved {solved} of {runs} runs."
        )
    if set(results.unsolvable) == set(results.tasks):
        return _best_losses(results)
    if not any(cell.solved.any() for cell in results.cells):
        return (
            f"Not known: no run was solved, neither of {_GUESSING} nor of any search."
        )
    most = int(across.tasks.max())
    only = next(iter(results.tasks)) if len(results.tasks) == 1 else "one task"
    where = f"Over {most} tasks" if most > 1 else f"On {only}"
    return f"{where}, {_clauses(across, most)}."


def _best_losses(results: Results) -> str:
    """The searchers with the smallest losses, where nothing can be solved."""
    clauses = []
    for name, cells in results.tasks.items():
        # As `best_loss` of the summary.
        medians = {
            cell.searcher.label: float(
                np.quantile(cell.results["loss"], 0.5, method="inverted_cdf")
            )
            for cell in cells
        }
        best = min(medians, key=lambda label: medians[label])
        told = f"on {name} {best} reaches {number(medians[best])}"
        guessing = [c.searcher.label for c in cells if c.searcher.is_baseline]
        if guessing and best != guessing[0]:
            told += f" ({_GUESSING} {number(medians[guessing[0]])})"
        clauses.append(told)
    more = len(clauses) - _MOST_NAMES
    shown = clauses[:_MOST_NAMES] + ([f"{more} more tasks"] if more > 0 else [])
    return (
        "No loss counts as a solution here; of the smallest losses within the budget "
        f"(medians over runs), {'; '.join(shown)}."
    )


def of_groups(groups: pd.DataFrame) -> Iterator[str]:
    """A sentence on each group of tasks, whose limits hold within the group.

    Args:
        groups: What `gfsearch.report.tables.across.groups` says of them.
    """
    for name, table in groups.groupby("group", sort=False):
        most = int(table.tasks.max())
        tasks = "1 task" if most == 1 else f"{most} tasks"
        if told := _clauses(table, most, brief=True):
            yield f"{name} ({tasks}): {told}."


_MOST_NAMES = 4
"""Names in a row that a sentence can carry."""

_MOST_SENTENCES = 6
"""Sentences on parameters; the others are left to the table."""


def of_parameters(table: pd.DataFrame) -> Iterator[str]:
    """A sentence on each searcher's best setting of parameters that can be chosen.

    Over all tasks; in presentations where a trial is a pass.

    Args:
        table: What `gfsearch.report.tables.settings.settings` says of them.
    """
    cost = table.on_line.map({True: "presentations", False: "trials"})
    told = table[table.whole & table.free & (table.cost == cost)]
    found = [
        sentence
        for (searcher, names), rows in told.groupby(
            ["searcher", "parameters"], sort=False
        )
        if (sentence := _best_setting(str(searcher), str(names), rows))
    ]
    yield from found[:_MOST_SENTENCES]
    if len(found) > _MOST_SENTENCES:
        more = len(found) - _MOST_SENTENCES
        yield f"{more} further best settings stand in settings.csv."


def _best_setting(searcher: str, names: str, rows: pd.DataFrame) -> str:
    """The sentence on one searcher; empty if nothing is known."""
    best = rows[rows.best]
    if not rows.among_best.any():
        return ""
    row, unit = (rows if best.empty else best).iloc[0], rows.cost.iloc[0]
    over = f"over {row.over}" if row.over.startswith("all ") else f"on {row.over}"
    of = " and ".join(names.rsplit(", ", 1))
    told = f"{searcher}, {over}: of {len(rows)} settings of {of} the best is "
    if not math.isfinite(row.ert):
        return f"{searcher}, {over}: no setting of {of} was solved everywhere."
    told += f"{row.setting}, with {number(row.ert)} {unit}"
    told += _limits(row.ert_low, row.ert_high)
    others = list(rows[rows.among_best & ~rows.best].setting)
    if not others:
        return f"{told}; all others are shown to cost more."
    if "," in names:  # Commas stand within settings, too.
        others = [f"({setting})" for setting in others]
    many = len(others) > _MOST_NAMES
    shown = f"{len(others)} others" if many else ", ".join(others)
    are = "is" if len(others) == 1 else "are"
    return f"{told}; {shown} {are} not shown to cost more."


def favoured(results: Results) -> list[str]:
    """The tasks on which guessing may spend more than any other searcher."""
    found = []
    for task, cells in results.tasks.items():
        others = [c.budget for c in cells if not c.searcher.is_baseline]
        own = [c.budget for c in cells if c.searcher.is_baseline]
        if own and others and all(own[0].exceeds(budget) for budget in others):
            found.append(task)
    return found


def _clauses(across: pd.DataFrame, most: int, *, brief: bool = False) -> str:
    # Of searches without gradients both are the same.
    finer: Cost = "presentations"
    if "forward_equivalents" in set(across.cost):
        finer = "forward_equivalents"
    costs: tuple[Cost, Cost] = ("trials", finer)
    told = (_clause(across, cost, most, brief) for cost in costs)
    return "; ".join(filter(None, told))


def _clause(across: pd.DataFrame, cost: Cost, most: int, brief: bool) -> str:
    """The clause about one cost; empty if no search is counted in it.

    Args:
        across: Each searcher against guessing over all tasks.
        cost: The cost.
        most: The most tasks that a searcher works on.
        brief: Nothing of solutions that are right, nor of who else may be the fastest.
    """
    unit = _UNITS[cost].split(",")[0]
    of_cost = across[across.cost == cost]
    if cost == "trials":
        of_cost = of_cost[~of_cost.on_line.astype(bool)]
    rows = [row for _, row in of_cost[of_cost.tasks == most].iterrows()]
    if not rows:
        return ""
    better = [row for row in rows if row.speedup_joint_low > 1.0]
    best = max(better or rows, key=_rank)
    if better:
        verdict = f"{best.searcher} needs {_fewer(best)} than {_GUESSING}"
        verdict += "" if brief else _if_right(best)
    elif all(row.speedup_joint_high < 1.0 for row in rows):
        who = best.searcher if len(rows) == 1 else f"even the best, {best.searcher},"
        verdict = f"{who} needs {_more(best)} as {_GUESSING}"
        verdict += "" if brief else _if_right(best)
    else:
        alone = len(rows) == 1
        nobody = f"{best.searcher} is not" if alone else "no search is"
        verdict = f"{nobody} shown to need fewer {unit} than {_GUESSING}"
        if math.isfinite(best.speedup):
            who = "" if alone else f" {best.searcher} coming nearest"
            limits = _limits(best.speedup_joint_low, best.speedup_joint_high)
            verdict += f",{who} at {number(best.speedup)} times its speed{limits}"
    clause = f"counted in {_UNITS[cost]}, {verdict}"
    clause += "" if brief else _fastest(rows)
    few = [row for _, row in of_cost[of_cost.tasks < most].iterrows()]
    special = max(few, key=_rank, default=None)
    if special is not None and special.speedup_joint_low > max(1.0, _rank(best)):
        on = "task" if special.tasks == 1 else f"{special.tasks} tasks"
        clause += (
            f", and {special.searcher}, on the {on} that it can work on, "
            f"{_fewer(special)}"
        )
    return clause


def _fastest(rows: list[Any]) -> str:
    """Which searches may be the fastest of several on the same tasks."""
    names = [row.searcher for row in sorted(rows, key=_rank) if row.among_fastest]
    if len(rows) == 1 or not names:
        return ""
    if len(names) == 1:
        return f" (the fastest: {names[0]})"
    shown = names[::-1]
    if len(shown) > _MOST_NAMES:
        shown = [*shown[: _MOST_NAMES - 1], f"{len(shown) - _MOST_NAMES + 1} others"]
    return f" (among the fastest: {', '.join(shown)})"


def _if_right(row: Any) -> str:
    """The same factor if only solutions count that are right on the test set."""
    estimate = row.speedup_generalising
    low = row.speedup_generalising_joint_low
    high = row.speedup_generalising_joint_high
    if math.isfinite(estimate):
        factor = number(estimate) if estimate >= 1.0 else number(1.0 / estimate)
        ends = (low, high) if estimate >= 1.0 else (1.0 / high, _inverse(low))
        more = "times fewer" if estimate >= 1.0 else "times as many"
        told = f"{factor} {more}{_limits(*ends)}"
    elif low > 1.0:
        told = f"at least {number(low)} times fewer"
    elif 0.0 < high < 1.0:
        told = f"at least {number(1.0 / high)} times as many"
    else:
        return ""
    return f", and {told} until a solution is right on the test set, too"


def _rank(row: Any) -> float:
    """The speed-up, or else the bound that is known of it."""
    if math.isfinite(row.speedup):
        return float(row.speedup)
    return float(row.speedup_joint_low)


def _fewer(row: Any) -> str:
    """The factor by which a search needs less than guessing, with limits."""
    low, high = row.speedup_joint_low, row.speedup_joint_high
    if not math.isfinite(row.speedup):
        return f"at least {number(low)} times fewer"
    return f"{number(row.speedup)} times fewer{_limits(low, high)}"


def _more(row: Any) -> str:
    """The factor by which a search needs more than guessing, with limits."""
    least, largest = 1.0 / row.speedup_joint_high, _inverse(row.speedup_joint_low)
    if not math.isfinite(row.speedup):
        return f"at least {number(least)} times as many"
    return f"{number(1.0 / row.speedup)} times as many{_limits(least, largest)}"


def _inverse(limit: float) -> float:
    return 1.0 / max(limit, 1e-300)


def _limits(low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return f" (95 %: {number(low)} to {number(high)})"
