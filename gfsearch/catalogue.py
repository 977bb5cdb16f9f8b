"""What `list` and `show` tell: suites, tasks, problems, networks, searchers, figures.

Imports no compiler and no plotting library: these commands answer at once.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap
from typing import Any

import msgspec

from gfsearch.errors import unknown
from gfsearch.fields import accepted_fields
from gfsearch.networks import NETWORK_KINDS
from gfsearch.plan import Suite
from gfsearch.problems import PROBLEM_KINDS
from gfsearch.searchers import SEARCHER_KINDS, SEARCHERS, Searcher
from gfsearch.suite import load_suite, shipped_suites
from gfsearch.task import Task

STUDY_FIGURES = {
    "mean-speedup": "how many times fewer than guessing, as a geometric mean over all "
    "tasks in every cost, with 95 % intervals and bounds as arrows; two tasks or more",
    "survival": "probability of having solved against the cost, a panel per task",
    "speedup": "speed-up over guessing per task and searcher, in every cost",
    "ecdf": "share of all tasks attained against the cost, with restarts; two tasks "
    "or more",
    "performance-profile": "share of tasks on which each searcher is within a factor "
    "of the best; two tasks and searchers or more",
    "data-profile": "share of runs solved against the cost per weight, over two tasks "
    "or more",
    "restarts": "expected cost against the cost after which a run is started afresh",
    "loss": "best loss so far against trials, of the searchers that see a loss",
    "scaling": "expected cost, with fitted exponent, against a number (length, hidden "
    "units, ...) in which alone three tasks or more differ",
    "time-lag": "share of runs solved against the time lag, if three tasks or more "
    "differ in length alone",
    "against-published": "published costs beside ours, with verdicts",
    "solutions": "the weights of solved runs, two at a time",
    "final-error": "final test error of each searcher against presentations",
}
"""What `report` and `plot` draw, and what each needs."""

FIGURES = {
    **STUDY_FIGURES,
    "random-weights": "error flow against the lag for random weights; of gradient-flow",
    "run": "error flow along a run that follows the gradient; of gradient-flow",
    "minimal-latch": "the latch in closed form; of gradient-flow, for one tanh unit",
}


def first_sentence(thing: object) -> str:
    """What the docstring of a class begins with; empty without one."""
    # Not `inspect.getdoc`, which would take a base class's for a missing one.
    text = inspect.cleandoc(thing.__doc__ or "")
    return text.split("\n\n")[0].replace("\n", " ")


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


def _in_short(task: Task) -> str:
    """A task in a line: problem, network and number of weights."""
    problem, network = task.problem, task.network
    d = task.structure.dimension
    return f"{problem.kind} on {network.kind}, {d} weights, {task.criterion}"


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
        lines.append(f"  {field}: {inline(shown[field])}")
    for entry in task.published:
        sure = "" if entry.verified else ", unverified"
        who = entry.searcher or entry.method
        figures = ", ".join(
            f"{value:,.10g} {name}"
            for name in ("trials", "presentations", "error")
            if (value := getattr(entry, name)) is not None
        )
        lines.append(f"  published: {who}: {figures} ({entry.source}{sure})")
    return "\n".join(lines)


def inline(value: Any) -> str:
    """Plain values as one line of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + " }"
    return msgspec.json.encode(value).decode()


def _describe_kind(head: str, kind: type[Any]) -> str:
    """A problem or a network: what it is, and its fields."""
    lines = [head, "", _without_attributes(kind), ""]
    lines += [f"Source: {kind.source}. Revision {kind.revision}.", ""]
    return "\n".join(lines + _fields("Fields", kind))


def _describe_searcher(name: str, kind: type[Searcher]) -> str:
    """A searcher: idea, papers, what is known of them and what is ours; parameters."""
    about = _without_attributes(kind)
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


def _without_attributes(kind: type[Any]) -> str:
    return inspect.cleandoc(kind.__doc__ or "").split("\n\nAttributes:")[0]


def _fields(title: str, kind: type[Any]) -> list[str]:
    """Each field of a spec: what it means, what it accepts, its default."""
    accepted = list(accepted_fields(kind))
    meanings = _meanings(kind)
    lines = [f"{title}:"] if accepted else [f"No {title.lower()}."]
    for name, words, default in accepted:
        required = default is msgspec.NODEFAULT
        shown = "required" if required else f"default {inline(default)}"
        lines += [f"  {name}: {words}; {shown}"]
        if name in meanings:
            lines += wrap(meanings[name], 88, initial_indent=_IN, subsequent_indent=_IN)
    return lines


def _meanings(kind: type[Any]) -> dict[str, str]:
    """What a docstring says of each attribute, those of base classes included."""
    meanings: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        _, _, text = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
        for entry in re.split(r"\n {4}(?=\w)", "\n" + text.split("\n\n")[0])[1:]:
            name, _, meaning = entry.partition(": ")
            meanings[name] = " ".join(meaning.split())
    return meanings
