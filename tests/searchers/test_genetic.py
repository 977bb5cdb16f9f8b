"""The genetic algorithm against DEAP's own loop and operators."""

import random

import numpy as np
import pytest
from deap import algorithms, base, tools

from gfsearch.searchers import make_searcher
from gfsearch.searchers.common.variation import mersenne_twister
from tests.searchers.functions import box, rastrigin, told

PLAIN = {"elite": 0, "bounded": False, "patience": 0}


class Minimised(base.Fitness):
    weights = (-1.0,)


class Individual(list):
    def __init__(self, weights):
        super().__init__(weights)
        self.fitness = Minimised()


def run_ours(searcher, function, generations):
    """Each generation's population, and how many were evaluated in each."""
    populations, evaluated = [], []
    for _ in range(generations):
        proposal = searcher.ask()
        searcher.tell(proposal, told(function, proposal.weights))
        populations.append(searcher.state.population.tolist())
        evaluated.append(len(proposal.weights))
    return populations, evaluated


@pytest.mark.parametrize("seed", [0, 1, 2**63 + 5])
def test_random_numbers_are_those_of_python(seed):
    ours, theirs = mersenne_twister(seed), random.Random(seed)
    assert [ours.random() for _ in range(1000)] == [
        theirs.random() for _ in range(1000)
    ]
    assert int(ours.integers(0, 2**32, dtype=np.uint32)) == theirs.getrandbits(32)


@pytest.mark.parametrize(
    ("crossover", "population", "tournament", "blend", "genes"),
    [
        (0.0, 20, 3, 0.5, 1.5),
        (0.6, 20, 3, 0.5, 1.5),
        (1.0, 20, 3, 0.5, 1.5),
        (0.9, 33, 2, 0.1, 1.0),
        (0.9, 64, 7, 0.0, 5.0),
        (0.5, 7, 1, 2.0, 0.2),
    ],
)
def test_it_is_deaps_simple_algorithm(crossover, population, tournament, blend, genes):
    """The same populations, bit for bit, as of DEAP's functions on lists."""
    space = box(5)
    searcher = make_searcher(
        "genetic",
        space,
        3,
        population=population,
        tournament=tournament,
        blend=blend,
        crossover=crossover,
        mutation=0.5,
        genes=genes,
        **PLAIN,
    )
    start = [Individual(row) for row in searcher.state.population.tolist()]
    twister = searcher.state.rng.bit_generator.state["state"]
    state = (3, (*map(int, twister["key"]), int(twister["pos"])), None)
    ours, _ = run_ours(searcher, rastrigin, 12)

    toolbox = base.Toolbox()
    toolbox.register("evaluate", lambda i: (rastrigin(np.array([list(i)]))[0],))
    toolbox.register("select", tools.selTournament, tournsize=tournament)
    toolbox.register("mate", tools.cxBlend, alpha=blend)
    toolbox.register(
        "mutate",
        tools.mutGaussian,
        mu=0.0,
        sigma=(0.1 * space.width).tolist(),
        indpb=min(genes / 5, 1.0),
    )
    theirs = []

    class Snapshots:
        """DEAP's statistics object is shown the population in every generation."""

        fields: list[str] = []  # noqa: RUF012

        def compile(self, population):
            theirs.append([list(i) for i in population])
            return {}

    saved = random.getstate()
    random.setstate(state)
    algorithms.eaSimple(
        start, toolbox, crossover, 0.5, 11, stats=Snapshots(), verbose=False
    )
    random.setstate(saved)
    assert ours == theirs


def test_unchanged_individuals_cost_nothing():
    searcher = make_searcher(
        "genetic", box(4), 0, population=60, crossover=0.0, mutation=0.6, **PLAIN
    )
    populations, evaluated = run_ours(searcher, rastrigin, 12)
    assert evaluated[0] == 60
    assert all(n < 45 for n in evaluated[1:])
    for before, after, count in zip(
        populations, populations[1:], evaluated[1:], strict=False
    ):
        known = {tuple(i) for i in before}
        assert count == sum(tuple(i) not in known for i in after)
    state = searcher.state
    assert state.losses.tolist() == rastrigin(state.population).tolist()


def test_the_elite_is_never_lost():
    searcher = make_searcher("genetic", box(4), 1, population=10, patience=0)
    best = np.inf
    for _ in range(30):
        proposal = searcher.ask()
        searcher.tell(proposal, told(rastrigin, proposal.weights))
        now = searcher.state.losses.min()
        assert now <= best
        best = now
    assert len(searcher.state.population) == 10


def test_it_stops_after_generations_without_progress():
    searcher = make_searcher("genetic", box(4), 1, population=10, patience=4)
    flat = lambda w: np.ones(len(w))  # noqa: E731
    for generation in range(5):
        assert searcher.stop_reason() is None, generation
        proposal = searcher.ask()
        searcher.tell(proposal, told(flat, proposal.weights))
    assert searcher.stop_reason() == "stagnated"


def test_gains_below_one_per_cent_are_no_progress():
    searcher = make_searcher("genetic", box(4), 1, population=10, patience=4)
    loss = 1.0
    for _ in range(5):
        proposal = searcher.ask()
        loss -= 0.001
        searcher.tell(
            proposal, told(lambda w, x=loss: np.full(len(w), x), proposal.weights)
        )
    assert searcher.stop_reason() == "stagnated"
