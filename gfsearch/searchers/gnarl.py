"""GNARL: evolutionary programming of weights and structure at once, without crossover.

Angeline, Saunders and Pollack, "An evolutionary algorithm that constructs recurrent
neural networks", IEEE Transactions on Neural Networks 5 (1994) 54-65.

The better half of a population of networks survives; each survivor has one offspring,
a copy that is mutated. How much depends on its temperature T, 1 for the worst and 0 for
a perfect network, times a number u drawn from [0, 1]: weights change by Gaussian noise
of standard deviation alpha u T, and so many links and hidden units are taken away and
added as least + floor(v u T (most - least)), with another v from [0, 1]. New links have
weight 0, new units no links: structure grows without a jump in what a network does.

The networks are those within the task's own: of its hidden units and links, each may be
there or not. An absent link is a weight of exactly 0, so the weight vector has the same
length for all.

Known (from memory of the paper): selection, temperature, both kinds of mutation, new
links at 0, first weights in [-1, 1], a population of 50. Ours: alpha = 15 (with the
paper's 1, weights do not grow to what an absolute error below 0.1 needs), that a
network's temperature is its loss over the worst of the first population, that numbers
of changes may be 0 (the paper's least, 1, takes one of three hidden units away from
every offspring), the bounds, and the rule when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec
import numpy as np

from gfsearch.fitness.evaluation import Losses
from gfsearch.fitness.space import NetworkSpace, Space
from gfsearch.networks.structure import Structure
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import BoolArray
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import Natural, Positive, Probability, Spec

if TYPE_CHECKING:
    from gfsearch.searchers.common.structural import Networks


@dataclass(frozen=True, kw_only=True)
class GnarlParameters(Spec):
    """Parameters of GNARL.

    Attributes:
        population: Number of networks; an even number.
        alpha: Standard deviation of weight changes at temperature 1 (paper: 1).
        initial: The first weights are uniform over [-initial, initial].
        least_units: Hidden units taken away, and added, at least.
        most_units: Fewer than so many, even at temperature 1: their number is
            least + floor(u T (most - least)), u from 0 to 1, as in the paper.
        least_links: Links taken away, and added, at least.
        most_links: Fewer than so many, likewise.
        patience: Generations without progress before it stops; 0: never.
        progress: What counts as progress: a new best loss lower by more than this
            fraction of the first population's best loss.
    """

    population: Annotated[int, msgspec.Meta(ge=2, le=10**6, multiple_of=2)] = 50
    alpha: Positive = 15.0
    initial: Positive = 1.0
    least_units: Natural = 0
    most_units: Natural = 3
    least_links: Natural = 0
    most_links: Natural = 5
    patience: Natural = 50
    progress: Probability = 0.01

    def __post_init__(self) -> None:
        if self.least_units > self.most_units or self.least_links > self.most_links:
            raise ValueError("least_units, least_links: more than the most")


@dataclass(eq=False, slots=True)
class GnarlState:
    """State of GNARL.

    Attributes:
        rng: Random numbers.
        survivors: The better half of the last population; no network at first.
        pending: Networks that are to be evaluated.
        worst: Largest loss of the first population, for the temperature.
        stagnation: Progress of the best loss.
    """

    rng: np.random.Generator
    survivors: Networks
    pending: Networks
    worst: float
    stagnation: Stagnation


class Gnarl(Searcher):
    """The better half of a population and its mutated copies, again and again.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("gnarl", fitness.space, seed=0)
        >>> losses = []
        >>> for _ in range(20):
        ...     proposal = search.ask()
        ...     evaluation = fitness.evaluate(
        ...         proposal.weights, search.need, proposal.sequences
        ...     )
        ...     search.tell(proposal, evaluation)
        ...     losses.append(evaluation.loss.min())
        >>> bool(min(losses) < losses[0])
        True
    """

    kind: ClassVar[str] = "gnarl"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "Angeline, Saunders and Pollack (1994)"
    white_box: ClassVar[bool] = True
    Parameters: ClassVar[type[Spec]] = GnarlParameters

    def __init__(
        self, space: Space, parameters: GnarlParameters, seed: np.random.SeedSequence
    ) -> None:
        if not isinstance(space, NetworkSpace):
            raise InputError("gnarl: this space has no network")
        # Here and not above: listing searchers must not cost the import of numba.
        from gfsearch.searchers.common.structural import Mutation

        p = self._parameters = parameters
        self._low, self._high = space.low, space.high
        self._touches = _touched_units(space.structure)
        self._mutation = Mutation(
            p.alpha, p.least_units, p.most_units, p.least_links, p.most_links
        )
        rng = np.random.default_rng(seed)
        pending = self._first_population(rng)
        self.state = GnarlState(
            rng=rng,
            survivors=pending.none(),
            pending=pending,
            worst=np.inf,
            stagnation=Stagnation(parameters.patience, parameters.progress),
        )

    def ask(self) -> Proposal:
        """The first population, or the offspring of its better half."""
        return Proposal(self.state.pending.weights)

    def tell(self, proposal: Proposal, evaluation: Losses) -> None:
        """Let the better half survive, and make its offspring."""
        from gfsearch.searchers.common.structural import generation

        state = self.state
        if not len(state.survivors.loss):
            finite = evaluation.loss[np.isfinite(evaluation.loss)]
            state.worst = float(finite.max(initial=np.finfo(float).tiny))
        told = state.pending._replace(loss=evaluation.loss)
        loss = np.concatenate([state.survivors.loss, told.loss])
        order = loss.argsort(kind="stable")
        state.stagnation.update(loss.item(order[0]))
        state.survivors, state.pending = generation(
            state.rng,
            state.survivors,
            told,
            order[: self._parameters.population // 2],
            state.worst,
            self._mutation,
            self._touches,
            self._low,
            self._high,
        )

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` generations."""
        return self.state.stagnation.reason()

    @classmethod
    def not_applicable(cls, structure: Structure, space: Space) -> str | None:
        """A link that is not there has the weight 0; a fixed one is always there."""
        if not ((space.low <= 0.0) & (space.high >= 0.0)).all():
            return "links that are not there need the weight 0, outside the range"
        hidden = structure.output_units[0]
        for position, unit in enumerate(structure.units):
            for link in unit.links:
                ends = (position, *link.units)
                if link.weight is None and min(ends) < hidden:
                    return "a hidden unit with a fixed link cannot be taken away"
        return None

    def _first_population(self, rng: np.random.Generator) -> Networks:
        """Random numbers of hidden units and of links among them, random weights."""
        from gfsearch.searchers.common.structural import Networks, pick, possible

        p = self._parameters
        count, (dimension, hidden) = p.population, self._touches.shape
        numbers = rng.integers(0, hidden + 1, count)
        units = pick(rng, np.ones((count, hidden), dtype=bool), numbers)
        eligible = possible(units, self._touches)
        # At least one, where units are there that one could join.
        most = eligible.sum(axis=1)
        numbers = rng.integers(np.minimum(1, most), most + 1)
        links = pick(rng, eligible, numbers)
        weights = rng.uniform(-p.initial, p.initial, (count, dimension))
        weights = np.where(links, np.clip(weights, self._low, self._high), 0.0)
        return Networks(weights, links, units, np.full(count, np.inf))


def _touched_units(structure: Structure) -> BoolArray:
    """(D, H) which hidden units each weight's link comes from, goes to, is gated by."""
    hidden = len(structure.units) - structure.outputs
    touched = np.zeros((structure.dimension, hidden), dtype=bool)
    for position, unit in enumerate(structure.units):
        for link in unit.links:
            for end in (position, *link.units):
                if link.weight is not None and end < hidden:
                    touched[link.weight, end] = True
    return touched
