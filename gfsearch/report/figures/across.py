"""Over all tasks at once: runtime distributions and profiles."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gfsearch.report.figures.look import (
    Drawing,
    headline,
    logarithmic,
    looks,
    name_curves,
    panels,
)
from gfsearch.report.numbers import words
from gfsearch.report.tables import Tables, of_cell
from gfsearch.specs.arrays import FloatArray
from gfsearch.statistics import (
    data_profile,
    performance_profile,
    runtime_ecdf,
    simulated_restarts,
)
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results

_SIMULATED = 500
_POINTS = 240
_FEWEST_TASKS = 2


def ecdf(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Share of all tasks' targets attained within a cost, with simulated restarts.

    Dashed from where the first unsolved run ended: what is beyond is simulated. None
    with fewer than two tasks.
    """
    results = tables.results

    def curve(cells: list[Cell], cost: Cost, x: FloatArray) -> FloatArray:
        return runtime_ecdf(
            [
                simulated_restarts(
                    *runs, _SIMULATED, cell.rng(f"ecdf {{cost}} {i}", cost)
                )
                for cell in cells
                for i, runs in enumerate(cell.attained(cost))
            ],
            x,
        )

    return _over_tasks(
        results,
        [cost] if cost else list(results.costs),
        curve,
        "share of tasks and targets attained",
        "Attained with restarts (dashed: simulated)",
        simulated=True,
    )


