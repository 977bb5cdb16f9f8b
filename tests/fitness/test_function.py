"""Functions of others as fitness: what they return is checked before it counts."""

import numpy as np
import pytest

from gfsearch.fitness.function import FunctionFitness
from gfsearch.fitness.space import Space
from gfsearch.specs.errors import ExtensionError
from tests.extensions.functions import noisy, sphere

BOX = Space(np.full(3, -1.0), np.full(3, 1.0))
POINTS = np.array([[0.0, 0.0, 0.1], [1.0, 1.0, 1.0]])


def fitness(function, below=None, seed=0):
    stream = np.random.SeedSequence(seed)
    return FunctionFitness(function, BOX, below, stream, "objective 'f'")


@pytest.mark.parametrize("need", ["loss", "solved"])
def test_a_small_loss_is_a_solution(need):
    told = fitness(sphere, 0.02).evaluate(POINTS, need)
    assert told.loss == pytest.approx([0.01, 3.0])
    assert told.solved.tolist() == [True, False]
    assert told.errors.tolist() == [0, 1]
    assert told.presentations.tolist() == [1, 1]
    nothing = fitness(sphere).evaluate(POINTS)
    assert not nothing.solved.any()


def test_the_function_may_judge_itself():
    def judged(weights):
        return sphere(weights).tolist(), [False, True], [7, 0]

    told = fitness(judged, 0.02).evaluate(POINTS)
    assert told.solved.tolist() == [False, True]
    assert told.errors.tolist() == [7, 0]


def test_no_vectors_are_no_call():
    def never(weights):
        raise AssertionError

    told = fitness(never).evaluate(np.zeros((0, 3)))
    assert len(told.loss) == len(told.solved) == len(told.presentations) == 0


def test_what_it_does_to_its_weights_stays_its_own():
    def spoils(weights):
        loss = sphere(weights)
        weights[:] = 9.0
        return loss

    points = POINTS.copy()
    told = fitness(spoils).evaluate(points)
    assert np.array_equal(points, POINTS)
    kept = told.loss.copy()
    fitness(spoils).evaluate(points)
    assert np.array_equal(told.loss, kept)


@pytest.mark.parametrize(
    ("returned", "complaint"),
    [
        (lambda w: 1.0, r"losses: expected 2 numbers, .* got float64 of shape \(\)"),
        (lambda w: np.zeros(3), r"shape \(2,\), got float64 of shape \(3,\)"),
        (lambda w: np.zeros((2, 1)), r"of shape \(2, 1\)"),
        (lambda w: ["a", "b"], "losses: expected 2 numbers"),
        (lambda w: None, "losses: expected 2 numbers"),
        (lambda w: np.array([1j, 1j]), "losses: expected 2 numbers"),
        (lambda w: np.array([0.0, np.nan]), "losses: expected numbers, got nan"),
        (lambda w: (np.zeros(2), np.zeros(2)), "solved: expected 2 booleans"),
        (lambda w: (np.zeros(2), None, np.zeros(2)), "errors: expected 2 whole numb"),
        (lambda w: (np.zeros(2),) * 4, "got a tuple of 4"),
        (lambda w: (), "got a tuple of 0"),
    ],
)
def test_a_wrong_answer_is_told(returned, complaint):
    with pytest.raises(ExtensionError, match=f"objective 'f': .*{complaint}"):
        fitness(returned).evaluate(POINTS)


def test_an_infinite_loss_is_a_loss():
    told = fitness(lambda w: np.array([np.inf, 1.0])).evaluate(POINTS)
    assert told.loss.tolist() == [np.inf, 1.0]


def test_gradients_and_sequences_are_refused():
    with pytest.raises(ExtensionError, match="neither gradients nor sequences"):
        fitness(sphere).evaluate(POINTS, "gradient")
    with pytest.raises(ExtensionError, match="neither gradients nor sequences"):
        fitness(sphere).evaluate(POINTS, "loss", np.array([0]))


def test_noise_is_that_of_the_run_and_of_what_it_has_spent():
    def losses(seed, spent):
        made = fitness(noisy, seed=seed)
        made.begin(3)
        made.evaluate(POINTS)
        made.begin(spent)
        return made.evaluate(POINTS).loss.tolist()

    assert losses(0, 5) == losses(0, 5)
    assert losses(0, 5) != losses(0, 6)
    assert losses(0, 5) != losses(1, 5)
    assert fitness(noisy).noisy
    assert not fitness(sphere).noisy


def test_the_digest_is_that_of_the_function():
    one, other = fitness(sphere), fitness(lambda w: sphere(w) + 1e-12)
    assert one.digest == fitness(sphere, 0.1, seed=5).digest
    assert one.digest != other.digest
    assert fitness(noisy).digest == fitness(noisy).digest


def test_noise_without_rng_is_found_out():
    calls = iter(range(100))
    with pytest.raises(ExtensionError, match=r"expected the same loss .* argument rng"):
        _ = fitness(lambda w: sphere(w) + next(calls)).digest
