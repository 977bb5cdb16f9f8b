"""What holds for every searcher that can search a plain box of weights."""

import pickle
import random
from typing import get_type_hints

import numpy as np
import pytest

from gfsearch.fitness.evaluation import Gradients, Losses, Verdicts
from gfsearch.searchers import SEARCHERS, make_searcher
from gfsearch.specs.errors import InputError
from tests.searchers.functions import box, minimise, rastrigin, sphere, told

NEED_A_NETWORK = {"pseudo-newton", "discrete-error", "gnarl"}
every_searcher = pytest.mark.parametrize(
    "name", [name for name in SEARCHERS if name not in NEED_A_NETWORK]
)
black_box = pytest.mark.parametrize(
    "name", [name for name, kind in SEARCHERS.items() if not kind.white_box]
)
# A function has no sequences to take batches of.
NO_BATCHES = {"gradient": {"batch": 0}}


def asks(name, seed, rounds=60, pickle_at=None):
    """What a searcher asks in its first rounds on a sphere."""
    searcher = make_searcher(name, box(4), seed, **NO_BATCHES.get(name, {}))
    asked = []
    for i in range(rounds):
        if i == pickle_at:
            searcher = pickle.loads(pickle.dumps(searcher))
        proposal = searcher.ask()
        if i == pickle_at:  # between ask and tell as well
            searcher = pickle.loads(pickle.dumps(searcher))
        asked.append(proposal.weights)
        searcher.tell(proposal, told(sphere, proposal.weights, searcher.need))
    return asked


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@every_searcher
def test_a_seed_decides_everything(name):
    assert equal(asks(name, 7), asks(name, 7))
    assert not equal(asks(name, 7), asks(name, 8))


@every_searcher
def test_global_random_states_are_neither_read_nor_written(name):
    random.seed(1)
    before = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = asks(name, 3)
    assert random.getstate() == before[0]
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
    random.seed(2)
    assert equal(first, asks(name, 3))


@every_searcher
@pytest.mark.parametrize("moment", [0, 1, 23, 41])
def test_pickled_in_the_middle_it_goes_on_the_same(name, moment):
    assert equal(asks(name, 5), asks(name, 5, pickle_at=moment))


@every_searcher
def test_proposals_are_within_the_bounds(name):
    for weights in asks(name, 11, rounds=200):
        assert weights.ndim == 2
        assert weights.shape[1] == 4
        assert weights.dtype == np.float64
        assert (np.abs(weights) <= 5.0).all()


@black_box
def test_the_scale_of_the_space_does_not_matter(name):
    """Nothing in a searcher is fitted to weights in [-100, 100]."""
    small = make_searcher(name, box(3, 0.0, 1.0), 2)
    large = make_searcher(name, box(3, 0.0, 128.0), 2)
    for _ in range(80):
        first, second = small.ask(), large.ask()
        assert np.array_equal(second.weights, 128.0 * first.weights)
        evaluation = told(lambda w: ((w - 0.3) ** 2).sum(axis=1), first.weights)
        small.tell(first, evaluation)
        large.tell(second, evaluation)


# Best losses after 20,000 trials on four weights in [-5, 5], without restarts unless
# said. Guessing reaches 0.06 to 0.4 on the sphere and 6 to 9 on Rastrigin's function.
@pytest.mark.parametrize(
    ("name", "function", "parameters", "reached"),
    [
        ("guessing", sphere, {}, 0.5),
        ("guessing", rastrigin, {}, 12.0),
        ("annealing", sphere, {"patience": 0}, 1e-12),
        ("annealing", rastrigin, {"patience": 0}, 3.0),
        ("annealing", rastrigin, {}, 0.2),  # with restarts
        ("multigrid", sphere, {"patience": 0}, 0.05),
        ("multigrid", rastrigin, {"patience": 0}, 6.0),
        ("genetic", sphere, {"patience": 0}, 1e-3),
        ("genetic", rastrigin, {"patience": 0}, 0.5),
        ("gradient", sphere, {"batch": 0}, 1e-12),
        ("adam", sphere, {}, 1e-6),
    ],
)
def test_it_minimises(name, function, parameters, reached):
    for seed in range(4):
        assert minimise(name, function, box(4), 20_000, seed, **parameters) < reached


@pytest.mark.parametrize("name", ["annealing", "multigrid", "genetic"])
def test_infinite_losses_are_only_bad(name):
    """Even from the first point on: a narrow valley between walls is still found."""

    def walled(weights):
        loss = sphere(weights)
        return np.where(np.abs(weights[:, 0]) < 1.0, loss, np.inf)

    for seed in range(3):
        assert minimise(name, walled, box(2), 5000, seed) < 0.05


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("guesing", {}, "did you mean 'guessing'"),
        ("module:Class", {}, "unknown searcher"),
        ("guessing", {"batch": 3}, "unknown field 'batch'"),
        ("annealing", {"cooling": 1.0}, "cooling: expected a number > 0 and < 1"),
        ("annealing", {"cooling": "fast"}, "cooling: expected a number"),
        ("multigrid", {"patience": -1}, "patience: expected a whole number >= 0"),
        ("genetic", {"population": 2.5}, "population: expected a whole number >= 1"),
        ("gradient", {"momentum": 1}, "momentum: expected a number >= 0 and < 1"),
        ("gradient", {"rate": 0}, "rate: expected a number > 0"),
        ("gradient", {}, "batch: 1: this space has no training sequences"),
        ("pseudo-newton", {}, "this space has no network"),
        ("discrete-error", {}, "this space has no network"),
        ("discrete-error", {"rule": "backprop"}, "rule: expected 'proportional' or"),
        ("gnarl", {}, "this space has no network"),
        ("gnarl", {"population": 5}, "population: expected a multiple of 2 >= 2"),
        ("gnarl", {"least_links": 6}, "more than the most"),
        ("adam", {"clip": -1}, "clip: expected a number >= 0"),
        ("adam", {"batch": 1.5}, "batch: expected a whole number >= 0"),
        ("genetic", {"elite": 50}, "leaves nobody to vary"),
        ("genetic", {"population": 1, "elite": 0, "mutation": 0}, "crossover alone"),
        ("genetic", {"crossover": 0, "mutation": 0}, "one of them must be above 0"),
    ],
)
def test_impossible_parameters_are_refused(name, parameters, complaint):
    with pytest.raises(InputError, match=complaint):
        make_searcher(name, box(2), **parameters)


@pytest.mark.parametrize("name", SEARCHERS)
def test_a_searcher_declares_the_evaluation_that_it_asks_for(name):
    kind = SEARCHERS[name]
    wanted = {"loss": Losses, "solved": Verdicts, "gradient": Gradients}[kind.need]
    assert get_type_hints(kind.tell)["evaluation"] is wanted
