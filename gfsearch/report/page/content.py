"""Texts, tables and runs of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.colors import to_hex

from gfsearch.report.figures.look import looks
from gfsearch.report.numbers import words
from gfsearch.report.tables import Tables, differs_from_guessing, smallest
from gfsearch.report.variations import varied_columns
from gfsearch.report.wording import (
    by_ert,
    is_compared,
    nothing,
    parameter_texts,
    summary_texts,
)
from gfsearch.specs.docstrings import first_sentence
from gfsearch.specs.fields import files_of, inline
from gfsearch.study.cost_kinds import Cost
from gfsearch.study.records import Columns
from gfsearch.study.results import Cell, Results
from gfsearch.suites.objective import AnyTask, Objective
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Range

MOST_RUNS = 5_000
"""Runs that a page lists; of more, the first of each cell."""


@dataclass(frozen=True)
class Column:
    """A column of the table of results.

    Attributes:
        title: As it is written.
        name: The column of the summary that rows are sorted by.
        cost: The cost that it is in, if any.
        ascending: Whether small values are good ones.
    """

    title: str
    name: str
    cost: Cost | None = None
    ascending: bool = False


@dataclass(frozen=True)
class Entry:
    """One entry of the table of results.

    Attributes:
        text: As it is written.
        order: What rows are sorted by; empty where nothing is known.
        best: The smallest of its task.
    """

    text: str
    order: str
    best: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the table of results.

    Attributes:
        task: Name of the task.
        anchor: Where the page tells more of it.
        searcher: Label of the searcher.
        colour: Of the searcher in all figures.
        entries: One per column.
        missing: What is to be said of runs that there are not.
    """

    task: str
    anchor: str
    searcher: str
    colour: str
    entries: Sequence[Entry]
    missing: str


def columns(results: Results, summary: pd.DataFrame) -> list[Column]:
    """The columns of the table of results after task and searcher.

    Last come the parameters that the study varies.
    """
    vain = results.unsolvable
    if vain and len(vain) == len(results.tasks):
        loss = Column("best loss", "best_loss", ascending=True)
        return [loss, *(Column(n, n) for n in varied_columns(results) if n in summary)]
    varied = [name for name in varied_columns(results) if name in summary]
    erts = [Column(f"ERT, {words(c)}", f"ert_{c}", c, True) for c in results.costs]
    ratios = [
        Column(f"x guessing, {words(c)}", f"speedup_{c}", c) for c in results.costs
    ]
    return [
        Column("solved", "success_rate"),
        *([Column("best loss", "best_loss", ascending=True)] if vain else []),
        *erts,
        *(ratios if is_compared(summary) else []),
        Column("success rate", "success_rate"),
        Column("single run", "single_solved"),
        Column("test", "test_error", ascending=True),
        *(Column(name, name) for name in varied),
    ]


def rows(tables: Tables) -> Iterator[Row]:
    """The table of results, the searchers of each task sorted by their ERT."""
    results = tables.results
    summary = by_ert(tables["summary"])
    shown = columns(results, summary)
    marks = differs_from_guessing(tables["comparisons"])
    best = {f"ert_{c}": smallest(summary, f"ert_{c}") for c in results.costs}
    anchors = {name: anchor for anchor, name in anchored(results)}
    colours = colours_of(results)
    for index, row in summary.iterrows():
        texts = {"solved": nothing(row)}
        if row.runs:
            texts = summary_texts(row, marks)
        texts |= parameter_texts(row)
        yield Row(
            task=row.task,
            anchor=anchors[row.task],
            searcher=row.searcher,
            colour=colours[row.searcher],
            entries=[
                Entry(
                    texts.get(column.title, ""),
                    _order(row, column) if row.runs or "." in column.name else "",
                    index in best.get(column.name, ()),
                )
                for column in shown
            ],
            missing=_missing(row),
        )


def anchored(results: Results) -> list[tuple[str, str]]:
    """Anchor of each task on the page, and the task's name."""
    names = dict.fromkeys(cell.task.name for cell in results.cells)
    return [(f"task-{i}", name) for i, name in enumerate(names, start=1)]


def colours_of(results: Results) -> dict[str, str]:
    """The colour of each searcher in all figures."""
    return {label: to_hex(look["color"]) for label, look in looks(results).items()}


def _missing(row: pd.Series[Any]) -> str:
    left = row.planned - row.runs - row.failed
    parts = [f"{left} of {row.planned} runs missing"] if left and row.runs else []
    parts += [f"{row.failed} failed"] if row.failed else []
    return ", ".join(parts)


_BEHIND = 1e15
"""Added to bounds of costs: a searcher that never solved a task comes last."""


def _order(row: pd.Series[Any], column: Column) -> str:
    """Sort key of a row in a column: an estimate, or else its bound."""
    if row.on_line and column.name == "speedup_trials":  # It is not compared in these.
        return ""
    value, limits = row[column.name], row.get(f"{column.name}_low")
    if isinstance(value, str) or value is None:
        return value or ""
    if not math.isfinite(value) and limits is not None:
        low, high = limits, row[f"{column.name}_high"]
        beyond = low if low > 0.0 else high
        value = _BEHIND + low if column.ascending else beyond
    return repr(float(value)) if math.isfinite(value) else ""


