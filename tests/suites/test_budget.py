"""Budgets in suites: which counts, in which unit, and what is refused."""

import pytest

from gfsearch.specs.errors import InputError
from gfsearch.suites.budget import Budget
from gfsearch.suites.reading import suite_from_dict
from tests.good_suite import GOOD, TABLE, load

PRESENTED = Budget(5000, "presentations")


def suite_with(task=None, searcher=None, suite=100):
    """The good suite with budgets of its task, of guessing and of its own."""
    own = dict(TABLE["task"][0])
    searchers = dict(TABLE["searchers"])
    if task is not None:
        own["budget"] = task
    if searcher is not None:
        searchers["guessing"] = {"budget": searcher}
    table = {**TABLE, "budget": suite, "searchers": searchers, "task": [own]}
    return suite_from_dict(table, "mine", "mine.toml")


def budgets(**given):
    """The budgets of guessing and of the other searcher; also when read again."""
    made = suite_with(**given)
    again = suite_from_dict(made.to_dict(), "mine", "mine.toml")
    found, reread = (
        tuple(
            one.budget_of(t, s)
            for t in one.tasks.values()
            for s in one.searchers.values()
        )
        for one in (made, again)
    )
    assert found == reread
    return found


def test_the_most_special_budget_counts():
    assert budgets() == (Budget(100), Budget(100))
    assert budgets(task=70) == (Budget(70), Budget(70))
    assert budgets(task=70, searcher=50) == (Budget(50), Budget(70))
    own = {"trials": 70, "guessing": 2e7}
    assert budgets(task=own, searcher=50) == (Budget(20_000_000), Budget(70))
    assert budgets(task={"slow": {"presentations": 5e3}}) == (Budget(100), PRESENTED)
    assert budgets(suite={"presentations": 5000}) == (PRESENTED, PRESENTED)
    assert budgets(task={"presentations": 5000}, searcher=9) == (Budget(9), PRESENTED)


def test_what_is_given_counts_everywhere():
    suite = suite_with(task={"slow": 7}, searcher=9)
    assert {run.budget for run in suite.plan()} == {Budget(7), Budget(9)}
    for budget in (50, {"presentations": 50}, Budget(50, "presentations")):
        given = suite.select(budget=budget)
        assert {run.budget for run in given.plan()} == {Budget.given(budget)}


@pytest.mark.parametrize(
    ("budget", "complaint"),
    [
        ("0", "budget: expected a whole number >= 1 and <= 1000000000000, got 0"),
        ("2.5", "budget: expected a whole number"),
        ("true", "budget: expected a whole number"),
        ("nan", "budget: expected finite numbers"),
        ("[5]", "budget: expected a whole number"),
        ("{ trials = 5, presentations = 5 }", "expected one of trials and present"),
        ("{ presentations = -1 }", "budget: presentations: expected a whole number"),
        ("{ presentations = nan }", "budget: presentations: expected a whole number"),
        ("{ gessing = 5 }", "budget: unknown searcher 'gessing': did you mean 'guess"),
        ("{ guessing = { epochs = 5 } }", "guessing: expected a whole number of trial"),
        ("{ guessing = 'many' }", "guessing: expected a whole number"),
    ],
)
def test_what_is_no_budget_is_refused_in_one_line(tmp_path, budget, complaint):
    with pytest.raises(InputError) as refused:
        load(GOOD + f"budget = {budget}\n", tmp_path)
    message = str(refused.value)
    assert message.startswith(str(tmp_path / "mine.toml"))
    assert "task 'parity/A1'" in message
    assert complaint in message
    assert "\n" not in message


def test_on_the_command_line_a_budget_may_be_in_presentations(command):
    options = ["--tasks", "tomita1/A1", "--searchers", "guessing", "--runs", 2]
    command("run", "quick", *options, "--budget", "presentations=2e3", "--quiet")
    told = command("show", "quick").stdout
    assert "30,000 trials per run" in told
    assert "discrete-error, 5,000 trials per run" in told
    assert "{ guessing = 20000000 }" in command("show", "tomita4/A1").stdout.replace(
        '"guessing"', "guessing"
    )
    for wrong, complaint in (
        ("epochs=5", "expected N, trials=N or presentations=N, got 'epochs=5'"),
        ("presentations=x", "expected a whole number, got 'x'"),
        ("presentations=0", "presentations: expected a whole number >= 1"),
    ):
        done = command("run", "quick", *options, "--budget", wrong, code=2)
        assert complaint in done.stderr
        assert done.stderr.count("\n") == 1


def test_larger_means_in_the_same_unit():
    small, large = Budget(5), Budget(7)
    assert small.larger(large) == large.larger(small) == large
    assert not large.exceeds(PRESENTED)
    assert not PRESENTED.exceeds(large)
    assert small.larger(PRESENTED) == small
    assert [str(b) for b in (Budget(30_000), PRESENTED)] == [
        "30,000 trials",
        "5,000 presentations",
    ]
    assert [b.as_option() for b in (Budget(30_000), PRESENTED)] == [
        "30000",
        "presentations=5000",
    ]


def test_a_searcher_that_knows_its_budget_is_told_trials():
    assert Budget(7).trials(100) == 7
    assert Budget(301, "presentations").trials(100) == 4
