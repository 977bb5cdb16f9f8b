"""Objectives as tasks: their fields, their identity, and suites made in Python."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import gfsearch
from gfsearch.searchers.guessing import Guessing
from gfsearch.specs.errors import InputError
from gfsearch.specs.seeds import seed_sequence
from gfsearch.suites.reading import suite_from_dict
from tests.extensions.functions import SUITE, Bowl, Climber, shifted, sphere

FIELDS = {"dimension": 4, "low": -1.0, "high": 1.0, "name": "sphere"}


def objective(function=sphere, **fields):
    return gfsearch.Objective(function, **{**FIELDS, **fields})


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"dimension": 0}, "dimension: expected a whole number >= 1"),
        ({"dimension": 2.5}, "dimension: expected a whole number"),
        ({"low": 1.0}, "low: 1 is not below high: 1"),
        ({"low": float("nan")}, "low: expected a finite number, got nan"),
        ({"high": "1"}, "high: expected a number, got '1'"),
        ({"high": 1e9}, "expected weights within"),
        ({"loss_below": float("inf")}, "loss_below: expected a finite number"),
        ({"loss_below": True}, "loss_below: expected a number, got True"),
        ({"name": "a b"}, "name: expected letters, digits"),
        ({"name": ""}, "name: expected letters, digits"),
        ({"name": 3}, "name: expected letters, digits"),
        ({"targets": [0.1, 0.2]}, "targets: expected losses in descending order"),
        ({"targets": ["a"]}, "targets: expected a number, got 'a'"),
        ({"targets": [float("nan")]}, "targets: expected a finite number"),
        ({"targets": 0.1}, "targets: expected a list of losses"),
        ({"group": 5}, "group: expected letters, digits"),
        ({"group": "a b"}, "group: expected letters, digits"),
        ({"budget": 0}, "'sphere': budget: expected a whole number >= 1"),
        ({"budgets": {"guessing": 0}}, "budgets: guessing: expected a whole number"),
        ({"budgets": 5}, "budgets: expected a budget by label"),
    ],
)
def test_a_mistake_names_objective_and_field(fields, complaint):
    with pytest.raises(InputError, match=complaint):
        objective(**fields)


def test_a_function_must_be_one():
    with pytest.raises(InputError, match="evaluate: expected a function, got int"):
        objective(3)


def test_the_name_stands_for_the_function():
    """In keys; range, criterion and dimension belong to them, group and budget not."""
    same = objective(shifted, group="easy", budget=7, targets=(0.1,))
    assert same.identity() == objective().identity()
    others = [
        objective(name="other"),
        objective(dimension=5),
        objective(low=-2.0),
        objective(loss_below=0.1),
    ]
    assert len({task.hashed for task in [objective(), *others]}) == 5


def test_a_suite_of_both_sorts_of_tasks_is_written_and_read():
    network = gfsearch.load_suite("quick").tasks["parity/A1"]
    suite = gfsearch.Suite(
        tasks=[objective(loss_below=0.1, group="easy", budget=50), network],
        searchers=["guessing", "annealing"],
        runs=3,
    )
    table = suite.to_dict()
    again = suite_from_dict(table, "own", "study.json", allow_imports=True)
    assert again == suite
    assert again.tasks["sphere"].evaluate is sphere
    bare = suite_from_dict(table, "own", "study.json")
    assert bare.tasks["sphere"].evaluate is None
    assert [r.key for r in bare.plan()] == [r.key for r in suite.plan()]


def test_a_suite_file_may_name_a_class_that_evaluates(tmp_path):
    path = tmp_path / "bowls.toml"
    path.write_text(SUITE)
    suite = gfsearch.load_suite(path, allow_imports=True)
    task = suite.tasks["bowl/depth=2"]
    assert isinstance(task, gfsearch.Objective)
    assert task.problem == Bowl(depth=2.0)
    assert suite_from_dict(suite.to_dict(), "bowls", "s", allow_imports=True) == suite
    reasons = {s.label: why for _, s, why in suite.cells() if why is not None}
    assert reasons == {
        "gnarl": "it is a function of its weights, not a network of units"
    }
    with pytest.raises(InputError, match="--allow-imports"):
        gfsearch.load_suite(path)
    network = 'weights = { low = -1.0, high = 1.0 }\nnetwork = { kind = "A1" }'
    network += "\ncriterion = { tolerance = 0.1 }"
    with pytest.raises(InputError, match="evaluates weights itself: no network"):
        load_with(tmp_path, "weights = { low = -1.0, high = 1.0 }", network)
    with pytest.raises(InputError, match="unknown field 'tolerance'"):
        load_with(
            tmp_path,
            "weights = { low = -1.0, high = 1.0 }",
            "weights = { low = -1.0, high = 1.0 }\ncriterion = { tolerance = 0.1 }",
        )


def load_with(tmp_path, old, new):
    path = tmp_path / "changed.toml"
    path.write_text(SUITE.replace(old, new))
    return gfsearch.load_suite(path, allow_imports=True)


def test_suites_take_searchers_by_name_by_parameters_and_as_classes():
    suite = gfsearch.Suite(
        tasks=[objective()],
        searchers={
            "guessing": {},
            "slow": {"kind": "annealing", "cooling": 0.95, "budget": 50},
            "climber": Climber,
            "steep": {"kind": Climber, "step": 0.5},
        },
        budget={"presentations": 100},
    )
    assert suite.searchers["slow"].parameters.cooling == 0.95
    assert suite.searchers["climber"].kind is Climber
    assert suite.searchers["steep"].parameters.step == 0.5
    assert suite.runs == 20
    assert str(suite.budget) == "100 presentations"
    assert suite.searchers["guessing"].kind is Guessing
    assert replace(suite, runs=3).runs == 3
    assert pickle.loads(pickle.dumps(suite)).to_dict() == suite.to_dict()


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"tasks": []}, "tasks: at least one is needed"),
        ({"tasks": ["quick"]}, "tasks: expected a Task or an Objective, got str"),
        ({"tasks": [objective(), objective()]}, "'sphere': name: given twice"),
        ({"searchers": []}, "searchers: at least one is needed"),
        ({"searchers": ["guesing"]}, "did you mean 'guessing'"),
        ({"searchers": {"x": int}}, "searcher 'x': .*kind: expected a string"),
        ({"searchers": {"annealing": {"coolng": 1}}}, "did you mean 'cooling'"),
        ({"searchers": ["gnarl"]}, "no searcher can work on any task"),
        ({"searchers": "guessing"}, "searchers: expected a list of names, got 'gues"),
        ({"tasks": {"zzz": objective()}}, "'zzz': expected its name, 'sphere'"),
        ({"name": "a/b"}, "name: expected a file's name, got 'a/b'"),
        ({"title": 5}, "title: expected a string, got 5"),
        ({"runs": 0}, "runs: expected a whole number >= 1"),
        ({"budget": "x"}, "budget: expected a whole number"),
    ],
)
def test_mistakes_in_suites_made_in_python(given, complaint):
    values = {"tasks": [objective()], "searchers": ["guessing"], **given}
    with pytest.raises(InputError, match=complaint):
        gfsearch.Suite(**values)


def test_budgets_of_searchers_may_be_plain_numbers():
    task = objective(budgets={"guessing": 50}, budget=20)
    suite = gfsearch.Suite(tasks=[task], searchers=["guessing", "annealing"])
    assert [str(run.budget) for run in suite.plan()[::20]] == ["50 trials", "20 trials"]
    assert repr(suite) == "Suite own: sphere x guessing, annealing, 20 runs"


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (
            lambda: gfsearch.run("x", "guessing"),
            "expected a Task or an Objective",
        ),
        (lambda: gfsearch.make_searcher(3, objective().space), "a name or a class"),
        (
            lambda: gfsearch.make_searcher("guessing", 5),
            "expected a gfsearch.Space",
        ),
        (
            lambda: gfsearch.make_searcher("guessing", objective().space, seed="x"),
            "seed: expected a whole number",
        ),
    ],
)
def test_wrong_arguments_are_told(call, complaint):
    with pytest.raises(InputError, match=complaint):
        call()


def test_searchers_of_ones_own_are_made_and_run_as_classes():
    searcher = gfsearch.make_searcher(Climber, objective().space, seed=1, step=0.2)
    assert isinstance(searcher, Climber)
    record = gfsearch.run(objective(loss_below=0.1), Climber, budget=5000, step=0.2)
    assert record.status == "solved"
    assert record.parameters == {"kind": "climber", "step": 0.2}
    with pytest.raises(InputError, match="gradient is not applicable to sphere"):
        gfsearch.run(objective(), "gradient")


def test_guessing_takes_as_many_trials_as_its_own_draws_say():
    """The same random numbers, without the framework."""
    task = objective(loss_below=0.2)
    suite = gfsearch.Suite(tasks=[task], searchers=["guessing"])
    for run in suite.plan()[:5]:
        seed = seed_sequence(run.search_content(), spawn=0)
        rng, batch, tried = np.random.default_rng(seed), 32, 0
        while True:
            losses = sphere(-1.0 + 2.0 * rng.random((batch, 4)))
            if (losses < 0.2).any():
                tried += int(np.argmax(losses < 0.2)) + 1
                break
            tried, batch = tried + batch, min(2 * batch, 4096)
        record = gfsearch.run(task, "guessing", run=run.run)
        assert (record.status, record.trials) == ("solved", tried)
        assert record.presentations == tried
        assert record.loss < 0.2
        assert record.test_size == 0
        assert record.test_errors is None
