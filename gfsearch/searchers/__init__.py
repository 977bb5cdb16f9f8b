"""Searchers: they propose weight vectors and learn from their evaluation."""

from gfsearch.searchers.adam import Adam
from gfsearch.searchers.annealing import Annealing
from gfsearch.searchers.discrete_error import DiscreteError
from gfsearch.searchers.genetic import Genetic
from gfsearch.searchers.gnarl import Gnarl
from gfsearch.searchers.gradient import Gradient
from gfsearch.searchers.guessing import Guessing
from gfsearch.searchers.kinds import SEARCHER_KINDS, SEARCHERS, make_searcher, start
from gfsearch.searchers.multigrid import Multigrid
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.searchers.pseudo_newton import PseudoNewton

__all__ = [
    "SEARCHERS",
    "SEARCHER_KINDS",
    "Adam",
    "Annealing",
    "DiscreteError",
    "Genetic",
    "Gnarl",
    "Gradient",
    "Guessing",
    "Multigrid",
    "Proposal",
    "PseudoNewton",
    "Searcher",
    "make_searcher",
    "start",
]
