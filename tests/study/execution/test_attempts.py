"""Markers: who is at a run, who has died at it, and when it is given up."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from gfsearch.study.execution import attempts
from gfsearch.study.execution.attempts import Attempt, Elsewhere, Exhausted, TimeWasOver
from gfsearch.study.study import Study
from tests.cases import HARD, make_run
from tests.study.execution.studies import ROOT, status
from tests.study.execution.studies import run as command

RUN = make_run(HARD, "annealing", budget=10)


def begin(folder, yielding=True):
    return Attempt(folder, RUN, "call", yielding)


def die(folder):
    """An attempt of a process that ends without a word."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tests.study.execution.test_attempts import begin\n"
        "begin(Path(sys.argv[1]))\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, folder])
    assert done.returncode == 9


def names(folder):
    return sorted(path.name.rpartition(".")[2] for path in folder.iterdir())


def test_a_run_is_left_to_the_process_that_is_at_it(tmp_path):
    first = begin(tmp_path)
    with pytest.raises(Elsewhere):
        begin(tmp_path)
    second = begin(tmp_path, yielding=False)
    assert (first.number, second.number) == (1, 1)
    first.end()
    second.end()
    assert names(tmp_path) == []


def test_after_three_deaths_a_run_is_given_up(tmp_path):
    for number in (1, 2, 3):
        attempt = begin(tmp_path)
        assert attempt.number == number
        attempt.end()
        die(tmp_path)
    with pytest.raises(Exhausted, match="its process died 3 times"):
        begin(tmp_path)
    attempts.clear(tmp_path, RUN.key)
    assert names(tmp_path) == []


def test_a_checkpoint_lets_attempts_count_anew(tmp_path):
    die(tmp_path)
    die(tmp_path)
    attempt = begin(tmp_path)
    assert (attempt.number, names(tmp_path)) == (3, ["1", "2", "3"])
    attempt.progressed()
    assert names(tmp_path) == ["1"]
    attempt.end()
    assert names(tmp_path) == []


def test_a_run_that_was_ended_for_its_time_is_not_tried_again(tmp_path):
    begin(tmp_path).ends_process("took more than 1 s", attempts.Spent(trials=7))
    with pytest.raises(TimeWasOver, match="took more than 1 s") as caught:
        begin(tmp_path)
    assert caught.value.spent == (7, 0, 0, 0.0, 0.0)
    attempts.clear(tmp_path, RUN.key)
    assert names(tmp_path) == []


def test_on_other_machines_signs_of_life_count(tmp_path):
    attempt = begin(tmp_path)
    elsewhere = replace(attempt._marker, place="another machine", pid=1)
    (path,) = tmp_path.iterdir()
    path.unlink()
    attempts._create(path, elsewhere)
    with pytest.raises(Elsewhere):
        begin(tmp_path)
    long_ago = time.time() - attempts.STALE - 1
    os.utime(path, (long_ago, long_ago))
    assert begin(tmp_path).number == 2


def test_a_marker_that_was_never_filled_tells_of_a_death(tmp_path):
    (tmp_path / f"{RUN.key}.1").touch()
    long_ago = time.time() - attempts.STALE - 1
    os.utime(tmp_path / f"{RUN.key}.1", (long_ago, long_ago))
    assert begin(tmp_path).number == 2


def test_runs_that_others_never_end_are_told(suite, tmp_path):
    """Three processes hold each of two runs: nobody else can make them."""
    out = tmp_path / "out"
    (out / "inflight").mkdir(parents=True)
    command(suite, out, "--runs", "1", "--jobs", "1", "--dry-run", name="compare")
    command(suite, out, "--runs", "1", "--jobs", "1", "--shard", "1/2")
    planned = Study.open(out, allow_imports=True).plan()
    for run in planned:
        for _ in range(attempts.MOST):
            Attempt(out / "inflight", run, "another", yielding=False)
    told = command(suite, out, "--runs", "1", "--jobs", "1", expect=1)
    assert "1 runs were left to other processes that are at them" in told


def test_a_marker_that_cannot_be_written_is_taken_back(tmp_path):
    """On a full disk; a limit does the same. It would stand for somebody at work."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from tests.study.execution.test_attempts import begin\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "begin(Path(sys.argv[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True
    )
    assert "wrote 20 of" in done.stderr
    assert names(tmp_path) == []


def test_markers_at_other_runs_are_not_read(tmp_path):
    attempt = begin(tmp_path)
    os.mkfifo(tmp_path / f"{'0' * 32}.1")  # Reading it would take for ever.
    (found,) = attempts.markers(tmp_path, {RUN.key})
    assert found[0] == RUN.key
    assert attempts.left_over(tmp_path, {RUN.key}) == {}
    attempts.release(tmp_path, "call", {RUN.key})
    assert names(tmp_path) == ["1"]
    attempt.end()


def test_who_dies_as_its_record_is_written_leaves_nothing_for_long(suite, tmp_path):
    """The run is done: its marker tells of no loss, and the next command removes it."""
    out = tmp_path / "out"
    command(suite, out, "--runs", "1", "--jobs", "1")
    study = Study.open(out, allow_imports=True)
    run = study.plan()[1]
    script = (
        "import os, sys; from pathlib import Path\n"
        "from gfsearch.study.execution.attempts import Attempt\n"
        "from gfsearch.study.study import Study\n"
        "study = Study.open(sys.argv[1], allow_imports=True)\n"
        "Attempt(study.folder / 'inflight', study.plan()[1], 'call', True)\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, out], cwd=ROOT)
    assert [key for key, *_ in attempts.markers(out / "inflight")] == [run.key]
    told = status(out)
    assert f"{len(study.plan())} of {len(study.plan())} runs done" in told
    assert "lost" not in told
    command(suite, out, "--runs", "1", "--jobs", "1", "--shard", "1/2")
    assert names(out / "inflight") == ["1"]  # That of another part.
    command(suite, out, "--runs", "1", "--jobs", "1")
    assert names(out / "inflight") == []
