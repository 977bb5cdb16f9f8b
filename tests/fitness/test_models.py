"""Networks with a forward pass of their own: the same network as a structure says."""

from dataclasses import replace

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.sequences import SequenceFitness
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.specs.errors import InputError
from gfsearch.study.records import content_of
from gfsearch.suites.suite import reasons
from gfsearch.suites.weights import Weights
from tests.extensions.models import Forward, Own

TASK = replace(
    gfsearch.load_suite("quick").tasks["tomita1/A1"],
    network=Own(),
    weights=Weights(low=-10.0, high=10.0),
)


def hidden(first):
    seen = ("past", 0), ("past", 1), ("bias", 0)
    links = [Link("input", weight=first)]
    links += [Link(o, i, weight=first + 1 + k) for k, (o, i) in enumerate(seen)]
    return Unit("tanh", tuple(links))


# Weight 8 is nobody's in the model; here it gets a link that sees nothing.
SAME = Structure(
    1,
    1,
    (
        hidden(0),
        hidden(4),
        Unit("identity", (Link("bias", weight=8),)),
        Unit(
            "logistic",
            (
                Link("now", 0, weight=9),
                Link("now", 1, weight=10),
                Link("bias", weight=11),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion(tolerance=0.3),
        Criterion(tolerance=0.3, wrong=3),
        Criterion(loss_below=0.15),
    ],
    ids=str,
)
def test_losses_and_verdicts_are_those_of_the_same_structure(criterion):
    task = replace(TASK, criterion=criterion)
    own = task.fitness()
    same = SequenceFitness(SAME, own.train, own.test_set, own.space, criterion)
    weights = own.space.sample(3000, np.random.default_rng(0))
    a, b = own.evaluate(weights), same.evaluate(weights)
    assert a.loss == pytest.approx(b.loss, abs=2e-5)
    assert (a.errors == b.errors).mean() > 0.999
    assert a.solved.any()
    early, expected = (f.evaluate(weights, need="solved") for f in (own, same))
    assert (early.solved == a.solved).all()
    assert (early.presentations == expected.presentations).mean() > 0.999
    chosen = np.array([3, 0, 9])
    parts = [f.evaluate(weights[:50], sequences=chosen).loss for f in (own, same)]
    assert parts[0] == pytest.approx(parts[1], abs=2e-5)
    for row in weights[a.solved][:5]:
        assert own.test(row) == same.test(row)


@pytest.mark.parametrize("loss", ["mse", "graded"])
def test_a_gradient_that_a_model_offers_is_that_of_the_structure(loss, monkeypatch):
    task = replace(TASK, network=Own(sloped=True), loss=loss)
    own = task.fitness()
    same = SequenceFitness(
        SAME, own.train, own.test_set, own.space, task.criterion, loss
    )
    weights = np.random.default_rng(2).uniform(-1.5, 1.5, (40, 12))
    a, b = (f.evaluate(weights, need="gradient") for f in (own, same))
    assert a.loss == pytest.approx(b.loss, rel=1e-12)
    assert a.gradient == pytest.approx(b.gradient, rel=1e-9, abs=1e-15)
    chosen = np.array([9, 2])
    parts = [f.evaluate(weights, "gradient", chosen).gradient for f in (own, same)]
    assert parts[0] == pytest.approx(parts[1], rel=1e-9, abs=1e-15)
    monkeypatch.setattr("gfsearch.fitness.models._MOST_BYTES", 1)
    assert (own.evaluate(weights, need="gradient").gradient == a.gradient).all()


def test_gradient_searchers_work_where_a_gradient_is_offered():
    task = replace(TASK, network=Own(sloped=True))
    record = gfsearch.run(task, "adam", budget=40)
    assert record.gradients == record.presentations == 40 * 16
    trace = dict(record.trace)
    assert record.loss < 0.8 * trace[1]
    with pytest.raises(InputError, match="it is a model of its own, not a network"):
        gfsearch.run(task, "adam", batch=4, budget=600)
    with pytest.raises(InputError, match="it is a model of its own, not a network"):
        gfsearch.run(TASK, "adam", budget=600)


def test_large_results_come_in_parts(monkeypatch):
    seen = []
    monkeypatch.setattr("gfsearch.fitness.models._MOST_BYTES", 8 * 16 * 20 * 7)
    original = Forward.outputs

    def outputs(self, weights, sequences):
        seen.append(len(weights))
        return original(self, weights, sequences)

    fitness = TASK.fitness()
    weights = fitness.space.sample(50, np.random.default_rng(0))
    whole = fitness.evaluate(weights).loss
    monkeypatch.setattr(Forward, "outputs", outputs)
    assert (fitness.evaluate(weights).loss == whole).all()
    assert max(seen) < 50
    assert sum(seen) >= 50


def test_a_study_of_a_model(tmp_path):
    """Identical on one and two processes; searchers that need more are left out."""
    folders = [tmp_path / "one", tmp_path / "two"]
    found = []
    for jobs, folder in enumerate(folders, start=1):
        study = gfsearch.compare(
            [TASK],
            searchers=["guessing", "annealing", "adam", "gnarl", "pseudo-newton"],
            runs=3,
            budget=2_000,
            out=folder,
            jobs=jobs,
        )
        records = study.records().by_key
        found.append({key: content_of(record) for key, record in records.items()})
    assert found[0] == found[1]
    assert {r.searcher for r in records.values()} == {"guessing", "annealing"}
    assert "pseudo-newton to tomita1/A1: it is a model of its own" in "".join(
        reasons(study.suite.cells())
    )
    report = gfsearch.open_study(folders[0], allow_imports=True)
    assert report.summary().solved.sum() >= 3
    record = next(r for r in records.values() if r.status == "solved")
    train, _ = TASK.sequences(record.run)
    shown = TASK.replay(record.weights, train.inputs)
    errors = np.abs(shown - train.targets)[train.mask]
    assert (errors < TASK.criterion.tolerance).all()
    with pytest.raises(ValueError, match="units: network 'own-forward' has none"):
        TASK.replay(record.weights, train.inputs, units=True)


def test_groups_of_a_model_have_ranges():
    ranges = {"out": {"low": -1.0, "high": 2.0}}
    task = replace(TASK, weights=Weights(low=-10.0, high=10.0, groups=ranges))
    assert task.space.high.tolist() == [10.0] * 9 + [2.0] * 3


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("raises", "outputs: RuntimeError: no such state"),
        ("shape", "outputs: expected real numbers of shape"),
        ("text", "outputs: expected real numbers of shape"),
    ],
)
def test_a_fault_of_a_model_fails_its_runs_with_a_reason(tmp_path, fault, complaint):
    task = replace(TASK, network=Own(fault=fault))
    study = gfsearch.compare(
        [replace(task, name="bad"), TASK],
        searchers=["guessing"],
        runs=2,
        budget=50,
        out=tmp_path,
    )
    reasons = {}
    for record in study.records().by_key.values():
        reasons.setdefault(record.task, set()).add(record.stop_reason or "")
    (reason,) = reasons["bad"]
    assert "network 'own-forward': " in reason
    assert complaint in reason
    assert "failed" not in {
        r.status for r in study.records().by_key.values() if r.task == TASK.name
    }


class Nothing(gfsearch.Model):
    """It declares weights, and computes nothing."""

    dimension = 3


def test_what_a_model_declares_is_checked(monkeypatch):
    with pytest.raises(ValueError, match="expected low < high, got 1"):
        replace(TASK, network=Own(low=1.0))
    with pytest.raises(ValueError, match="within the range of the outputs"):
        replace(TASK, network=Own(high=0.5), loss="graded")
    monkeypatch.setattr(Own, "build", lambda *_: Nothing())
    with pytest.raises(ValueError, match=r"gfsearch\.Model with a method outputs"):
        replace(TASK, network=Own())
