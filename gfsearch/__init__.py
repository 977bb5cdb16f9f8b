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
    from gfsearch.fields import (
        Count,
        Fraction,
        Natural,
        NonNegative,
        Positive,
        Probability,
        Size,
        Spec,
    )
    from gfsearch.fitness import Evaluation, Fitness
    from gfsearch.networks import Structure
    from gfsearch.networks.structure import Activation, Link, Unit
    from gfsearch.plan import Suite
    from gfsearch.problems import Sequences
    from gfsearch.problems.sequences import arrange, classified
    from gfsearch.records import Record
    from gfsearch.searchers import Proposal, Searcher, make_searcher
    from gfsearch.searchers.protocol import NoParameters
    from gfsearch.space import NetworkSpace, Space
    from gfsearch.study import Study, compare
    from gfsearch.suite import load_suite
    from gfsearch.task import Task

_HOMES = {
    "Activation": "gfsearch.networks.structure",
    "Count": "gfsearch.fields",
    "Evaluation": "gfsearch.fitness",
    "Fitness": "gfsearch.fitness",
    "Fraction": "gfsearch.fields",
    "InputError": "gfsearch.errors",
    "Link": "gfsearch.networks.structure",
    "Natural": "gfsearch.fields",
    "NetworkSpace": "gfsearch.space",
    "NoParameters": "gfsearch.searchers.protocol",
    "NonNegative": "gfsearch.fields",
    "Positive": "gfsearch.fields",
    "Probability": "gfsearch.fields",
    "Proposal": "gfsearch.searchers",
    "Record": "gfsearch.records",
    "Searcher": "gfsearch.searchers",
    "Sequences": "gfsearch.problems",
    "Size": "gfsearch.fields",
    "Space": "gfsearch.space",
    "Spec": "gfsearch.fields",
    "Structure": "gfsearch.networks",
    "Study": "gfsearch.study",
    "Suite": "gfsearch.plan",
    "Task": "gfsearch.task",
    "Unit": "gfsearch.networks.structure",
    "arrange": "gfsearch.problems.sequences",
    "classified": "gfsearch.problems.sequences",
    "compare": "gfsearch.study",
    "load_suite": "gfsearch.suite",
    "make_searcher": "gfsearch.searchers",
    "run": "gfsearch.api",
}

__all__ = [
    "Activation",
    "Count",
    "Evaluation",
    "Fitness",
    "Fraction",
    "InputError",
    "Link",
    "Natural",
    "NetworkSpace",
    "NoParameters",
    "NonNegative",
    "Positive",
    "Probability",
    "Proposal",
    "Record",
    "Searcher",
    "Sequences",
    "Size",
    "Space",
    "Spec",
    "Structure",
    "Study",
    "Suite",
    "Task",
    "Unit",
    "arrange",
    "classified",
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
