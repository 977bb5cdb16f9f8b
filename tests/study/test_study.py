"""Studies with real processes: the same records whatever happens on the way."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import gfsearch
from gfsearch.specs.errors import InputError
from gfsearch.study.comparing import make_study
from gfsearch.study.execution import Local, run_all
from gfsearch.study.records import content_of, read_records
from gfsearch.study.study import Study
from tests.good_suite import GOOD

SUITE = """
title = "small"
runs = 6
budget = 4000

[searchers]
guessing = {}
annealing = {}
multigrid = {}
genetic = { population = 20 }

[[task]]
name = "tomita2"
problem = { kind = "tomita", grammar = 2 }
network = { kind = "A1", hidden = 3 }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }
targets = [0.2, 0.1]

[[task]]
name = "parity"
problem = { kind = "parity", length = [8, 20], train = 40, test = 10 }
network = { kind = "A1" }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    path = tmp_path_factory.mktemp("suite") / "small.toml"
    path.write_text(SUITE)
    return path


def contents(folder):
    read = read_records(folder / "records")
    assert read.contradicting == ()
    return {key: content_of(record) for key, record in read.by_key.items()}


@pytest.fixture(scope="module")
def serial(suite, tmp_path_factory):
    out = tmp_path_factory.mktemp("serial")
    gfsearch.compare(suite, jobs=1, out=out)
    return contents(out)


def test_one_process_makes_every_planned_run(serial, suite):
    plan = gfsearch.load_suite(suite).plan()
    assert serial.keys() == {run.key for run in plan}
    statuses = {record["status"] for record in serial.values()}
    assert statuses == {"solved", "censored"}


def test_two_processes_make_the_same(serial, suite, tmp_path):
    gfsearch.compare(suite, jobs=2, out=tmp_path)
    assert contents(tmp_path) == serial
    # The workers wrote them, not the parent.
    pids = {r.meta.pid for r in read_records(tmp_path / "records").by_key.values()}
    assert os.getpid() not in pids


def command(suite, out, *options):
    return [
        *(sys.executable, "-m", "gfsearch", "run", str(suite)),
        *("--out", str(out), *options),
    ]


def wait_for_records(process, folder, least):
    deadline = time.monotonic() + 120
    while len(read_records(folder / "records").by_key) < least:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)


def start_long_study(suite, folder):
    """A study that goes on for long, once it has its first ten records."""
    process = subprocess.Popen(
        command(suite, folder, "--jobs", "2", "--runs", "400"),
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_records(process, folder, 10)
    return process


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_and_continued_it_makes_the_same(serial, suite, tmp_path, jobs):
    """kill -9 of everything in the middle, twice, then to the end."""
    for least in (5, 20):
        process = subprocess.Popen(
            command(suite, tmp_path, "--jobs", jobs, "--quiet"),
            start_new_session=True,
        )
        wait_for_records(process, tmp_path, least)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    kept = contents(tmp_path)
    assert 20 <= len(kept) < len(serial)
    done = subprocess.run(
        command(suite, tmp_path, "--jobs", jobs),
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"{len(kept)} of {len(serial)} runs found" in done.stderr
    assert contents(tmp_path) == serial


def test_interrupted_it_says_how_to_go_on(serial, suite, tmp_path):
    """Ctrl-C reaches the whole process group, as from a terminal."""
    process = start_long_study(suite, tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "runs are kept" in errors
    go_on = errors.splitlines()[-1].strip()
    assert go_on.startswith("python -m gfsearch run")
    assert go_on.endswith("--jobs 2 --runs 400")
    assert "Traceback" not in errors
    kept = contents(tmp_path)
    assert len(kept) >= 10
    # What is kept is what an undisturbed study has.
    for key in kept.keys() & serial.keys():
        assert kept[key] == serial[key]


def test_a_finished_study_runs_nothing_again(suite, tmp_path):
    study = gfsearch.compare(suite, jobs=1, out=tmp_path, tasks=["tomita2"])
    files = list((tmp_path / "records").iterdir())
    gfsearch.compare(suite, jobs=1, out=tmp_path, tasks=["tomita2"])
    assert list((tmp_path / "records").iterdir()) == files
    assert study.missing() == []


def test_other_records_stay_and_are_counted(serial, suite, tmp_path):
    gfsearch.compare(suite, jobs=1, out=tmp_path, tasks=["tomita2"])
    study = gfsearch.compare(
        suite, jobs=1, out=tmp_path, searchers=["guessing"], budget=50
    )
    results = study.results()
    assert results.unplanned == 24
    assert [len(cell.results) for cell in results.cells] == [6, 6]
    # A larger budget for all is another plan; the old one is still there to resume.
    assert make_study(suite, tasks=["tomita2"], out=tmp_path).missing() == []


def test_a_study_is_read_as_it_was_written(suite, tmp_path):
    study = gfsearch.compare(suite, jobs=1, out=tmp_path, runs=1, budget=30, seed=4)
    again = Study.open(tmp_path)
    assert again.seed == 4
    assert again.suite == study.suite
    assert again.missing() == []
    written = json.loads((tmp_path / "study.json").read_text())
    assert set(written["versions"]) >= {"python", "gfsearch", "numpy", "numba", "deap"}


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda text: "", "damaged"),
        (lambda text: text[:100], "damaged"),
        (lambda text: "[]", "damaged"),
        (lambda text: text.replace('"seed": 0', '"seed": -1'), "seed: expected"),
        (lambda text: text.replace('"kind": "parity"', '"kind": "party"'), "party"),
        (lambda text: text.replace('"name": "small"', '"name": 3'), "name: expected"),
    ],
)
def test_a_damaged_study_is_one_clear_line(suite, tmp_path, damage, complaint):
    make_study(suite, out=tmp_path).save()
    path = tmp_path / "study.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(InputError, match=complaint) as caught:
        Study.open(tmp_path)
    assert str(caught.value).startswith(str(path))
    with pytest.raises(InputError, match="no study here"):
        Study.open(tmp_path / "elsewhere")


