from dataclasses import replace

import numpy as np
import pytest

from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.reference import outputs
from gfsearch.fitness.revision import with_revision
from gfsearch.fitness.sequences import SequenceFitness
from gfsearch.networks import A1, A2, TanhUnit
from gfsearch.networks.structure import Link, Source, Structure, Unit
from gfsearch.problems import Latch, Parity, Tomita, TwoSequence
from gfsearch.suites.weights import Weights
from tests.cases import make_task

TASK = make_task(Parity(length=(5, 20), train=30, test=24), A1())


def weights_for(fitness, count=50, seed=0):
    return fitness.sample(count, np.random.default_rng(seed))


def test_shapes_and_bounds():
    fitness = TASK.fitness()
    assert fitness.dimension == 7
    assert (fitness.low == -100).all()
    assert (fitness.high == 100).all()
    weights = weights_for(fitness, 1000)
    assert weights.shape == (1000, 7)
    assert weights.min() < -99
    assert weights.max() > 99
    evaluation = fitness.evaluate(weights)
    for values in (evaluation.loss, evaluation.errors, evaluation.solved):
        assert values.shape == (1000,)
    assert (evaluation.presentations == 30).all()
    assert (evaluation.solved == (evaluation.errors == 0)).all()
    assert evaluation.loss.dtype == np.float64
    assert len(fitness.train) == 30
    assert len(fitness.test_set) == 24


def test_early_rejection_invents_no_loss():
    fitness = TASK.fitness()
    evaluation = fitness.evaluate(weights_for(fitness), need="solved")
    assert evaluation.loss is None
    assert evaluation.errors is None
    assert evaluation.presentations.min() >= 1
    assert evaluation.presentations.max() <= 30


def test_part_of_the_set_cannot_solve():
    fitness = TASK.fitness()
    weights = weights_for(fitness, 3)
    evaluation = fitness.evaluate(weights, sequences=np.array([0, 5]))
    assert evaluation.solved is None
    assert (evaluation.presentations == 2).all()
    with pytest.raises(ValueError, match="whole training set"):
        fitness.evaluate(weights, need="solved", sequences=np.array([0]))


@pytest.mark.parametrize(
    "sequences",
    [[-1], [30], [], [[0]], [0.5], np.array([0, -3, 5])],
    ids=["negative", "too large", "none", "nested", "fraction", "one negative"],
)
def test_indices_that_are_no_sequences_are_refused(sequences):
    fitness = TASK.fitness()
    with pytest.raises(ValueError, match="sequences: expected"):
        fitness.evaluate(weights_for(fitness, 1), sequences=np.array(sequences))


def test_an_unknown_need_is_refused():
    fitness = TASK.fitness()
    with pytest.raises(ValueError, match="need: expected 'loss', 'solved' or"):
        fitness.evaluate(weights_for(fitness, 1), need="lost")


def test_overflow_is_an_infinite_loss():
    unbounded = A1(activation="identity", output_activation="identity")
    fitness = make_task(Parity(length=(60, 80)), unbounded).fitness()
    evaluation = fitness.evaluate(weights_for(fitness, 200))
    assert not np.isnan(evaluation.loss).any()
    assert np.isinf(evaluation.loss).any()
    assert not evaluation.solved[np.isinf(evaluation.loss)].any()


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"expected shape \(P, 7\), got \(3, 8\)"):
        TASK.fitness().evaluate(np.zeros((3, 8)))


def test_any_array_layout_gives_the_same():
    fitness = TASK.fitness()
    weights = weights_for(fitness)
    loss = fitness.evaluate(weights).loss
    frozen = weights.copy()
    frozen.flags.writeable = False
    for other in (np.asfortranarray(weights), frozen, np.repeat(weights, 2, 0)[::2]):
        assert (fitness.evaluate(other).loss == loss).all()


def test_instances_and_seeds_differ_and_networks_share_them():
    first = TASK.fitness(0, 0).train.inputs
    assert not np.array_equal(first, TASK.fitness(1, 0).train.inputs)
    assert not np.array_equal(first, TASK.fitness(0, 1).train.inputs)
    other = make_task(TASK.problem, A2(), "other", weights=Weights(low=-1.0, high=1.0))
    assert np.array_equal(first, other.fitness(0, 0).train.inputs)
    assert np.array_equal(first, TASK.fitness(0, 0).train.inputs)


# Solutions that can be written down.


