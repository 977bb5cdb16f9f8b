"""Runs that end only at a solution that is right on a validation set, too."""

from dataclasses import replace

import numpy as np
import pytest

from gfsearch.fitness.evaluation import Evaluation
from gfsearch.fitness.reference import outputs
from gfsearch.networks import A1
from gfsearch.problems import Tomita
from gfsearch.searchers import SEARCHERS
from gfsearch.specs.errors import InputError
from gfsearch.specs.seeds import seed_sequence
from gfsearch.study.costs import Costs
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.reading import suite_from_dict
from tests.cases import make_run, make_task
from tests.good_suite import GOOD, TABLE, load

PLAIN = make_task(Tomita(grammar=2, test=200), A1(hidden=3), "tomita2")
TASK = replace(PLAIN, until="validation")


def is_right(task, weights, sequences):
    """By the reference, in NumPy."""
    shown = outputs(task.structure, weights, sequences.inputs)
    errors = np.abs(shown - sequences.targets)[sequences.mask]
    return bool((errors < task.criterion.tolerance).all())


def test_validation_is_counted_and_goes_on_with_the_next_solution():
    costs = Costs(Budget(100), training_set=10)
    weights = np.arange(5.0)[:, None]
    found = Evaluation(
        None,
        None,
        np.array([False, True, True, True, False]),
        np.array([3, 10, 10, 10, 1]),
    )
    asked = []

    def validate(vector):
        asked.append(float(vector[0]))
        return vector[0] == 2.0, 4 if vector[0] < 2.0 else 50

    assert costs.count_full(weights, found, validate)
    assert asked == [1.0, 2.0]
    assert (costs.trials, costs.presentations) == (3, 23 + 54)
    assert costs.best.tolist() == [2.0]
    # None is right: all are counted, and the run goes on.
    costs = Costs(Budget(100), training_set=10)
    assert not costs.count_full(weights, found, lambda vector: (False, 7))
    assert (costs.trials, costs.presentations) == (5, 34 + 21)
    # Of a budget in presentations, what validation shows is a part.
    costs = Costs(Budget(20, "presentations"), training_set=10)
    assert not costs.count_full(weights, found, lambda vector: (False, 7))
    assert (costs.trials, costs.presentations) == (2, 20)


@pytest.mark.parametrize("number", range(3))
def test_guessing_goes_on_until_a_solution_is_right(number):
    """Independently: one vector after the other, validated by the reference."""
    run = make_run(TASK, "guessing", run=number, budget=200_000)
    fitness = TASK.fitness(run.run, run.seed)
    validation = TASK.validation(run.run, run.seed)
    searcher = run.searcher.kind(
        fitness.space, run.searcher.parameters, seed_sequence(run.search_content())
    )
    trials = presentations = rejected = 0
    solution = None
    while solution is None:
        batch = searcher.ask().weights
        told = fitness.evaluate(batch, "solved")
        for vector, solved, shown in zip(
            batch, told.solved, told.presentations, strict=True
        ):
            trials, presentations = trials + 1, presentations + int(shown)
            if solved:
                right = [
                    is_right(TASK, vector, part_of(validation, i))
                    for i in range(len(validation))
                ]
                first = right.index(False) if False in right else len(right) - 1
                presentations += first + 1
                if all(right):
                    solution = vector
                    break
                rejected += 1
    record = execute(run)
    assert record.status == "solved"
    assert (record.trials, record.presentations) == (trials, presentations)
    assert record.weights == solution.tolist()
    plain = execute(make_run(PLAIN, "guessing", run=number, budget=200_000))
    assert (plain.trials == record.trials) == (rejected == 0)


def part_of(sequences, i):
    return replace(
        sequences,
        inputs=sequences.inputs[i : i + 1],
        lengths=sequences.lengths[i : i + 1],
        targets=sequences.targets[i : i + 1],
        mask=sequences.mask[i : i + 1],
    )


def test_what_is_found_so_generalises_more_often():
    """Without validation 6 of 20 solutions of guessing are right on the test set."""
    records = [
        execute(make_run(TASK, "guessing", run=i, budget=400_000)) for i in range(20)
    ]
    assert all(record.status == "solved" for record in records)
    assert sum(record.test_errors == 0 for record in records) >= 14


@pytest.mark.parametrize("name", SEARCHERS)
def test_every_searcher_can_go_on_after_a_solution(name):
    """It was told of one; nothing of the kind happens to it without validation."""
    easy = make_task(Tomita(grammar=1, test=300), A1(hidden=3, output_bias=True))
    for number in range(3):
        run = make_run(replace(easy, until="validation"), name, number, budget=2000)
        record = execute(run)
        assert record.status in ("solved", "censored")
        assert record.presentations > 0
        if record.status == "solved":
            fitness = run.task.fitness(run.run, run.seed)
            assert fitness.validate(np.array(record.weights))[0]


def test_the_set_is_another_one_and_the_same_for_all():
    again = TASK.validation(3, 7)
    np.testing.assert_array_equal(TASK.validation(3, 7).inputs, again.inputs)
    other = TASK.fitness(3, 7).test_set
    assert len(again) == len(other)
    assert (
        again.inputs.shape != other.inputs.shape or (again.inputs != other.inputs).any()
    )
    assert PLAIN.validation() is None
    assert PLAIN.fitness().validate is None


def test_it_belongs_to_the_identity_only_where_it_is_asked_for(tmp_path):
    assert "until" not in PLAIN.identity()
    assert make_run(TASK, "guessing").key != make_run(PLAIN, "guessing").key
    table = {**TABLE, "task": [{**TABLE["task"][0], "until": "validation"}]}
    suite = suite_from_dict(table, "mine", "mine.toml")
    again = suite_from_dict(suite.to_dict(), "mine", "mine.toml")
    assert [r.key for r in again.plan()] == [r.key for r in suite.plan()]
    assert suite.to_dict()["task"][0]["until"] == "validation"
    default = suite_from_dict(TABLE, "mine", "mine.toml")
    assert "until" not in default.to_dict()["task"][0]
    with pytest.raises(InputError, match="until: expected 'training' or 'validation'"):
        load(GOOD + 'until = "test"\n', tmp_path)
