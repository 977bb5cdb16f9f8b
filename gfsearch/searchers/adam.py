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
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from gfsearch.searchers.common.descent import Descent
from gfsearch.specs.fields import Natural, NonNegative, Positive, Probability, Spec

if TYPE_CHECKING:
    from gfsearch.searchers.online.descents import Rule

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


class Adam(Descent):
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
    Parameters: ClassVar[type[Spec]] = AdamParameters

    def _rule_of(self, parameters: AdamParameters) -> Rule:
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.online.descents import Rule

        return Rule(
            adam=True,
            rate=parameters.rate,
            first=parameters.first_decay,
            second=parameters.second_decay,
            epsilon=parameters.epsilon,
            clip=parameters.clip,
        )
