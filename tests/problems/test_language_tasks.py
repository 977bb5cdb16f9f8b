"""Problems that predict symbols: against statements of their languages."""

import re
from collections import defaultdict

import numpy as np
import pytest

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1, Elman
from gfsearch.problems import (
    AnBn,
    AnBnCn,
    DelayedKey,
    EmbeddedReber,
    Gap,
    RandomGap,
    Reber,
    TemporalOrder,
    Trigger,
)
from tests.cases import make_task

# All paths from the first state of the grammar to its last, as Reber drew it.
WITHIN = "(?:(?:TS*X|PT*VP)(?:XT*VP)*(?:S|XT*VV)|PT*VV)"
REBER = re.compile(f"B{WITHIN}E")
EMBEDDED = re.compile(f"B([TP])B{WITHIN}E\\1E")


def draw(problem, seed=0):
    return problem.draw(np.random.default_rng(seed))


def symbols(sequences):
    """The numbers of the symbols of each sequence; each step shows exactly one."""
    found = []
    for x, n in zip(sequences.inputs, sequences.lengths, strict=True):
        assert (np.sort(x[:n], axis=1)[:, :-1] == 0).all()
        assert (x[:n].max(axis=1) == 1).all()
        found.append(tuple(x[:n].argmax(axis=1).tolist()))
    return found


def strings(sequences, alphabet="BTPSXVE"):
    return ["".join(alphabet[k] for k in word) for word in symbols(sequences)]


@pytest.mark.parametrize(
    ("problem", "language", "shortest"),
    [(Reber(), REBER, 5), (EmbeddedReber(), EMBEDDED, 9)],
    ids=["reber", "embedded"],
)
def test_reber_strings_belong_to_the_language_and_test_strings_are_others(
    problem, language, shortest
):
    train, test = draw(problem)
    whole = [[s + "E" for s in strings(part)] for part in (train, test)]
    assert all(language.fullmatch(s) for part in whole for s in part)
    assert len(whole[0]) == len(whole[1]) == 256
    assert not set(whole[0]) & set(whole[1])
    assert min(map(len, whole[0])) == shortest


@pytest.mark.parametrize("problem", [Reber(), EmbeddedReber()], ids=lambda p: p.kind)
def test_reber_targets_are_the_symbols_that_are_seen_to_follow(problem):
    follows = defaultdict(set)
    fresh = problem.fresh(4000, np.random.default_rng(5))
    counts = defaultdict(int)
    for word in strings(fresh):
        for end in range(1, len(word) + 1):
            follows[word[:end]].add((word + "E")[end])
            counts[word[:end]] += 1
    train, _ = draw(problem)
    compared = 0
    for i, word in enumerate(strings(train)):
        assert train.mask[i, : len(word)].all()
        for t in range(len(word)):
            if counts[word[: t + 1]] >= 30:  # missed with probability 2**-29
                told = {"BTPSXVE"[o] for o in np.flatnonzero(train.targets[i, t])}
                assert told == follows[word[: t + 1]]
                compared += 1
    assert compared > 500


def test_new_reber_strings_tell_the_symbol_that_comes():
    fresh = EmbeddedReber().fresh(50, np.random.default_rng(0))
    for i, word in enumerate(strings(fresh)):
        shown = fresh.targets[i, : len(word)]
        assert (shown.sum(axis=1) == 1).all()
        following = "".join("BTPSXVE"[o] for o in shown.argmax(axis=1))
        assert following == word[1:] + "E"
        assert EMBEDDED.fullmatch(word + "E")


def test_both_symbols_of_a_state_are_equally_likely():
    fresh = Reber().fresh(4000, np.random.default_rng(1))
    words = strings(fresh)
    share = np.mean([word[1] == "T" for word in words])
    assert share == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4000))
    # Strings end after the first S or X, V: a mean that the grammar fixes. From the
    # states in turn: e1 = 1 + (e2 + e3) / 2, e2 = 1 + (e2 + e4) / 2, ...
    a = np.eye(5) - 0.5 * np.array(
        [
            [0, 1, 1, 0, 0],
            [0, 1, 0, 1, 0],
            [0, 0, 1, 0, 1],
            [0, 0, 1, 0, 0],
            [0, 0, 0, 1, 0],
        ]
    )
    expected = 1 + np.linalg.solve(a, np.ones(5))[0]
    lengths = np.array([len(word) for word in words])
    error = lengths.std() / np.sqrt(len(lengths))
    assert lengths.mean() == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize(("problem", "letters"), [(AnBn(), "ab"), (AnBnCn(), "abc")])
