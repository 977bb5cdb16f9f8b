"""Noise on targets: losses and gradients see it, criteria do not."""

from dataclasses import replace

import numpy as np
import pytest

from gfsearch.fitness import reference
from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1
from gfsearch.problems import Sequences, TwoSequence
from gfsearch.problems.sequences import digest, joined
from gfsearch.specs.errors import InputError
from gfsearch.suites.checking import check_criterion
from tests.cases import make_task

TASK = make_task(
    TwoSequence(length=(4, 9), targets=(0.8, 0.2), target_sd=0.4, train=20, test=20),
    A1(hidden=2, output_bias=True),
)


def some_weights(count=5):
    return np.random.default_rng(1).uniform(-2.0, 2.0, (count, TASK.dimension))


@pytest.mark.parametrize("loss", ["loss", "gradient"])
def test_losses_see_the_noise(loss):
    train, _ = TASK.sequences()
    weights = some_weights()
    shown = reference.outputs(TASK.structure, weights, train.inputs)
    expected = reference.mean_squared_error(shown, train)
    without = reference.mean_squared_error(shown, replace(train, noise=None))
    asked = weights[:1] if loss == "gradient" else weights
    found = TASK.fitness().evaluate(asked, loss)
    assert found.loss == pytest.approx(expected[: len(found.loss)], rel=1e-5)
    assert (np.abs(expected - without) > 0.02).all()
    if loss == "gradient":
        gradient = reference.gradient(TASK.structure, weights[0], train)
        assert found.gradient[0] == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def test_the_criterion_does_not():
    quiet = make_task(replace(TASK.problem, target_sd=None), TASK.network)
    weights = np.random.default_rng(2).uniform(-9.0, 9.0, (400, TASK.dimension))
    for criterion in (
        Criterion(tolerance=0.35, wrong=2),
        Criterion(tolerance=0.5, wrong=2, mean_error=0.3),
    ):
        noisy, plain = (
            make_task(task.problem, task.network, criterion=criterion).fitness()
            for task in (TASK, quiet)
        )
        assert noisy.train.noise is not None
        told = noisy.evaluate(weights, "loss").solved
        assert (told == noisy.solves(weights)).all()
        shown = reference.outputs(TASK.structure, weights, noisy.train.inputs)
        right = reference.correct_sequences(shown, noisy.train, criterion.tolerance)
        expected = (~right).sum(axis=1) <= 2
        if criterion.mean_error is not None:
            error = np.abs(shown - noisy.train.targets)[:, noisy.train.mask]
            expected &= error.mean(axis=(1, 2)) < 0.3
        assert (told == expected).all()
        assert expected.any()
        assert not expected.all()
        assert plain.train.noise is None


def test_noise_is_part_of_the_data():
    train, _ = TASK.sequences()
    quiet = replace(train, noise=None)
    assert digest(train) != digest(quiet)
    assert digest(replace(train, noise=np.zeros_like(train.targets))) != digest(train)
    both = joined([train, train])
    assert (both.noise[len(train) :] == train.noise).all()
    half = joined([train, quiet])
    assert (half.noise[: len(train)] == train.noise).all()
    assert (half.noise[len(train) :] == 0.0).all()
    assert joined([quiet, quiet]).noise is None
    chosen = train.some(np.array([19, 1]))
    assert (chosen.noise[1] == train.noise[1, : chosen.noise.shape[1]]).all()


def test_noise_has_the_shape_of_the_targets():
    train, _ = TASK.sequences()
    with pytest.raises(ValueError, match=r"noise: expected shape \(20, 9, 1\)"):
        Sequences(
            train.inputs, train.lengths, train.targets, train.mask, train.noise[:3]
        )
    wrong = train.noise.copy()
    wrong[0, train.mask[0], 0] = np.nan
    with pytest.raises(ValueError, match="noise: expected finite numbers, got nan"):
        replace(train, noise=wrong)


def test_a_graded_loss_needs_noisy_targets_within_the_outputs_range():
    task = make_task(TASK.problem, TASK.network, loss="graded")
    with pytest.raises(InputError, match="within the range of the outputs"):
        check_criterion(task)
