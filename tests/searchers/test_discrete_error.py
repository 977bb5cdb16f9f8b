"""Discrete error propagation: known answers of its rule, conversion, and results."""

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.reference import outputs
from gfsearch.fitness.space import Space
from gfsearch.networks import A1, A2, Masked, TanhUnit
from gfsearch.problems import Latch, MinimalLatch, Parity, TwoSequence
from gfsearch.problems.sequences import classified
from gfsearch.searchers import make_searcher
from gfsearch.searchers.online.discrete_errors import (
    PROPORTIONAL,
    PUBLISHED,
    RANDOM_WALK,
    SUFFICIENT,
    Rule,
    Signs,
    learn,
    normalise,
)
from gfsearch.searchers.online.shown import Shown
from gfsearch.suites.reading import load_suite
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.suite import not_applicable
from tests.cases import LSTM, TWO_OUTPUTS, make_task

THRESHOLD = {"activation": "sign", "output_activation": "sign"}
SEVEN = A1(hidden_self=False, output_bias=True, **THRESHOLD)
UNIT = Signs(TanhUnit().build(1, 1))  # input, itself, bias


def taught(inputs, target, weights, rule=SUFFICIENT, **options):
    """Weights after one sequence, which ends with the target, was shown."""
    train = Shown.of(classified([np.array(inputs)[:, None]], [target]))
    weights = np.array(weights, dtype=float)
    if rule != PUBLISHED:
        normalise(UNIT.kernel.wiring, weights)
    values = {"rate": 0.3, "blame": 0.0, "single": 0.0, "noise": 0.0, **options}
    values = {"margin": 0.5, "low": -2.0, "high": 2.0, "feasible": False, **values}
    right = learn(
        UNIT.kernel,
        train,
        np.array([0]),
        0,
        0,
        Rule(kind=rule, **values),
        np.random.default_rng(0),
        weights,
    )
    assert train.bill() == (1, 0)
    return weights, right


# The second unit sees a logistic unit, and its bias by a fixed weight.
LOGISTIC_WITH_FIXED = Masked(
    hidden=1, mask=[[1, 1, 0, 1], [1, 1, 0, 0]], fixed=[[0, 0, 0, 0], [0, 0, 0, 2]]
).build(1, 1)


def unit(row):
    return np.array(row) / np.linalg.norm(row)


def test_right_sequences_change_nothing():
    weights, right = taught([1.0, 0.1], 1.0, [1.0, 2.0, 0.1])
    np.testing.assert_array_equal(weights, unit([1.0, 2.0, 0.1]))
    assert right == 1


def test_one_step_is_a_perceptrons():
    """Wanted +1, shown -1, at the first step, where nothing else can change."""
    start = unit([-0.6, 0.5, 0.1])
    weights, right = taught([2.0], 1.0, start)
    seen = np.array([2.0, 0.0, 1.0])
    expected = unit(start + 0.3 * seen / np.linalg.norm(seen))
    np.testing.assert_allclose(weights, expected, rtol=1e-14)
    assert right == 0


@pytest.mark.parametrize("rule", [SUFFICIENT, PROPORTIONAL])
@pytest.mark.parametrize("length", [2, 10, 500])
def test_an_error_does_not_decay_through_a_self_connection(rule, length):
    """A bit is held robustly; the change that is wanted of it reaches its first step.

    So the weights change by what was seen there: the input and the bias, not the self-
    connection, and by as much after 500 steps as after two.
    """
    start = unit([-0.2, 1.0, 0.0])
    inputs = np.full(length, 0.01)
    inputs[0] = 1.0
    weights, _ = taught(inputs, 1.0, start, rule=rule)
    expected = unit(start + 0.3 * np.array([1.0, 0.0, 1.0]) / np.sqrt(2.0))
    np.testing.assert_allclose(weights, expected, rtol=1e-14)


def test_a_single_change_is_made_by_the_unit_that_was_wrong():
    """Blamed for certain, and the last of its path: the step is that of the end."""
    start = unit([-0.2, 1.0, 0.0])
    weights, _ = taught([1.0, 0.0, 0.4], 1.0, start, blame=1.0, single=1.0)
    seen = np.array([0.4, -1.0, 1.0])
    expected = unit(start + 0.3 * seen / np.linalg.norm(seen))
    np.testing.assert_allclose(weights, expected, rtol=1e-14)


