"""Gradient descent with momentum by full back-propagation through time.

Rumelhart, Hinton and Williams, "Learning internal representations by error
propagation" (1986); the baseline of Bengio, Simard and Frasconi, "Learning long-term
dependencies with gradient descent is difficult", IEEE Transactions on Neural Networks
5 (1994) 157-166.

Known: the gradient and the momentum; it is exact, by full back-propagation. Ours: the
learning rate and the first weights, which the paper of 1994 does not tell as far as we
know it, the bounds, the rule when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from gfsearch.searchers.common.descent import Descent
from gfsearch.specs.fields import Natural, Positive, Probability, Spec

if TYPE_CHECKING:
    from gfsearch.searchers.online.descents import Rule


@dataclass(frozen=True, kw_only=True)
class GradientParameters(Spec):
    """Parameters of gradient descent.

    Attributes:
        rate: Learning rate, on the gradient of the loss (the mean over the targets of
            a batch). With momentum the steps add up to rate / (1 - momentum). The
            papers' own values are not known to us; these solve Tomita's grammars. A
            tanh unit needs less: on the latch, on-line steps that add up to 0.1 or
            more drive the self-weight negative.
        momentum: Share of the step before that is made again.
        initial: The first weights are uniform over [-initial, initial].
        batch: Sequences per step: 1 for on-line learning, 0 for all of them.
        patience: Passes through the training set without progress before it stops;
            0: never.
        progress: What counts as progress: a new best mean loss of a pass, lower by
            more than this fraction of the first pass's.
    """

    rate: Positive = 0.1
    momentum: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.9
    initial: Positive = 0.3
    batch: Natural = 1
    patience: Natural = 200
    progress: Probability = 0.01


class Gradient(Descent):
    """Every batch moves the weights against its gradient, and on as before.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("gradient", fitness.space, seed=0)
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

    kind: ClassVar[str] = "gradient"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Rumelhart, Hinton and Williams (1986); Bengio, Simard and Frasconi (1994)"
    )
    Parameters: ClassVar[type[Spec]] = GradientParameters

    def _rule_of(self, parameters: GradientParameters) -> Rule:
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.online.descents import Rule

        return Rule(adam=False, rate=parameters.rate, first=parameters.momentum)
