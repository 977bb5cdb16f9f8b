"""Pseudo-Newton: every weight's step is divided by how much its gradient bends.

Becker and LeCun, "Improving the convergence of back-propagation learning with second
order methods", Proceedings of the 1988 Connectionist Models Summer School; weighted by
time: Bengio, Simard and Frasconi, "Learning long-term dependencies with gradient
descent is difficult", IEEE Transactions on Neural Networks 5 (1994) 157-166, section
IV.

A weight w of a recurrent network acts once at every step t. If each of these acts had
a weight w_t of its own, all equal, the pseudo-Newton step of w_t would be

    -rate * dC/dw_t / (|d2C/dw_t2| + damping),

and w moves by their sum over t (time-weighted). The acts long ago, whose gradient has
vanished, are those whose second derivative has vanished too: they are divided by
little more than the damping, and count again. The standard method divides the sum of
the gradients by the sum of the second derivatives instead.

Known: the step above, second derivatives by back-propagation of the diagonal alone,
on-line learning; of 1994 a rate of 0.01, first weights within 0.5, and a damping that
is adapted with momentum 0.8 so that the largest change of a weight stays between 0.001
and 0.3 (`adapted`; how, is ours: in proportion to what it is outside of these). Ours:
rate and damping of the defaults, which solve the latch from small weights, and the rule
when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gfsearch.fitness.evaluation import Losses
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.structure import Structure
from gfsearch.searchers.common.descent import no_gradient
from gfsearch.searchers.common.first import first_weights
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import Natural, Positive, Probability, Spec


@dataclass(frozen=True, kw_only=True)
class PseudoNewtonParameters(Spec):
    """Parameters of pseudo-Newton descent.

    Attributes:
        rate: Factor on the step (eta), for the squared error of one sequence.
        damping: Added to the second derivative (mu). What a weight does at one step
            in time then moves it no further than the gradient with a rate of rate /
            damping would; the standard method as a whole neither.
        time_weighted: Divide at each step in time; false for the standard method.
        gauss_newton: Leave out the second derivatives of the activations, so that no
            curvature is negative; false: take the absolute value of the whole.
        adapted: The damping is adapted after each sequence, as in 1994: so that the
            largest change of a weight stays between 0.001 and 0.3, which is also the
            most that one sequence changes. `damping` is then the first one.
        initial: The first weights are uniform over [-initial, initial].
        patience: Passes through the training set without progress before it stops;
            0: never.
        progress: What counts as progress: a new best loss after a pass, lower by more
            than this fraction of the first one.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(("adapted",))

    rate: Positive = 0.03
    damping: Positive = 0.003
    time_weighted: bool = True
    gauss_newton: bool = True
    adapted: bool = False
    initial: Positive = 0.3
    patience: Natural = 200
    progress: Probability = 0.01


@dataclass(eq=False, slots=True)
class PseudoNewtonState:
    """State of pseudo-Newton descent.

    Attributes:
        rng: Random numbers.
        weights: (D,) weights after the last pass.
        damping: (1,) what is added to the second derivatives now.
        stagnation: Progress of the loss.
        finite: False once a derivative was infinite.
    """

    rng: np.random.Generator
    weights: FloatArray
    damping: FloatArray
    stagnation: Stagnation
    finite: bool


class PseudoNewton(Searcher):
    """On-line passes with first and second derivatives, each followed by a trial.

    Sequences come in an order drawn anew for each pass. A presentation takes two
    backward passes, one for each derivative. The weights never leave the task's range.
    A pass that ends at an infinite derivative is paid for as a whole.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("pseudo-newton", fitness.space, seed=0)
        >>> losses = []
        >>> for _ in range(60):
        ...     proposal = search.ask()
        ...     evaluation = fitness.evaluate(
        ...         proposal.weights, search.need, proposal.sequences
        ...     )
        ...     search.tell(proposal, evaluation)
        ...     losses.append(evaluation.loss.min())
        >>> bool(min(losses) < losses[0])
        True
    """

    kind: ClassVar[str] = "pseudo-newton"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Becker and LeCun (1988); time-weighted: Bengio, Simard and Frasconi (1994)"
    )
    white_box: ClassVar[bool] = True
    Parameters: ClassVar[type[Spec]] = PseudoNewtonParameters

    def __init__(
        self,
        space: Space,
        parameters: PseudoNewtonParameters,
        seed: np.random.SeedSequence,
    ) -> None:
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.online.curvature import Curvatures, Rule
        from gfsearch.searchers.online.shown import Shown

        if not isinstance(space, NetworkSpace):
            raise InputError("pseudo-newton: this space has no network")
        self._space = space
        self._curvatures = Curvatures(space.structure)
        self._shown = Shown.of(space.train)
        self._rule = Rule(
            parameters.rate,
            parameters.adapted,
            parameters.time_weighted,
            parameters.gauss_newton,
        )
        rng = np.random.default_rng(seed)
        self.state = PseudoNewtonState(
            rng=rng,
            weights=first_weights(space, parameters.initial, rng),
            damping=np.array([parameters.damping]),
            stagnation=Stagnation(parameters.patience, parameters.progress),
            finite=True,
        )

    def ask(self) -> Proposal:
        """The weights after one more pass through the training set."""
        from gfsearch.searchers.online.curvature import learn_pass

        state = self.state
        weights = state.weights.copy()
        state.finite = learn_pass(
            self._curvatures.kernel,
            self._shown,
            state.rng.permutation(self._shown.sequences),
            self._rule,
            state.damping,
            self._space.low,
            self._space.high,
            weights,
        )
        state.weights = weights
        return Proposal(weights[None], None, *self._shown.bill())

    def tell(self, proposal: Proposal, evaluation: Losses) -> None:
        """Note whether the pass was of use."""
        state = self.state
        state.stagnation.update(evaluation.loss.item(0))

    def stop_reason(self) -> str | None:
        """Diverged: infinite derivatives. Stagnated: passes without progress."""
        state = self.state
        return state.stagnation.reason() if state.finite else "diverged"

    @classmethod
    def on_line(cls, parameters: Any) -> bool:
        """Each sequence moves the weights."""
        return True

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """Threshold units have no gradient; second derivatives are first-order only."""
        if not structure.first_order:
            return "no second derivatives through factors, delays, starts and clocks"
        return no_gradient(structure)
