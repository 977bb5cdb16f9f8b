"""Searchers that follow the gradient: a start, passes in batches, a rule to stop."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.fitness.evaluation import Gradients, Need
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.structure import Structure
from gfsearch.searchers.common.first import first_weights
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.errors import InputError

if TYPE_CHECKING:
    from gfsearch.searchers.online.batches import BatchGradients
    from gfsearch.searchers.online.descents import Memory, Rule


_ANY = Criterion(tolerance=0.1)
"""The mean squared error does not depend on the criterion."""


def no_gradient(structure: Structure) -> str | None:
    """The reason why no gradient flows through a network; None if one does."""
    if any(unit.kind.flat for unit in structure.units):
        return "no gradient flows through the network's threshold units"
    return None


@dataclass(eq=False, slots=True)
class DescentState:
    """State of a descent.

    Attributes:
        rng: Random numbers.
        weights: (1, D) the weights.
        memory: What the rule remembers from step to step.
        best_pass: Lowest mean loss of a pass.
        stagnation: Progress of that loss.
        diverged: True once a gradient was infinite.
    """

    rng: np.random.Generator
    weights: FloatArray
    memory: Memory
    best_pass: float
    stagnation: Stagnation
    diverged: bool = False


class _Parameters(Protocol):
    """Parameters that all descents have."""

    @property
    def initial(self) -> float: ...
    @property
    def batch(self) -> int: ...
    @property
    def patience(self) -> int: ...
    @property
    def progress(self) -> float: ...


class Descent(Searcher):
    """A weight vector that moves against the gradient of batches of sequences.

    The first weights are uniform over [-initial, initial], as far as this lies within
    the task's range; the weights never leave that range. A batch of all sequences is a
    trial. Smaller ones make up passes, in compiled code; the sequences come in an order
    drawn anew for each pass, after which the weights that its last batch was shown to
    are proposed.

    Raises:
        InputError: BatchGradients are wanted of a space without sequences.
    """

    need: ClassVar[Need] = "gradient"
    white_box: ClassVar[bool] = True
    gradient_alone: ClassVar[bool] = True

    def __init__(
        self, space: Space, parameters: _Parameters, seed: np.random.SeedSequence
    ) -> None:
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.online.descents import Memory

        self._low, self._high = space.low, space.high
        self._rule = self._rule_of(parameters)
        self._size = parameters.batch
        self._batches = _batches(space, parameters.batch)
        if self._batches is not None:
            # Of this one alone: the runner only judges what is proposed after a pass.
            self.need = "loss"  # type: ignore[misc]
        rng = np.random.default_rng(seed)
        self.state = DescentState(
            rng=rng,
            weights=first_weights(space, parameters.initial, rng)[None],
            memory=Memory.of(space.dimension),
            best_pass=math.inf,
            stagnation=Stagnation(parameters.patience, parameters.progress),
        )

    @abstractmethod
    def _rule_of(self, parameters: Any) -> Rule:
        """Rule by which a gradient moves the weights."""

    def ask(self) -> Proposal:
        """The weights: those of a trial, or those of the end of a pass."""
        if self._batches is None:
            return Proposal(self.state.weights.copy())
        return self._pass(self._batches)

    def tell(self, proposal: Proposal, evaluation: Gradients) -> None:
        """Move against the gradient of a trial; the steps of a pass have been made."""
        if self._batches is not None:
            return
        from gfsearch.searchers.online.descents import move

        state = self.state
        self._note(evaluation.loss.item(0))
        state.diverged = not np.isfinite(evaluation.gradient).all()
        if not state.diverged:
            step = evaluation.gradient.copy()
            move(self._rule, state.memory, step, self._low, self._high, state.weights)

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` passes. Diverged: infinite."""
        return "diverged" if self.state.diverged else self.state.stagnation.reason()

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """Threshold units have no gradient."""
        return no_gradient(structure)

    @classmethod
    def on_line(cls, parameters: _Parameters) -> bool:
        """Batches of less than the training set move the weights."""
        return parameters.batch != 0

    def _pass(self, batches: BatchGradients) -> Proposal:
        """Show all sequences, and propose the weights that the last were shown to."""
        from gfsearch.searchers.online.descents import descend

        state, shown = self.state, batches.shown
        proposed = np.empty_like(state.weights)
        loss, sequences, finite = descend(
            batches.kernel,
            shown,
            batches.scoring,
            state.rng.permutation(shown.sequences),
            self._size,
            self._rule,
            state.memory,
            self._low,
            self._high,
            state.weights,
            proposed,
        )
        state.diverged = not finite
        if sequences < shown.sequences:  # Nothing to propose within a pass.
            proposed = proposed[:0]
        else:
            self._note(loss / sequences)
        return Proposal(proposed, None, *shown.bill())

    def _note(self, mean_loss: float) -> None:
        """Note the mean loss of a pass, and see whether it was a better one."""
        state = self.state
        state.best_pass = min(state.best_pass, mean_loss)
        state.stagnation.update(state.best_pass)


def _batches(space: Space, size: int) -> BatchGradients | None:
    """The training sequences, if they are shown in batches."""
    if not size:
        return None
    if not isinstance(space, NetworkSpace):
        raise InputError(f"batch: {size}: this space has no training sequences")
    if size >= len(space.train):
        return None
    from gfsearch.searchers.online.batches import BatchGradients
    from gfsearch.searchers.online.shown import Shown

    scoring = space.scoring or Scoring.of(space.structure, _ANY, "mse")
    return BatchGradients(space.structure, Shown.of(space.train), scoring)
