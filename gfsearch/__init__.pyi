"""Public names of gfsearch, for type checkers and for `lazy_loader`."""

from .fitness.evaluation import Evaluation
from .fitness.fitness import Fitness
from .fitness.space import NetworkSpace, Space
from .networks.activations import Activation
from .networks.own_forward import Model
from .networks.structure import Link, Source, Structure, Unit
from .problems.data import Data
from .problems.episodes import Environment, Episodes
from .problems.sequences import Sequences, arrange, classified
from .report.study import Study, compare, open_study
from .searchers import make_searcher
from .searchers.protocol import NoParameters, Proposal, Searcher
from .specs.errors import ExtensionError, InputError
from .specs.fields import (
    Count,
    Fraction,
    Natural,
    NonNegative,
    Positive,
    Probability,
    Size,
    Spec,
)
from .specs.files import File
from .study.records import Record
from .study.runner import run
from .suites.objective import Objective
from .suites.reading import load_suite
from .suites.suite import Suite
from .suites.task import Task

__version__: str

__all__ = [
    "Activation",
    "Count",
    "Data",
    "Environment",
    "Episodes",
    "Evaluation",
    "ExtensionError",
    "File",
    "Fitness",
    "Fraction",
    "InputError",
    "Link",
    "Model",
    "Natural",
    "NetworkSpace",
    "NoParameters",
    "NonNegative",
    "Objective",
    "Positive",
    "Probability",
    "Proposal",
    "Record",
    "Searcher",
    "Sequences",
    "Size",
    "Source",
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
    "open_study",
    "run",
]
