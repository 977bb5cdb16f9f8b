"""Problems of numbers and bits: against statements of their rules, and by networks."""

import itertools

import numpy as np
import pytest

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1, Elman, Masked, TanhUnit
from gfsearch.networks.structure import Link, Source, Structure, Unit
from gfsearch.problems import (
    PROBLEMS,
    Adding,
    Copy,
    Counting,
    DelayedKey,
    DelayedXor,
    MinimalLatch,
    Multiplication,
    Parity,
    RandomGap,
    TwoKeys,
    TwoSequence,
)
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import build
from gfsearch.suites.instances import identity_of
from tests.cases import make_task


def draw(problem, seed=0):
    return problem.draw(np.random.default_rng(seed))


def last(sequences):
    rows = np.arange(len(sequences))
    return sequences.targets[rows, sequences.lengths - 1, 0]


def each(sequences):
    return [x[:n] for x, n in zip(sequences.inputs, sequences.lengths, strict=True)]


@pytest.mark.parametrize(
    ("problem", "low", "neutral", "join"),
    [
        (Adding(train=3000), -1.0, 0.0, lambda a, b: 0.5 + (a + b) / 4),
        (Adding(length=(8, 9), train=500), -1.0, 0.0, lambda a, b: 0.5 + (a + b) / 4),
        (Multiplication(train=500), 0.0, 1.0, lambda a, b: a * b),
    ],
)
def test_two_marked_numbers_make_the_target(problem, low, neutral, join):
    train, _ = draw(problem)
    shortest = problem.length[0]
    assert {train.lengths.min(), train.lengths.max()} == set(problem.length)
    assert (train.mask.sum(axis=1) == 1).all()
    places = []
    for x, target in zip(each(train), last(train), strict=True):
        values, markers = x.T
        marked = np.flatnonzero(markers == 1.0)
        assert len(marked) == 2
        assert marked[0] < 10
        assert marked[-1] < max(shortest // 2, 10)
        others = np.setdiff1d(np.arange(len(x)), marked)
        ends = np.isin(others, (0, len(x) - 1))
        assert (markers[others] == np.where(ends, -1.0, 0.0)).all()
        assert markers[-1] == -1.0
        if markers[0] == 1.0:
            assert values[0] == neutral
        assert target == pytest.approx(join(*values[marked]))
        assert low <= values.min()
        assert values.max() <= 1.0
        places.append(marked)
    places = np.array(places)
    if problem.train == 3000:
        # The first mark is uniform over ten places, the second over 49 others.
        share = (places == 30).any(axis=1).mean()
        assert share == pytest.approx(1 / 49, abs=4 * np.sqrt(1 / 49 / 3000))
        share = (places == 0).any(axis=1).mean()
        expected = 0.1 + 0.9 / 49
        assert share == pytest.approx(expected, abs=4 * np.sqrt(expected / 3000))


def test_one_linear_gated_unit_adds():
    """The marker's gate lets a quarter of a marked number into a unit that keeps it."""
    structure = Structure(
        inputs=2,
        outputs=1,
        units=(
            Unit("logistic", (Link("input", 1, weight=0), Link("bias", weight=1))),
            Unit(
                "identity",
                (
                    Link("past", 1, fixed=1.0),
                    Link("input", 0, weight=2, factor=Source("now", 0)),
                ),
            ),
            Unit("identity", (Link("now", 1, fixed=1.0), Link("bias", weight=3))),
        ),
    )

    class Gated:
        kind, revision, source = "gated", 1, "tests"

        def build(self, inputs, outputs):
            return structure

    task = make_task(
        Adding(), Gated(), criterion=Criterion(tolerance=0.04, mean_error=0.01)
    )
    fitness = task.fitness()
    weights = np.array([[100.0, -50.0, 0.25, 0.5]])
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0
    assert not fitness.solves(np.array([[100.0, -50.0, 0.3, 0.5]]))


@pytest.mark.parametrize("delay", [0, 3])
def test_copies_come_after_the_delay(delay):
    train, test = draw(Copy(delay=delay, length=(8, 12), train=200))
    for i, x in enumerate(each(train)):
        n = len(x)
        assert set(np.unique(x)) <= {-1.0, 1.0}
        assert train.mask[i, :n].tolist() == [t >= delay for t in range(n)]
        for t in range(delay, n):
            assert train.targets[i, t, 0] == (x[t - delay, 0] > 0.0)
    shown = {x.tobytes() for x in each(train)}
    assert not any(x.tobytes() in shown for x in each(test) if len(x) == 12)
    ones = np.concatenate(each(train)).mean()
    assert ones == pytest.approx(0.0, abs=4 / np.sqrt(8 * 200))


def test_a_chain_of_units_copies():
    delay = 3
    units = delay + 1
    task = make_task(
        Copy(delay=delay, length=(10, 30)), Elman(hidden=units, activation="tanh")
    )
    rows = np.zeros((units, 1 + units + 1))
    rows[0, 0] = 9.0  # the first unit sees the input, each other one its forerunner
    rows[np.arange(1, units), np.arange(1, units)] = 9.0
    output = [0.0] * delay + [50.0, 0.0]
    weights = np.array([[*rows.ravel(), *output]])
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0


@pytest.mark.parametrize("delay", [0, 2])
def test_exclusive_or_comes_after_the_delay(delay):
    train, _ = draw(DelayedXor(delay=delay, length=9))
    for i, x in enumerate(each(train)):
        for t in range(delay, 9):
            assert train.targets[i, t, 0] == (x[t - delay, 0] != x[t - delay, 1])
        assert not train.mask[i, :delay].any()


def test_three_units_find_the_exclusive_or():
    task = make_task(DelayedXor(delay=1), Elman(hidden=3, activation="tanh"))
    # a: the first line alone is up; b: the second alone; then a or b.
    rows = [[9, -9, 0, 0, 0, -9], [-9, 9, 0, 0, 0, -9], [0, 0, 9, 9, 0, 9]]
    weights = np.array([[*np.ravel(rows), 0, 0, 50, 0]], dtype=float)
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0


@pytest.mark.parametrize("length", [1, (4, 4), (1, 9)])
def test_counting_is_about_the_majority(length):
    train, _ = draw(Counting(length=length, train=400))
    for x, target in zip(each(train), last(train), strict=True):
        ups = (x == 1.0).sum()
        downs = (x == -1.0).sum()
        assert ups + downs == len(x)
        assert ups != downs
        assert target == (ups > downs)
    assert last(train).sum() == 200


def test_counted_strings_are_uniform_within_their_class():
    train, _ = draw(Counting(length=4, train=10_000, test=1))
    found = [tuple(x[:, 0]) for x in each(train)]
    allowed = [s for s in itertools.product((-1.0, 1.0), repeat=4) if sum(s) != 0]
    counts = np.array([found.count(s) for s in allowed])
    assert counts.sum() == 10_000
    expected = 10_000 / len(allowed)
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)