def data_profiles(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Share of runs solved within a cost per weight, over all tasks.

    As More and Wild (2009) have it: the cost divided by D + 1. Runs as made.
    """
    results = tables.results

    def curve(cells: list[Cell], cost: Cost, x: FloatArray) -> FloatArray:
        return data_profile(
            [np.where(cell.solved, cell.costs(cost), math.inf) for cell in cells],
            [cell.task.dimension for cell in cells],
            x,
        )

    # Passes are no trials: who learns on-line is seen in presentations.
    costs: list[Cost] = ["trials"]
    if results.comparable("trials") is not results:
        costs.append("presentations")
    return _over_tasks(
        results,
        [cost] if cost else costs,
        curve,
        "share of runs solved",
        "Runs solved within a cost per weight",
        per_weight=True,
    )


def _over_tasks(
    results: Results,
    costs: list[Cost],
    curve: Callable[[list[Cell], Cost, FloatArray], FloatArray],
    y: str,
    title: str,
    *,
    per_weight: bool = False,
    simulated: bool = False,
) -> Drawing | None:
    """A panel per cost, a curve per searcher; a task without runs counts as unsolved.

    Args:
        results: The results.
        costs: The costs to show.
        curve: The shares attained by some cells of one searcher at some costs.
        y: What is attained.
        title: What the figure shows.
        per_weight: Divide costs by D + 1.
        simulated: Dash what lies beyond the first unsolved run.
    """
    names = list(dict.fromkeys(cell.task.name for cell in results.cells))
    if len(results.tasks) < _FEWEST_TASKS:
        return None
    figure, grid = panels(
        [_heading(results, c) for c in costs], width=5.6, height=4.2, y=y
    )
    look = looks(results)
    data, named = [], []
    for axes, c in zip(grid, costs, strict=True):
        # Limits of the whole study: the same whoever is drawn.
        spent = [
            cell.costs(c).max() / (cell.task.dimension + 1) ** per_weight
            for cell in results.study
            if cell.results
        ]
        x = np.geomspace(0.1 if per_weight else 1.0, 3.0 * max(spent), _POINTS)
        ends = []
        for label, cells in _by_searcher(results.comparable(c)).items():
            share = curve(cells, c, x) * len(cells) / len(names)
            known = x <= (_first_unsolved(cells, c) if simulated else math.inf)
            colour = look[label]["color"]
            axes.step(x[known], share[known], where="post", linewidth=1.8, color=colour)
            beyond = np.flatnonzero(~known)
            if len(beyond):
                rest = slice(max(beyond[0] - 1, 0), None)
                axes.step(
                    x[rest],
                    share[rest],
                    where="post",
                    linewidth=1.2,
                    linestyle=(0, (3, 2)),
                    color=colour,
                )
            few = "" if len(cells) == len(names) else f" ({len(cells)} tasks)"
            ends.append((share, x, label + few, colour))
            frame = {"searcher": label, "in": c, "cost": x, "share": share}
            data.append(pd.DataFrame({**frame, "simulated": ~known}))
        _finish(axes, words(c) + (" / (D + 1)" if per_weight else ""))
        axes.set_xlim(x[0], x[-1])
        named.append((axes, ends))
    name_curves(figure, named, results, gap=0.05, dashed=False)
    headline(figure, f"{title}, over {len(names)} tasks")
    return Drawing(figure, pd.concat(data, ignore_index=True))


def _heading(results: Results, cost: Cost) -> str:
    """The title of a panel: its cost, and that on-line searchers are left out."""
    part = results.comparable(cost) is not results
    return f"in {words(cost)}{', without on-line searchers' if part else ''}"


def _by_searcher(results: Results) -> dict[str, list[Cell]]:
    cells = [cell for cell in results.cells if cell.results]
    by_label = {
        label: [cell for cell in cells if cell.searcher.label == label]
        for label in results.labels
    }
    return {label: found for label, found in by_label.items() if found}


def _first_unsolved(cells: list[Cell], cost: Cost) -> float:
    """The smallest cost at which a run ended unsolved."""
    ended = [cell.costs(cost)[~cell.solved] for cell in cells]
    return min((float(costs.min()) for costs in ended if len(costs)), default=math.inf)


def _finish(axes: Axes, x: str) -> None:
    logarithmic(axes.xaxis)
    axes.set_xlabel(x)
    axes.set_ylim(-0.02, 1.02)


def performance_profiles(tables: Tables, cost: Cost | None = None) -> Drawing | None:
    """Share of tasks on which a searcher's ERT is within a factor of the best.

    As Dolan and More (2002) have it; it depends on who else is drawn. None with fewer
    than two tasks or searchers.
    """
    results = tables.results
    names = list(results.tasks)
    by_cost = {
        c: found
        for c in ([cost] if cost else results.costs)
        if len(found := _by_searcher(results.comparable(c))) > 1
    }
    if len(names) < _FEWEST_TASKS or not by_cost:
        return None
    figure, grid = panels(
        [_heading(results, c) for c in by_cost],
        width=5.6,
        height=4.2,
        y="share of tasks",
    )
    look = looks(results)
    data, named = [], []
    for axes, (c, by_label) in zip(grid, by_cost.items(), strict=True):
        table = np.full((len(names), len(by_label)), math.inf)
        for column, cells in enumerate(by_label.values()):
            for cell in cells:
                row = of_cell(tables["summary"], cell)
                table[names.index(cell.task.name), column] = row[f"ert_{c}"]
        best = table.min(axis=1)
        solved = np.isfinite(table)
        ratios = (table / np.where(np.isfinite(best), best, 1.0)[:, None])[solved]
        factors = np.geomspace(1.0, 2.0 * ratios.max(initial=5.0), _POINTS)
        shares = performance_profile(table, factors)
        ends = []
        for label, share in zip(by_label, shares, strict=True):
            axes.step(factors, share, where="post", linewidth=1.8, **look[label])
            ends.append((share, factors, label, look[label]["color"]))
            frame = {"searcher": label, "in": c, "factor": factors, "share": share}
            data.append(pd.DataFrame(frame))
        _finish(axes, "within a factor of the best expected cost")
        axes.set_xlim(1.0, factors[-1])
        named.append((axes, ends))
    name_curves(figure, named, results, gap=0.05)
    headline(figure, f"Performance profile of expected costs, over {len(names)} tasks")
    return Drawing(figure, pd.concat(data, ignore_index=True))