def test_a_hand_made_latch_solves_latch_two():
    task = make_task(Latch(variant=2, length=(50, 60)), TanhUnit())
    fitness = task.fitness()
    latch = np.array([[30.0, 60.0, 0.0]])  # input, itself, bias
    assert fitness.solves(latch)[0]
    assert fitness.test(latch[0]) == 0
    assert fitness.evaluate(latch).loss[0] < 1e-6
    forgetful = np.array([[30.0, 0.5, 0.0]])
    assert not fitness.solves(forgetful)[0]
    assert fitness.test(forgetful[0]) > 50


def test_a_hand_made_latch_solves_two_sequence():
    task = make_task(TwoSequence(length=(50, 60), sd=0.1), A1())
    # Hidden: input, itself, output, bias; it latches a -1.0. Output: input, hidden,
    # itself; it latches on unless the hidden unit holds it down.
    latch = np.array([[-60.0, 100.0, 0.0, -50.0, 0.0, -100.0, 100.0]])
    fitness = task.fitness()
    evaluation = fitness.evaluate(latch)
    assert evaluation.errors[0] == 0
    assert fitness.solves(latch)[0]
    assert fitness.test(latch[0]) == 0


def test_a_constant_answer_is_right_for_half():
    task = make_task(Parity(length=(5, 20), train=40, test=50), A1(output_bias=True))
    fitness = task.fitness()
    always_one = np.zeros(8)
    always_one[-1] = 100.0
    assert fitness.evaluate(always_one[None]).errors[0] == 20
    assert fitness.test(always_one) == 25
    rejecting = fitness.evaluate(always_one[None], need="solved")
    assert rejecting.presentations[0] == 2  # classes are dealt in turn


def test_graded_loss_ranks_by_errors_first():
    fitness = make_task(Tomita(grammar=1), A1(hidden=3), loss="graded").fitness()
    evaluation = fitness.evaluate(weights_for(fitness, 300))
    share = evaluation.errors / len(fitness.train)
    assert (evaluation.loss - share >= 0).all()
    assert (evaluation.loss - share < 0.001 * 16.2).all()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"criterion": Criterion(sign=True)}, "target 0 has no sign"),
        (
            {"loss": "graded", "network": A1(output_activation="identity")},
            "graded",
        ),
    ],
)
def test_combinations_without_meaning_are_refused(fields, complaint):
    network = fields.pop("network", A1())
    with pytest.raises(ValueError, match=complaint):
        make_task(Parity(), network, **fields)


@pytest.mark.parametrize(
    ("problem", "network", "middle"),
    [
        (Parity(length=(5, 12), train=10, test=60), A1(hidden=2), 0.5),
        (Latch(variant=2, length=8, train=11, test=60), TanhUnit(), 0.0),
        (
            Tomita(grammar=4),
            A1(hidden=2, activation="sign", output_activation="sign"),
            0.0,
        ),
    ],
)
def test_sides_are_counted_by_the_middle_of_the_targets(problem, network, middle):
    """By the reference: outputs above the middle where the target is below, or so."""
    task = make_task(problem, network)
    fitness = task.fitness()
    test = fitness.test_set
    for weights in fitness.sample(20, np.random.default_rng(0)) / 20.0:
        shown = outputs(task.structure, weights, test.inputs)
        wrong = [
            ((y[mask] > middle) != (target[mask] > middle)).any()
            for y, target, mask in zip(shown, test.targets, test.mask, strict=True)
        ]
        assert fitness.test_sides(weights) == sum(wrong)
        assert fitness.test_sides(weights) <= fitness.test(weights)


def test_without_two_targets_there_are_no_sides():
    task = make_task(Parity(length=(5, 9), train=10, test=10), A1())
    whole = task.fitness()
    targets = whole.test_set.targets.copy()
    targets[0][whole.test_set.mask[0]] = 0.3
    graded = replace(whole.test_set, targets=targets)
    other = SequenceFitness(
        task.structure, whole.train, graded, task.space, task.criterion
    )
    assert other.test_sides(np.zeros(7)) is None


def test_networks_that_the_first_evaluation_misread_have_other_identities():
    """Factors of this step alone were ignored, but not with a relay beside them."""
    plain = (Link("input", 0, weight=0), Link("bias", weight=1))
    gated = Link("input", 0, weight=2, factor=Source("now", 0))
    relayed = Link("past-input", 0, weight=3, delay=2)
    identities = []
    for more in ((), (gated,), (gated, relayed)):
        links = (Link("now", 0, fixed=1.0), *more)
        units = (Unit("logistic", plain), Unit("logistic", links))

        identity = with_revision({}, Structure(1, 1, units))
        identities.append(identity.get("evaluation"))
    assert identities == [None, 2, None]
