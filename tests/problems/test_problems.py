import itertools
import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.problems import PROBLEMS as KINDS
from gfsearch.problems import Latch, Parity, Sequences, Tomita, TwoSequence
from gfsearch.problems.sequences import training_set_order
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import build, canonical
from tests.cases import PROBLEMS


def draw(problem, seed=0):
    return problem.draw(np.random.default_rng(seed))


def final_targets(sequences):
    last = sequences.lengths - 1
    return sequences.targets[np.arange(len(sequences)), last, 0]


def strings(sequences):
    return [
        tuple(int(v > 0) for v in x[:n, 0])
        for x, n in zip(sequences.inputs, sequences.lengths, strict=True)
    ]


@pytest.mark.parametrize("name", PROBLEMS)
def test_classes_are_balanced_and_dealt_in_turn_by_length(name):
    problem = PROBLEMS[name]
    for sequences in draw(problem):
        targets = final_targets(sequences)
        high, low = problem.class_targets
        if name != "tomita4":  # Tomita's own strings are not balanced
            assert abs((targets == high).sum() - (targets == low).sum()) <= 1
        assert set(targets) == {high, low}
        pairs = 2 * min((targets == high).sum(), (targets == low).sum())
        assert (targets[:pairs:2] == high).all()
        assert (targets[1:pairs:2] == low).all()
        for target in (high, low):
            assert (np.diff(sequences.lengths[targets == target]) >= 0).all()


@pytest.mark.parametrize("name", PROBLEMS)
def test_drawing_is_a_function_of_the_generator(name):
    first, again, other = (draw(PROBLEMS[name], seed)[1] for seed in (1, 1, 2))
    assert (first.inputs == again.inputs).all()
    assert (
        first.inputs.shape != other.inputs.shape or (first.inputs != other.inputs).any()
    )


def test_drawn_arrays_are_read_only():
    train, _ = draw(PROBLEMS["parity"])
    with pytest.raises(ValueError, match="read-only"):
        train.inputs[0, 0, 0] = 3.0


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([0.0, 1.0, 2.0])),
        min_size=1,
        max_size=20,
    )
)
def test_training_set_order_deals_classes_in_turn(items):
    lengths, classes = zip(*items, strict=True)
    order = training_set_order(lengths, classes)
    assert sorted(order) == list(range(len(items)))
    dealt = [classes[i] for i in order]
    present = sorted(set(classes), reverse=True)
    rounds = min(dealt.count(c) for c in present)
    assert dealt[: rounds * len(present)] == present * rounds
    for c in present:
        own = [i for i in order if classes[i] == c]
        assert own == sorted(own, key=lambda i: (lengths[i], i))
    assert training_set_order(lengths, None) == sorted(
        range(len(items)), key=lambda i: (lengths[i], i)
    )


def test_lengths_cover_their_range():
    train, _ = draw(Parity(length=(3, 5), train=300))
    assert set(train.lengths) == {3, 4, 5}
    train, _ = draw(Parity(length=7, train=20))
    assert set(train.lengths) == {7}


def test_latch_one_shows_its_class_on_two_lines_and_noise_on_a_third():
    train, _ = draw(Latch(variant=1, length=50, sd=0.5, train=400))
    positive = final_targets(train) == 0.8
    assert (train.inputs[:, 0, 0] == positive).all()
    assert (train.inputs[:, 0, 1] == ~positive).all()
    assert (train.inputs[:, 0, 2] == 0).all()
    assert (train.inputs[:, 1:, :2] == 0).all()
    assert train.inputs[:, 1:, 2].std() == pytest.approx(0.5, rel=0.03)
    assert train.inputs[:, 1:, 2].mean() == pytest.approx(0.0, abs=0.02)


def test_latch_two_begins_with_its_target():
    train, _ = draw(Latch(variant=2, length=50, variance=0.04, train=400))
    assert (train.inputs[:, 0, 0] == final_targets(train)).all()
    assert train.inputs[:, 1:].std() == pytest.approx(0.2, rel=0.03)


def test_two_sequence_shows_its_class_on_the_informative_elements():
    train, _ = draw(TwoSequence(length=(50, 60), sd=0.2, informative=3, train=200))
    sign = 2 * final_targets(train) - 1
    assert (train.inputs[:, :3, 0] == sign[:, None]).all()
    assert train.inputs[:, 3:50].std() == pytest.approx(0.2, rel=0.03)


def test_parity_targets_count_the_ones():
    for noise in (0.0, 0.2):
        train, test = draw(Parity(length=(4, 30), noise=noise))
        for sequences in (train, test):
            odd = [sum(bits) % 2 for bits in strings(sequences)]
            assert (final_targets(sequences) == odd).all()
            used = np.arange(sequences.inputs.shape[1]) < sequences.lengths[:, None]
            deviation = np.abs(np.abs(sequences.inputs[..., 0][used]) - 1.0)
            assert deviation.max() <= noise
            assert deviation.max() > 0.9 * noise or noise == 0.0


@pytest.mark.parametrize(
    "problem",
    [
        Parity(length=(8, 12), train=100, test=100),
        Tomita(grammar=4, length=(8, 12), strings="balanced"),
        Tomita(grammar=1, length=(60, 100), strings="balanced", train=40, test=40),
        *(Tomita(grammar=g) for g in range(1, 8)),
    ],
    ids=str,
)
def test_test_strings_are_no_training_strings(problem):
    train, test = draw(problem)
    assert not set(strings(train)) & set(strings(test))


