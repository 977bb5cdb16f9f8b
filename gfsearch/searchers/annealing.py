"""Simulated annealing: accept a worse point now and then, less so as it gets colder.

Corana, Marchesi, Martini and Ridella, "Minimizing multimodal functions of continuous
variables with the simulated annealing algorithm", ACM Transactions on Mathematical
Software 13 (1987) 262-280; used on recurrent networks by Bengio, Simard and Frasconi
(1994). Points outside the bounds are drawn anew, as in Goffe's program (1994).

Known: Corana's moves, acceptance, step adaptation and cooling by 0.85; Goffe's bounds.
Ours: the first temperature relative to the first loss, one adaptation per temperature
(the networks of 1994 cannot have had Corana's 100), the rule when to stop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gfsearch.fitness.space import Space
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import (
    Count,
    Fraction,
    Natural,
    NonNegative,
    Positive,
    Probability,
    Spec,
)

if TYPE_CHECKING:
    from gfsearch.fitness.fitness import Evaluation

# Corana et al. (1987), step 5: steps grow or shrink by up to this factor plus one,
# outside the band of acceptance ratios from 0.4 to 0.6.
_VARIATION = 2.0
_ACCEPTED_LOW, _ACCEPTED_HIGH = 0.4, 0.6

# Random numbers drawn together; how many has no influence on what they are.
_NUMBERS = 256


@dataclass(frozen=True, kw_only=True)
class AnnealingParameters(Spec):
    """Parameters of the annealing schedule.

    Attributes:
        temperature: First temperature, as a fraction of the first point's loss.
        cooling: Factor on the temperature at each reduction (r_T; Corana 0.85).
        cycles: Cycles of D moves between step adaptations (N_S; Corana 20).
        adaptations: Step adaptations between temperature reductions (N_T; Corana
            max(100, 5 D), which would cost 270,400 trials at D = 52).
        step: First step as a fraction of the weight range.
        patience: Temperatures without progress before it stops; 0: never.
        progress: What counts as progress: a new best loss lower by more than this
            fraction of the first point's loss.
    """

    temperature: NonNegative = 0.1
    cooling: Fraction = 0.85
    cycles: Count = 20
    adaptations: Count = 1
    step: Positive = 1.0
    patience: Natural = 4
    progress: Probability = 0.01


class Annealing(Searcher):
    """One move per coordinate and cycle; steps adapted to accept half of the moves.

    The temperature starts at a fraction of the first point's loss, so the search does
    not depend on the scale of the loss. It stops ("stagnated") after `patience`
    temperatures without progress of the best loss; the paper instead waits until the
    losses at the last four temperatures and the best one agree, which on the plateaus
    of these tasks happens only when it is cold.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("annealing", fitness.space, seed=0)
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

    kind: ClassVar[str] = "annealing"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "Corana, Marchesi, Martini and Ridella (1987)"
    Parameters: ClassVar[type[Spec]] = AnnealingParameters

    def __init__(
        self,
        space: Space,
        parameters: AnnealingParameters,
        seed: np.random.SeedSequence,
    ) -> None:
        self._space = space
        self._parameters = parameters
        self._rng = np.random.default_rng(seed)
        self._numbers: list[float] = []
        self._point: FloatArray | None = None  # (1, D)
        self._loss = math.inf
        self._best: FloatArray | None = None
        self._best_loss = math.inf
        self._temperature = 0.0
        self._dimension = space.dimension
        self._low, self._high = space.low.tolist(), space.high.tolist()
        self._step = parameters.step * space.width
        self._accepted = np.zeros(space.dimension, dtype=np.int64)
        self._coordinate = 0
        self._cycle = 0
        self._adaptation = 0
        self._stagnation = Stagnation(parameters.patience, parameters.progress)

    def ask(self) -> Proposal:
        """Propose a move along the next coordinate."""
        if self._point is None:
            return Proposal(self._space.sample(1, self._rng))
        i, random = self._coordinate, self._random
        weights = self._point.copy()
        moved = weights.item(i) + (2.0 * random() - 1.0) * self._step.item(i)
        low, high = self._low[i], self._high[i]
        if not low <= moved <= high:
            moved = low + (high - low) * random()
        weights[0, i] = moved
        return Proposal(weights)

    def tell(self, proposal: Proposal, evaluation: Evaluation) -> None:
        """Accept or reject the move, then go on in the schedule."""
        assert evaluation.loss is not None
        loss = evaluation.loss.item(0)
        if self._point is None:
            # A loss that overflowed is no place to start from: draw again.
            if math.isfinite(loss):
                self._temperature = self._parameters.temperature * loss
                self._stagnation.update(loss)
                self._move_to(proposal.weights, loss)
            return
        if self._accepts(loss):
            self._accepted[self._coordinate] += 1
            self._move_to(proposal.weights, loss)
        self._coordinate += 1
        if self._coordinate == self._dimension:
            self._coordinate = 0
            self._cycle += 1
        if self._cycle == self._parameters.cycles:
            self._cycle = 0
            self._adapt_steps()
            self._adaptation += 1
        if self._adaptation == self._parameters.adaptations:
            self._adaptation = 0
            self._cool()

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` temperatures."""
        return self._stagnation.reason()

    def _accepts(self, loss: float) -> bool:
        """The Metropolis rule."""
        worse = loss - self._loss
        if worse <= 0.0:
            return True
        if self._temperature == 0.0:
            return False
        return bool(self._random() < math.exp(-worse / self._temperature))

    def _move_to(self, weights: FloatArray, loss: float) -> None:
        self._point, self._loss = weights, loss
        if loss < self._best_loss:
            self._best, self._best_loss = weights, loss

    def _random(self) -> float:
        """The next uniform number; a trial needs two or three, drawn here by many."""
        if not self._numbers:
            self._numbers = self._rng.random(_NUMBERS).tolist()
            self._numbers.reverse()
        return self._numbers.pop()

    def _adapt_steps(self) -> None:
        """Corana et al. (1987), step 5: aim at accepting half of the moves."""
        ratio = self._accepted / self._parameters.cycles
        above = np.maximum(ratio - _ACCEPTED_HIGH, 0.0) / (1.0 - _ACCEPTED_HIGH)
        below = np.maximum(_ACCEPTED_LOW - ratio, 0.0) / _ACCEPTED_LOW
        factor = (1.0 + _VARIATION * above) / (1.0 + _VARIATION * below)
        self._step = np.minimum(self._step * factor, self._space.width)
        self._accepted[:] = 0

    def _cool(self) -> None:
        """Lower the temperature and go back to the best point."""
        self._temperature *= self._parameters.cooling
        self._point, self._loss = self._best, self._best_loss
        self._stagnation.update(self._best_loss)
