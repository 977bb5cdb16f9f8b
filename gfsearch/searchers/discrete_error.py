"""Discrete error propagation: wanted changes of sign travel back through time.

After Bengio, Simard and Frasconi, "Learning long-term dependencies with gradient
descent is difficult", IEEE Transactions on Neural Networks 5 (1994) 157-166, section
IV. The searcher trains a network of threshold units, x = sign(a), wired like the
task's network, and proposes its weights, converted, to the task's network.

A threshold unit has no gradient, but one can ask which change of its output is wanted.
Only -2x is possible: a wanted change is discrete. At the end of a wrong sequence the
output unit gets one. A unit that is to change its sign can do so in two ways, which
make the rule:

* It changes its weights. Its sum a has to move in the direction g = -x, and the
  shortest way there is along what it saw, g s / |s|: a perceptron's step.
* A unit that it sees changes instead. Unit j, changing from x_j to -x_j, moves a by
  h = -2 x_j w_j: it can help if h has the sign of g, and it suffices if |h| > |a|. So a
  wanted change makes wanted changes of other units, from step to step back in time.
  What is wanted of a, |a|, is continuous; that of x_j is discrete. The one is turned
  into the other by chance: one unit at most is asked, of those that suffice each with
  the same probability ("sufficient"), or of all that can help in measure of
  min(1, |h| / |a|) ("proportional"). If none can be asked, it changes its weights.

A unit that holds a bit by a large weight to itself passes what is wanted on to its own
past with certainty: the error does not decay, however robust the memory is. On the way
each unit also changes its weights with a small probability; for a part of the sequences
the way ends at the first that does ("single": one mistake, one change), for the others
it goes on to its natural end (which is how weights learn that matter at the first step
only). Single changes alone get stuck on the latch; without them parity takes longer.

Known: threshold units, discrete wanted changes, stochastic conversion, no decay
through self-connections, on-line updates. Ours: all the rest above, norm 1 for the
weights of a unit (its sign does not know their scale), a little noise with each change,
and sequences that come round and round in one order.

The rule of the paper itself (equations 7 to 10) is `rule = "published"`. A unit whose
output is to change up (down) should have the sum eps (-eps), so that its sum a should
change by D = eps - a (-eps - a); 1 / D is its signal, large where a is near 0. Signals
times inputs, added up over time, move the weights; signals times weights are what is
wanted of the outputs seen, in real numbers. Such a number g is turned into a wanted
change by chance: up with probability (g - MIN) / (MAX - MIN), else down. Not stated:
eps, MIN, MAX and the size of the steps, here parameters. Ours: signals of 5 at most and
steps of 0.3 at most for each sequence, and nothing to learn from sequences that are
right. A unit that already has the wanted sign is pulled towards its threshold by the
rule as printed; `feasible` leaves it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np

from gfsearch.fitness.evaluation import Need, Verdicts
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.structure import Link, Structure
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import Natural, NonNegative, Positive, Probability, Spec

# As the kernel numbers them.
_RULES = ("proportional", "sufficient", "random-walk", "published")


@dataclass(frozen=True, kw_only=True)
class DiscreteErrorParameters(Spec):
    """Parameters of discrete error propagation.

    Attributes:
        rule: Which unit is asked for a change: one that is "sufficient", or one in
            "proportional" measure. The control, "random-walk", asks none: a wrong
            sequence adds Gaussian noise to all weights. Or the "published" rule.
        rate: Size of a change (of the noise for the control) of weights that have norm
            1 for each unit, 0.3 if it is not given; of the published rule the factor on
            its steps, 0.05 if it is not given.
        blame: How many units are expected to change their weights along a path as
            long as the mean sequence, where the first of them does not end it.
        single: Share of the sequences for which the first of them ends the path.
        noise: Standard deviation of what is added to all weights with each change.
        patience: Passes through the training set before it stops; 0: never.
        margin: Of the published rule: the sum that is wanted of a unit (eps).
        low: Of the published rule: the signal that always asks for a change down (MIN,
            from -2 on).
        high: Of the published rule: the signal that always asks for a change up (MAX,
            up to 2).
        feasible: Of the published rule: units that already have the sign that is wanted
            of them are left alone.
        initial: Of the published rule: the first weights are uniform over [-initial,
            initial]; 0.5, as in the paper, if it is not given.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(
        ("margin", "low", "high", "feasible", "initial")
    )

    rule: Literal["sufficient", "proportional", "random-walk", "published"] = (
        "sufficient"
    )
    rate: Positive | None = None
    blame: Positive = 10.0
    single: Probability = 0.8
    noise: NonNegative = 0.1
    patience: Natural = 0
    margin: Positive = 0.5
    low: Annotated[float, msgspec.Meta(ge=-2, lt=0)] = -2.0
    high: Annotated[float, msgspec.Meta(gt=0, le=2)] = 2.0
    feasible: bool = False
    initial: Positive | None = None

    def __post_init__(self) -> None:
        published = self.rule == "published"
        if self.rate is None:
            object.__setattr__(self, "rate", 0.05 if published else 0.3)
        if self.initial is None and published:
            object.__setattr__(self, "initial", 0.5)


