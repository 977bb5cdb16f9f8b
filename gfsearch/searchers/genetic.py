"""A real-coded genetic algorithm: select the better ones, blend them, mutate them.

DEAP's simple algorithm (`deap.algorithms.eaSimple`, after Back, Fogel and
Michalewicz, "Evolutionary Computation 1", 2000, chapter 7) with tournament selection,
blend crossover (Eshelman and Schaffer, 1993) and Gaussian mutation, plus elitism,
bounds and a rule to stop.

Known: the loop and every operator, which are DEAP's own code. Ours: their parameters
(one weight mutated per child on average), one elite, the bounds, the rule when to stop.
"""

from __future__ import annotations

import random
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from deap import algorithms, base, tools

from gfsearch.fitness.space import Space
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.fields import (
    Count,
    Natural,
    NonNegative,
    Positive,
    Probability,
    Spec,
)

if TYPE_CHECKING:
    from gfsearch.fitness.fitness import Evaluation


class Minimised(base.Fitness):  # type: ignore[misc]
    """A loss, for DEAP."""

    weights = (-1.0,)


class Individual(list[float]):
    """A weight vector with its loss, for DEAP."""

    def __init__(self, weights: Any = ()) -> None:
        super().__init__(weights)
        self.fitness = Minimised()


def _clone(individual: Individual) -> Individual:
    """A copy; ten times faster than `copy.deepcopy`, DEAP's default."""
    copied = Individual(individual)
    copied.fitness.wvalues = individual.fitness.wvalues
    return copied


def _drawing_from(
    rng: random.Random, function: Callable[..., Any], **names: Any
) -> Any:
    """A copy of one of DEAP's functions that draws from its own random source.

    DEAP's functions use Python's global `random`. The copy sees `rng` under that name
    instead, and other copies under the names of the functions that it calls.
    """
    return types.FunctionType(
        function.__code__,
        {**function.__globals__, "random": rng, **names},
        function.__name__,
        function.__defaults__,
        function.__closure__,
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
        random: Random numbers of the operators.
        population: The individuals of this generation.
        pending: Those of them that have no loss yet.
        stagnation: Progress of the best loss.
    """

    random: random.Random
    population: list[Individual]
    pending: list[Individual]
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
        self._space = space
        self._parameters = parameters
        first, operators = seed.spawn(2)
        rng = np.random.default_rng(first)
        population = [
            Individual(row) for row in space.sample(parameters.population, rng).tolist()
        ]
        self.state = GeneticState(
            random=random.Random(int(operators.generate_state(4).view("u8")[0])),
            population=population,
            pending=list(population),
            stagnation=Stagnation(parameters.patience, parameters.progress),
        )
        self._toolbox = self._make_toolbox()

    def ask(self) -> Proposal:
        """The individuals of the next generation that are new."""
        state = self.state
        if not state.pending:
            self._vary()
        rows = np.array([list(individual) for individual in state.pending])
        return Proposal(rows.reshape(len(state.pending), self._space.dimension))

    def tell(self, proposal: Proposal, evaluation: Evaluation) -> None:
        """Give the new individuals their losses."""
        state = self.state
        assert evaluation.loss is not None
        for individual, loss in zip(
            state.pending, evaluation.loss.tolist(), strict=True
        ):
            individual.fitness.values = (loss,)
        state.pending = []
        best = min(i.fitness.values[0] for i in state.population)
        state.stagnation.update(best)

    def stop_reason(self) -> str | None:
        """Stagnated: no progress for `patience` generations."""
        return self.state.stagnation.reason()

    def _vary(self) -> None:
        """Make the next generation, as in DEAP's eaSimple."""
        state = self.state
        if self._drawing_from is not state.random:  # The state was replaced.
            self._toolbox = self._make_toolbox()
        parameters, toolbox = self._parameters, self._toolbox
        # DEAP's eaSimple: select, vary (varAnd), evaluate those without fitness.
        elite = [_clone(i) for i in tools.selBest(state.population, parameters.elite)]
        parents = toolbox.select(state.population, len(state.population) - len(elite))
        offspring = toolbox.vary(
            parents, toolbox, parameters.crossover, parameters.mutation
        )
        for child, parent in zip(offspring, parents, strict=True):
            if parameters.bounded and not child.fitness.valid:
                child[:] = np.clip(child, self._space.low, self._space.high).tolist()
            if child == parent:
                child.fitness.values = parent.fitness.values
        state.pending = [child for child in offspring if not child.fitness.valid]
        state.population = elite + offspring

    def _make_toolbox(self) -> Any:
        """DEAP's operators, drawing from this searcher's own source."""
        state = self.state
        parameters, rng = self._parameters, state.random
        self._drawing_from = rng
        choose = _drawing_from(rng, tools.selRandom)
        toolbox = base.Toolbox()
        toolbox.register("clone", _clone)
        toolbox.register(
            "select",
            _drawing_from(rng, tools.selTournament, selRandom=choose),
            tournsize=parameters.tournament,
        )
        toolbox.register(
            "mate", _drawing_from(rng, tools.cxBlend), alpha=parameters.blend
        )
        toolbox.register(
            "mutate",
            _drawing_from(rng, tools.mutGaussian),
            mu=0.0,
            sigma=(parameters.deviation * self._space.width).tolist(),
            indpb=min(parameters.genes / self._space.dimension, 1.0),
        )
        toolbox.register("vary", _drawing_from(rng, algorithms.varAnd))
        return toolbox

    def __getstate__(self) -> dict[str, Any]:
        # The rebound operators cannot be pickled; their random source can.
        return {k: v for k, v in self.__dict__.items() if k != "_toolbox"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._toolbox = self._make_toolbox()
