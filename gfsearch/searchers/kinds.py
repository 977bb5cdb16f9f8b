"""Kinds of searchers: the built-in ones by name, and those of others; making one."""

from __future__ import annotations

from typing import Any

import numpy as np

from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.searchers.adam import Adam
from gfsearch.searchers.annealing import Annealing
from gfsearch.searchers.discrete_error import DiscreteError
from gfsearch.searchers.genetic import Genetic
from gfsearch.searchers.gnarl import Gnarl
from gfsearch.searchers.gradient import Gradient
from gfsearch.searchers.guessing import Guessing
from gfsearch.searchers.multigrid import Multigrid
from gfsearch.searchers.protocol import Searcher
from gfsearch.searchers.pseudo_newton import PseudoNewton
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import build, whole
from gfsearch.specs.kinds import Kinds

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
    kind: type[Searcher],
    space: Space,
    parameters: Any,
    seed: np.random.SeedSequence,
    budget: int = 100_000,
) -> Searcher:
    """Make a searcher; a black-box one gets to know the box of weights only.

    Args:
        kind: Its class.
        space: What it is to search.
        parameters: Its parameters, of the type that it declares.
        seed: Seed of its random stream.
        budget: Trials that it may spend; told to searchers that use it.
    """
    if isinstance(space, NetworkSpace) and not kind.white_box:
        space = space.box()
    known = {"budget": budget} if getattr(kind, "uses_budget", False) else {}
    return kind(space, parameters, seed, **known)


def make_searcher(
    name: str | type[Searcher],
    space: Space,
    seed: int = 0,
    *,
    budget: int = 100_000,
    **parameters: Any,
) -> Searcher:
    """Make a searcher by its name.

    Args:
        name: A searcher's name, see `python -m gfsearch list searchers`, or a class.
        space: What it is to search, for instance `fitness.space`.
        seed: Seed of its random stream.
        budget: Trials that it may spend; matters to searchers that use it.
        **parameters: Its parameters; the others keep their defaults.

    Raises:
        InputError: An unknown name or parameter, or a value out of range.
    """
    if not isinstance(space, Space):
        got = type(space).__name__
        raise InputError(f"space: expected a gfsearch.Space, got {got}")
    if not isinstance(name, str | type):
        raise InputError(f"searcher: expected a name or a class, got {name!r}")
    if isinstance(name, str):
        kind, called = SEARCHER_KINDS.find(name), name
    else:
        called = name.__name__
        kind = SEARCHER_KINDS.given(name, f"searcher {called!r}")
    return start(
        kind,
        space,
        build(kind.Parameters, parameters, where=f"searcher {called!r}"),
        np.random.SeedSequence(whole("seed", seed)),
        budget,
    )
