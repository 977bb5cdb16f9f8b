"""Gradients: against complex steps, differences, and learning forward in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.fitness import reference
from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.backward_source import backward_groups
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.cpu.gradients import Gradients
from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.networks import A1, A2, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Latch, Parity, Tomita, TwoSequence
from gfsearch.problems.sequences import arrange
from tests.cases import CLOCKWORK, DELAYED, LSTM, PRODUCTS, TWO_OUTPUTS, make_task
from tests.searchers.online import recurrent_learning

STRUCTURES = {
    "tanh unit": TanhUnit().build(1, 1),
    "A1(1)": A1().build(1, 1),
    "A1(3)": A1(hidden=3, output_bias=True).build(1, 1),
    "A1(2) tanh, synchronous": A1(
        hidden=2, activation="tanh", update="synchronous"
    ).build(1, 1),
    "A2": A2().build(1, 1),
    "LSTM": LSTM,
    "delays": DELAYED,
    "products": PRODUCTS,
    "clockwork": CLOCKWORK,
}
PROBLEMS = {
    "latch": Latch(variant=2, length=(20, 40), sd=0.2, train=6, test=1),
    "long latch": Latch(variant=2, length=(150, 200), sd=0.2, train=3, test=1),
    "two-sequence": TwoSequence(length=(20, 40), informative=3, train=6, test=1),
    "parity": Parity(length=(10, 60), noise=0.2, train=7, test=1),
    "tomita4": Tomita(grammar=4),
}
WEIGHT_RANGES = (0.3, 1.0, 3.0, 10.0, 100.0)

# Below this a gradient has vanished from float64: its last digits are gone.
VANISHED = 1e-280


def random_pairs(draws):
    """Random (task, weights) pairs: structure, training set, (draws, D) weights."""
    for number, (name, structure) in enumerate(STRUCTURES.items()):
        for of_problem, problem in enumerate(PROBLEMS.values()):
            rng = np.random.default_rng([number, of_problem])
            train, _ = problem.draw(rng)
            # Where a cell is as small as 1e-30 its tanh, right to 1e-16, has no digit
            # left; and three weights on a delay line can make chaos, which turns the
            # last digit of any computation into the first. Neither with weights of 3.
            rough = name in ("LSTM", "delays", "products", "clockwork")
            ranges = WEIGHT_RANGES[:3] if rough else WEIGHT_RANGES
            ranges = np.resize(ranges, draws)[:, None]
            shape = (draws, structure.dimension)
            yield name, structure, train, ranges * rng.uniform(-1.0, 1.0, shape)


def weight_groups(structure):
    """Indices of the weights of each kind of link, kind by kind."""
    groups = {}
    for u, unit in enumerate(structure.units):
        for link in unit.links:
            if link.weight is not None:
                itself = link.origin == "past" and link.index == u
                output = u in structure.output_units
                groups.setdefault((output, link.origin, itself), []).append(link.weight)
    return list(groups.values())


def disagreement(structure, gradients, exact):
    """(P, K) relative errors of (P, D) gradients, for each of K groups of weights.

    nan where the exact gradient of the group has vanished.
    """
    errors = []
    for group in weight_groups(structure):
        # Divided first: squares of small numbers would be 0.
        scale = np.abs(exact[:, group]).max(axis=1, keepdims=True)
        flows = scale[:, 0] > VANISHED
        error = np.full(len(exact), np.nan)
        a, b = gradients[flows][:, group], exact[flows][:, group]
        with np.errstate(over="ignore"):
            size = np.linalg.norm(b / scale[flows], axis=1)
            error[flows] = np.linalg.norm((a - b) / scale[flows], axis=1) / size
        errors.append(error)
    return np.stack(errors, axis=1)


def scoring(structure, graded=False):
    loss = "graded" if graded else "mse"
    return Scoring.of(structure, Criterion(tolerance=0.1), loss)


def evaluator(structure, train, graded=False):
    return Evaluator(structure, SequenceArrays.of(train), scoring(structure, graded))


def exact_gradients(structure, weights, train, loss=None):
    """Complex steps of the reference, for each row of weights."""
    return np.array([reference.gradient(structure, w, train, loss) for w in weights])


def test_a_thousand_gradients_agree_with_the_complex_step():
    """1,050 pairs: the compiled gradient does, one that is cut off does not."""
    compared, caught, pairs = [], [], 0
    for name, structure, train, weights in random_pairs(30):
        _, _, gradients = evaluator(structure, train).gradient(weights)
        exact = exact_gradients(structure, weights, train)
        error = disagreement(structure, gradients, exact)
        assert np.nanmax(error) < 1e-8, name
        compared.append(np.isfinite(error).ravel())
        pairs += len(weights)
        cut = np.array(
            [
                recurrent_learning.gradient(structure, w, train, memory=False)
                for w in weights[::6]
            ]
        )
        error = disagreement(structure, cut, exact[::6])
        caught.append(np.nanmax(error, axis=1) > 1e-8)
    assert pairs >= 1000
    assert np.concatenate(compared).mean() > 0.9  # hardly anything had vanished
    assert np.concatenate(caught).mean() > 0.9


def test_central_differences_agree_too():
    """Of the loss that the same kernel returns, where they have any digits."""
    step, compared = 1e-6, 0
    for name, structure, train, weights in random_pairs(5):
        compiled = evaluator(structure, train)
        _, _, gradients = compiled.gradient(weights)
        moves = step * np.eye(structure.dimension)
        differences = []
        for w in weights:
            above, below = (compiled.gradient(w + s * moves)[0] for s in (1, -1))
            differences.append((above - below) / (2 * step))
        error = disagreement(structure, np.array(differences), gradients)
        # A difference of losses is known to about 1e-16 / step.
        for k, group in enumerate(weight_groups(structure)):
            large = np.abs(gradients[:, group]).max(axis=1) > 1e-5
            # Where weights are 100 a step of 1e-6 may turn a trajectory over.
            large &= np.abs(weights).max(axis=1) < 20.0
            assert (error[large, k] < 1e-3).all(), name
            compared += large.sum()
    assert compared > 200


# Its own reading of a description knows gates as the only factors.
@pytest.mark.parametrize(
    "name", [n for n in STRUCTURES if n not in ("products", "clockwork")]
)
def test_learning_forward_in_time_agrees(name):
    structure = STRUCTURES[name]
    rng = np.random.default_rng(1)
    train, _ = Parity(length=(10, 40), noise=0.3, train=9, test=1).draw(rng)
    weights = rng.uniform(-2.0, 2.0, (6, structure.dimension))
    _, _, gradients = evaluator(structure, train).gradient(weights)
    forward = [recurrent_learning.gradient(structure, w, train) for w in weights]
    assert np.nanmax(disagreement(structure, gradients, np.array(forward))) < 1e-9


def two_targets(rng, count=5):
    """Sequences with two input lines, two outputs and targets at several steps."""
    inputs = [rng.normal(size=(n, 2)) for n in rng.integers(3, 12, count)]
    targets = [rng.uniform(0, 1, (len(x), 2)) for x in inputs]
    masks = [rng.random(len(x)) < 0.5 for x in inputs]
    for mask in masks:
        mask[-1] = True
    return arrange(inputs, targets, masks)


def test_targets_along_the_way_and_two_outputs():
    rng = np.random.default_rng(2)
    train = two_targets(rng)
    weights = rng.normal(size=(20, TWO_OUTPUTS.dimension))
    _, _, gradients = evaluator(TWO_OUTPUTS, train).gradient(weights)
    exact = exact_gradients(TWO_OUTPUTS, weights, train)
    assert np.nanmax(disagreement(TWO_OUTPUTS, gradients, exact)) < 1e-9


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_the_graded_loss_has_the_slope_of_its_cross_entropy(activation):
    structure = A1(hidden=2, output_activation=activation).build(1, 1)
    rng = np.random.default_rng(3)
    train, _ = Parity(length=(5, 20), train=12, test=1).draw(rng)
    weights = rng.uniform(-3.0, 3.0, (10, structure.dimension))
    loss, _, gradients = evaluator(structure, train, graded=True).gradient(weights)

    def graded(shown, sequences):
        return reference.graded_loss(shown, sequences, 0.1, activation)

    exact = exact_gradients(structure, weights, train, graded)
    assert np.nanmax(disagreement(structure, gradients, exact)) < 1e-9
    for w, found in zip(weights, loss, strict=True):
        shown = reference.outputs(structure, w, train.inputs)
        assert found == pytest.approx(graded(shown, train), rel=1e-12)


def test_an_output_beyond_the_kept_range_has_no_slope():
    """The graded loss is flat where outputs are nearer than 1e-7 to an end."""
    structure = A1().build(1, 1)
    train, _ = Parity(length=(5, 8), train=6, test=1).draw(np.random.default_rng(4))
    saturated = np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 200.0, 0.0]])
    _, _, gradients = evaluator(structure, train, graded=True).gradient(saturated)
    assert (gradients == 0.0).all()


@pytest.mark.parametrize("name", STRUCTURES)
def test_loss_and_errors_are_those_of_the_float64_kernel(name):
    structure = STRUCTURES[name]
    rng = np.random.default_rng(5)
    train, _ = Tomita(grammar=4).draw(rng)
    weights = rng.uniform(-5.0, 5.0, (33, structure.dimension))
    compiled = evaluator(structure, train)
    loss, errors, _ = compiled.gradient(weights)
    exact_loss, exact_errors = compiled.exact(weights)
    assert np.array_equal(loss, exact_loss)
    assert np.array_equal(errors, exact_errors)


@pytest.mark.parametrize("name", STRUCTURES)
def test_batches_and_layouts_change_no_bit(name):
    """One vector, many, all sequences or some, lanes of either kind: the same."""
    structure = STRUCTURES[name]
    rng = np.random.default_rng(6)
    train, _ = Parity(length=(3, 30), train=21, test=1).draw(rng)
    weights = rng.uniform(-3.0, 3.0, (13, structure.dimension))
    gradients = Gradients(structure, SequenceArrays.of(train), scoring(structure))
    everything = np.arange(21)
    outputs, whole = gradients.all(weights)
    others = gradients.some(weights, everything)
    assert np.array_equal(outputs, others[0])
    assert np.array_equal(whole, others[1])
    compiled = evaluator(structure, train)
    for i in range(13):
        assert np.array_equal(gradients.all(weights[i : i + 1])[1][0], whole[i])
    chosen = np.array([20, 3, 7, 7, 0, 11])
    alone = compiled.gradient(weights[:1], chosen)
    together = compiled.gradient(weights, chosen)
    for one, of_all in zip(alone, together, strict=True):
        assert np.array_equal(one[0], of_all[0])
    part, _ = train_of(structure, train, chosen).all(weights)
    assert np.array_equal(part, gradients.some(weights, chosen)[0])


def train_of(structure, train, chosen):
    return Gradients(
        structure, SequenceArrays.of(train).some(chosen), scoring(structure)
    )


def test_the_gradient_of_a_set_is_the_mean_of_its_sequences():
    """As all of them have one target."""
    structure = STRUCTURES["A1(3)"]
    rng = np.random.default_rng(7)
    train, _ = Parity(length=(3, 30), train=10, test=1).draw(rng)
    weights = rng.uniform(-3.0, 3.0, (4, structure.dimension))
    compiled = evaluator(structure, train)
    single = [compiled.gradient(weights, np.array([s]))[2] for s in range(10)]
    whole = compiled.gradient(weights)[2]
    np.testing.assert_allclose(np.mean(single, axis=0), whole, rtol=1e-12, atol=1e-15)


def test_a_network_that_overflows_behind_a_sequence_has_its_gradient():
    """Beside a longer sequence a short one runs on; nothing of it may count."""
    linear = Structure(
        1,
        1,
        (Unit("identity", (Link("input", 0, weight=0), Link("past", 0, weight=1))),),
    )
    short, long = np.ones((3, 1)), np.zeros((400, 1))
    last = [np.array([False, False, True]), np.arange(400) == 399]
    train = arrange([short, long], [np.zeros((3, 1)), np.zeros((400, 1))], last)
    weights = np.array([[1.0, 10.0]])
    _, _, gradients = evaluator(linear, train).gradient(weights)
    # y = w0 (1 + w1 + w1^2) = 111; the long sequence shows 0 whatever the weights.
    np.testing.assert_allclose(gradients, [[111.0 * 111.0, 111.0 * 21.0]], rtol=1e-12)


def test_threshold_units_let_no_error_through():
    """Their slope is 0; what comes after them still has its gradient."""
    structure = A1(hidden=2, activation="sign").build(1, 1)
    train, _ = Parity(length=(5, 9), train=8, test=1).draw(np.random.default_rng(8))
    weights = np.random.default_rng(9).uniform(-2, 2, (5, structure.dimension))
    _, _, gradients = evaluator(structure, train).gradient(weights)
    into_hidden = [link.weight for unit in structure.units[:2] for link in unit.links]
    assert (gradients[:, into_hidden] == 0.0).all()
    assert (gradients != 0.0).any()


def test_small_networks_run_more_vectors_together():
    networks = [TanhUnit(), A1(), A1(hidden=3), A1(hidden=10), A2()]
    together = [backward_groups(network.build(1, 1)) for network in networks]
    assert together == [4, 4, 2, 1, 1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 5.0), st.integers(1, 9))
def test_a_small_step_against_the_gradient_lowers_the_loss(seed, width, train):
    rng = np.random.default_rng(seed)
    task = make_task(Parity(length=(3, 20), train=train, test=1), A1())
    fitness = task.fitness(seed=seed)
    weights = rng.uniform(-width, width, (1, 7))
    before = fitness.evaluate(weights, gradient=True)
    length = np.linalg.norm(before.gradient)
    if length > 1e-6:
        step = 1e-6 * before.gradient / length
        after = fitness.evaluate(weights - step, gradient=True)
        assert after.loss[0] < before.loss[0]
