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
from typing import ClassVar

import numpy as np

from gfsearch.fitness.evaluation import Losses
from gfsearch.fitness.space import Space
from gfsearch.searchers.common.first import first_weights
from gfsearch.searchers.common.stagnation import Agreement, Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.fields import (
    Count,
    Fraction,
    Natural,
    NonNegative,
    Positive,
    Probability,
    Spec,
)

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
        agree: In the place of `patience`, the rule of the papers: it stops when the
            losses at the last four temperatures, and the best one, lie within this
            (Bengio et al.: 0.001). Default: none.
        initial: The first point is uniform over [-initial, initial], as far as the
            space has it (Bengio et al.: 0.5). Default: over the whole space.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(("agree", "initial"))

    temperature: NonNegative = 0.1
    cooling: Fraction = 0.85
    cycles: Count = 20
    adaptations: Count = 1
    step: Positive = 1.0
    patience: Natural = 4
    progress: Probability = 0.01
    agree: NonNegative | None = None
    initial: Positive | None = None


@dataclass(eq=False, slots=True)
class AnnealingState:
    """State of simulated annealing; letters of Corana et al. (1987) in parentheses.

    Attributes:
        rng: Random numbers.
        numbers: Uniform numbers that were drawn and not used yet.
        point: (1, D) accepted point; None before the first.
        loss: Its loss.
        best: (1, D) best point so far.
        best_loss: Its loss.
        temperature: Temperature (T).
        step: (D,) largest move along each coordinate (v).
        accepted: (D,) moves accepted along each since the last adaptation (n).
        coordinate: Coordinate of the next move (h).
        cycle: Cycles since the last adaptation (j).
        adaptation: Adaptations at this temperature (m).
        stagnation: Progress of the best loss.
        agreement: Agreement of the losses at the last temperatures.
    """

    rng: np.random.Generator
    numbers: list[float]
    point: FloatArray | None
    loss: float
    best: FloatArray | None
    best_loss: float
    temperature: float
    step: FloatArray
    accepted: IntArray
    coordinate: int
    cycle: int
    adaptation: int
    stagnation: Stagnation
    agreement: Agreement


class Annealing(Searcher):
    """One move per coordinate and cycle; steps adapted to accept half of the moves.

    The temperature starts at a fraction of the first point's loss, so the search does
    not depend on the scale of the loss. It stops ("stagnated") after `patience`
    temperatures without progress of the best loss; the papers instead wait until the
    losses at the last four temperatures and the best one agree (`agree`), which on the
    plateaus of these tasks happens only when it is cold.

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
        self._dimension = space.dimension
        self._low, self._high = space.low.tolist(), space.high.tolist()
        self.state = AnnealingState(
            rng=np.random.default_rng(seed),
            numbers=[],
            point=None,
            loss=math.inf,
            best=None,
            best_loss=math.inf,
            temperature=0.0,
            step=parameters.step * space.width,
            accepted=np.zeros(space.dimension, dtype=np.int64),
            coordinate=0,
            cycle=0,
            adaptation=0,
            stagnation=Stagnation(
                parameters.patience if parameters.agree is None else 0,
                parameters.progress,
            ),
            agreement=Agreement(parameters.agree),
        )

    def ask(self) -> Proposal:
        """Propose a move along the next coordinate."""
        state = self.state
        if state.point is None:
            initial = self._parameters.initial
            if initial is None:
                return Proposal(self._space.sample(1, state.rng))
            return Proposal(first_weights(self._space, initial, state.rng)[None])
        i, random = state.coordinate, self._random
        weights = state.point.copy()
        # Corana et al. (1987), step 1: x' = x + U(-1, 1) v_h e_h.
        moved = weights.item(i) + (2.0 * random() - 1.0) * state.step.item(i)
        low, high = self._low[i], self._high[i]
        if not low <= moved <= high:  # Step 2, as Goffe et al. (1994) have it.
            moved = low + (high - low) * random()
        weights[0, i] = moved
        return Proposal(weights)

    def tell(self, proposal: Proposal, evaluation: Losses) -> None:
        """Accept or reject the move, then go on in the schedule."""
        state = self.state
        loss = evaluation.loss.item(0)
        if state.point is None:
            # A loss that overflowed is no place to start from: draw again.
            if math.isfinite(loss):
                # Losses of functions may be negative: their size is the scale.
                state.temperature = self._parameters.temperature * abs(loss)
                state.stagnation.update(loss)
                self._move_to(proposal.weights, loss)
            return
        if self._accepts(loss):  # Step 3.
            state.accepted[state.coordinate] += 1
            self._move_to(proposal.weights, loss)
        state.coordinate += 1  # Step 4.
        if state.coordinate == self._dimension:
            state.coordinate = 0
            state.cycle += 1
        if state.cycle == self._parameters.cycles:  # Step 5.
            state.cycle = 0
            self._adapt_steps()
            state.adaptation += 1
        if state.adaptation == self._parameters.adaptations:  # Step 6.
            state.adaptation = 0
            self._cool()

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` temperatures, or losses that agree."""
        return self.state.stagnation.reason() or self.state.agreement.reason()

    def _accepts(self, loss: float) -> bool:
        """The Metropolis rule: U(0, 1) < exp(-(f' - f) / T)."""
        state = self.state
        worse = loss - state.loss
        if worse <= 0.0:
            return True
        if state.temperature == 0.0:
            return False
        return bool(self._random() < math.exp(-worse / state.temperature))

    def _move_to(self, weights: FloatArray, loss: float) -> None:
        state = self.state
        state.point, state.loss = weights, loss
        if loss < state.best_loss:
            state.best, state.best_loss = weights, loss

    def _random(self) -> float:
        """The next uniform number; a trial needs two or three, drawn here by many."""
        state = self.state
        if not state.numbers:
            state.numbers = state.rng.random(_NUMBERS).tolist()
            state.numbers.reverse()
        return state.numbers.pop()

    def _adapt_steps(self) -> None:
        """Corana et al. (1987), step 5: aim at accepting half of the moves."""
        state = self.state
        ratio = state.accepted / self._parameters.cycles
        above = np.maximum(ratio - _ACCEPTED_HIGH, 0.0) / (1.0 - _ACCEPTED_HIGH)
        below = np.maximum(_ACCEPTED_LOW - ratio, 0.0) / _ACCEPTED_LOW
        factor = (1.0 + _VARIATION * above) / (1.0 + _VARIATION * below)
        state.step = np.minimum(state.step * factor, self._space.width)
        state.accepted[:] = 0

    def _cool(self) -> None:
        """Lower the temperature (T <- r_T T) and go back to the best point."""
        state = self.state
        state.temperature *= self._parameters.cooling
        state.agreement.update(state.loss, state.best_loss)
        state.point, state.loss = state.best, state.best_loss
        state.stagnation.update(state.best_loss)
