"""The commands that make a study, and its runs, again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from gfsearch.study.study import Study
from gfsearch.suites.objective import Objective
from gfsearch.suites.reading import load_suite, shipped_suites
from gfsearch.suites.suite import Suite


def again(study: Study) -> str:
    """The command that makes the study, or what is missing of it."""
    if _is_from_python(study.suite):
        folder = str(study.folder)
        return f"in Python, with its functions: gfsearch.compare(tasks, out={folder!r})"
    suite, options = _suite(study)
    if suite.endswith(".json"):
        selection = []
    else:
        whole = load_suite(suite)
        selection = _given("--tasks", study.suite.tasks, whole.tasks)
        selection += _given("--searchers", study.suite.searchers, whole.searchers)
    out = ["--out", str(study.folder)]
    return _written("compare", suite, *selection, *options, *out)


def report(study: Study) -> str:
    """The command that makes the page."""
    return _written("report", str(study.folder))


def one_run(study: Study) -> str:
    """The command that makes one run and prints its record; its key is to follow."""
    if _is_from_python(study.suite):
        return "in Python: gfsearch.run(task, searcher, run=N), of key"
    suite, options = _suite(study)
    return _written("run", suite, *options, "--key")


def _written(*words: str) -> str:
    return shlex.join(["python", "-m", "gfsearch", *words])


def _given(option: str, names: Iterable[str], of: Iterable[str]) -> list[str]:
    """The option that selects some names, if they are not all."""
    return [] if list(names) == list(of) else [option, ",".join(names)]


def _suite(study: Study) -> tuple[str, list[str]]:
    """The suite and the options under which all runs of the study are planned.

    A shipped suite by its name, if it is still what it was; otherwise the study's own
    copy of it.
    """
    suite = study.suite
    seed = ["--seed", str(study.seed)] if study.seed else []
    if suite.name in shipped_suites():
        whole = load_suite(suite.name)
        runs = None if suite.runs == whole.runs else suite.runs
        budget = None if suite.budget == whole.budget else suite.budget
        planned = _keys(whole.select((), (), runs, budget), study.seed)
        if _keys(suite, study.seed) <= planned:
            changed = {"--runs": runs, "--budget": budget and budget.as_option()}
            given = [[k, str(v)] for k, v in changed.items() if v is not None]
            return suite.name, [word for pair in given for word in pair] + seed
    imports = ["--allow-imports"] if _imports(suite) else []
    return str(study.folder / "study.json"), seed + imports


def _keys(suite: Suite, seed: int) -> set[str]:
    """The keys of the first runs, which stand for the others."""
    return {run.key for run in suite.select(runs=1).plan(seed)}


def _imports(suite: Suite) -> bool:
    """True if the suite has a kind that is written as "module:Class"."""
    table = suite.to_dict()
    parts = ("problem", "network")
    tasks = [task[part] for task in table["task"] for part in parts if part in task]
    made = any("objective" in task for task in table["task"])
    kinds = [part["kind"] for part in [*tasks, *table["searchers"].values()]]
    return made or any(":" in kind for kind in kinds)


def _is_from_python(suite: Suite) -> bool:
    """True if no command can find a function of the suite."""
    objectives = (t for t in suite.tasks.values() if isinstance(t, Objective))
    return any(not task.is_found_elsewhere for task in objectives)
