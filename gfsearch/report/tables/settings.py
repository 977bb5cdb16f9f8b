"""Parameters as columns of tables, and what each setting of them costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gfsearch.report.variations import (
    Setting,
    Value,
    Variation,
    fields_of_searcher,
    fields_of_task,
    variations,
)
from gfsearch.statistics import Searched, among_fastest, geometric_mean_ert
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.results import Cell, Results


def with_parameters(table: pd.DataFrame, results: Results) -> pd.DataFrame:
    """A table with the parameters of its tasks and searchers as further columns.

    All in which two tasks of the study with the same problem and network, or two
    searchers of one kind, differ: "problem.length", "network.hidden",
    "searcher.cooling", ...; empty where a task or searcher has no such parameter.

    Args:
        table: With a column task, searcher, or both.
        results: Collected results of the study.
    """
    tasks = {c.task.name: fields_of_task(c.task) for c in results.study}
    searchers = {
        c.searcher.label: {
            "searcher.kind": c.searcher.kind.kind,
            **{f"searcher.{k}": v for k, v in fields_of_searcher(c.searcher).items()},
        }
        for c in results.study
    }
    columns = {}
    for by, fields in (("task", tasks), ("searcher", searchers)):
        if by in table:
            for name in _differing(fields):
                values = [fields.get(key, {}).get(name) for key in table[by]]
                columns[name] = _column(values)
    more = pd.DataFrame(columns, index=table.index)
    return pd.concat([table, more], axis=1) if columns else table


def _differing(fields: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The fields that differ between two of the same kind, and kinds that differ."""
    names = dict.fromkeys(name for of in fields.values() for name in of)
    found = []
    for name in names:
        values: dict[Any, set[str]] = {}
        for of in fields.values():
            if name in of:
                kind = of.get(f"{name.split('.')[0]}.kind")
                of_kind = None if name.endswith(".kind") else kind
                values.setdefault(of_kind, set()).add(Value(of[name]).text)
        if any(len(different) > 1 for different in values.values()):
            found.append(name)
    # One kind a searcher is its label.
    kinds = [of.get("searcher.kind") for of in fields.values()]
    if len(set(kinds)) == len(kinds) and "searcher.kind" in found:
        found.remove("searcher.kind")
    return found


def _column(values: list[Any]) -> pd.Series[Any]:
    """Numbers as numbers; all else as text, None where there is nothing."""
    known = [v for v in values if v is not None]
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        return pd.Series(values, dtype=float)
    return pd.Series(
        [None if v is None else Value(v).text for v in values], dtype=object
    )


def settings(results: Results) -> pd.DataFrame:
    """Costs of the settings that a study tries of a searcher or of a task.

    A row for each setting, on each task (or what else its tasks differ in) and over all
    of them, in each cost. Columns: searcher (what the labels begin with, where its own
    parameters vary), on_line, own (whether they are its own), parameters (names), over
    (the task, or how many there are), whole (whether that is over all), setting (in
    words), value_1, value_2, ... (of each parameter), cost, runs, solved, ert with
    limits (over all: the geometric mean), free (whether the parameters can be chosen),
    best (the smallest ert among these settings) and among_best (not shown to cost more
    than another one, in 95 % of studies; of free ones).
    """
    rows = [
        row
        for variation in variations(results)
        for cost in results.costs
        for row in _rows(variation, cost)
    ]
    before = ["searcher", "on_line", "own", "parameters", "over", "whole", "setting"]
    after = ["cost", "runs", "solved", "ert", "ert_low", "ert_high", "free"]
    after += ["best", "among_best"]
    table = pd.DataFrame(rows)
    most = max((row["parameters"].count(",") + 1 for row in rows), default=0)
    values = [f"value_{k}" for k in range(1, most + 1)]
    return table.reindex(columns=[*before, *values, *after])


def _rows(variation: Variation, cost: Cost) -> Iterator[dict[str, Any]]:
    """The rows of a variation in a cost: of each block, then over all."""
    parts = {block: [cells] for block, cells in variation.blocks.items()}
    if len(parts) > 1:
        parts[f"all {len(parts)} tasks"] = list(variation.blocks.values())
    for over, blocks in parts.items():
        whole = len(blocks) == len(variation.blocks)
        yield from _of_blocks(variation, over, whole, blocks, cost)


def _of_blocks(
    variation: Variation,
    over: str,
    whole: bool,
    blocks: list[Mapping[Setting, Cell]],
    cost: Cost,
) -> Iterator[dict[str, Any]]:
    cells = {s: [block[s] for block in blocks] for s in variation.settings}
    searched = [
        Searched([c.runs(cost) for c in of], [c.per_trial(cost) for c in of])
        for of in cells.values()
    ]
    # Each with random numbers of its own: other settings must not change its limits.
    erts = [
        geometric_mean_ert(one, of[0].rng("mean ert, {cost}", cost))
        for one, of in zip(searched, cells.values(), strict=True)
    ]
    best = min(range(len(erts)), key=lambda i: erts[i].estimate)
    among = [False] * len(erts)
    if variation.free and any(c.solved.any() for of in cells.values() for c in of):
        rng = cells[variation.settings[0]][0].rng("among best, {cost}", cost)
        among = among_fastest(searched, rng)
    for i, setting in enumerate(variation.settings):
        of = cells[setting]
        yield {
            "searcher": variation.searcher,
            "on_line": variation.on_line,
            "own": variation.own,
            "parameters": ", ".join(variation.parameters),
            "over": over,
            "whole": whole,
            "setting": variation.named(setting),
            **{f"value_{k}": value.text for k, value in enumerate(setting, start=1)},
            "cost": cost,
            "runs": sum(len(cell.results) for cell in of),
            "solved": sum(int(cell.solved.sum()) for cell in of),
            "ert": erts[i].estimate,
            "ert_low": erts[i].low,
            "ert_high": erts[i].high,
            "free": variation.free,
            "best": any(among) and i == best and np.isfinite(erts[i].estimate),
            "among_best": among[i],
        }
