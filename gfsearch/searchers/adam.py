"""Adam: gradient descent with a step of its own for each weight, gradients clipped.

Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1;
clipping by the norm after Pascanu, Mikolov and Bengio, "On the difficulty of training
recurrent neural networks", ICML 2013, algorithm 1.

Known: both algorithms, with their decays and epsilon. Ours: a rate of 0.3 and first
weights up to 3, since solutions here have weights of ten and more, where to clip, the
bounds, the rule when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from gfsearch.fitness.evaluation import Gradients, Need
from gfsearch.fitness.space import Space
from gfsearch.networks.structure import Structure
from gfsearch.searchers.common.descent import Descent, no_gradient
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import Natural, NonNegative, Positive, Probability, Spec

_Decay = Annotated[float, msgspec.Meta(ge=0, lt=1)]


@dataclass(frozen=True, kw_only=True)
class AdamParameters(Spec):
    """Parameters of Adam.

    Attributes:
        rate: Learning rate: about the change of each weight per step. The paper's
            0.001 is for large networks with small weights; here solutions have
            weights of ten and more.
        first_decay: Decay of the mean of gradients (beta 1).
        second_decay: Decay of the mean of their squares (beta 2).
        epsilon: Added to the root of that mean, against division by zero.
        clip: Largest norm of the gradient of a batch, longer ones are shortened; 0:
            none. A mean squared error of outputs within a range of 1 hardly ever has
            a gradient longer than 1; those that mislead are longer than 0.1.
        initial: The first weights are uniform over [-initial, initial].
        batch: Sequences per step; 0 for all of them.
        patience: Passes through the training set without progress before it stops;
            0: never.
        progress: What counts as progress: a new best mean loss of a pass, lower by
            more than this fraction of the first pass's.
    """

    rate: Positive = 0.3
    first_decay: _Decay = 0.9
    second_decay: _Decay = 0.999
    epsilon: Positive = 1e-8
    clip: NonNegative = 0.1
    initial: Positive = 3.0
    batch: Natural = 0
    patience: Natural = 100
    progress: Probability = 0.01


@dataclass(eq=False, slots=True)
class AdamState:
    """State of Adam; letters of Kingma and Ba (2015) in parentheses.

    Attributes:
        descent: The weights, and the batches that move them.
        steps: Steps so far (t).
        mean: (1, D) decaying mean of the gradients (m).
        square: (1, D) decaying mean of their squares (v).
    """

    descent: Descent
    steps: int
    mean: FloatArray
    square: FloatArray


class Adam(Searcher):
    """Each weight moves by the mean of its gradients over the root of their squares.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("adam", fitness.space, seed=0)
        >>> losses = []
        >>> for _ in range(50):
        ...     proposal = search.ask()
        ...     evaluation = fitness.evaluate(
        ...         proposal.weights, search.need, proposal.sequences
        ...     )
        ...     search.tell(proposal, evaluation)
        ...     losses.append(evaluation.loss.min())
        >>> bool(min(losses) < losses[0])
        True
    """

    kind: ClassVar[str] = "adam"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Kingma and Ba (2015); clipping: Pascanu, Mikolov and Bengio (2013)"
    )
    need: ClassVar[Need] = "gradient"
    white_box: ClassVar[bool] = True
    Parameters: ClassVar[type[Spec]] = AdamParameters

    def __init__(
        self, space: Space, parameters: AdamParameters, seed: np.random.SeedSequence
    ) -> None:
        self._parameters = parameters
        stagnation = Stagnation(parameters.patience, parameters.progress)
        descent = Descent(space, parameters.initial, parameters.batch, stagnation, seed)
        d = space.dimension
        self.state = AdamState(descent, 0, np.zeros((1, d)), np.zeros((1, d)))

    def ask(self) -> Proposal:
        """The weights, to be shown the next batch."""
        return self.state.descent.proposal()

    def tell(self, proposal: Proposal, evaluation: Gradients) -> None:
        """Clip the gradient, update its means, and move."""
        gradient = self.state.descent.gradient(evaluation)
        if gradient is not None:
            with np.errstate(over="ignore", invalid="ignore"):  # It may diverge.
                self._follow(gradient)

    def _follow(self, gradient: FloatArray) -> None:
        """Move against a (1, D) gradient."""
        state, p = self.state, self._parameters
        # Pascanu, Mikolov and Bengio (2013), algorithm 1.
        norm = float(np.linalg.norm(gradient))
        if 0.0 < p.clip < norm:
            gradient = gradient * (p.clip / norm)
        # Kingma and Ba (2015), algorithm 1: t, m, v, their bias corrections, the step.
        state.steps += 1
        state.mean += (1.0 - p.first_decay) * (gradient - state.mean)
        state.square += (1.0 - p.second_decay) * (gradient**2 - state.square)
        mean = state.mean / (1.0 - p.first_decay**state.steps)
        square = state.square / (1.0 - p.second_decay**state.steps)
        state.descent.move(-p.rate * mean / (np.sqrt(square) + p.epsilon))

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` passes. Diverged: infinite."""
        return self.state.descent.stop_reason()

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """Threshold units have no gradient."""
        return no_gradient(structure)