def test_a_failing_run_fails_alone_and_is_repeated_on_request(tmp_path, monkeypatch):
    from gfsearch.searchers.annealing import Annealing

    path = tmp_path / "good.toml"
    path.write_text(GOOD)
    ask = Annealing.ask

    def fails(self):
        raise ZeroDivisionError("a searcher's bug")

    monkeypatch.setattr(Annealing, "ask", fails)
    study = gfsearch.compare(path, jobs=1, out=tmp_path / "out")
    results = study.results()
    assert [(len(c.results), len(c.failed)) for c in results.cells] == [(3, 0), (0, 3)]
    reasons = results.cells[1].failed.told("stop_reason")
    assert reasons == ["ZeroDivisionError: a searcher's bug"] * 3
    assert study.missing() == []
    monkeypatch.setattr(Annealing, "ask", ask)
    again = study.missing(retry_failed=True)
    assert len(again) == 3
    run_all(study.folder, again, Local(1))
    assert [len(c.failed) for c in study.results().cells] == [0, 0]
    assert study.results().contradicting == ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_that_are_used_again_write_where_they_should(
    suite, tmp_path, monkeypatch, jobs
):
    """The same folder made anew, and the same relative folder from elsewhere."""
    part = {"tasks": ["tomita2"], "runs": 2, "budget": 50, "jobs": jobs}
    first = gfsearch.compare(suite, out=tmp_path / "again", **part)
    assert first.missing() == []
    shutil.rmtree(tmp_path / "again")
    second = gfsearch.compare(suite, out=tmp_path / "again", **part)
    assert second.missing() == []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        assert gfsearch.compare(suite, out="out", **part).missing() == []


def test_names_do_not_make_records_contradict(suite, tmp_path):
    gfsearch.compare(suite, out=tmp_path / "a", tasks=["tomita2"], runs=1, jobs=1)
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(SUITE.replace('name = "tomita2"', 'name = "other"'))
    gfsearch.compare(renamed, out=tmp_path / "b", tasks=["other"], runs=1, jobs=1)
    for path in (tmp_path / "b" / "records").iterdir():
        shutil.copy(path, tmp_path / "a" / "records")
    read = read_records(tmp_path / "a" / "records")
    assert len(read.by_key) == 4
    assert read.contradicting == ()


def test_parts_of_another_plan_have_other_names(suite, tmp_path):
    """The order of the plan decides what a part is."""
    study = make_study(suite, out=tmp_path / "out")
    name = study.name_of_part((2, 16))
    assert re.fullmatch(r"[0-9a-f]{8}\.2of16\.", name)
    assert study.name_of_part(None) == ""
    turned = dict(reversed(study.suite.searchers.items()))
    others = [
        replace(study, seed=1),
        replace(study, suite=replace(study.suite, searchers=turned)),
        replace(study, suite=study.suite.select(runs=study.suite.runs + 1)),
        replace(study, suite=study.suite.select(budget=7)),
    ]
    names = {other.name_of_part((2, 16)) for other in others}
    assert len(names - {name}) == len(others)
    renamed = replace(study.suite, title="another", name="another")
    assert replace(study, suite=renamed).name_of_part((2, 16)) == name
