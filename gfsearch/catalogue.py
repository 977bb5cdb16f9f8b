"""What `list` and `show` tell: suites, tasks, problems, networks, searchers, figures.

Imports no compiler and no plotting library: these commands answer at once.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from gfsearch.errors import unknown
from gfsearch.fields import accepted_fields
from gfsearch.networks import NETWORK_KINDS
from gfsearch.plan import Suite
from gfsearch.problems import PROBLEM_KINDS
from gfsearch.searchers import SEARCHER_KINDS, SEARCHERS
from gfsearch.suite import load_suite, shipped_suites
from gfsearch.task import Task

FIGURES = {
    "survival": "probability of having solved against trials, a panel per task",
    "speedup": "speed-up over guessing per task and searcher, in every cost",
    "time-lag": "share of runs solved against the time lag, if three tasks or more "
    "differ in length alone",
    "final-error": "final test error of each searcher against presentations",
    "random-weights": "error flow against the lag for random weights; of gradient-flow",
    "run": "error flow along a run that follows the gradient; of gradient-flow",
    "minimal-latch": "the latch in closed form; of gradient-flow, for one tanh unit",
}


def _first_sentence(thing: object) -> str:
    # Not `inspect.getdoc`, which would take a base class's for a missing one.
    text = inspect.cleandoc(thing.__doc__ or "")
    return text.split("\n\n")[0].replace("\n", " ")


def _idea(kind: type[Any]) -> str:
    """The one-sentence idea that opens a searcher's module, or else its class."""
    if kind not in SEARCHERS.values():
        return _first_sentence(kind).rstrip(".")
    return _first_sentence(sys.modules[kind.__module__]).rstrip(".")


def _suites() -> dict[str, str]:
    return {name: load_suite(name).title for name in shipped_suites()}


def _tasks() -> dict[str, str]:
    return {
        f"{suite} {task.name}": _in_short(task)
        for suite in shipped_suites()
        for task in load_suite(suite).tasks.values()
    }


def _in_short(task: Task) -> str:
    """A task in a line: problem, network and number of weights."""
    problem, network = task.problem, task.network
    d = task.structure.dimension
    return f"{problem.kind} on {network.kind}, {d} weights, {task.criterion}"


LISTS: dict[str, Callable[[], Mapping[str, str]]] = {
    "suites": _suites,
    "tasks": _tasks,
    "problems": lambda: PROBLEM_KINDS.told(_first_sentence),
    "networks": lambda: NETWORK_KINDS.told(_first_sentence),
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
            yield _describe_kind(f"{what} {name}", kind, kind)
    if name in SEARCHER_KINDS:
        searcher = SEARCHER_KINDS.find(name)
        head = f"searcher {name}: {_idea(searcher)}."
        yield _describe_kind(head, searcher, searcher.Parameters)
    if name in FIGURES:
        yield f"figure {name}: {FIGURES[name]}"


def _describe_suite(suite: Suite) -> str:
    lines = [
        f"suite {suite.name}: {suite.title}",
        f"Source: {suite.source}",
        f"{suite.runs} runs per task and searcher, {suite.budget:,} trials per run.",
        "",
        "Tasks:",
        *(f"  {task.name}: {_in_short(task)}" for task in suite.tasks.values()),
        "",
        "Searchers:",
        *(f"  {label}" for label in suite.searchers),
    ]
    return "\n".join(lines)


def _describe_task(suite: Suite, task: Task) -> str:
    lines = [f"task {task.name} of suite {suite.name}: {_in_short(task)}"]
    shown = suite.select([task.name]).to_dict()["task"][0]
    for field in ("problem", "network", "weights", "criterion", "loss"):
        lines.append(f"  {field}: {_inline(shown[field])}")
    for entry in task.published:
        figures = (entry.trials, entry.presentations, entry.error)
        value = next(v for v in figures if v is not None)
        sure = "" if entry.verified else ", unverified"
        who = entry.searcher or entry.method
        lines.append(f"  published: {who}: {value:g} ({entry.source}{sure})")
    return "\n".join(lines)


def _inline(value: Any) -> str:
    """Plain values as one line of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items()) + " }"
    return msgspec.json.encode(value).decode()


def _describe_kind(head: str, documented: type[Any], fields: type[Any]) -> str:
    lines = [head, "", inspect.getdoc(documented) or ""]
    if fields is not documented:
        lines += ["", inspect.getdoc(fields) or ""]
    lines += ["", f"Source: {documented.source}. Revision {documented.revision}.", ""]
    accepted = list(accepted_fields(fields))
    lines += ["Fields:"] if accepted else ["No fields."]
    for name, words, default in accepted:
        required = default is msgspec.NODEFAULT
        shown = "required" if required else f"default {_inline(default)}"
        lines.append(f"  {name}: {words}; {shown}")
    return "\n".join(lines)
