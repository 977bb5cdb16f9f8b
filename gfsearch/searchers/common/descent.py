"""Parts of searchers that follow the gradient: a start, batches, a projection."""

from __future__ import annotations

import math

import numpy as np

from gfsearch.fitness.evaluation import Gradients
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.structure import Structure
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.errors import InputError


def no_gradient(structure: Structure) -> str | None:
    """The reason why no gradient flows through a network; None if one does."""
    if any(unit.kind.flat for unit in structure.units):
        return "no gradient flows through the network's threshold units"
    return None


def first_weights(space: Space, initial: float, rng: np.random.Generator) -> FloatArray:
    """(D,) weights uniform over [-initial, initial], as far as the space has them.

    Else around the point of the box that is nearest to zero weights.
    """
    centre = np.clip(0.0, space.low, space.high)
    low = np.maximum(centre - initial, space.low)
    high = np.minimum(centre + initial, space.high)
    weights: FloatArray = rng.uniform(low, high)
    return weights


class Descent:
    """A weight vector that moves, and the batches of sequences that move it.

    The first weights are uniform over [-initial, initial], as far as this lies within
    the task's range; the weights never leave that range. The sequences of a pass come
    in an order drawn anew for each pass.

    Args:
        space: What is searched; one that knows its training sequences, if batches are
            wanted.
        initial: Half-width of the range of the first weights.
        batch: Sequences per step; 0 for all of them.
        stagnation: When it has stalled, counted in passes.
        seed: Seed of the random stream.

    Raises:
        InputError: Batches are wanted of a space without sequences.
    """

    def __init__(
        self,
        space: Space,
        initial: float,
        batch: int,
        stagnation: Stagnation,
        seed: np.random.SeedSequence,
    ) -> None:
        if batch and not isinstance(space, NetworkSpace):
            raise InputError(f"batch: {batch}: this space has no training sequences")
        self._rng = np.random.default_rng(seed)
        self._low, self._high = space.low, space.high
        self._weights = first_weights(space, initial, self._rng)[None]
        self._sequences = len(space.train) if isinstance(space, NetworkSpace) else 0
        self._batch = batch if batch < self._sequences else 0
        self._order: IntArray | None = None
        self._shown = 0
        self._loss_of_pass = 0.0
        self._best_pass = math.inf
        self._stagnation = stagnation
        self._diverged = False

    def proposal(self) -> Proposal:
        """The weights, and the sequences of the next batch."""
        if not self._batch:
            return Proposal(self._weights.copy())
        if self._order is None:
            self._order = self._rng.permutation(self._sequences)
        batch = self._order[self._shown : self._shown + self._batch]
        return Proposal(self._weights.copy(), batch)

    def gradient(self, evaluation: Gradients) -> FloatArray | None:
        """(1, D) the gradient that was found; None if it is of no use."""
        self._note(evaluation.loss.item(0), evaluation.presentations.item(0))
        usable = bool(np.isfinite(evaluation.gradient).all())
        self._diverged = self._diverged or not usable
        return evaluation.gradient if usable else None

    def move(self, step: FloatArray) -> None:
        """Add a (1, D) step, and project what left the task's range back onto it."""
        self._weights = np.clip(self._weights + step, self._low, self._high)

    def stop_reason(self) -> str | None:
        """Diverged: an infinite gradient. Stagnated: passes without progress."""
        return "diverged" if self._diverged else self._stagnation.reason()

    def _note(self, loss: float, shown: int) -> None:
        """Add up the losses of a pass; at its end, see whether it was a better one."""
        self._loss_of_pass += loss * shown
        self._shown += shown
        if not self._batch or self._shown >= self._sequences:
            self._best_pass = min(self._best_pass, self._loss_of_pass / self._shown)
            self._stagnation.update(self._best_pass)
            self._loss_of_pass = 0.0
            self._shown = 0
            self._order = None
