"""A real-coded genetic algorithm: select the better ones, blend them, mutate them.

DEAP's simple algorithm (`deap.algorithms.eaSimple`, after Back, Fogel and
Michalewicz, "Evolutionary Computation 1", 2000, chapter 7) with tournament selection,
blend crossover (Eshelman and Schaffer, 1993) and Gaussian mutation, plus elitism,
bounds and a rule to stop.

Known: the loop and every operator, which are DEAP's; compiled, they draw the same
numbers and make the same populations. Ours: their parameters (one weight mutated per
child on average), one elite, the bounds, the rule when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from deap import base

from gfsearch.fitness.evaluation import Losses
from gfsearch.fitness.space import Space
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.fields import (
    Count,
    Natural,
    NonNegative,
    Positive,
    Probability,
    Spec,
)


@dataclass(frozen=True, kw_only=True)
class GeneticParameters(Spec):
    """Parameters of selection and variation.

    Attributes:
        population: Number of individuals.
        tournament: Individuals per tournament.
        crossover: Probability that a pair is blended.
        blend: BLX-alpha: offspring lie up to alpha of the parents' distance
            outside them.
        mutation: Probability that an individual is mutated.
        genes: Expected number of weights that a mutation changes.
        deviation: Standard deviation of a mutation, as a fraction of the range.
        elite: So many best individuals survive unchanged.
        bounded: Keep the weights within the task's range.
        patience: Generations without progress before it stops; 0: never.
        progress: What counts as progress: a new best loss lower by more than this
            fraction of the first population's best loss.
    """

    population: Count = 50
    tournament: Count = 3
    crossover: Probability = 0.9
    blend: NonNegative = 0.5
    mutation: Probability = 1.0
    genes: Positive = 1.0
    deviation: Positive = 0.1
    elite: Natural = 1
    bounded: bool = True
    patience: Natural = 10
    progress: Probability = 0.01

    def __post_init__(self) -> None:
        if self.elite >= self.population:
            raise ValueError(
                f"elite: {self.elite} of a population of {self.population} "
                "leaves nobody to vary"
            )
        if self.crossover == self.mutation == 0.0:
            raise ValueError("crossover, mutation: one of them must be above 0")
        if self.mutation == 0.0 and self.population - self.elite < 2:
            raise ValueError("population: crossover alone needs two besides the elite")


@dataclass(eq=False, slots=True)
class GeneticState:
    """State of the genetic algorithm.

    Attributes:
        rng: Random numbers of the operators.
        spare: (1,) a Gaussian number not yet used; nan if there is none.
        population: (P, D) the individuals of this generation.
        losses: (P,) their losses.
        pending: Rows of the individuals whose losses are not known yet.
        stagnation: Progress of the best loss.
    """

    rng: np.random.Generator
    spare: FloatArray
    population: FloatArray
    losses: FloatArray
    pending: IntArray
    stagnation: Stagnation


class Genetic(Searcher):
    """DEAP's simple genetic algorithm on real vectors.

    Individuals that selection copies and variation leaves unchanged keep their loss
    and are not evaluated again. It stops ("stagnated") after `patience` generations
    without progress; without a least step of progress, the ever smaller gains on a
    saturated plateau of the loss would keep it there for ever.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> search = gfsearch.make_searcher("genetic", fitness.space, seed=0)
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

    kind: ClassVar[str] = "genetic"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "DEAP's eaSimple; Eshelman and Schaffer (1993) for the crossover"
    )
    Parameters: ClassVar[type[Spec]] = GeneticParameters

    def __init__(
        self, space: Space, parameters: GeneticParameters, seed: np.random.SeedSequence
    ) -> None:
        from gfsearch.searchers.common.variation import mersenne_twister

        self._space = space
        self._parameters = parameters
        first, operators = seed.spawn(2)
        count = parameters.population
        seed_of_operators = int(operators.generate_state(4).view("u8")[0])
        self.state = GeneticState(
            rng=mersenne_twister(seed_of_operators),
            spare=np.full(1, np.nan),
            population=space.sample(count, np.random.default_rng(first)),
            losses=np.full(count, np.nan),
            pending=np.arange(count),
            stagnation=Stagnation(parameters.patience, parameters.progress),
        )

    def ask(self) -> Proposal:
        """The individuals of the next generation that are new."""
        if not len(self.state.pending):
            self._vary()
        return Proposal(self.state.population[self.state.pending])

    def tell(self, proposal: Proposal, evaluation: Losses) -> None:
        """Give the new individuals their losses."""
        state = self.state
        state.losses[state.pending] = evaluation.loss
        state.pending = np.arange(0)
        state.stagnation.update(float(state.losses.min()))

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` generations."""
        return self.state.stagnation.reason()

    def _vary(self) -> None:
        """Make the next generation, as in DEAP's eaSimple.

        Select, vary (varAnd), evaluate those that changed; the best of the last
        generation come first.
        """
        state, parameters = self.state, self._parameters
        toolbox = _toolbox(parameters, self._space)
        best = np.argsort(state.losses, kind="stable")[: parameters.elite]
        count = len(state.losses) - len(best)
        chosen = toolbox.select(state.rng, state.losses, count)
        parents = state.population[chosen]
        children = parents.copy()
        varied = toolbox.vary(state.rng, state.spare, children)
        if parameters.bounded:
            inside = np.clip(children, self._space.low, self._space.high)
            children[varied] = inside[varied]
        new = varied & (children != parents).any(axis=1)
        state.pending = len(best) + np.flatnonzero(new)
        state.population = np.concatenate([state.population[best], children])
        state.losses = np.concatenate([state.losses[best], state.losses[chosen]])


def _toolbox(parameters: GeneticParameters, space: Space) -> Any:
    """The operators with their parameters, as DEAP's users know them."""
    # Here and not above: listing searchers must not cost the import of numba.
    from gfsearch.searchers.common.variation import tournaments, vary

    toolbox = base.Toolbox()
    toolbox.register("select", tournaments, size=parameters.tournament)
    toolbox.register(
        "vary",
        vary,
        crossover=parameters.crossover,
        blend=parameters.blend,
        mutation=parameters.mutation,
        genes=min(parameters.genes / space.dimension, 1.0),
        deviation=parameters.deviation * space.width,
    )
    return toolbox
