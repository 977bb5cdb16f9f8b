"""Multi-grid random search: guess around the best point, closer with each success.

Bengio, Simard and Frasconi, "Learning long-term dependencies with gradient descent is
difficult", IEEE Transactions on Neural Networks 5 (1994) 157-166, section IV.

Known: draws around the best point, only improvements are accepted, and shrink the box
by 0.9; the rule when to stop (`agree`). Ours: the first box, the bounds, how often that
rule is looked at, and the rule when to stop that is the default.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.fitness.evaluation import Losses
from gfsearch.fitness.space import Space
from gfsearch.searchers.common.first import first_weights
from gfsearch.searchers.common.stagnation import Agreement
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import (
    Fraction,
    Natural,
    NonNegative,
    Positive,
    Size,
    Spec,
)


@dataclass(frozen=True, kw_only=True)
class MultigridParameters(Spec):
    """Parameters of the shrinking box.

    Attributes:
        shrink: Factor on the box's edges at each improvement (paper: 0.9).
        size: Edge of the box around the first point, itself drawn from the whole
            space, as a fraction of the weight range.
        patience: Trials per weight without improvement before it stops; 0: never.
        agree: In the place of `patience`, the paper's rule: it stops when the best
            losses at four checks lie within this (paper: 0.001). Default: none.
        check: Trials per weight from one of these checks to the next (ours).
        initial: The first point is uniform over [-initial, initial], as far as the
            space has it (paper: 0.5). Default: over the whole space.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(("agree", "check", "initial"))

    shrink: Fraction = 0.9
    size: Positive = 1.0
    patience: Natural = 10
    agree: NonNegative | None = None
    check: Size = 10
    initial: Positive | None = None


@dataclass(eq=False, slots=True)
class MultigridState:
    """State of multi-grid random search.

    Attributes:
        rng: Random numbers.
        best: (1, D) best vector so far; None before the first.
        best_loss: Its loss.
        low: (D,) lower bounds of the box.
        high: (D,) upper bounds of the box.
        size: Edge of the box, as a fraction of the weight range.
        stalled: Trials since the last improvement.
        trials: Trials so far.
        agreement: Agreement of the losses at the last checks.
    """

    rng: np.random.Generator
    best: FloatArray | None
    best_loss: float
    low: FloatArray
    high: FloatArray
    size: float
    stalled: int
    trials: int
    agreement: Agreement


class Multigrid(Searcher):
    """Uniform draws from a box that follows the best point and shrinks.

    The box is cut at the bounds of the space. It stops ("stagnated") after
    `patience` times D trials without improvement.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("multigrid", fitness.space, seed=0)
        >>> losses = []
        >>> for _ in range(200):
        ...     proposal = search.ask()
        ...     evaluation = fitness.evaluate(
        ...         proposal.weights, search.need, proposal.sequences
        ...     )
        ...     search.tell(proposal, evaluation)
        ...     losses.append(evaluation.loss.min())
        >>> bool(min(losses) < losses[0])
        True
    """

    kind: ClassVar[str] = "multigrid"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "Bengio, Simard and Frasconi (1994)"
    Parameters: ClassVar[type[Spec]] = MultigridParameters

    def __init__(
        self,
        space: Space,
        parameters: MultigridParameters,
        seed: np.random.SeedSequence,
    ) -> None:
        self._space = space
        self._parameters = parameters
        self.state = MultigridState(
            rng=np.random.default_rng(seed),
            best=None,
            best_loss=math.inf,
            low=space.low,
            high=space.high,
            size=parameters.size,
            stalled=0,
            trials=0,
            agreement=Agreement(parameters.agree),
        )

    def ask(self) -> Proposal:
        """Draw one weight vector from the box."""
        state = self.state
        initial = self._parameters.initial
        if state.best is None and initial is not None:
            return Proposal(first_weights(self._space, initial, state.rng)[None])
        uniform = state.rng.random((1, self._space.dimension))
        return Proposal(state.low + (state.high - state.low) * uniform)

    def tell(self, proposal: Proposal, evaluation: Losses) -> None:
        """Re-centre and shrink the box if the vector is the best so far."""
        state = self.state
        loss = float(evaluation.loss[0])
        self._take(proposal.weights, loss)
        state.trials += 1
        if state.trials % (self._parameters.check * self._space.dimension) == 0:
            state.agreement.update(state.best_loss, state.best_loss)

    def _take(self, weights: FloatArray, loss: float) -> None:
        """Move the box to a vector, if it is better."""
        state = self.state
        # Bengio et al. (1994), section IV: only improvements are accepted; each shrinks
        # the box, which is centred on the new point.
        if loss >= state.best_loss:
            state.stalled += 1
            return
        if state.best is not None:
            state.size *= self._parameters.shrink
        state.best, state.best_loss = weights, loss
        state.stalled = 0
        half = 0.5 * state.size * self._space.width
        state.low = np.maximum(state.best[0] - half, self._space.low)
        state.high = np.minimum(state.best[0] + half, self._space.high)

    def stop_reason(self) -> str | None:
        """Stagnated: no improvement for `patience` times D trials, or losses agree."""
        state = self.state
        if self._parameters.agree is not None:
            return state.agreement.reason()
        patience = self._parameters.patience * self._space.dimension
        return "stagnated" if patience and state.stalled >= patience else None