@dataclass(eq=False, slots=True)
class DiscreteErrorState:
    """State of discrete error propagation.

    Attributes:
        rng: Random numbers.
        order: (N,) order in which sequences come round and round.
        shown: Sequences shown so far.
        right_in_a_row: Sequences that were right in a row.
        weights: (L,) weights of the threshold network, by links.
    """

    rng: np.random.Generator
    order: IntArray
    shown: int
    right_in_a_row: int
    weights: FloatArray


class DiscreteError(Searcher):
    """Threshold units learn on-line; when all sequences are right, they are proposed.

    Sequences are shown one by one, each a presentation, and wrong ones change the
    weights. When as many as there are have been right in a row, the weights are
    converted to the task's network and scaled up until one of them reaches the end of
    its range (those of a unit with fixed weights keep their scale, and are cut at the
    ends); if the task's network does not agree, the search has "converged" on the
    wrong model. What a logistic unit shows is y = (x + 1) / 2, its first output, 0,
    is x = -1.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["parity/threshold"].fitness()
        >>> learner = gfsearch.make_searcher("discrete-error", fitness.space, seed=0)
        >>> presentations, proposal = 0, learner.ask()
        >>> while not len(proposal.weights):
        ...     presentations += proposal.presentations
        ...     proposal = learner.ask()
        >>> fitness.solves(proposal.weights)
        array([ True])
        >>> presentations < 5_000
        True
    """

    kind: ClassVar[str] = "discrete-error"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994): rule 'published'; the others after it; "
        "begins with random threshold units"
    )
    need: ClassVar[Need] = "solved"
    white_box: ClassVar[bool] = True
    Parameters: ClassVar[type[Spec]] = DiscreteErrorParameters

    def __init__(
        self,
        space: Space,
        parameters: DiscreteErrorParameters,
        seed: np.random.SeedSequence,
    ) -> None:
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.online.discrete_errors import (
            Rule,
            Signs,
            normalise,
        )
        from gfsearch.searchers.online.shown import Shown

        if not isinstance(space, NetworkSpace):
            raise InputError("discrete-error: this space has no network")
        self._parameters = parameters
        self._space = space
        self._signs = Signs(space.structure)
        train = Shown.of(space.train)
        # Without noise: what threshold units are wanted to show is one of two signs.
        wanted = space.train.targets[space.train.mask]
        middle = 0.5 * (wanted.max() + wanted.min())
        self._shown = train._replace(target=np.where(wanted > middle, 1.0, -1.0))
        assert parameters.rate is not None
        published = parameters.rule == "published"
        initial = parameters.initial if published else 1.0
        assert initial is not None
        self._rule = Rule(
            kind=_RULES.index(parameters.rule),
            rate=parameters.rate,
            blame=min(1.0, parameters.blame / train.duration.mean()),
            single=parameters.single,
            noise=parameters.noise,
            margin=parameters.margin,
            low=parameters.low,
            high=parameters.high,
            feasible=parameters.feasible,
        )
        rng = np.random.default_rng(seed)
        order = rng.permutation(train.sequences)
        weights = rng.uniform(-initial, initial, len(space.structure.links))
        for k, link in enumerate(space.structure.links):
            if link.weight is None:
                weights[k] = link.fixed
        if not published:
            normalise(self._signs.kernel.wiring, weights)
        self.state = DiscreteErrorState(rng, order, 0, 0, weights)

    def ask(self) -> Proposal:
        """The weights, if all sequences are right; else nothing after a pass."""
        from gfsearch.searchers.online.discrete_errors import learn

        state = self.state
        state.right_in_a_row = learn(
            self._signs.kernel,
            self._shown,
            state.order,
            state.shown % self._shown.sequences,
            state.right_in_a_row,
            self._rule,
            state.rng,
            state.weights,
        )
        presentations, gradients = self._shown.bill()
        state.shown += presentations
        weights = np.empty((0, self._space.dimension))
        if self._all_right:
            weights = self._converted()[None]
        return Proposal(weights, None, presentations, gradients)

    def tell(self, proposal: Proposal, evaluation: Verdicts) -> None:
        """Learn nothing more."""

    def stop_reason(self) -> str | None:
        """Converged: right here, not in the task's network. Stagnated: patience."""
        state = self.state
        if self._all_right:
            return "converged"
        passes = self._parameters.patience
        stagnated = passes and state.shown >= passes * self._shown.sequences
        return "stagnated" if stagnated else None

    @property
    def _all_right(self) -> bool:
        return self.state.right_in_a_row >= self._shown.sequences

    def _converted(self) -> FloatArray:
        """(D,) the weights in the task's units, as large as their range allows."""
        state = self.state
        converted = np.empty(self._space.dimension)
        low, high = self._space.low, self._space.high
        links = 0
        for unit in self._space.structure.units:
            row = state.weights[links : links + len(unit.links)].copy()
            links += len(unit.links)
            halved = np.array(
                [_sees_logistic(self._space.structure, link) for link in unit.links]
            )
            bias = np.array([link.origin == "bias" for link in unit.links])
            # w y = w (x + 1) / 2: twice the weight, less what the bias has too much.
            row[bias] -= row[halved].sum()
            row[halved] *= 2.0
            is_free = np.array([link.weight is not None for link in unit.links])
            free = [link.weight for link in unit.links if link.weight is not None]
            if is_free.all():
                with np.errstate(divide="ignore"):
                    scales = np.where(row > 0.0, high[free], low[free]) / row
                scale = scales[row != 0.0].min(initial=1e6)
            else:
                scale = 1.0
            converted[free] = row[is_free] * scale
        return np.clip(converted, low, high)

    @classmethod
    def on_line(cls, parameters: Any) -> bool:
        """Each sequence moves the weights."""
        return True

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """Weights must be plain, of both signs; logistic sources need a bias."""
        if not structure.first_order:
            return "factors, longer delays, starts and clocks have no threshold version"
        if not ((space.low < 0.0) & (space.high > 0.0)).all():
            return "its weights need both signs"
        for position, unit in enumerate(structure.units):
            if unit.activation not in ("logistic", "tanh", "sign"):
                return f"unit {position} ({unit.activation}) has no threshold version"
            logistic = any(_sees_logistic(structure, link) for link in unit.links)
            fixed = [link for link in unit.links if link.weight is None]
            if fixed and (logistic or all(link.fixed == 0.0 for link in fixed)):
                return f"unit {position} has a fixed weight, which cannot be scaled"
            if logistic and not any(link.origin == "bias" for link in unit.links):
                return (
                    f"unit {position} sees logistic units but has no bias to convert "
                    "threshold units' weights with"
                )
        return None


def _sees_logistic(structure: Structure, link: Link) -> bool:
    """True if a link sees a unit whose outputs are 1 apart, not 2."""
    unit = structure.units[link.index] if link.origin in ("past", "now") else None
    return unit is not None and unit.activation == "logistic"
