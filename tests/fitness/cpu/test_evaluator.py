"""Compiled evaluation against the NumPy reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.fitness import reference
from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.cpu.score import _in_order
from gfsearch.fitness.criteria import LARGEST, POSSIBLE, Criterion, Scoring
from gfsearch.networks import A1, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Parity
from gfsearch.problems.sequences import arrange
from tests.cases import PROBLEMS, TWO_OUTPUTS, make_task, pairs

PAIRS = list(pairs())
each_pair = pytest.mark.parametrize(
    ("problem", "network"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS]
)


def scoring(structure, tolerance=0.1, graded=False):
    criterion = Criterion(tolerance=tolerance, sign=tolerance is None)
    return Scoring.of(structure, criterion, "graded" if graded else "mse")


def evaluator(structure, sequences, allowed=0, **kwargs):
    return Evaluator(
        structure, SequenceArrays.of(sequences), scoring(structure, **kwargs), allowed
    )


@each_pair
def test_moderate_weights_agree_with_the_reference(problem, network):
    """Where rounding is not amplified, every loss agrees to float32 accuracy."""
    structure = network.build(problem.inputs, problem.outputs)
    train, _ = problem.draw(np.random.default_rng(3))
    rng = np.random.default_rng(4)
    weights = rng.uniform(-1.0, 1.0, (40, structure.dimension))
    if any(unit.activation == "sign" for unit in structure.units):
        # Hard thresholds are right or wrong, not near: compare where all agree.
        tolerance = 0.5
    else:
        tolerance = 2e-6
    compiled = evaluator(structure, train)
    loss, errors = compiled.full(weights)[:2]
    for row, w in enumerate(weights):
        shown = reference.outputs(structure, w, train.inputs)
        exact = reference.mean_squared_error(shown, train)
        assert loss[row] == pytest.approx(exact, abs=tolerance)
        exact_errors = (~reference.correct_sequences(shown, train, 0.1)).sum()
        confirmed_loss, confirmed_errors = compiled.exact(w[None])
        assert confirmed_errors[0] == exact_errors
        assert confirmed_loss[0] == pytest.approx(exact, rel=1e-9, abs=1e-12)
        margin = np.abs(np.abs(shown - train.targets)[train.mask] - 0.1)
        if tolerance < 0.1 and margin.min() > 1e-5:
            assert errors[row] == exact_errors


@each_pair
@settings(max_examples=4)
@given(st.integers(0, 2**32))
def test_large_weights_agree_with_the_reference(problem, network, seed):
    """Weights in [-100, 100] can amplify rounding without limit; rarely they do."""
    structure = network.build(problem.inputs, problem.outputs)
    rng = np.random.default_rng(seed)
    train, _ = problem.draw(rng)
    weights = rng.uniform(-100, 100, (60, structure.dimension))
    compiled = evaluator(structure, train)
    loss, errors = compiled.full(weights)[:2]
    exact_loss, exact_errors = [], []
    for w in weights:
        shown = reference.outputs(structure, w, train.inputs)
        exact_loss.append(reference.mean_squared_error(shown, train))
        exact_errors.append((~reference.correct_sequences(shown, train, 0.1)).sum())
    confirmed_loss, confirmed_errors = compiled.exact(weights)
    off32 = np.abs(loss - exact_loss) > 1e-5
    off64 = np.abs(confirmed_loss - exact_loss) > 1e-9
    assert off32.mean() <= 0.05
    assert off64.mean() <= 0.02
    assert (errors != exact_errors).mean() <= 0.05
    assert (confirmed_errors != exact_errors).mean() <= 0.02


@settings(max_examples=60)
@given(st.sampled_from(PAIRS), st.integers(0, 2**32), st.integers(1, 300))
def test_rows_do_not_depend_on_their_batch(pair, seed, size):
    """Alone, in a batch, permuted, in either layout: the same bits."""
    _, problem, network = pair
    structure = network.build(problem.inputs, problem.outputs)
    rng = np.random.default_rng(seed)
    train, _ = problem.draw(rng)
    compiled = evaluator(structure, train)
    weights = rng.uniform(-100, 100, (size, structure.dimension))
    loss, errors = compiled.full(weights)[:2]
    order = rng.permutation(size)
    permuted, _, _ = compiled.full(weights[order])
    assert (permuted == loss[order]).all()
    exact, _ = compiled.exact(weights)
    assert (compiled.exact(weights[order])[0] == exact[order]).all()
    for row in rng.choice(size, min(size, 3), replace=False):
        alone = compiled.full(weights[row : row + 1])
        assert alone[0][0] == loss[row]
        assert alone[1][0] == errors[row]
        assert compiled.exact(weights[row : row + 1])[0][0] == exact[row]


@settings(max_examples=60)
@given(
    st.sampled_from(PAIRS),
    st.integers(0, 2**32),
    st.integers(1, 400),
    st.sampled_from([0, 0, 1, 2, 7, 1000]),
)
def test_early_rejection_equals_full_evaluation(pair, seed, size, allowed):
    """The same verdicts, and presentations up to the first wrong one too many."""
    _, problem, network = pair
    structure = network.build(problem.inputs, problem.outputs)
    rng = np.random.default_rng(seed)
    train, _ = problem.draw(rng)
    # A wide tolerance lets many pass many sequences.
    compiled = evaluator(structure, train, allowed, tolerance=0.6)
    weights = rng.uniform(-100, 100, (size, structure.dimension))
    solved, presentations = compiled.early_rejecting(weights)
    _, errors, found = compiled.full(weights)
    assert (solved == (errors <= allowed)).all()
    assert solved.tolist() == ([False] * size if found is None else found.tolist())
    for row in range(min(size, 20)):
        singly = [
            compiled.partial(weights[row : row + 1], np.array([s]))[1][0]
            for s in range(len(train))
        ]
        wrong = np.flatnonzero(singly)
        if len(wrong) > allowed:
            assert presentations[row] == wrong[allowed] + 1
        elif solved[row]:
            assert presentations[row] == len(train)


def test_no_solution_without_float64():
    """What float32 passes and float64 does not is counted as float64 says."""
    structure = Structure(1, 1, (Unit("identity", (Link("bias", weight=0),)),))
    train, _ = Parity(length=3, train=4).draw(np.random.default_rng(0))
    # The targets are 1 and 0. In float32 this output is one half, within the
    # tolerance of both; in float64 it is too far from 1.
    compiled = evaluator(structure, train, tolerance=0.5 + 1e-9)
    weights = np.array([[0.5 - 2e-9]])
    loss, errors = compiled.full(weights)[:2]
    assert errors[0] == 2
    assert loss[0] == pytest.approx(0.25, abs=1e-8)
    solved, presentations = compiled.early_rejecting(weights)
    assert not solved[0]
    assert presentations[0] == 1


def several_targets(seed, n=45):
    """Sequences of two lines with targets for two outputs at random steps."""
    rng = np.random.default_rng(seed)
    inputs, targets, masks = [], [], []
    for _ in range(n):
        length = rng.integers(1, 12)
        inputs.append(rng.normal(size=(length, 2)))
        targets.append(rng.uniform(0, 1, size=(length, 2)))
        mask = rng.random(length) < 0.4
        mask[rng.integers(length)] = True
        masks.append(mask)
    return arrange(inputs, targets, masks)


@pytest.mark.parametrize("graded", [False, True])
def test_several_outputs_and_targets_at_several_steps(graded):
    sequences = several_targets(7)
    structure = TWO_OUTPUTS
    kinds = [structure.units[u].activation for u in structure.output_units]
    assert len(set(kinds)) == 2
    compiled = evaluator(structure, sequences, tolerance=0.8, graded=graded)
    weights = np.random.default_rng(8).uniform(-2, 2, (70, structure.dimension))
    loss, errors = compiled.full(weights)[:2]
    for row, w in enumerate(weights):
        shown = reference.outputs(structure, w, sequences.inputs)
        if graded:
            exact = reference.graded_loss(shown, sequences, 0.8, *kinds)
        else:
            exact = reference.mean_squared_error(shown, sequences)
        assert loss[row] == pytest.approx(exact, abs=1e-5)
        wrong = (~reference.correct_sequences(shown, sequences, 0.8)).sum()
        assert errors[row] == wrong
        confirmed_loss, confirmed_errors = compiled.exact(w[None])
        assert confirmed_loss[0] == pytest.approx(exact, abs=1e-12)
        assert confirmed_errors[0] == wrong


def test_parts_of_the_set_in_any_order():
    sequences = several_targets(9)
    compiled = evaluator(TWO_OUTPUTS, sequences)
    weights = np.random.default_rng(8).uniform(-2, 2, (5, TWO_OUTPUTS.dimension))
    chosen = np.array([7, 2, 2, 40])
    loss, errors = compiled.partial(weights, chosen)
    for row, w in enumerate(weights):
        shown = reference.outputs(TWO_OUTPUTS, w, sequences.inputs)
        squares = (shown - sequences.targets) ** 2
        picked = np.concatenate([squares[s][sequences.mask[s]] for s in chosen])
        assert loss[row] == pytest.approx(picked.mean(), abs=1e-5)
        wrong = ~reference.correct_sequences(shown, sequences, 0.1)
        assert errors[row] == wrong[chosen].sum()


@given(st.integers(1, 150))
def test_any_number_of_sequences(n):
    """Blocks of 128 and of 64 lanes that are full, nearly full, and just begun."""
    sequences = several_targets(n, n)
    compiled = evaluator(TWO_OUTPUTS, sequences)
    weights = np.random.default_rng(n).uniform(-2, 2, (2, TWO_OUTPUTS.dimension))
    loss, _, _ = compiled.full(weights)
    shown = reference.outputs(TWO_OUTPUTS, weights[1], sequences.inputs)
    exact = reference.mean_squared_error(shown, sequences)
    assert loss[1] == pytest.approx(exact, abs=1e-5)


def one_hot(seed, classes=3, n=60):
    """Sequences of a class each, and some of two classes that are equally good."""
    rng = np.random.default_rng(seed)
    inputs = [rng.uniform(-1, 1, size=(rng.integers(2, 9), 2)) for _ in range(n)]
    targets = []
    for x in inputs:
        wanted = np.zeros((len(x), classes))
        wanted[:, rng.choice(classes, rng.integers(1, 3), replace=False)] = 1.0
        targets.append(wanted)
    masks = [np.arange(len(x)) >= len(x) - 2 for x in inputs]
    return arrange(inputs, targets, masks)


@pytest.mark.parametrize("rank", ["largest", "possible"])
@pytest.mark.parametrize("allowed", [0, 25])
def test_outputs_are_compared_with_each_other(rank, allowed):
    """Against the reference: whole sets, early rejection, and parts of sets."""
    sequences = one_hot(11)
    structure = A1(hidden=2, output_activation="tanh").build(2, 3)
    scoring = Scoring.of(structure, Criterion(**{rank: True}), "mse")
    arrays = SequenceArrays.of(sequences)
    compiled = Evaluator(structure, arrays, scoring, allowed)
    weights = np.random.default_rng(12).uniform(-1, 1, (80, structure.dimension))
    errors = compiled.exact(weights)[1]
    shown = reference.outputs(structure, weights, sequences.inputs)
    wrong = ~reference.correct_sequences(shown, sequences, None, rank)
    assert errors.tolist() == wrong.sum(axis=-1).tolist()
    assert 0 < (errors <= 40).sum() < 80
    solved, presentations = compiled.early_rejecting(weights)
    assert solved.tolist() == (errors <= allowed).tolist()
    too_many = np.cumsum(wrong, axis=1) > allowed
    first = np.where(too_many.any(axis=1), too_many.argmax(axis=1) + 1, 60)
    assert presentations.tolist() == first.tolist()
    chosen = np.array([5, 50, 5])
    part = compiled.partial(weights, chosen)[1]
    assert part.tolist() == wrong[:, chosen].sum(axis=1).tolist()


def test_equal_outputs_and_nan_are_in_no_order():
    shown = np.array([[0.5, 0.5], [np.nan, 0.1], [0.1, np.nan], [0.2, 0.1]])
    targets = np.array([[1.0, 0.0]] * 4)
    for rule in (LARGEST, POSSIBLE):
        found = [
            _in_order(shown[None], 0, m, targets, m, rule) for m in range(len(shown))
        ]
        assert found == [False, False, False, True]
        assert reference.in_order(shown, targets, rule == POSSIBLE).tolist() == found


def test_sign_criterion():
    task = make_task(
        PROBLEMS["latch/I"],
        TanhUnit(bias=False, fixed_inputs=1),
        criterion=Criterion(sign=True),
    )
    fitness = task.fitness()
    weights = fitness.sample(300, np.random.default_rng(0))
    errors = fitness.evaluate(weights).errors
    for row in range(0, 300, 10):
        shown = reference.outputs(task.structure, weights[row], fitness.train.inputs)
        right = reference.correct_sequences(shown, fitness.train, None)
        assert errors[row] == (~right).sum()
    assert (errors == 0).any()