def test_a_used_up_language_repeats_training_strings():
    train, test = draw(Tomita(grammar=1, strings="balanced", length=(1, 3), train=100))
    accepted = [s for s in strings(test) if all(s)]
    assert len(accepted) == 50
    assert set(accepted) <= set(strings(train))


# Membership, written independently of the automata.


def odd_zeros_after_odd_ones(bits):
    runs = [(bit, len(list(group))) for bit, group in itertools.groupby(bits)]
    return any(
        one == 1 and ones % 2 and zero == 0 and zeros % 2
        for i, (one, ones) in enumerate(runs)
        for zero, zeros in runs[i + 1 :]
    )


LANGUAGES = {
    1: lambda b: 0 not in b,
    2: lambda b: len(b) % 2 == 0 and b == (1, 0) * (len(b) // 2),
    3: lambda b: not odd_zeros_after_odd_ones(b),
    4: lambda b: "000" not in "".join(map(str, b)),
    5: lambda b: b.count(0) % 2 == 0 and b.count(1) % 2 == 0,
    6: lambda b: (b.count(1) - b.count(0)) % 3 == 0,
    7: lambda b: sum(x != y for x, y in itertools.pairwise((0, *b))) <= 3,
}


@pytest.mark.parametrize("grammar", LANGUAGES)
def test_tomita_languages(grammar):
    from gfsearch.problems.tomita import AUTOMATA

    for length in range(11):
        for bits in itertools.product((0, 1), repeat=length):
            assert AUTOMATA[grammar].accepts(bits) == LANGUAGES[grammar](bits)


@pytest.mark.parametrize("grammar", LANGUAGES)
def test_tomitas_strings_are_his(grammar):
    train, _ = draw(Tomita(grammar=grammar))
    member = [float(LANGUAGES[grammar](bits)) for bits in strings(train)]
    assert (final_targets(train) == member).all()
    assert len(set(strings(train))) == len(train)


def test_random_strings_are_uniform_within_their_class_and_length():
    """Chi-squared of 4,000 strings of 8 letters over the 149 without 000."""
    problem = Tomita(grammar=4, strings="balanced", length=8, train=8000, test=2)
    train, _ = draw(problem)
    members = [s for s in strings(train) if LANGUAGES[4](s)]
    counts = {s: 0 for s in itertools.product((0, 1), repeat=8) if LANGUAGES[4](s)}
    assert len(counts) == 149
    for s in members:
        counts[s] += 1
    expected = len(members) / len(counts)
    statistic = sum((n - expected) ** 2 / expected for n in counts.values())
    assert abs(statistic - 148) < 4 * math.sqrt(2 * 148)


def test_rare_members_of_long_strings_are_found():
    train, _ = draw(Tomita(grammar=2, strings="balanced", length=(500, 600)))
    members = [s for s in strings(train) if LANGUAGES[2](s)]
    assert len(members) == 50
    assert all(len(s) % 2 == 0 for s in members)


@pytest.mark.parametrize(
    ("kind", "values", "complaint"),
    [
        ("parity", {"length": [60, 50]}, r"length: \[60, 50\] is reversed"),
        ("parity", {"length": 0}, "at least 1"),
        ("parity", {"noise": -0.1}, "noise: expected a number >= 0"),
        ("parity", {"train": 0}, "train: expected a whole number >= 1"),
        ("parity", {"noise": float("nan")}, "noise: expected finite"),
        ("latch", {"variant": 3}, "variant: expected 1 or 2, got 3"),
        ("latch", {}, "variant"),
        ("latch", {"variant": 1, "sd": 0.1, "variance": 0.1}, "one of the two"),
        ("two-sequence", {"length": 5, "informative": 6}, "informative: 6 elements"),
        ("tomita", {"grammar": 8}, "grammar: expected a whole number >= 1 and <= 7"),
        ("tomita", {"grammar": 2, "train": 10}, "train: fixed by"),
        (
            "tomita",
            {"grammar": 2, "strings": "balanced", "length": [3, 3]},
            "no member of language 2 has a length",
        ),
        ("tomita", {"grammar": 1, "string": "balanced"}, "did you mean 'strings'"),
    ],
)
def test_impossible_problems_are_refused(kind, values, complaint):
    with pytest.raises(InputError, match=complaint):
        build(KINDS[kind], values, "somewhere")


def test_values_that_mean_the_same_are_the_same():
    assert build(Parity, {"length": 50.0, "noise": 1}, "x") == Parity(
        length=(50, 50), noise=1.0
    )
    assert Latch(variant=2, variance=0.25) == Latch(variant=2, sd=0.5)
    # msgspec keeps defaults out of the instance: they must still be in the spec.
    converted = msgspec.convert({}, Parity)
    assert canonical(converted) == canonical(Parity())
    assert canonical(converted)["train"] == 100


def test_sequences_refuse_targets_behind_the_end():
    inputs, targets = np.zeros((1, 3, 1)), np.zeros((1, 3, 1))
    mask = np.array([[False, False, True]])
    with pytest.raises(ValueError, match="after the end"):
        Sequences(inputs, np.array([2]), targets, mask)
    with pytest.raises(ValueError, match="needs a target"):
        Sequences(inputs.copy(), np.array([2]), targets.copy(), ~mask & mask)
