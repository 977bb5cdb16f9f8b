"""The answer of a study in one sentence."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from gfsearch.report.numbers import number, words
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Results

_GUESSING = "random weight guessing"


def answer(results: Results, across: pd.DataFrame) -> str:
    """The sentence on top of the page, made from the numbers alone.

    Of each of two costs it tells the best of the searches that work on most tasks, and
    one that is better still but works on fewer. Better and worse are said only where
    the 95 % interval of the geometric mean says so.

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
    if not any(cell.solved.any() for cell in results.cells):
        return (
            f"Not known: no run was solved, neither of {_GUESSING} nor of any search."
        )
    most = int(across.tasks.max())
    only = next(iter(results.tasks)) if len(results.tasks) == 1 else "one task"
    where = f"Over {most} tasks" if most > 1 else f"On {only}"
    clauses = [_clause(across, cost, most) for cost in ("trials", "presentations")]
    return f"{where}, {clauses[0]}; {clauses[1]}."


def _clause(across: pd.DataFrame, cost: Cost, most: int) -> str:
    """The clause about one cost.

    Args:
        across: Each searcher against guessing over all tasks.
        cost: The cost.
        most: The most tasks that a searcher works on.
    """
    of_cost = across[across.cost == cost]
    rows = [row for _, row in of_cost[of_cost.tasks == most].iterrows()]
    better = [row for row in rows if row.speedup_low > 1.0]
    best = max(better or rows, key=_rank)
    if better:
        verdict = f"{best.searcher} needs {_fewer(best)} than {_GUESSING}"
    elif all(row.speedup_high < 1.0 for row in rows):
        who = best.searcher if len(rows) == 1 else f"even the best, {best.searcher},"
        verdict = f"{who} needs {_more(best)} as {_GUESSING}"
    else:
        alone = len(rows) == 1
        nobody = f"{best.searcher} is not" if alone else "no search is"
        verdict = f"{nobody} shown to need fewer {words(cost)} than {_GUESSING}"
        if math.isfinite(best.speedup):
            who = "" if alone else f" {best.searcher} coming nearest"
            limits = _limits(best.speedup_low, best.speedup_high)
            verdict += f",{who} at {number(best.speedup)} times its speed{limits}"
    clause = f"counted in {words(cost)}, {verdict}"
    few = [row for _, row in of_cost[of_cost.tasks < most].iterrows()]
    special = max(few, key=_rank, default=None)
    if special is not None and special.speedup_low > max(1.0, _rank(best)):
        on = "task" if special.tasks == 1 else f"{special.tasks} tasks"
        clause += (
            f", and {special.searcher}, on the {on} that it can work on, "
            f"{_fewer(special)}"
        )
    return clause


def _rank(row: Any) -> float:
    """The speed-up, or else the bound that is known of it."""
    if math.isfinite(row.speedup):
        return float(row.speedup)
    return float(row.speedup_low)


def _fewer(row: Any) -> str:
    """The factor by which a search needs less than guessing, with limits."""
    if not math.isfinite(row.speedup):
        return f"at least {number(row.speedup_low)} times fewer"
    return (
        f"{number(row.speedup)} times fewer{_limits(row.speedup_low, row.speedup_high)}"
    )


def _more(row: Any) -> str:
    """The factor by which a search needs more than guessing, with limits."""
    least, largest = 1.0 / row.speedup_high, 1.0 / max(row.speedup_low, 1e-300)
    if not math.isfinite(row.speedup):
        return f"at least {number(least)} times as many"
    return f"{number(1.0 / row.speedup)} times as many{_limits(least, largest)}"


def _limits(low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return f" (95 %: {number(low)} to {number(high)})"