def test_one_linear_unit_counts():
    task = make_task(Counting(length=(5, 60)), Elman(hidden=1, activation="identity"))
    weights = np.array([[1.0, 1.0, 0.0, 50.0, 0.0]])
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0


def test_two_states_tell_parity():
    """Hidden: both state and input; output: one of them, but not both."""
    task = make_task(Parity(length=(500, 600)), A1(hidden_self=False, output_bias=True))
    both = [10.0, 20.0, -20.0]  # input, output, bias
    either = [10.0, -40.0, 20.0, 0.0]  # input, hidden, output, bias
    weights = np.array([[*both, *either]])
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0


def test_a_latch_solves_delayed_key():
    lines = 22
    task = make_task(
        DelayedKey(gap=20), Masked(hidden=0, mask=[[1] * (lines + 1) + [1]])
    )
    weights = np.zeros((1, lines + 2))
    weights[0, [20, 21, 22, 23]] = 20.0, -20.0, 20.0, -10.0
    assert task.fitness().solves(weights)


@pytest.mark.parametrize("noise", [{"sd": 0.3}, {"variance": 0.09}, {"noise": 0.2}])
def test_inputs_of_the_minimal_latch_are_weights(noise):
    problem = MinimalLatch(length=(5, 9), informative=3, train=600, **noise)
    train, _ = draw(problem)
    assert problem.inputs == 7
    later = []
    for x, target in zip(each(train), last(train), strict=True):
        own = x[:3, :3] if target == 0.8 else x[:3, 3:6]
        assert (own == np.eye(3)).all()
        assert x[:, :6].sum() == 3.0
        assert (x[:3, 6] == 0.0).all()
        later.append(x[3:, 6])
    later = np.concatenate(later)
    sd = 0.2 / np.sqrt(3) if "noise" in noise else 0.3
    assert later.std() == pytest.approx(sd, rel=0.06)
    if "noise" in noise:
        assert np.abs(later).max() <= 0.2


