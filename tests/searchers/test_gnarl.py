"""GNARL: structure and weights together, within the task's network."""

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.evaluation import Evaluation
from gfsearch.fitness.space import Space
from gfsearch.networks import A1, A2
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Parity, Tomita
from gfsearch.searchers import make_searcher
from gfsearch.searchers.gnarl import Gnarl
from tests.cases import make_task

TASK = make_task(Parity(length=(5, 9), train=20), A2(hidden=4))
HIDDEN = 4


def told(losses):
    count = len(losses)
    return Evaluation(
        loss=np.array(losses, dtype=float),
        errors=np.ones(count, dtype=np.int64),
        solved=np.zeros(count, dtype=bool),
        presentations=np.full(count, 20),
    )


def ends(weight):
    """The hidden units that a weight of the network connects."""
    structure = TASK.structure
    for position, unit in enumerate(structure.units):
        for link in unit.links:
            if link.weight == weight:
                seen = link.index if link.origin in ("past", "now") else None
                return {u for u in (position, seen) if u is not None and u < HIDDEN}
    raise AssertionError


ENDS = [ends(w) for w in range(TASK.structure.dimension)]


@pytest.mark.parametrize("seed", range(5))
def test_absent_links_are_exact_zeros_and_absent_units_have_no_links(seed):
    searcher = make_searcher("gnarl", TASK.fitness().space, seed)
    rng = np.random.default_rng(seed)
    sizes = set()
    for _ in range(30):
        proposal = searcher.ask()
        networks = searcher.state.pending
        assert (proposal.weights[~networks.links] == 0.0).all()
        for links, units in zip(networks.links, networks.units, strict=True):
            there = set(np.flatnonzero(units))
            assert all(ENDS[w] <= there for w in np.flatnonzero(links))
            sizes.add((len(there), int(links.sum())))
        searcher.tell(proposal, told(rng.random(len(proposal.weights))))
    assert len(sizes) > 20


def test_the_better_half_survives_and_each_has_one_offspring():
    searcher = make_searcher("gnarl", TASK.fitness().space, 1, population=6)
    first = searcher.ask()
    assert len(first.weights) == 6
    searcher.tell(first, told([3, 1, 5, 2, 4, 6]))
    np.testing.assert_array_equal(
        searcher.state.survivors.weights, first.weights[[1, 3, 0]]
    )
    second = searcher.ask()
    assert len(second.weights) == 3
    searcher.tell(second, told([9, 0.5, 2]))
    expected = [second.weights[1], first.weights[1], first.weights[3]]
    np.testing.assert_array_equal(searcher.state.survivors.weights, expected)


def test_temperature_is_the_loss_over_the_worst_of_the_first_population():
    """A perfect network is copied as it is; a bad one is changed most."""
    searcher = make_searcher("gnarl", TASK.fitness().space, 2, population=200)
    first = searcher.ask()
    losses = np.repeat([0.0, 0.1, 0.5, 1.0], 50)
    searcher.tell(first, told(losses))
    changes = np.abs(searcher.ask().weights - searcher.state.survivors.weights).sum(
        axis=1
    )
    assert (changes[:50] == 0.0).all()
    assert changes[50:].min() > 0.0
    warmer = make_searcher("gnarl", TASK.fitness().space, 2, population=200)
    warmer.ask()
    warmer.tell(first, told(5.0 * losses))  # the worst is the measure, not the number
    np.testing.assert_allclose(
        np.abs(warmer.ask().weights - warmer.state.survivors.weights).sum(axis=1),
        changes,
    )


def test_new_links_and_units_change_nothing_at_first():
    """Nothing is taken away and no weight moves: offspring equal their parents."""
    searcher = make_searcher("gnarl", TASK.fitness().space, 3, alpha=1e-300)
    first = searcher.ask()
    searcher.tell(first, told(np.ones(50)))
    parents, children = searcher.state.survivors, searcher.state.pending
    grown = children.links & ~parents.links
    assert grown.any()
    assert (children.weights[grown] == 0.0).all()
    kept = children.links & parents.links
    np.testing.assert_array_equal(children.weights[kept], parents.weights[kept])


def test_numbers_of_changes_stay_within_their_limits():
    options = {"least_links": 2, "most_links": 2, "least_units": 0, "most_units": 0}
    searcher = make_searcher("gnarl", TASK.fitness().space, 4, **options)
    first = searcher.ask()
    searcher.tell(first, told(np.ones(50)))
    parents, children = searcher.state.survivors, searcher.state.pending
    np.testing.assert_array_equal(parents.units, children.units)
    gone = (parents.links & ~children.links).sum(axis=1)
    assert (gone <= 2).all()
    assert (gone == np.minimum(2, parents.links.sum(axis=1))).mean() > 0.5


@pytest.mark.parametrize("grammar", [1, 2])
def test_it_solves_tomitas_grammars(grammar):
    task = make_task(Tomita(grammar=grammar), A1(hidden=3))
    records = [gfsearch.run(task, "gnarl", run=r, budget=30_000) for r in range(8)]
    assert sum(record.status == "solved" for record in records) >= 6
    # Structures differ: links are missing from solutions, not the same everywhere.
    links = {tuple(np.array(r.weights) != 0.0) for r in records}
    assert len(links) > 4
    assert sum(0.0 in r.weights for r in records) >= 4


def test_networks_without_any_hidden_unit_may_have_no_link():
    """Outputs that see hidden units only: where none is drawn nothing is possible."""
    bare = A1(hidden=2, output_self=False, output_sees_input=False)
    fitness = make_task(Parity(length=(3, 5), train=4, test=1), bare).fitness()
    for seed in range(5):
        searcher = make_searcher("gnarl", fitness.space, seed=seed)
        links = (searcher.ask().weights != 0.0).sum(axis=1)
        assert 0 in links
        assert links.max() > 1
    record = gfsearch.run(make_task(Parity(length=2, train=4, test=1), bare), "gnarl")
    assert record.status in ("solved", "censored")


def test_where_links_cannot_be_absent_it_does_not_apply():
    task = make_task(Parity(length=(3, 5), train=4, test=1), A1())
    d = task.structure.dimension
    for low, high, applies in ((-1.0, 1.0, True), (0.0, 1.0, True), (0.5, 1.0, False)):
        space = Space(np.full(d, low), np.full(d, high))
        why = Gnarl.not_applicable(task.structure, space)
        assert (why is None) == applies
    assert "the weight 0, outside the range" in why
    fixed = (
        Unit("tanh", (Link("input", fixed=1.0),)),
        Unit("tanh", (Link("now", 0, weight=0),)),
    )
    why = Gnarl.not_applicable(Structure(1, 1, fixed), Space(np.zeros(1), np.ones(1)))
    assert why == "a hidden unit with a fixed link cannot be taken away"
