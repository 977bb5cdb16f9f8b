"""Episodes: a network acts on an environment; against loops over single states."""

import re
from dataclasses import replace

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness import reference
from gfsearch.fitness.criteria import Criterion
from gfsearch.report.solution import found
from gfsearch.report.writing import write_report
from gfsearch.specs.errors import InputError
from gfsearch.study.records import content_of
from gfsearch.suites.suite import reasons
from tests.extensions.carts import SUITE, Cart


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    path = tmp_path_factory.mktemp("pole") / "pole.toml"
    path.write_text(SUITE)
    return path


@pytest.fixture(scope="module")
def task(suite):
    return gfsearch.load_suite(suite, allow_imports=True).tasks["pole"]


@pytest.fixture(scope="module")
def made(suite, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "study"
    gfsearch.compare(suite, out=out, jobs=2, allow_imports=True)
    return out


def lasted(task, weights, start, steps):
    """Steps until the pole falls; the network is shown all its past at each."""
    state, seen, cart = start[None], [], Cart()
    for step in range(1, steps + 1):
        seen.append(cart.observe(state)[0])
        shown = reference.outputs(task.structure, weights, np.array([seen]))
        state, _, over = cart.step(state, shown[0, -1:])
        if over[0]:
            return step
    return steps


def test_episodes_are_those_of_a_loop(task):
    short = replace(task, problem=replace(task.problem, steps=60))
    short = replace(short, criterion=replace(task.criterion, survive=10, wrong=1))
    fitness = short.fitness(1)
    weights = fitness.space.sample(40, np.random.default_rng(3))
    whole = fitness.evaluate(weights)
    expected = np.array(
        [
            [lasted(short, w, start, 60) for start in fitness.train.starts]
            for w in weights
        ]
    )
    assert whole.steps.tolist() == expected.sum(axis=1).tolist()
    assert whole.loss == pytest.approx(1.0 - expected.mean(axis=1) / 60)
    assert whole.errors.tolist() == (expected < 10).sum(axis=1).tolist()
    assert whole.solved.tolist() == ((expected < 10).sum(axis=1) <= 1).tolist()
    assert 0 < whole.solved.sum() < 40
    early = fitness.evaluate(weights, need="solved")
    assert early.solved.tolist() == whole.solved.tolist()
    too_many = np.cumsum(expected < 10, axis=1) > 1
    shown = np.where(too_many.any(axis=1), too_many.argmax(axis=1) + 1, 5)
    assert early.presentations.tolist() == shown.tolist()
    by_then = [row[:n].sum() for row, n in zip(expected, shown, strict=True)]
    assert early.steps.tolist() == by_then
    part = fitness.evaluate(weights, sequences=np.array([4, 1]))
    assert part.steps.tolist() == expected[:, [4, 1]].sum(axis=1).tolist()
    assert part.solved is None
    for w in weights[:3]:
        wrong = sum(lasted(short, w, s, 60) < 10 for s in fitness.test_set.starts)
        assert fitness.test(w) == wrong


def test_a_score_is_the_mean_of_the_episodes(task):
    scored = replace(task, criterion=Criterion(score=60.0))
    fitness = scored.fitness(0)
    weights = fitness.space.sample(600, np.random.default_rng(1))
    rewards, _ = fitness.run(weights, fitness.train, np.arange(5))
    found = fitness.evaluate(weights)
    assert found.solved.tolist() == (rewards.mean(axis=1) >= 60.0).tolist()
    assert found.errors.tolist() == (rewards < 60.0).sum(axis=1).tolist()
    exact = float(rewards.mean(axis=1).max())
    best = replace(task, criterion=Criterion(score=exact))
    assert best.fitness(0).evaluate(weights).solved.sum() >= 1
    assert found.solved.any()
    record = gfsearch.run(scored, "guessing", budget=3_000)
    assert record.status == "solved"
    tested, _ = fitness.run(np.array([record.weights]), fitness.test_set, np.arange(5))
    assert record.test_value == -tested.mean()


def test_a_study_counts_steps_of_the_environment(suite, made, tmp_path):
    study = gfsearch.open_study(made, allow_imports=True)
    table = study.summary().set_index("searcher")
    assert table.solved["guessing"] == 3
    assert table.ert_environment_steps["guessing"] > table.ert_presentations["guessing"]
    runs = study.runs().set_index(["searcher", "run"])
    guessing = gfsearch.run(study.suite.tasks["pole"], "guessing", run=1, budget=4_000)
    assert guessing.environment_steps == runs.environment_steps["guessing", 1]
    alone = gfsearch.compare(suite, out=tmp_path, jobs=1, allow_imports=True)
    one, other = (
        {key: content_of(record) for key, record in s.records().by_key.items()}
        for s in (alone, study)
    )
    assert one == other
    told = "".join(reasons(study.suite.cells()))
    assert "adam, gnarl to pole: it is run in episodes, not a network of" in told


def test_its_page_says_what_is_judged(made):
    study = gfsearch.open_study(made, allow_imports=True)
    write_report(study)
    page = (made / "report" / "index.html").read_text()
    assert "all training episodes right: 500 steps survived" in page
    assert "environment steps" in page
    assert "Training sequences of run 0" not in page
    (line, *_) = found(study, "pole", "guessing", 0).lines()
    assert line.endswith("of 5 test episodes wrong")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("survive = 500", "tolerance = 0.1", "expected survive or score"),
        ("survive = 500", "survive = 0", "survive: expected a whole number >= 1"),
        ("survive = 500", "score = 9, wrong = 1", "score: expected nothing beside it"),
        (
            "survive = 500 }",
            'survive = 500 }\nloss = "graded"',
            "episodes have neither",
        ),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, old, new, complaint):
    assert SUITE.count(old) == 1
    path = tmp_path / "pole.toml"
    path.write_text(SUITE.replace(old, new))
    with pytest.raises(InputError, match=complaint):
        gfsearch.load_suite(path, allow_imports=True)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("survive = 501", "survive: expected at most 500, as an episode has, got 501"),
        ("score = 500.5", "score: expected at most 500"),
    ],
)
def test_what_no_episode_can_reach_is_refused_before_work(tmp_path, asked, complaint):
    path = tmp_path / "pole.toml"
    path.write_text(SUITE.replace("survive = 500", asked))
    with pytest.raises(InputError, match=complaint):
        gfsearch.compare(path, out=tmp_path / "out", allow_imports=True)
    assert not (tmp_path / "out").exists()