def test_blamed_all_along_each_step_adds_its_part():
    start = unit([-0.2, 1.0, 0.0])
    inputs = [1.0, 0.0, 0.4]
    weights, _ = taught(inputs, 1.0, start, blame=1.0)
    seen = [np.array([u, y, 1.0]) for u, y in zip(inputs, [0, -1, -1], strict=True)]
    step = sum(s / np.linalg.norm(s) for s in seen)
    np.testing.assert_allclose(weights, unit(start + 0.3 * step), rtol=1e-14)


def test_what_does_not_suffice_is_not_asked():
    """The sum is far from 0 and the self-connection weak: the last step is to blame.

    In proportional measure it is asked with the probability 2 h / |a|.
    """
    start = unit([1.0, 0.1, 0.0])
    inputs = [-1.0, -1.0]
    weights, _ = taught(inputs, 1.0, start)
    seen = np.array([-1.0, -1.0, 1.0])
    expected = unit(start + 0.3 * seen / np.sqrt(3.0))
    np.testing.assert_allclose(weights, expected, rtol=1e-14)


def test_the_control_does_not_look_where_the_error_comes_from():
    start = unit([-0.2, 1.0, 0.0])
    one, _ = taught([1.0, 0.0], 1.0, start, rule=RANDOM_WALK)
    other, _ = taught([9.0, 0.0, 5.0], 1.0, start, rule=RANDOM_WALK)
    np.testing.assert_array_equal(one, other)
    assert not np.allclose(one, start)


# --- The published rule: equations 7 to 10 of Bengio, Simard and Frasconi (1994) ------


def test_the_published_signal_is_one_over_the_change_of_the_sum():
    """Shown -1, wanted +1, at the first step: D = eps - a; 1 / D times the inputs."""
    weights, right = taught([0.5], 1.0, [-0.4, 0.3, -0.2], PUBLISHED, rate=0.05)
    a = -0.4 * 0.5 - 0.2
    step = 0.05 / (0.5 - a) * np.array([0.5, 0.0, 1.0])
    np.testing.assert_allclose(weights, np.add([-0.4, 0.3, -0.2], step), rtol=1e-14)
    assert right == 0


def test_published_signals_and_steps_have_a_largest_size():
    weights, _ = taught([1.0], 1.0, [-1e-3, 0.0, 0.0], PUBLISHED, rate=0.05, margin=0.1)
    np.testing.assert_allclose(weights, [-1e-3 + 0.25, 0.0, 0.25], rtol=1e-14)
    weights, _ = taught([1.0], 1.0, [-1e-3, 0.0, 0.0], PUBLISHED, rate=1.0, margin=0.1)
    np.testing.assert_allclose(weights, [-1e-3 + 0.3, 0.0, 0.3], rtol=1e-14)


def plainly_published(inputs, target, weights, rng, rate, margin, feasible):
    """The rule for one unit that sees input, itself and bias, step by step."""
    y, sums, shown = 0.0, [], []
    for u in inputs:
        a = weights[0] * u + weights[1] * y + weights[2]
        shown.append(np.array([u, y, 1.0]))
        y = 1.0 if a >= 0.0 else -1.0
        sums.append((a, y))
    step, signal = np.zeros(3), target - y
    for seen, (a, y) in zip(shown[::-1], sums[::-1], strict=True):
        if signal == 0.0:
            break
        wanted = 2 if rng.random() < (np.clip(signal, -2, 2) + 2) / 4 else -2
        if feasible and wanted * y > 0.0:
            break
        change = np.sign(wanted) * margin - a
        own = np.clip(1.0 / change, -5.0, 5.0)
        step += own * seen
        signal = own * weights[1]
    return weights + np.clip(rate * step, -0.3, 0.3)


@pytest.mark.parametrize("feasible", [False, True])
def test_published_signals_go_back_by_chance_and_do_not_decay(feasible):
    rng = np.random.default_rng(3)
    changed = 0
    for length in (2, 7, 200):
        for _ in range(20):
            start = rng.uniform(-0.5, 0.5, 3)
            inputs = rng.uniform(-1.0, 1.0, length)
            found, right = taught(
                inputs, 1.0, start, PUBLISHED, rate=0.01, margin=0.1, feasible=feasible
            )
            if right:
                continue
            chance = np.random.default_rng(0)
            expected = plainly_published(
                inputs, 1.0, start, chance, 0.01, 0.1, feasible
            )
            np.testing.assert_allclose(found, expected, rtol=1e-9)
            changed += 1
    assert changed > 20