def test_a_tanh_unit_solves_the_minimal_latch_by_its_inputs():
    task = make_task(
        MinimalLatch(length=(50, 100), informative=2, noise=0.2),
        TanhUnit(bias=False, fixed_inputs=1),
        criterion=Criterion(sign=True),
    )
    assert task.dimension == 5
    weights = np.array([[3.0, 3.0, -3.0, -3.0, 2.0]])
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0
    assert not fitness.solves(np.array([[3.0, 3.0, -3.0, -3.0, 0.5]]))


def test_two_keys_are_drawn_once_for_an_instance():
    problem = TwoKeys(length=(5, 10), informative=(2, 4), noise=0.1, train=300)
    for seed in (0, 1):
        train, test = draw(problem, seed)
        keys = {}
        for part in (train, test):
            for x, target in zip(each(part), last(part), strict=True):
                key = keys.setdefault(target, x[:2, 0])
                assert (x[:2, 0] == key).all()
                assert np.abs(x[4:]).max() <= 0.1
        assert len(keys) == 2
        assert np.abs(np.array(list(keys.values()))).max() <= 1.0
        # Two to four elements, each as often: the third is the key's in two of three.
        third = np.array([x[2, 0] for x in each(train)])
        _, counts = np.unique(third, return_counts=True)
        assert sorted(counts)[-2:] == pytest.approx([100, 100], abs=4 * np.sqrt(67))
    other, _ = draw(problem, 2)
    assert other.inputs[0, 0, 0] != train.inputs[0, 0, 0]


def test_keys_may_be_noisy():
    exact, _ = draw(TwoKeys(length=8, train=400))
    noisy, _ = draw(TwoKeys(length=8, train=400, key_noise=0.2))
    difference = noisy.inputs[:, :3, 0] - exact.inputs[0, :3, 0]
    own = difference[last(noisy) == 1.0]
    assert own.std() == pytest.approx(0.2 / np.sqrt(3), rel=0.05)
    assert np.abs(own).max() <= 0.2


def test_noise_on_the_key_and_on_the_targets_of_two_sequence():
    plain = TwoSequence(length=8, variance=0.2, informative=2, train=2000)
    train, _ = draw(plain)
    assert train.noise is None
    noisy, _ = draw(
        TwoSequence(
            length=8,
            variance=0.2,
            informative=2,
            train=2000,
            noisy_key=True,
            targets=(0.2, 0.8),
            target_variance=0.1,
        )
    )
    key = np.where(last(noisy) == 0.2, 1.0, -1.0)
    assert set(last(noisy)) == {0.2, 0.8}
    error = noisy.inputs[:, :2, 0] - key[:, None]
    assert error.std() == pytest.approx(np.sqrt(0.2), rel=0.05)
    # One in eighty has the wrong sign: the best that can be done with one element.
    assert np.mean(error[:, 0] * key < -1.0) == pytest.approx(0.0127, abs=0.01)
    shown = noisy.noise[noisy.mask]
    assert shown.std() == pytest.approx(np.sqrt(0.1), rel=0.05)
    assert (noisy.noise[~noisy.mask] == 0.0).all()
    assert (noisy.aims == noisy.targets + noisy.noise).all()