def test_counted_words_and_what_may_follow(problem, letters):
    start, end = "^", "$"
    words = ["".join(c * n for c in letters) for n in range(1, 40)]
    follows = defaultdict(set)
    for word in words:
        for t in range(len(word) + 1):
            follows[word[:t]].add((word + end)[t])
    for part, numbers in zip(draw(problem), (range(1, 11), range(11, 21)), strict=True):
        shown = strings(part, start + letters)
        assert shown == [start + "".join(c * n for c in letters) for n in numbers]
        for i, word in enumerate(shown):
            for t in range(len(word)):
                told = {(letters + end)[o] for o in np.flatnonzero(part.targets[i, t])}
                assert told == follows[word[1 : t + 1]]


def test_a_counter_solves_anbn_at_every_n():
    task = make_task(
        AnBn(n=(1, 12), test_n=(13, 300)),
        Elman(
            hidden=1,
            hidden_bias=False,
            output_sees_input=True,
            activation="identity",
            output_activation="identity",
        ),
        criterion=Criterion(possible=True),
    )
    # The counter: +1 at a, -1 at b.
    counter = [0, 1, -1, 1]
    # Outputs a, b, end from start, a, b, counter, bias.
    outputs = [[9, 9, -9, 0, 0], [0, 9, 0, 1, -0.5], [0, 0, 0, 0, 0]]
    weights = np.array([[*counter, *np.ravel(outputs)]], dtype=float)
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0
    weights[0, 1] = 0.9  # a counter that is not exact is wrong somewhere
    assert not fitness.solves(weights)


@pytest.mark.parametrize("gap", [1, 4])
def test_gap_shows_its_two_sequences(gap):
    train, test = draw(Gap(gap=gap))
    assert test is train
    fillers = tuple(range(gap))
    assert symbols(train) == [(gap, *fillers), (gap + 1, *fillers)]
    assert train.mask.all()
    for i, key in enumerate((gap, gap + 1)):
        assert train.targets[i].argmax(axis=1).tolist() == [*fillers, key]
        assert (train.targets[i].sum(axis=1) == 1).all()
    fresh = Gap(gap=gap).fresh(400, np.random.default_rng(0))
    first = np.array([word[0] for word in symbols(fresh)])
    assert set(first) == {gap, gap + 1}
    assert np.mean(first == gap) == pytest.approx(0.5, abs=0.1)


def test_a_latched_key_solves_gap():
    gap = 6
    task = make_task(
        Gap(gap=gap),
        A1(
            hidden=1,
            hidden_bias=False,
            hidden_sees_output=False,
            output_self=False,
            output_bias=True,
            activation="tanh",
        ),
        criterion=Criterion(tolerance=0.25),
    )
    # Input lines, hidden, (outputs), bias: outputs see each other, with weights 0.
    hidden = [*([0.0] * gap), 9.0, -9.0, 9.0]
    rows = []
    for o in range(gap + 2):
        row = np.zeros(gap + 2 + 1 + gap + 1 + 1)
        if o == 0:  # the first filler follows either key
            row[[gap, gap + 1]], row[-1] = 20.0, -10.0
        elif o < gap:
            row[o - 1], row[-1] = 20.0, -10.0
        else:
            row[gap - 1], row[gap + 2], row[-1] = 20.0, 10.0, -25.0
            row[gap + 2] *= 1.0 if o == gap else -1.0
        rows.append(row)
    weights = np.array([[*hidden, *np.ravel(rows)]])
    assert task.fitness().solves(weights)


@pytest.mark.parametrize("gap", [3, 20])
def test_delayed_key_is_told_when_the_fillers_have_passed(gap):
    train, test = draw(DelayedKey(gap=gap))
    assert test is train
    fillers = tuple(range(gap))
    assert symbols(train) == [(gap, *fillers), (gap + 1, *fillers)]
    assert train.mask.sum(axis=1).tolist() == [1, 1]
    assert train.targets[:, gap, 0].tolist() == [1.0, 0.0]


