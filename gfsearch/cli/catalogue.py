"""Texts of `list` and `show`: suites, tasks, problems, networks, searchers, figures.

Imports no compiler and no plotting library: these commands answer at once.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap
from typing import Any

import msgspec

from gfsearch.networks import NETWORK_KINDS
from gfsearch.problems import PROBLEM_KINDS
from gfsearch.report.captions import FIGURES
from gfsearch.searchers import SEARCHER_KINDS, SEARCHERS, Searcher
from gfsearch.specs.docstrings import first_sentence, meanings, without_attributes
from gfsearch.specs.errors import unknown
from gfsearch.specs.fields import accepted_fields, inline
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.reading import load_suite, shipped_suites
from gfsearch.suites.suite import Suite


def _idea(kind: type[Any]) -> str:
    """The one-sentence idea that opens a searcher's module, or else its class."""
    if kind not in SEARCHERS.values():
        return first_sentence(kind).rstrip(".")
    return first_sentence(sys.modules[kind.__module__]).rstrip(".")


def _suites() -> dict[str, str]:
    return {name: load_suite(name).title for name in shipped_suites()}


def _tasks() -> dict[str, str]:
    return {
        f"{suite} {task.name}": _in_short(task)
        for suite in shipped_suites()
        for task in load_suite(suite).tasks.values()
    }


def _in_short(task: AnyTask) -> str:
    """A task in a line: what it is, number of weights, what solves it."""
    return f"{task.in_words}, {task.dimension} weights, {task.judged}"


_IN = " " * 6

LISTS: dict[str, Callable[[], Mapping[str, str]]] = {
    "suites": _suites,
    "tasks": _tasks,
    "problems": lambda: PROBLEM_KINDS.told(first_sentence),
    "networks": lambda: NETWORK_KINDS.told(first_sentence),
    "searchers": lambda: SEARCHER_KINDS.told(_idea),
    "figures": lambda: FIGURES,
}


def describe(name: str) -> str:
    """All that is known of a suite, task, problem, network, searcher or figure.

    Raises:
        InputError: Nothing has this name.
    """
    found = list(_descriptions(name))
    if not found:
        tasks = {t for suite in shipped_suites() for t in load_suite(suite).tasks}
        kinds = {*PROBLEM_KINDS, *NETWORK_KINDS, *SEARCHER_KINDS}
        raise unknown("name", name, {*shipped_suites(), *kinds, *FIGURES} | tasks)
    return "\n\n".join(found)


def _descriptions(name: str) -> Iterator[str]:
    suites = {suite: load_suite(suite) for suite in shipped_suites()}
    if name in suites:
        yield _describe_suite(suites[name])
    for suite in suites.values():
        if name in suite.tasks:
            yield _describe_task(suite, suite.tasks[name])
    for what, kinds in (("problem", PROBLEM_KINDS), ("network", NETWORK_KINDS)):
        if name in kinds:
            kind = kinds.find(name)
            yield _describe_kind(f"{what} {name}", kind)
    if name in SEARCHER_KINDS:
        searcher = SEARCHER_KINDS.find(name)
        yield _describe_searcher(name, searcher)
    if name in FIGURES:
        yield f"figure {name}: {FIGURES[name]}"


def _describe_suite(suite: Suite) -> str:
    lines = [
        f"suite {suite.name}: {suite.title}",
        f"Source: {suite.source}",
        f"{suite.runs} runs per task and searcher, {suite.budget} per run.",
        "",
        "Tasks:",
        *(f"  {task.name}: {_in_short(task)}" for task in suite.tasks.values()),
        "",
        "Searchers:",
        *(
            f"  {label}" + (f", {own.budget} per run" if own.budget else "")
            for label, own in suite.searchers.items()
        ),
    ]
    return "\n".join(lines)


def _describe_task(suite: Suite, task: AnyTask) -> str:
    lines = [f"task {task.name} of suite {suite.name}: {_in_short(task)}"]
    shown = suite.select([task.name]).to_dict()["task"][0]
    for field in ("problem", "network", "weights", "criterion", "loss"):
        if field in shown:
            lines.append(f"  {field}: {inline(shown[field])}")
    if "until" in shown:
        lines.append(f"  until: {inline(shown['until'])}")
    if "budget" in shown:
        lines.append(f"  budget: {inline(shown['budget'])}")
    for entry in task.published:
        sure = "" if entry.verified else ", unverified"
        who = entry.searcher or entry.method
        figures = ", ".join(
            f"{value:,.10g} {name}"
            for name in ("trials", "presentations", "stopped", "solved", "error")
            if (value := getattr(entry, name)) is not None
        )
        lines.append(f"  published: {who}: {figures} ({entry.source}{sure})")
    return "\n".join(lines)


def _describe_kind(head: str, kind: type[Any]) -> str:
    """A problem or a network: what it is, and its fields."""
    lines = [head, "", without_attributes(kind), ""]
    lines += [f"Source: {kind.source}. Revision {kind.revision}.", ""]
    return "\n".join(lines + _fields("Fields", kind))


def _describe_searcher(name: str, kind: type[Searcher]) -> str:
    """A searcher: idea, papers, what is known of them and what is ours; parameters."""
    about = without_attributes(kind)
    if kind in SEARCHERS.values():
        module = inspect.getdoc(sys.modules[kind.__module__]) or ""
        about = f"{module}\n\n{about}"
    lines = [f"searcher {name}: {about}", ""]
    needs = {
        "solved": "whether a vector is a solution",
        "loss": "the loss",
        "gradient": "the loss and its gradient",
    }
    told = "network and training sequences" if kind.white_box else "box of weights"
    lines += [f"Is told {needs[kind.need]}; knows the {told}."]
    lines += [f"Source: {kind.source}. Revision {kind.revision}.", ""]
    return "\n".join(lines + _fields("Parameters", kind.Parameters))


def _fields(title: str, kind: type[Any]) -> list[str]:
    """Each field of a spec: what it means, what it accepts, its default."""
    accepted = list(accepted_fields(kind))
    told = meanings(kind)
    lines = [f"{title}:"] if accepted else [f"No {title.lower()}."]
    for name, words, default in accepted:
        required = default is msgspec.NODEFAULT
        shown = "required" if required else f"default {inline(default)}"
        lines += [f"  {name}: {words}; {shown}"]
        if name in told:
            lines += wrap(told[name], 88, initial_indent=_IN, subsequent_indent=_IN)
    return lines
