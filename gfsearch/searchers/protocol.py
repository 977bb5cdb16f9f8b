"""The shape of a searcher: it proposes weight vectors and learns from their evaluation.

Every searcher is a class with a `kind`, a `revision`, a `source` and the methods
below, made from a space, parameters and a seed. Searchers minimise the loss; only the
task decides what is solved, and the runner what happens when a searcher stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from gfsearch.fitness.evaluation import Need
from gfsearch.fitness.space import Space
from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.fields import Spec


# Made at every trial: freezing it would cost a microsecond each.
@dataclass(eq=False, slots=True)
class Proposal:
    """Weight vectors to evaluate.

    Attributes:
        weights: (P, D) float64; P may be 0 (nothing new to evaluate).
        sequences: Indices of the training sequences to show; None for all.
        presentations: How many sequences the searcher has shown to a model of its own
            since the last proposal to arrive at these weights, on-line; they are paid
            for like all others.
        gradients: How many backward passes it made over them.
        fresh: How many new sequences to show in the place of training sequences: the
            next ones of the run's stream, the same for every searcher. They cost like
            all others; after as many as the training set has, the runner tests the
            last proposal on the training set.
    """

    weights: FloatArray
    sequences: IntArray | None = None
    presentations: int = 0
    gradients: int = 0
    fresh: int = 0


@dataclass(frozen=True, kw_only=True)
class NoParameters(Spec):
    """There is nothing to set."""


class Searcher(Protocol):
    """A searcher, as the runner uses it. Searchers pickle at any time.

    The runner calls `ask` and `tell` in turn, `stop_reason` after each `tell`, and
    nothing more once a proposal has solved the task or was cut by the budget. A
    searcher may rely on that: asked or told twice in a row, it may do anything.

    A class that inherits from this one has the defaults given here.

    Attributes:
        kind: The name in suites.
        revision: Raised when the searcher's results change.
        source: Where the method comes from.
        need: "loss" (the default); "solved" for a searcher that uses nothing else and
            so gets the early-rejecting evaluation; "gradient" for the loss and its
            gradient.
        white_box: It is made with a `NetworkSpace` and so knows the network and the
            training sequences, not only the box of weights; default false.
        uses_budget: It is made with its budget, as the keyword argument `budget`
            (trials), which then belongs to its random stream; default false. A run
            with a larger budget is then another run.
        fresh: It asks for new sequences; default false.
        gradient_alone: White-box though it is, a gradient is all that it needs unless
            it works on-line; default false.
        memoryless: Every trial solves the task with the same probability, whatever
            came before; default false. Its costs then have exact intervals.
        Parameters: The type of its parameters, with ranges and defaults; default none.
    """

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]
    need: ClassVar[Need] = "loss"
    white_box: ClassVar[bool] = False
    uses_budget: ClassVar[bool] = False
    memoryless: ClassVar[bool] = False
    fresh: ClassVar[bool] = False
    gradient_alone: ClassVar[bool] = False
    Parameters: ClassVar[type[Spec]] = NoParameters

    def __init__(
        self, space: Space, parameters: Any, seed: np.random.SeedSequence
    ) -> None: ...

    def ask(self) -> Proposal:
        """Propose weight vectors."""

    # Any: a searcher declares the evaluation that its `need` asks for.
    def tell(self, proposal: Proposal, evaluation: Any) -> None:
        """Learn how the vectors of the last proposal did.

        Args:
            proposal: What was evaluated.
            evaluation: `Losses`, `Verdicts` or `Gradients` of
                `gfsearch.fitness.evaluation`, as `need` is "loss", "solved" or
                "gradient".
        """

    def stop_reason(self) -> str | None:
        """None while there is something left to try, or a short word why not."""

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """Return the reason why it cannot work on a network and box; None if it can."""
        return None

    @classmethod
    def on_line(cls, parameters: Any) -> bool:
        """True if its weights move within a pass through the training set.

        Its trial is then such a pass, in which many vectors were seen: it is compared
        with others in presentations only.
        """
        return False