def test_random_gap_hides_its_key_among_random_fillers():
    problem = RandomGap(gap=5, train=40, test=40)
    train, test = draw(problem)
    for part in (train, test):
        assert (part.mask.sum(axis=1) == 1).all()
        assert part.mask[:, -1].all()
        for i, word in enumerate(symbols(part)):
            assert word[0] in (5, 6)
            assert max(word[1:]) < 5
            assert part.targets[i, -1].tolist() == np.eye(7)[word[0]].tolist()
        assert sum(word[0] == 5 for word in symbols(part)) == 20
    assert not set(symbols(train)) & set(symbols(test))
    fresh = problem.fresh(2000, np.random.default_rng(0))
    assert fresh.mask.all()
    words = np.array(symbols(fresh))
    assert (fresh.targets.argmax(axis=2)[:, :-1] == words[:, 1:]).all()
    share = np.bincount(words[:, 1:].ravel(), minlength=5) / (2000 * 5)
    assert share == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / 10_000))


def test_triggers_come_after_the_lag_and_ask_for_the_key():
    p, q = 4, 6
    problem = Trigger(distractors=p, lag=q, train=2000, test=10)
    train, _ = draw(problem)
    begin, trigger, x, y = p, p + 1, p + 2, p + 3
    keys = []
    for i, word in enumerate(symbols(train)):
        assert word[0] == begin
        assert word[-1] == trigger
        assert max(word[2:-1]) < p
        assert len(word) >= q + 3
        keys.append(word[1])
        target = train.targets[i, len(word) - 1].tolist()
        assert target == ([1.0, 0.0] if word[1] == x else [0.0, 1.0])
    assert keys.count(x) == keys.count(y) == 1000
    # Further distractors, each with probability 9/10: 9 of them in the mean, with a
    # standard deviation of sqrt(0.9) / 0.1.
    more = train.lengths - (q + 3)
    assert more.min() == 0
    assert more.mean() == pytest.approx(9.0, abs=4 * 9.49 / np.sqrt(2000))


def test_two_latches_solve_trigger():
    task = make_task(
        Trigger(distractors=3, lag=5),
        A1(hidden=1, output_bias=True),
        criterion=Criterion(tolerance=0.2),
    )
    # Lines: 3 distractors, begin, trigger, x, y; hidden; two outputs; bias.
    hidden = np.zeros(7 + 1 + 2 + 1)
    outputs = np.zeros((2, 7 + 1 + 2 + 1))
    outputs[0, [5, 8, 10]] = outputs[1, [6, 9, 10]] = 20.0, 20.0, -10.0
    weights = np.array([[*hidden, *outputs.ravel()]])
    fitness = task.fitness()
    assert fitness.solves(weights)
    assert fitness.test(weights[0]) == 0


@pytest.mark.parametrize("relevant", [2, 3])
@pytest.mark.parametrize("length", [(100, 110), (10, 12), (30, 30)])
def test_temporal_order_is_that_of_the_relevant_symbols(relevant, length):
    problem = TemporalOrder(relevant=relevant, length=length, train=240, test=16)
    train, _ = draw(problem)
    orders = ["XX", "XY", "YX", "YY"]
    if relevant == 3:
        orders = [a + b for a in "XY" for b in orders]
        orders = sorted(orders)
    places = {2: (10, 20, 50, 60), 3: (10, 20, 33, 43, 66, 76)}[relevant]
    limits = [place * length[0] // 100 for place in places]
    found = []
    for i, word in enumerate(strings(train, "EBabcdXY")):
        assert re.fullmatch("E[abcdXY]*B", word)
        at = [t for t, s in enumerate(word) if s in "XY"]
        assert len(at) == relevant
        for t, low, high in zip(at, limits[::2], limits[1::2], strict=True):
            assert low <= t <= high
        target = train.targets[i, len(word) - 1]
        assert target.sum() == 1.0
        assert orders[target.argmax()] == "".join(word[t] for t in at)
        found.append(at)
    counts = train.targets.sum(axis=(0, 1))
    assert (counts == 240 / 2**relevant).all()
    if length == (100, 110):
        first = np.array(found)[:, 0]
        assert {first.min(), first.max()} == {10, 20}
        assert train.lengths.min() == 100
        assert train.lengths.max() == 110
