"""The sentence on top of the page, from tables written by hand."""

import math

import pandas as pd
import pytest

from gfsearch.report.answer import answer, of_groups
from gfsearch.report.tables import Tables
from tests.made_up import made_up, two_searchers, write

NAN, INF = math.nan, math.inf


def table(*rows, fastest=(), on_line=(), right=None):
    """Rows of (searcher, tasks, then speed-up and limits in trials, presentations).

    Args:
        rows: The rows.
        fastest: Who may be the fastest, in both costs.
        on_line: Whose trial is a pass.
        right: Speed-ups until a solution is right, with limits, by searcher and cost.
    """
    made = []
    for searcher, tasks, *values in rows:
        for cost, three in zip(("trials", "presentations"), values, strict=True):
            learned = (right or {}).get((searcher, cost), (NAN, NAN, NAN))
            flags = searcher in on_line, searcher in fastest
            made.append([searcher, cost, tasks, *three, *flags, *learned])
    columns = ["searcher", "cost", "tasks", "speedup", "speedup_joint_low"]
    columns += ["speedup_joint_high", "on_line", "among_fastest"]
    ends = ("", "_joint_low", "_joint_high")
    columns += [f"speedup_generalising{end}" for end in ends]
    return pd.DataFrame(made, columns=columns)


@pytest.fixture
def results(study):
    return write(study, two_searchers)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [("ga", 8, (4.0, 2.0, 8.0), (0.1, 0.05, 0.2))],
            "Over 8 tasks, counted in trials, ga needs 4 times fewer (95 %: 2 to 8) "
            "than random weight guessing; counted in presentations, ga needs 10 times "
            "as many (95 %: 5 to 20) as random weight guessing.",
        ),
        (
            # A larger estimate that may be chance is not the best.
            [
                ("ga", 8, (4.0, 2.0, 8.0), (0.1, 0.05, 0.2)),
                ("sa", 8, (5.0, 0.5, 50.0), (1.5, 0.9, 2.5)),
            ],
            "Over 8 tasks, counted in trials, ga needs 4 times fewer (95 %: 2 to 8) "
            "than random weight guessing; counted in presentations, no search is shown "
            "to need fewer presentations than random weight guessing, sa coming "
            "nearest "
            "at 1.5 times its speed (95 %: 0.9 to 2.5).",
        ),
        (
            # Bounds: guessing never solved a task; nobody solved another one.
            [
                ("ga", 2, (NAN, 35.0, INF), (NAN, 0.0, 0.25)),
                ("sa", 2, (NAN, 12.0, INF), (0.01, 0.005, 0.02)),
            ],
            "Over 2 tasks, counted in trials, ga needs at least 35 times fewer than "
            "random weight guessing; counted in presentations, even the best, sa, "
            "needs "
            "100 times as many (95 %: 50 to 200) as random weight guessing.",
        ),
        (
            # One that works on few tasks is told beside the best on all of them.
            [
                ("ga", 8, (1.5, 1.2, 2.0), (NAN, 0.04, INF)),
                ("de", 3, (50.0, 30.0, 80.0), (0.9, 0.7, 1.3)),
                ("one", 1, (2.0, 1.5, 3.0), (NAN, 0.0, 0.5)),
            ],
            "Over 8 tasks, counted in trials, ga needs 1.5 times fewer (95 %: 1.2 to "
            "2) "
            "than random weight guessing, and de, on the 3 tasks that it can work on, "
            "50 "
            "times fewer (95 %: 30 to 80); counted in presentations, ga is not shown "
            "to "
            "need fewer presentations than random weight guessing.",
        ),
        (
            # A single run each: no limits, so nothing is shown.
            [("ga", 1, (3.0, NAN, NAN), (NAN, 0.0, INF))],
            "On parity/A1, counted in trials, ga is not shown to need fewer trials "
            "than "
            "random weight guessing, at 3 times its speed; counted in presentations, "
            "ga "
            "is not shown to need fewer presentations than random weight guessing.",
        ),
        (
            [("ga", 1, (NAN, 0.0, 0.2), (NAN, 0.0, 0.004))],
            "On parity/A1, counted in trials, ga needs at least 5 times as many as "
            "random "
            "weight guessing; counted in presentations, ga needs at least 250 times as "
            "many as random weight guessing.",
        ),
    ],
)
def test_sentences(results, rows, sentence):
    assert answer(results, table(*rows)) == sentence


