"""gfsearch: how far beyond random weight guessing do gradient-free searches get?

The public names are loaded when they are first used, so that `--help` and `list`
answer without importing compilers and plotting libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gfsearch.api import run
    from gfsearch.errors import InputError
    from gfsearch.fitness import Evaluation, Fitness
    from gfsearch.plan import Suite
    from gfsearch.problems import Sequences
    from gfsearch.records import Record
    from gfsearch.searchers import Proposal, make_searcher
    from gfsearch.space import Space
    from gfsearch.study import Study, compare
    from gfsearch.suite import load_suite
    from gfsearch.task import Task

_HOMES = {
    "Evaluation": "gfsearch.fitness",
    "Fitness": "gfsearch.fitness",
    "InputError": "gfsearch.errors",
    "Proposal": "gfsearch.searchers",
    "Record": "gfsearch.records",
    "Sequences": "gfsearch.problems",
    "Space": "gfsearch.space",
    "Study": "gfsearch.study",
    "Suite": "gfsearch.plan",
    "Task": "gfsearch.task",
    "compare": "gfsearch.study",
    "load_suite": "gfsearch.suite",
    "make_searcher": "gfsearch.searchers",
    "run": "gfsearch.api",
}

__all__ = [
    "Evaluation",
    "Fitness",
    "InputError",
    "Proposal",
    "Record",
    "Sequences",
    "Space",
    "Study",
    "Suite",
    "Task",
    "compare",
    "load_suite",
    "make_searcher",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gfsearch' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
