"""Mistakes on the command line: one line that helps, exit code 2, and nothing left."""

import subprocess
import sys

import pytest

from tests.good_suite import GOOD


def write_suites(folder):
    """Write suites with a mistake each."""
    suites = {
        "bad": ("runs", "rusn"),
        "nan": ("low = -100", "low = nan"),
        "negative": ("budget = 100", "budget = -100"),
        "reversed": ("[5, 9]", "[9, 5]"),
        "broken": ("[[task]]", "[[task"),
        "misspelt": ("guessing = {}", "gessing = {}"),
        "hard": ("guessing = {}", "adam = {}"),
    }
    hard = GOOD.replace('kind = "A1"', 'kind = "A1", output_activation = "sign"')
    hard = hard.replace('slow = { kind = "annealing", cooling = 0.95 }', "")
    for name, (old, new) in suites.items():
        text = hard if name == "hard" else GOOD
        (folder / f"{name}.toml").write_text(text.replace(old, new, 1))


def assert_one_line(done, complaint):
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert complaint in done.stderr


MISTAKES = [
    (["compare", "quik"], "unknown suite 'quik': did you mean 'quick'"),
    (["compare", "no.toml"], "no.toml: No such file"),
    (
        ["compare", "--jobs", "-3"],
        "jobs: expected a number >= 1, or -1 for all, got -3",
    ),
    (["compare", "--jobs", "many"], "'many' is not a valid integer"),
    (
        ["compare", "--runs", "0"],
        "runs: expected a whole number >= 1 and <= 1000000, got 0",
    ),
    (
        ["compare", "--budget", "-7"],
        "budget: expected a whole number >= 1 and <= 1000000000000, got",
    ),
    (["compare", "--seed", "-1"], "seed: expected a whole number >= 0, got -1"),
    (["compare", "--searchers", "anealing"], "did you mean 'annealing'"),
    (["compare", "--tasks", ","], "Invalid value for '--tasks': ',' names nothing"),
    (["compare", "--searchers", ""], "names nothing"),
    (["compare", "--runs", "9" * 25], "runs: expected a whole number"),
    (["compare", "--searchers", "module:Class"], "unknown searcher 'module:Class'"),
    (["compare", "--tasks", "parity/A3"], "did you mean 'parity/A2'"),
    (["compare", "--budgett", "3"], "No such option"),
    (["compare", "quick", "more"], "unexpected extra argument"),
    (["comapre"], "No such command 'comapre'"),
    (["status", "nowhere"], "nowhere/study.json: no study here"),
    (["report", "nowhere"], "nowhere/study.json: no study here"),
    (["show", "aneling"], "did you mean 'annealing'"),
    (["list", "thing"], "'thing' is not one of"),
    (["compare", "--out", "/proc/no/where"], "--out: cannot write to /proc/no/where"),
    (["compare", "hard.toml"], "no searcher can work on any task: no gradient flows"),
    (["compare", "bad.toml"], "bad.toml: unknown field 'rusn'"),
    (["compare", "nan.toml"], "nan.toml: task 'parity/A1': weights: low"),
    (["compare", "negative.toml"], "negative.toml: budget: expected"),
    (["compare", "reversed.toml"], "reversed.toml: task 'parity/A1': problem: length"),
    (["compare", "broken.toml"], "broken.toml: not valid TOML"),
    (["gradient-flow", "parity/A3"], "unknown task 'parity/A3': did you mean"),
    (["gradient-flow", "parity/*"], "unknown task 'parity/*'"),
    (["gradient-flow", "parity/A1", "--suite", "quik"], "unknown suite 'quik'"),
    (
        ["gradient-flow", "parity/A1", "--searcher", "guessing"],
        "searcher: guessing follows no gradient; expected gradient or adam",
    ),
    (["gradient-flow", "parity/A1", "--searcher", "sgd"], "unknown searcher 'sgd'"),
    (["gradient-flow", "parity/A1", "--ranges", "1,-3"], "expected numbers > 0"),
    (["gradient-flow", "parity/A1", "--ranges", "1,inf"], "expected numbers > 0"),
    (["gradient-flow", "parity/A1", "--lags", "0"], "'--lags': 0 is not in the range"),
    (["gradient-flow", "parity/A1", "--draws", "0"], "'--draws': 0 is not in the"),
    (["gradient-flow", "parity/A1", "--run", "-1"], "run: expected a whole number"),
    (["gradient-flow", "parity/A1", "--seed", "-1"], "seed: expected a whole number"),
    (
        ["gradient-flow", "parity/A1", "--budget", "0"],
        "budget: expected a whole number",
    ),
    (
        ["gradient-flow", "parity/A1", "--suite", "hard.toml"],
        "hard.toml: no searcher can work on any task",
    ),
    (["compare", "misspelt.toml"], "misspelt.toml: searcher 'gessing': kind"),
]


@pytest.mark.parametrize(
    ("arguments", "complaint"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES]
)
def test_mistakes_are_one_line_and_leave_nothing(
    tmp_path, command, arguments, complaint
):
    write_suites(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = command(*arguments, code=2)
    assert_one_line(done, complaint)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("arguments", "complaint"), MISTAKES[::12])
def test_processes_say_the_same(tmp_path, arguments, complaint):
    write_suites(tmp_path)
    line = [sys.executable, "-m", "gfsearch", *arguments]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert_one_line(done, complaint)