def test_the_fastest_is_named_only_if_it_beats_the_others(results):
    rows = [
        ("ga", 8, (4.0, 2.0, 8.0), (0.1, 0.05, 0.2)),
        ("sa", 8, (5.0, 3.0, 9.0), (0.2, 0.1, 0.4)),
    ]
    told = answer(results, table(*rows, fastest=("ga", "sa")))
    assert told == (
        "Over 8 tasks, counted in trials, sa needs 5 times fewer (95 %: 3 to 9) than "
        "random weight guessing (among the fastest: sa, ga); counted in presentations, "
        "even the best, sa, needs 5 times as many (95 %: 2.5 to 10) as random weight "
        "guessing (among the fastest: sa, ga)."
    )
    assert "guessing (the fastest: sa);" in answer(results, table(*rows, fastest="sa"))


def test_on_line_searchers_are_not_counted_in_trials(results):
    rows = [
        ("ga", 8, (4.0, 2.0, 8.0), (0.1, 0.05, 0.2)),
        ("bp", 8, (90.0, 80.0, 99.0), (7.0, 3.0, 9.0)),
    ]
    told = answer(results, table(*rows, on_line=("bp",)))
    assert told == (
        "Over 8 tasks, counted in trials, ga needs 4 times fewer (95 %: 2 to 8) than "
        "random weight guessing; counted in presentations, bp needs 7 times fewer "
        "(95 %: 3 to 9) than random weight guessing."
    )
    alone = answer(results, table(rows[1], on_line=("bp",)))
    assert alone.startswith("Over 8 tasks, counted in presentations, bp needs 7 times")


def test_what_was_learned_is_told_beside(results):
    rows = [("ga", 8, (4.0, 2.0, 8.0), (0.1, 0.05, 0.2))]
    right = {("ga", "trials"): (2.0, 1.5, 3.0), ("ga", "presentations"): (NAN, 0, 0.05)}
    assert answer(results, table(*rows, right=right)) == (
        "Over 8 tasks, counted in trials, ga needs 4 times fewer (95 %: 2 to 8) than "
        "random weight guessing, and 2 times fewer (95 %: 1.5 to 3) until a solution "
        "is right on the test set, too; counted in presentations, ga needs 10 times as "
        "many (95 %: 5 to 20) as random weight guessing, and at least 20 times as many "
        "until a solution is right on the test set, too."
    )


def test_what_is_not_known(study):
    nothing = write(study, lambda run: None)
    assert answer(nothing, Tables(nothing)["across"]) == "No run has ended yet."


def test_without_guessing(study):
    def make(run):
        return None if run.searcher.label == "guessing" else made_up(run, 5)

    without = write(study, make)
    assert "no runs of random weight guessing" in answer(
        without, Tables(without)["across"]
    )


def test_guessing_alone(study):
    def make(run):
        if run.searcher.label != "guessing":
            return None
        return made_up(run, 5, "solved" if run.run < 7 else "censored")

    alone = write(study, make)
    assert "it solved 7 of 10 runs" in answer(alone, Tables(alone)["across"])


def test_nothing_solved(study):
    nobody = write(study, lambda run: made_up(run, 100, "censored"))
    assert "no run was solved" in answer(nobody, Tables(nobody)["across"])


def test_of_a_study(results):
    """The numbers of the sentence are those of the table."""
    found = Tables(results)["across"]
    best = found[found.cost == "trials"].iloc[0]
    assert best.speedup_joint_low > 1.0
    assert f"slow needs {best.speedup:.3g} times fewer" in answer(results, found)


def test_groups_have_a_sentence_each():
    easy = table(("ga", 2, (9.0, 4.0, 20.0), (3.0, 2.0, 4.0)), fastest=("ga",))
    hard = table(("ga", 1, (0.5, 0.2, 0.8), (0.1, 0.05, 0.2)), fastest=("ga",))
    both = pd.concat([easy.assign(group="easy"), hard.assign(group="hard")])
    assert list(of_groups(both)) == [
        "easy (2 tasks): counted in trials, ga needs 9 times fewer (95 %: 4 to 20) "
        "than random weight guessing; counted in presentations, ga needs 3 times fewer "
        "(95 %: 2 to 4) than random weight guessing.",
        "hard (1 task): counted in trials, ga needs 2 times as many (95 %: 1.25 to 5) "
        "as random weight guessing; counted in presentations, ga needs 10 times as "
        "many (95 %: 5 to 20) as random weight guessing.",
    ]


def test_backward_passes_count():
    """Nine times fewer presentations, but only three times with backward passes."""
    made = table(("adam", 2, (9.0, 4.0, 20.0), (9.0, 4.0, 20.0)))
    more = made[made.cost == "presentations"].assign(
        cost="forward_equivalents", speedup=3.0, speedup_joint_low=1.3
    )
    (sentence,) = of_groups(pd.concat([made, more]).assign(group="x"))
    assert (
        "counted in presentations, a backward pass as 2 more, adam needs 3 times fewer "
        "(95 %: 1.3 to 20)" in sentence
    )