def sign_unit(*mask):
    return Masked(hidden=0, mask=[mask], output_activation="sign")


@pytest.mark.parametrize("longest", [10, 50, 100])
def test_the_published_rule_learns_the_latch_at_any_lag(longest):
    """Two weights, input and itself: in all runs, in a few presentations."""
    task = make_task(
        Latch(variant=2, length=(longest // 2, longest), sd=0.115), sign_unit(1, 1, 0)
    )
    solved, presentations = solved_and_presentations(
        task, "discrete-error", 20, rule="published", margin=0.1, budget=200
    )
    assert solved == 20
    assert presentations < 200 + 60  # 200 are right in a row, and the last trial


@pytest.mark.parametrize("longest", [3, 10, 50])
def test_the_published_rule_learns_parity_as_published(longest):
    """Published: 5,000 and 7,900 presentations at T = 3 and 10, without an error."""
    task = make_task(Parity(length=((longest + 1) // 2, longest)), SEVEN)
    solved, presentations = solved_and_presentations(
        task, "discrete-error", 20, rule="published", budget=800
    )
    assert solved == 20
    assert 2_000 < presentations < 20_000


def test_fixed_weights_stay_as_they_are():
    task = make_task(
        MinimalLatch(length=(5, 10), noise=0.2),
        Masked(
            hidden=0,
            mask=[[1, 1, 0, 1, 0]],
            fixed=[[0, 0, 1, 0, 0]],
            output_activation="sign",
        ),
    )
    fitness = task.fitness()
    for parameters in ({"rule": "published"}, {}):
        learner = make_searcher("discrete-error", fitness.space, 1, **parameters)
        for _ in range(100):
            proposal = learner.ask()
            if len(proposal.weights):
                break
        assert fitness.solves(proposal.weights)
        row = learner.state.weights
        assert row[2] == 1.0
        np.testing.assert_array_equal(proposal.weights[0], np.delete(row, 2))


def test_units_that_cannot_learn_keep_their_fixed_weights():
    """A thousand passes of wrong sequences: the only input is as strong as ever."""
    task = load_suite("bengio1994").tasks["threshold/two-sequence/T=10"]
    space = task.fitness().space
    fixed = [k for k, link in enumerate(space.structure.links) if link.weight is None]
    for rule in ("sufficient", "proportional", "random-walk", "published"):
        learner = make_searcher("discrete-error", space, 0, rule=rule)
        for _ in range(300):
            learner.ask()
        assert (learner.state.weights[fixed] == 1.0).all()


def test_noise_on_targets_is_no_part_of_the_wanted_signs():
    problem = TwoSequence(length=(5, 9), targets=(0.8, 0.2), target_sd=2.0)
    space = make_task(problem, SEVEN).fitness().space
    learner = make_searcher("discrete-error", space, 0)
    clean = space.train.targets[space.train.mask]
    assert (learner._shown.target == np.where(clean > 0.0, 1.0, -1.0)).all()


@pytest.mark.parametrize(
    "network",
    [
        A1(hidden=2, output_bias=True),
        A2(hidden=4),
        A2(hidden=3, update="synchronous", hidden_self=False),
        A1(hidden=2, output_bias=True, activation="tanh"),
        A1(hidden=3, output_bias=True, **THRESHOLD),
    ],
)
def test_converted_weights_make_the_tasks_network_do_the_same(network):
    """What threshold units answer, steep units answer: y = (x + 1) / 2 or y = x."""
    task = make_task(Parity(length=(5, 30), train=50), network)
    fitness = task.fitness()
    structure = task.structure
    agreed = 0
    for seed in range(20):
        searcher = make_searcher("discrete-error", fitness.space, seed)
        converted = searcher._converted()
        assert np.abs(converted).max() == 100.0
        shown = outputs(structure, converted, fitness.train.inputs)
        answers = shown[fitness.train.mask][:, 0]
        steep = structure.units[-1].activation == "logistic"
        answers = 2 * answers - 1 if steep else answers
        x = threshold_answers(searcher, fitness.train)
        # A sum may be nearly 0 somewhere.
        agreed += (np.abs(answers - x) < 0.2).mean() / 20
    assert agreed > 0.9


def threshold_answers(searcher, sequences):
    """The model's outputs at the end of each sequence, straight from its definition."""
    structure = searcher._space.structure
    answers = []
    for inputs, length in zip(sequences.inputs, sequences.lengths, strict=True):
        past = [-1.0 if u.activation == "logistic" else 0.0 for u in structure.units]
        for t in range(length):
            now, k = [], 0
            for u in structure.units:
                a = 0.0
                for link in u.links:
                    shows = {"input": inputs[t], "bias": [1], "past": past, "now": now}
                    a += searcher.state.weights[k] * shows[link.origin][link.index]
                    k += 1
                now.append(1.0 if a >= 0 else -1.0)
            past = now
        answers.append(past[-1])
    return np.array(answers)


@pytest.mark.parametrize(
    ("structure", "reason"),
    [
        (A1().build(1, 1), "unit 1 sees logistic units but has no bias"),
        (
            A1(activation="identity", output_bias=True).build(1, 1),
            "unit 0 (identity) has no threshold version",
        ),
        (LOGISTIC_WITH_FIXED, "unit 1 has a fixed weight"),
        (TanhUnit(fixed_inputs=1).build(2, 1), None),
        (LSTM, "factors, longer delays, starts and clocks"),
        (TWO_OUTPUTS, "unit 0 (identity) has no threshold version"),
        (A1(output_bias=True).build(1, 1), None),
        (A1(activation="tanh", output_activation="tanh").build(1, 1), None),
    ],
)
def test_where_it_cannot_work(structure, reason):
    d = structure.dimension
    kind = labelled_searcher("discrete-error", {}, "").kind
    told = kind.not_applicable(structure, Space(np.full(d, -5.0), np.full(d, 9.0)))
    assert told == reason or told.startswith(reason)
    told = kind.not_applicable(structure, Space(np.zeros(d), np.full(d, 9.0)))
    assert reason is not None or told == "its weights need both signs"


def solved_and_presentations(task, searcher, runs, first=0, **parameters):
    records = [
        gfsearch.run(task, searcher, run=r, **parameters)
        for r in range(first, first + runs)
    ]
    solved = sum(record.status == "solved" for record in records)
    return solved, sum(r.presentations for r in records) / max(solved, 1)


@pytest.mark.parametrize(
    ("problem", "network"),
    [
        (Latch(variant=2, length=(50, 100)), TanhUnit()),
        (TwoSequence(length=(50, 100)), A1(output_bias=True, **THRESHOLD)),
        (Parity(length=(25, 50)), SEVEN),
    ],
)
def test_it_solves_what_the_paper_says(problem, network):
    task = make_task(problem, network)
    assert not_applicable(task, labelled_searcher("discrete-error", {}, "")) is None
    solved, _ = solved_and_presentations(task, "discrete-error", 12, budget=2000)
    assert solved >= 11


def test_on_parity_it_is_faster_than_guessing_and_a_random_walk():
    """On the same network of seven threshold units' weights; measured: 2.4 and more."""
    task = make_task(Parity(length=(25, 50)), SEVEN)
    _, own = solved_and_presentations(task, "discrete-error", 40, budget=5000)
    _, guessing = solved_and_presentations(task, "guessing", 40)
    walks = [
        solved_and_presentations(
            task, "discrete-error", 40, rule="random-walk", rate=rate, budget=5000
        )[1]
        for rate in (0.2, 0.5)
    ]
    assert guessing > 1.5 * own
    assert min(walks) > 1.5 * own


def test_presentations_are_those_of_its_own_and_the_last_trials():
    """No restart: all it showed itself, then the whole set once, by the runner."""
    task = make_task(Parity(length=(8, 10), train=20), SEVEN)
    for number in range(5):
        record = gfsearch.run(task, "discrete-error", run=number, budget=500)
        assert record.status == "solved"
        assert record.restarts == []
        own = record.presentations - 20
        assert own >= 20
        assert record.trials == -(-own // 20) + 1
        assert record.loss is None
        assert record.gradients == 0