def test_sequences_have_no_survivors(task):
    parity = gfsearch.load_suite("quick").tasks["parity/A1"]
    with pytest.raises(ValueError, match="the problem has no episodes"):
        replace(parity, criterion=task.criterion)
    with pytest.raises(ValueError, match="has episodes, and no sequences"):
        task.sequences()


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("observe", r"observe: expected real numbers of shape \(1, 4\)"),
        ("raises", "step: ArithmeticError: the motor burns"),
        ("over", "step: expected true or false of shape"),
    ],
)
def test_a_fault_of_an_environment_fails_its_run_with_a_reason(
    suite, tmp_path, fault, complaint
):
    text = SUITE.replace('Pole"', f'Pole", fault = "{fault}"')
    (tmp_path / "pole.toml").write_text(text)
    study = gfsearch.compare(
        tmp_path / "pole.toml",
        searchers=["guessing"],
        runs=1,
        out=tmp_path / "out",
        allow_imports=True,
    )
    (record,) = study.records().by_key.values()
    assert record.status == "failed"
    assert (
        "environment: " in record.stop_reason or "problem 'pole'" in record.stop_reason
    )
    assert re.search(complaint, record.stop_reason)


def test_another_environment_is_other_data(task, monkeypatch):
    before = task.digest()
    assert task.digest() == before
    monkeypatch.setattr("tests.extensions.carts.STEP", 0.01)
    assert task.digest() != before
