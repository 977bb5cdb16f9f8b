"""Studies of functions: in real processes, on disk, and gone on with."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import gfsearch
from gfsearch.report.variations import variations
from gfsearch.specs.errors import InputError
from gfsearch.study.execution.dask import Cluster
from gfsearch.study.records import content_of, read_records
from gfsearch.study.runner import execute
from gfsearch.suites.run import Run
from tests.extensions.functions import SUITE, Climber, failing, noisy, shifted, sphere
from tests.study.execution.studies import contents, run

ROOT = Path(__file__).parents[2]
FIELDS = {"dimension": 4, "low": -1.0, "high": 1.0, "name": "sphere"}


def compare(out, function=sphere, runs=6, budget=2000, **given):
    fields = {name: given.pop(name) for name in list(given) if name in FIELDS}
    task = gfsearch.Objective(function, loss_below=0.1, **{**FIELDS, **fields})
    options = {"jobs": 1, **given}
    return gfsearch.compare(
        [task],
        searchers=["guessing", "annealing", "genetic"],
        runs=runs,
        budget=budget,
        out=out,
        **options,
    )


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    out = tmp_path_factory.mktemp("serial") / "out"
    return compare(out)


def test_two_processes_make_the_same(serial, tmp_path):
    compare(tmp_path / "out", jobs=2)
    assert contents(tmp_path / "out") == contents(serial.folder)
    assert len(contents(serial.folder)) == 18


def test_a_run_of_its_own_is_that_of_the_study(serial):
    found = contents(serial.folder)
    for made in serial.plan():
        assert content_of(execute(made)) == found[made.key]


def test_a_larger_study_goes_on(serial, tmp_path):
    compare(tmp_path / "out", runs=3)
    compare(tmp_path / "out", runs=6)
    assert contents(tmp_path / "out") == contents(serial.folder)


def test_an_edited_function_is_refused(serial, tmp_path):
    out = tmp_path / "out"
    compare(out, runs=2)
    with pytest.raises(InputError, match="task 'sphere': its function gives other"):
        compare(out, shifted, runs=3)
    assert len(contents(out)) == 6
    # Another name is another task.
    compare(out, shifted, runs=2, name="shifted")
    assert len(contents(out)) == 12


def test_noise_is_reproducible_and_that_of_each_run(tmp_path):
    compare(tmp_path / "one", noisy)
    compare(tmp_path / "two", noisy, jobs=2)
    found = contents(tmp_path / "one")
    assert contents(tmp_path / "two") == found
    assert len({str(content) for content in found.values()}) == len(found)


def test_a_function_that_fails_fails_its_runs_with_a_reason(tmp_path):
    fine = gfsearch.Objective(sphere, loss_below=0.1, **FIELDS)
    broken = gfsearch.Objective(failing, **{**FIELDS, "name": "broken"})
    study = gfsearch.compare(
        [fine, broken], searchers=["guessing"], runs=2, budget=500, out=tmp_path / "out"
    )
    summary = study.summary().set_index("task")
    assert summary.failed.to_dict() == {"sphere": 0, "broken": 2}
    assert summary.runs.to_dict() == {"sphere": 2, "broken": 0}
    (cell,) = [c for c in study.results().cells if c.task.name == "broken"]
    assert "the simulator crashed" in cell.failed.told("stop_reason")[0]


SCRIPT = """
import gfsearch

def cube(weights):
    return abs(weights**3).sum(axis=1)

if __name__ == "__main__":
    task = gfsearch.Objective(
        cube, dimension=2, low=-1.0, high=1.0, name="cube", loss_below=0.05
    )
    study = gfsearch.compare(
        [task], searchers=["guessing"], runs=4, budget=500, out="out", jobs=2
    )
    print(int(study.summary().solved.sum()))
