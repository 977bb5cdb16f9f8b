"""A longer budget continues a run; a later command does not shrink a study."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gfsearch.report.tables import Tables
from gfsearch.searchers.kinds import make_searcher
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.fields import Spec
from gfsearch.study.comparing import make_study
from gfsearch.study.continuing import continued, kept
from gfsearch.study.execution import Local, run_all
from gfsearch.study.records import budget_of
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.reading import load_suite
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher
from tests.made_up import made_up

SUITE = """
title = "growing"
runs = 6
budget = 60

[searchers]
annealing = {}
multigrid = {}
once = { kind = "multigrid", patience = 1, restarts = false }

[[task]]
name = "tomita1"
problem = { kind = "tomita", grammar = 1 }
network = { kind = "A1", hidden = 2 }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.3 }
targets = [0.3, 0.2]
"""


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SUITE)
    return path


def make(suite, out, **given):
    study = make_study(suite, out=out, **given)
    missing = study.missing(check_data=True)
    study.save()
    run_all(out, missing, Local(1))
    return study, missing


def test_runs_that_ended_within_a_smaller_budget_are_not_made_again(suite, tmp_path):
    small, first = make(suite, tmp_path / "out")
    assert len(first) == 18
    before = {(r.searcher, r.run): r for r in small.records().by_key.values()}
    statuses = {r.status for r in before.values()}
    assert statuses == {"solved", "censored", "gave up"}
    large, again = make(suite, tmp_path / "out", budget=4000)
    censored = {place for place, r in before.items() if r.status == "censored"}
    assert {(run.searcher.label, run.run) for run in again} == censored
    assert large.missing() == []
    # The same as if all had been made with the larger budget at once.
    whole, _ = make(suite, tmp_path / "whole", budget=4000)
    for mixed, clean in zip(large.results().cells, whole.results().cells, strict=True):
        for column in ("trials", "presentations", "status", "restarts", "targets"):
            np.testing.assert_array_equal(mixed.results[column], clean.results[column])
        assert mixed.single_trials.tolist() == clean.single_trials.tolist()
        assert mixed.budget == clean.budget == Budget(4000)
        assert [mixed.key(i) for i in range(6)] == [clean.key(i) for i in range(6)]
    found = [Tables(one.results())["summary"] for one in (large, whole)]
    mixed, clean = (one.drop(columns="cpu_seconds") for one in found)
    assert mixed.equals(clean)
    # Records of the smaller budget that count for nothing are told.
    assert large.results().unplanned == len(censored)
    # A censored run is the same one, continued.
    after = {(r.searcher, r.run): r for r in whole.records().by_key.values()}
    for place in censored:
        short, long = before[place], after[place]
        assert short.trace == [p for p in long.trace if p[0] <= 60]


def test_renamed_tasks_keep_their_runs_when_the_budget_grows(suite, tmp_path):
    small, _ = make(suite, tmp_path / "out")
    ended = [r for r in small.records().by_key.values() if r.status != "censored"]
    suite.write_text(SUITE.replace('name = "tomita1"', 'name = "first"'))
    study = make_study(suite, out=tmp_path / "out", budget=100, exactly=True)
    assert len(study.missing()) == 18 - len(ended)
    assert sum(len(cell.results) for cell in study.results().cells) == len(ended)


def test_smaller_budgets_do_not_use_larger_ones(suite, tmp_path):
    make(suite, tmp_path / "out", budget=4000)
    study = make_study(suite, out=tmp_path / "out", budget=60)
    assert len(study.missing()) == 18
    assert study.results().unplanned == 18


class Planner(Searcher):
    """Widens its draws over its budget."""

    kind, revision, source = "planner", 1, "a test"
    uses_budget = True

    def __init__(self, space, parameters, seed, budget):
        self.space, self.budget = space, budget
        self.rng = np.random.default_rng(seed)

    def ask(self):
        return Proposal(self.space.sample(1, self.rng))

    def tell(self, proposal, evaluation):
        pass

    def stop_reason(self):
        return None


def test_a_searcher_that_knows_its_budget_is_another_with_another(suite, monkeypatch):
    task = load_suite(suite).tasks["tomita1"]
    searcher = LabelledSearcher(label="p", kind=Planner, parameters=Spec())
    short, long = (Run(task, searcher, 0, 0, Budget(budget)) for budget in (20, 40))
    assert short.search_content() != long.search_content()
    assert execute(short).trace[0] != execute(long).trace[0]
    solved = made_up(short, 5)
    assert not settles(long, solved)
    other = replace(long, searcher=replace(searcher, kind=_without(Planner)))
    assert settles(other, made_up(replace(other, budget=Budget(20)), 5))
    monkeypatch.setitem(_searchers(), "planner", Planner)
    space = task.fitness().space
    assert make_searcher("planner", space, budget=70).budget == 70


def settles(run, record):
    return run.is_settled_by(record.key, budget_of(record), record.status)


def _searchers():
    from gfsearch.searchers import SEARCHERS

    return SEARCHERS


def _without(kind):
    class Unaware(kind):
        kind, uses_budget = "unaware", False

        def __init__(self, space, parameters, seed):
            super().__init__(space, parameters, seed, 1)

    return Unaware


def test_a_longer_part_counts_what_a_part_has_done(suite, tmp_path):
    make(suite, tmp_path / "out")
    study = make_study(suite, out=tmp_path / "out", budget=4000)
    parts = [{run.key for run in study.missing(shard=(i, 3))} for i in (1, 2, 3)]
    assert set.union(*parts) == {run.key for run in study.missing()}


def gfsearch(*arguments, cwd, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def plan(folder):
    suite = json.loads((folder / "study.json").read_text())["suite"]
    return (
        suite["runs"],
        suite["budget"],
        [task["name"] for task in suite["task"]],
        list(suite["searchers"]),
    )


def test_a_later_command_does_not_shrink_a_study(suite, tmp_path):
    text = SUITE.replace("budget = 60", "budget = 30").replace("runs = 6", "runs = 2")
    second = SUITE[SUITE.index("[[task]]") :].replace("tomita1", "other")
    second = second.replace("hidden = 2", "hidden = 1")
    suite.write_text(SUITE + second)
    where = {"cwd": tmp_path}
    gfsearch("run", suite, "--seed", 3, "--jobs", 1, **where)
    folder = tmp_path / "runs/mine"
    before = plan(folder)
    assert before[:2] == (6, 60)
    # One task, one searcher, fewer runs and a smaller budget than before.
    suite.write_text(text.replace("multigrid = {}\n", ""))
    done = gfsearch("run", suite, **where)
    assert (
        "kept what runs/mine holds: task other, searcher multigrid, 6 runs instead "
        in done.stderr
    )
    assert "of 2, a budget of 60 trials instead of 30" in done.stderr
    assert "root seed 3" in done.stderr
    assert "36 of 36 runs found" in done.stderr
    assert sorted(map(str, plan(folder))) == sorted(
        map(
            str, (*before[:2], ["tomita1", "other"], ["annealing", "once", "multigrid"])
        )
    )
    # What is given counts as given.
    done = gfsearch(
        "run",
        suite,
        "--runs",
        3,
        "--budget",
        "4e1",
        "--quiet",
        **where,
    )
    assert plan(folder)[:2] == (3, 40)
    done = gfsearch("run", suite, "--exactly", **where)
    assert "kept" not in done.stderr
    assert plan(folder) == (2, 30, ["tomita1"], ["annealing", "once"])
    assert json.loads((folder / "study.json").read_text())["seed"] == 0


def test_a_part_of_an_array_leaves_a_plan_that_has_grown(suite, tmp_path):
    make(suite, tmp_path / "out")
    (tmp_path / "plan.toml").write_text(SUITE.replace("runs = 6", "runs = 2"))
    done = gfsearch("run", "plan.toml", "--out", "out", "--shard", "1/2", cwd=tmp_path)
    assert "part 1 of 2: 3 of 3 runs found" in done.stderr
    assert plan(tmp_path / "out")[0] == 6
    # What the part's own plan has beyond the study's is added.
    text = SUITE.replace("runs = 6", "runs = 2").replace('"tomita1"', '"more"')
    (tmp_path / "plan.toml").write_text(text.replace("hidden = 2", "hidden = 1"))
    gfsearch("run", "plan.toml", "--out", "out", "--shard", "1/6", cwd=tmp_path)
    assert plan(tmp_path / "out")[2] == ["more", "tomita1"]


def test_a_study_that_cannot_be_read_is_no_reason_to_lose_it(suite, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/study.json").write_text("{")
    done = gfsearch("run", suite, "--out", "out", cwd=tmp_path, code=2)
    assert done.stderr.count("\n") == 1
    assert "damaged" in done.stderr
    assert "--exactly" in done.stderr
    gfsearch("run", suite, "--out", "out", "--exactly", "--budget", 3, cwd=tmp_path)


def amounts(suite, task="tomita1"):
    """The budget of each searcher on a task."""
    of = suite.tasks[task]
    return {k: suite.budget_of(of, s).amount for k, s in suite.searchers.items()}


def test_searchers_have_the_larger_of_their_budgets(suite, tmp_path):
    held = load_suite(suite)
    own = SUITE.replace("annealing = {}", "annealing = { budget = 50 }")
    suite.write_text(own.replace("multigrid = {}", "multigrid = { budget = 500 }"))
    now = load_suite(suite)
    both = continued(now, held)
    assert amounts(both) == {"annealing": 60, "multigrid": 500, "once": 60}
    assert kept(both, now, False, False) == (
        "a budget of 60 trials instead of 50 for annealing"
    )
    assert kept(now, now, False, False) is None


def test_budgets_on_a_task_do_not_shrink_either(suite, tmp_path):
    held = "{ multigrid = 500, once = { presentations = 900 } }"
    suite.write_text(SUITE + f"budget = {held}\n")
    before = load_suite(suite)
    suite.write_text(SUITE + "budget = { trials = 70, multigrid = 80 }\n")
    now = load_suite(suite)
    assert amounts(now) == {"annealing": 70, "multigrid": 80, "once": 70}
    both = continued(now, before)
    # Budgets in different units are not compared: the suite's counts.
    assert amounts(both) == {"annealing": 70, "multigrid": 500, "once": 70}
    assert kept(both, now, False, False) == (
        "a budget of 500 trials instead of 80 for multigrid"
    )
    # The study is written and read again.
    study = make_study(suite, out=tmp_path / "out")
    study.save()
    again = make_study(suite, out=tmp_path / "out").suite
    assert amounts(again) == amounts(now)
    assert amounts(continued(load_suite(suite), both)) == amounts(both)


@pytest.mark.parametrize(
    ("before", "now", "budgets"),
    [
        # Renamed: its own budget goes with it, and with it alone.
        (
            'an = { kind = "annealing", budget = 200 }',
            'two = { kind = "annealing" }',
            {"two": 200},
        ),
        # Another searcher under the same label: a new one.
        (
            'an = { kind = "annealing", budget = 200 }',
            'an = { kind = "genetic" }',
            {"an": 60},
        ),
        # The same one twice with different budgets: both stay, until they are alike.
        (
            'a = { kind = "guessing" }\nb = { kind = "guessing", budget = 200 }',
            'a = { kind = "guessing" }',
            {"a": 60, "b": 200},
        ),
        (
            'a = { kind = "guessing" }\nb = { kind = "guessing", budget = 200 }',
            'a = { kind = "guessing", budget = 200 }',
            {"a": 200},
        ),
        # New in the suite: compared with the others within the study's budget.
        (
            "guessing = {}",
            "guessing = {}\nannealing = {}",
            {"guessing": 60, "annealing": 60},
        ),
        (
            "guessing = {}",
            "annealing = { budget = 20 }",
            {"annealing": 20, "guessing": 60},
        ),
    ],
)
def test_budgets_belong_to_searchers_not_to_labels(tmp_path, before, now, budgets):
    body = SUITE[SUITE.index("[[task]]") :]
    loaded = []
    for text, budget in ((before, 60), (now, 30)):
        path = tmp_path / "mine.toml"
        head = f"runs = 2\nbudget = {budget}\n[searchers]\n{text}\n"
        path.write_text(head + body)
        loaded.append(load_suite(path))
    both = continued(loaded[1], loaded[0])
    assert amounts(both) == budgets


def test_what_was_renamed_is_not_there_twice(suite):
    held = load_suite(suite)
    renamed = SUITE.replace('"tomita1"', '"first"').replace("multigrid =", '"m" =')
    suite.write_text(renamed.replace('"m" = {}', 'm = { kind = "multigrid" }'))
    both = continued(load_suite(suite), held)
    assert list(both.tasks) == ["first"]
    assert list(both.searchers) == ["annealing", "m", "once"]


def test_the_keys_of_the_shipped_suites_are_those_of_the_first_version():
    """A file of them: other keys would make all earlier records worthless."""
    keys = json.loads((Path(__file__).parent / "shipped_keys.json").read_text())
    for name, tasks in keys.items():
        # What was the suite bengio1994 then is latching now.
        suite = load_suite("latching" if name == "bengio1994" else name)
        # Tasks had no budgets of their own; a larger one is another key, as ever.
        first = {k: replace(task, budgets={}) for k, task in suite.tasks.items()}
        planned = {
            (run.task.name, run.searcher.label): run.key
            for run in replace(suite, tasks=first, runs=1).plan()
        }
        assert planned == {
            (task, label): key
            for task, searchers in tasks.items()
            for label, key in searchers.items()
        }