@pytest.mark.parametrize(
    ("kind", "values", "complaint"),
    [
        ("adding", {"length": 5}, "length: 5 steps, give at least 6"),
        ("temporal-order", {"length": [9, 20]}, "length: 9 steps, give at least 10"),
        ("temporal-order", {"relevant": 4}, "relevant: expected 2 or 3, got 4"),
        ("copy", {"delay": 20, "length": 20}, "length: 20 steps, give more than"),
        ("copy", {}, "delay: missing"),
        ("gap", {"gap": 0}, "gap: expected a whole number >= 1"),
        ("minimal-latch", {"length": 3, "informative": 4}, "4 elements do not fit"),
        ("minimal-latch", {"length": 3, "sd": 1, "noise": 1}, "one of the three"),
        ("two-keys", {"length": 3, "informative": [2, 4]}, "4 elements do not fit"),
        ("two-sequence", {"targets": [0.5, 0.5]}, "targets: expected two that differ"),
        ("two-sequence", {"target_sd": 1, "target_variance": 1}, "give one of the two"),
        ("gap", {"gap": 10**5}, "gap: expected a whole number >= 1 and <= 2000"),
        ("parity", {"noise": 1e308}, "noise: expected a number >= 0 and <= 1000000"),
        ("two-keys", {"length": 9, "noise": 1e308}, "noise: expected a number >= 0"),
        ("anbn", {"n": [3, 2]}, r"n: \[3, 2\] is reversed"),
        ("anbn", {"test_n": 0}, "test_n: 0, give at least 1"),
        ("anbncn", {"n": 10**6}, "n: 1000000, give at most 1000"),
        ("two-keys", {"length": 9, "informative": 0}, "informative: 0, give at least"),
    ],
)
def test_impossible_problems_are_refused(kind, values, complaint):
    with pytest.raises(InputError, match=complaint):
        build(PROBLEMS[kind], values, "somewhere")


@pytest.mark.parametrize(
    "problem",
    [
        Adding(length=(6, 9)),
        Copy(delay=2),
        Counting(),
        MinimalLatch(length=9),
        TwoSequence(length=(3, 5), target_sd=0.3),
    ],
    ids=lambda p: p.kind,
)
def test_new_sequences_obey_the_same_rule(problem):
    fresh = problem.fresh(300, np.random.default_rng(3))
    train, _ = draw(problem)
    assert len(fresh) == 300
    assert (np.diff(fresh.lengths) < 0).any() or len(set(fresh.lengths)) == 1
    assert (fresh.noise is None) == (train.noise is None)
    if problem.kind == "copy":
        assert (fresh.targets[:, 2:, 0] == (fresh.inputs[:, :-2, 0] > 0)).all()
    if problem.kind == "counting":
        assert (last(fresh) == (fresh.inputs[:, :, 0].sum(axis=1) > 0)).all()
        assert 0.35 < last(fresh).mean() < 0.65


def test_data_beyond_the_memory_are_refused_before_they_are_made():
    problem = RandomGap(gap=2000, train=100_000)
    with pytest.raises(InputError, match=r"100,000 sequences of 2,001 steps: .* GiB"):
        draw(problem)


def test_what_was_added_later_enters_identities_only_where_it_is_given():
    later = {"noisy_key", "targets", "target_sd", "target_variance"}
    assert not later & identity_of(TwoSequence()).keys()
    assert not later & identity_of(TwoSequence(targets=(1, 0))).keys()
    given = identity_of(TwoSequence(targets=(0.2, 0.8), noisy_key=True))
    assert later & given.keys() == {"targets", "noisy_key"}
    assert "targets" not in identity_of(Parity())