"""


def python(*arguments, cwd):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_a_function_of_a_script_runs_in_processes_and_is_reported_without_it(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    done = python("script.py", cwd=tmp_path)
    assert done.stdout.strip() == "4", done.stderr
    report = python("-m", "gfsearch", "report", "out", cwd=tmp_path)
    assert report.returncode == 0, report.stderr
    assert "guessing" in report.stdout
    page = (tmp_path / "out/report/index.html").read_text()
    assert "A function of 2 weights." in page
    assert "in Python, with its functions: gfsearch.compare(tasks, out=" in page
    assert "Four training sequences" not in page
    # What is not here cannot go on.
    more = python(
        "-m",
        "gfsearch",
        "compare",
        "out/study.json",
        "--runs",
        5,
        "--out",
        "out",
        cwd=tmp_path,
    )
    assert more.returncode == 2
    assert "task 'cube': its function is not here" in more.stderr
    assert "Traceback" not in more.stderr
    assert len(read_records(tmp_path / "out/records").by_key) == 4


def test_functions_that_others_cannot_import_are_refused_elsewhere(tmp_path):
    here = gfsearch.Objective(sphere, **FIELDS)
    assert here.is_found_elsewhere
    for function in (lambda w: sphere(w), type("Made", (), {})):
        made = gfsearch.Objective(function, **FIELDS)
        assert not made.is_found_elsewhere

    class Elsewhere:
        """An engine on other machines."""

        here = False
        goes_on = False

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    from gfsearch.study.comparing import make_study, run_missing

    study = make_study([made], searchers=["guessing"], runs=1, out=tmp_path / "out")
    with pytest.raises(InputError, match="cannot be imported on other machines"):
        run_missing(study, Elsewhere())
    assert not (tmp_path / "out" / "records").exists()
    assert Cluster.here is False


def test_a_class_of_a_suite_runs_from_the_command_line(tmp_path):
    suite = tmp_path / "bowls.toml"
    suite.write_text(SUITE)
    told = run(suite, tmp_path / "one", "--jobs", "2")
    assert "not applicable: gnarl to bowl/depth=1" in told
    run(suite, tmp_path / "two", "--jobs", "1")
    found = contents(tmp_path / "one")
    assert contents(tmp_path / "two") == found
    assert len(found) == 36
    assert {c["status"] for c in found.values()} == {"solved"}


def test_where_nothing_is_a_solution_losses_are_compared(tmp_path):
    task = gfsearch.Objective(sphere, **FIELDS)
    study = gfsearch.compare(
        [task],
        searchers=["guessing", "annealing"],
        runs=5,
        budget=300,
        out=tmp_path / "out",
    )
    summary = study.summary().set_index("searcher")
    assert summary.solved.sum() == 0
    losses = study.runs().groupby("searcher").loss.median()
    assert summary.best_loss["annealing"] == losses["annealing"]
    assert losses["annealing"] < losses["guessing"]
    assert study.plot("loss") is not None
    for empty in ("survival", "speedup", "generalising", "mean-speedup", "restarts"):
        assert study.plot(empty) is None


def test_searchers_of_a_comparison_are_given_as_those_of_a_suite(tmp_path):
    task = gfsearch.Objective(sphere, loss_below=0.1, **FIELDS)
    searchers = {"annealing": {"cooling": 0.3}, "climber": Climber}
    study = gfsearch.compare(
        task, searchers=searchers, runs=2, budget=300, out=tmp_path / "out", jobs=1
    )
    assert study.suite.searchers["annealing"].parameters.cooling == 0.3
    assert study.suite.searchers["climber"].kind is Climber
    with pytest.raises(InputError, match=r"expected names; .*gfsearch\.Suite"):
        gfsearch.compare("quick", searchers=searchers, out=tmp_path / "other")
    with pytest.raises(InputError, match="tasks: expected a list of names, got 'x'"):
        gfsearch.compare("quick", tasks="x", out=tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_class_that_nobody_finds_again_is_refused_before_work(tmp_path):
    """Its study could not be read."""

    class Mine(Climber):
        kind = "mine"

    task = gfsearch.Objective(sphere, **FIELDS)
    with pytest.raises(InputError, match=r"'mine': .*Mine cannot be imported"):
        gfsearch.compare([task], searchers={"mine": Mine}, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    # One run needs no study.
    assert gfsearch.run(task, Mine, budget=20).trials == 20


def test_what_a_study_could_not_keep_is_refused_before_work(tmp_path):
    """Objects are not checked as files are: a task's name, group, targets, ..."""
    plain = gfsearch.load_suite("quick").tasks["tomita1/A1"]
    for field, value, complaint in (
        ("name", "a b", "name: expected letters, digits"),
        ("group", 5, "group: expected a string, got 5"),
        ("targets", ["a"], "targets: expected a list"),
        ("targets", (0.1, 0.2), "targets: expected losses in descending order"),
        ("loss", "huber", "loss: expected"),
    ):
        task = replace(plain, **{field: value})
        with pytest.raises(InputError, match=complaint):
            gfsearch.compare([task], searchers=["guessing"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_different_functions_are_no_settings_of_one(tmp_path):
    tasks = [
        gfsearch.Objective(sphere, **{**FIELDS, "name": name}, loss_below=below)
        for name, below in (("one", 0.1), ("two", 0.2), ("three", 0.3))
    ]
    study = gfsearch.compare(
        tasks, searchers=["guessing"], runs=2, budget=300, out=tmp_path / "out"
    )
    assert variations(study.results()) == []


def test_a_parameter_of_a_function_makes_it_harder_and_is_no_choice(tmp_path):
    suite = tmp_path / "bowls.toml"
    varied = "dimension = { each = [2, 3] }, depth = { each = [1.0, 2.0] }"
    suite.write_text(SUITE.replace("depth = { each = [1.0, 2.0] }", varied))
    study = gfsearch.compare(
        suite, runs=2, searchers=["guessing"], out=tmp_path / "out", allow_imports=True
    )
    (found,) = variations(study.results())
    assert found.parameters == ("objective.dimension", "objective.depth")
    assert not found.free


def negative(weights):
    return -weights.sum(axis=1)


def test_losses_may_be_negative(tmp_path):
    """Every searcher of functions goes on, and finds the corner; figures show it."""
    task = gfsearch.Objective(
        negative,
        dimension=3,
        low=-1.0,
        high=1.0,
        name="sum",
        loss_below=-2.5,
        targets=(-1.0, -2.0),
    )
    names = ["guessing", "annealing", "multigrid", "genetic"]
    study = gfsearch.compare(
        [task], searchers=names, runs=12, budget=5000, out=tmp_path / "out"
    )
    summary = study.summary().set_index("searcher")
    assert summary.solved.to_dict() == dict.fromkeys(names, 12)
    assert (summary.best_loss < -2.5).all()
    assert summary.ert_trials["annealing"] < summary.ert_trials["guessing"]
    again = gfsearch.open_study(study.folder)
    assert again.suite.tasks["sum"].targets == (-1.0, -2.0)
    (axes,) = again.plot("loss").axes
    assert axes.get_yscale() == "linear"
    assert axes.get_ylim()[0] < -2.0


def test_an_objective_gives_the_same_record_whatever_else_was_run(tmp_path):
    task = gfsearch.Objective(sphere, loss_below=0.1, **FIELDS)
    suite = gfsearch.Suite(tasks=[task], searchers=["annealing"])
    (made, *_) = suite.plan()
    assert isinstance(made, Run)
    before = content_of(execute(made))
    gfsearch.run(gfsearch.Objective(noisy, **FIELDS), "annealing", budget=100)
    assert content_of(execute(made)) == before
