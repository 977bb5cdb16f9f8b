"""The shape of a searcher: it proposes weight vectors and learns from their evaluation.

Every searcher is a class with `kind`, `revision`, `source`, `need` and its
`Parameters` (a frozen dataclass), made from a space, parameters and a seed. Searchers
minimise the loss; only the task decides what is solved, and the runner what happens
when a searcher stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from gfsearch.fields import Spec
from gfsearch.problems.sequences import FloatArray, IntArray
from gfsearch.space import Space

if TYPE_CHECKING:
    from gfsearch.fitness import Evaluation, Need


# Made at every trial: freezing it would cost a microsecond each.
@dataclass(eq=False, slots=True)
class Proposal:
    """Weight vectors to evaluate.

    Attributes:
        weights: (P, D) float64; P may be 0 (nothing new to evaluate).
        sequences: Indices of the training sequences to show; None for all.
    """

    weights: FloatArray
    sequences: IntArray | None = None


class Searcher(Protocol):
    """What the runner asks of a searcher. Searchers pickle at any time.

    Attributes:
        kind: The name in suites.
        revision: Raised when the searcher's results change.
        source: Where the method comes from.
        need: "loss"; "solved" for a searcher that uses nothing else and so gets the
            early-rejecting evaluation; "gradient" for the loss and its gradient.
        white_box: It is made with a `NetworkSpace` and so knows the network and the
            training sequences, not only the box of weights.
        Parameters: The type of its parameters, with ranges and defaults.
    """

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]
    need: ClassVar[Need]
    white_box: ClassVar[bool]
    Parameters: ClassVar[type[Spec]]

    def __init__(
        self, space: Space, parameters: Any, seed: np.random.SeedSequence
    ) -> None: ...

    def ask(self) -> Proposal:
        """Propose weight vectors."""

    def tell(self, proposal: Proposal, evaluation: Evaluation) -> None:
        """Learn how the vectors of the last proposal did."""

    def stop_reason(self) -> str | None:
        """None while there is something left to try, or a short word why not."""
