"""The genetic algorithm against DEAP's own loop."""

import random

import numpy as np
import pytest
from deap import algorithms, base, tools

from gfsearch.searchers import make_searcher
from gfsearch.searchers.genetic import Individual
from tests.searchers.functions import box, rastrigin, told

PLAIN = {"elite": 0, "bounded": False, "patience": 0}


def run_ours(searcher, function, generations):
    """Each generation's population, and how many were evaluated in each."""
    populations, evaluated = [], []
    for _ in range(generations):
        proposal = searcher.ask()
        searcher.tell(proposal, told(function, proposal.weights))
        populations.append([list(i) for i in searcher.state.population])
        evaluated.append(len(proposal.weights))
    return populations, evaluated


@pytest.mark.parametrize("crossover", [0.0, 0.6, 1.0])
def test_it_is_deaps_simple_algorithm(crossover, monkeypatch):
    space = box(5)
    searcher = make_searcher(
        "genetic",
        space,
        3,
        population=20,
        crossover=crossover,
        mutation=0.5,
        genes=1.5,
        **PLAIN,
    )
    start = [Individual(i) for i in searcher.state.population]
    state = searcher.state.random.getstate()
    ours, _ = run_ours(searcher, rastrigin, 8)

    toolbox = base.Toolbox()
    toolbox.register("evaluate", lambda i: (rastrigin(np.array([list(i)]))[0],))
    toolbox.register("select", tools.selTournament, tournsize=3)
    toolbox.register("mate", tools.cxBlend, alpha=0.5)
    toolbox.register(
        "mutate", tools.mutGaussian, mu=0.0, sigma=[1.0] * 5, indpb=1.5 / 5
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
        start, toolbox, crossover, 0.5, 7, stats=Snapshots(), verbose=False
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
    for individual in searcher.state.population:
        exact = rastrigin(np.array([list(individual)]))[0]
        assert individual.fitness.values == (exact,)


def test_the_elite_is_never_lost():
    searcher = make_searcher("genetic", box(4), 1, population=10, patience=0)
    best = np.inf
    for _ in range(30):
        proposal = searcher.ask()
        searcher.tell(proposal, told(rastrigin, proposal.weights))
        now = min(i.fitness.values[0] for i in searcher.state.population)
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
