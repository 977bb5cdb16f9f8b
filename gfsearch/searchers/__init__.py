"""Searchers: they propose weight vectors and learn from their evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

from gfsearch.extensions import Kinds
from gfsearch.fields import build
from gfsearch.searchers.adam import Adam
from gfsearch.searchers.annealing import Annealing
from gfsearch.searchers.discrete_error import DiscreteError
from gfsearch.searchers.genetic import Genetic
from gfsearch.searchers.gnarl import Gnarl
from gfsearch.searchers.gradient import Gradient
from gfsearch.searchers.guessing import Guessing
from gfsearch.searchers.multigrid import Multigrid
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.searchers.pseudo_newton import PseudoNewton
from gfsearch.space import NetworkSpace, Space

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

SEARCHERS: dict[str, type[Searcher]] = {
    "guessing": Guessing,
    "annealing": Annealing,
    "multigrid": Multigrid,
    "genetic": Genetic,
    "gradient": Gradient,
    "adam": Adam,
    "pseudo-newton": PseudoNewton,
    "discrete-error": DiscreteError,
    "gnarl": Gnarl,
}

SEARCHER_KINDS = Kinds(
    what="searcher",
    built_in=SEARCHERS,
    base=Searcher,
    own=("ask", "tell", "stop_reason"),
    inherited=("need", "white_box", "not_applicable", "Parameters"),
    parameters=True,
)


def start(
    kind: type[Searcher], space: Space, parameters: Any, seed: np.random.SeedSequence
) -> Searcher:
    """Make a searcher; a black-box one gets to know the box of weights only."""
    if isinstance(space, NetworkSpace) and not kind.white_box:
        space = space.box()
    return kind(space, parameters, seed)


def make_searcher(
    name: str, space: Space, seed: int = 0, **parameters: Any
) -> Searcher:
    """Make a searcher by its name.

    Args:
        name: A searcher's name, see `python -m gfsearch list searchers`.
        space: What it is to search, for instance `fitness.space`.
        seed: Seed of its random stream.
        **parameters: Its parameters; the others keep their defaults.

    Raises:
        InputError: An unknown name or parameter, or a value out of range.
    """
    kind = SEARCHER_KINDS.find(name)
    return start(
        kind,
        space,
        build(kind.Parameters, parameters, where=f"searcher {name!r}"),
        np.random.SeedSequence(seed),
    )