@dataclass(frozen=True)
class ListedRun:
    """A run with what it came to.

    Attributes:
        run: Its number.
        status: What became of it.
        why: Why its searcher stopped, or what failed.
        figures: Trials, presentations, gradients and restarts.
        tested: Test sequences that its vector gets wrong, of how many.
        key: What names it.
    """

    run: int
    status: str
    why: str
    figures: Sequence[str]
    tested: str
    key: str


RUN_FIGURES = ("trials", "presentations", "gradients", "restarts")


@dataclass(frozen=True)
class Runs:
    """The runs of one searcher on one task.

    Attributes:
        searcher: Label of the searcher.
        colour: Of the searcher in all figures.
        told: How many there are.
        listed: The runs, or the first of them.
        left_out: How many are not listed.
    """

    searcher: str
    colour: str
    told: str
    listed: Sequence[ListedRun]
    left_out: int


def runs(cells: Sequence[Cell], most: int, colours: dict[str, str]) -> Iterator[Runs]:
    """The runs of each searcher on a task.

    Args:
        cells: The task's.
        most: The most runs to list of each.
        colours: Of the searchers.
    """
    for cell in cells:
        listed = sorted(
            [*_listed(cell, cell.results, most), *_listed(cell, cell.failed, most)],
            key=lambda run: run.run,
        )
        done = len(cell.results) + len(cell.failed)
        told = f"{int(cell.solved.sum())} of {len(cell.results)} runs solved"
        if cell.failed:
            told += f", {len(cell.failed)} failed"
        if done < cell.planned:
            told += f", {cell.planned - done} missing"
        if cell.not_applicable:
            told = f"not applicable: {cell.not_applicable}"
        label = cell.searcher.label
        yield Runs(
            label,
            colours[label],
            told,
            listed[:most],
            max(done - most, 0),
        )


def _listed(cell: Cell, columns: Columns, most: int) -> Iterator[ListedRun]:
    """The first of some runs of a cell."""
    first = columns.only(slice(most))
    rows = zip(first.rows, first.statuses(), first.told("stop_reason"), strict=True)
    for row, status, why in rows:
        tested = f"{row['test_errors']:.0f}/{row['test_size']}"
        yield ListedRun(
            run=int(row["run"]),
            status=status,
            why=why or "",
            figures=[f"{row[name]:,}" for name in RUN_FIGURES],
            tested="-" if math.isnan(row["test_errors"]) else tested,
            key=cell.key(int(row["run"])),
        )


def _files(part: object) -> dict[str, str]:
    """The names of files by field: a page shows no path of a machine."""
    return {name: str(file) for name, file in files_of(part).items()}


def _drawn(weights: Range) -> str:
    """The prior of a range of weights in words."""
    low, high = weights.ends
    if weights.sd is None:
        return f"uniformly from [{low:g}, {high:g}]"
    return f"from a normal distribution, sd {weights.sd:g}, from [{low:g}, {high:g}]"


def problem(task: AnyTask) -> str:
    """A task in a sentence."""
    if isinstance(task, Objective) and task.problem is None:
        return f"A function of {task.dimension} weights."
    return first_sentence(type(task.problem)) or f"Problem {task.in_words}."


def facts(task: AnyTask, table: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Parts of a task: a term, its meaning in words, and its table in a suite.

    Args:
        task: The task.
        table: The same as its suite would hold it.
    """
    if isinstance(task, Objective):
        source = "" if task.problem is None else type(task.problem).source
        what = "problem" if "problem" in table else "objective"
        yield "Function", f"{task.dimension} weights. {source}", inline(table[what])
    else:
        kind = type(task.network)
        network = first_sentence(kind).rstrip(".") or task.network.kind
        told = f"{network}; {task.dimension} weights"
        source = type(task.problem).source
        yield "Problem", source, inline({**table["problem"], **_files(task.problem)})
        yield "Network", told, inline({**table["network"], **_files(task.network)})
    drawn = _drawn(task.weights)
    for name, own in task.weights.ranges.items():
        drawn += f"; {name}: {_drawn(own)}"
    yield "Weights", f"guessing draws them {drawn}", ""
    what = ""
    if isinstance(task, Task):
        some = "enough" if task.criterion.lenient else "all"
        what = f"{some} training sequences right: "
        if task.criterion.loss_below is not None:
            what = "the training set has a "
        if task.episodic:
            what = f"{some} training episodes right: "
        if task.criterion.score is not None:
            what = "training episodes: "
    yield "Solved", f"{what}{task.judged}", ""
    if task.until == "validation":
        assert isinstance(task, Task)
        some = "enough" if task.criterion.lenient else "all"
        told = f"then {some} sequences of a further set right, else the run goes on"
        told += "; charged"
        yield "Validated", told, ""
    if isinstance(task, Task) and task.loss == "graded":
        yield "Loss", "graded: wrong sequences, and 0.001 of the cross-entropy", ""
