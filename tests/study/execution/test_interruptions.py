"""Whoever is interrupted or killed, no finished run is lost and no number changes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gfsearch.study.execution import NO_LIMITS
from gfsearch.study.execution.interruption import interruptible
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.stopping import stop
from gfsearch.study.records import content_of, read_records
from gfsearch.study.study import Study
from tests.cases import HARD, make_run
from tests.study.execution.studies import (
    ROOT,
    begin,
    contents,
    run,
    status,
    wait_for_records,
)

RUN = make_run(HARD, "annealing", budget=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted_runs_go_on_from_their_checkpoints(
    long_suite, tmp_path, jobs, number
):
    out, options = tmp_path / "out", ("--jobs", jobs, "--runs", "1")
    process = begin(long_suite, out, *options)
    wait_until_running(process, out, int(jobs))
    # A terminal sends Ctrl-C to all, a batch system SIGTERM to the first process.
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "go on with" in told
    assert "Traceback" not in told
    assert list((out / "inflight").iterdir()) == []
    kept = list((out / "checkpoints").iterdir())
    assert len(kept) == int(jobs)
    assert (out / "checkpoints").stat().st_mode & 0o777 == 0o700
    run(long_suite, out, *options)
    run(long_suite, tmp_path / "undisturbed", *options)
    assert contents(out) == contents(tmp_path / "undisturbed")
    assert list((out / "checkpoints").iterdir()) == []
    attempts = [r.meta.attempts for r in read_records(out / "records").by_key.values()]
    assert sorted(attempts) == [1] * (2 - int(jobs)) + [2] * int(jobs)


def test_a_process_whose_run_just_starts_is_asked_again(tmp_path):
    """Ctrl-C between the making of a marker and its content: seen in tests once."""
    (tmp_path / "inflight").mkdir()
    site = Site(
        folder=tmp_path, call="call", caller=os.getpid(), limits=NO_LIMITS, versions=()
    )
    claim = (
        "import sys, time; from pathlib import Path\n"
        "from gfsearch.study.execution.attempts import Attempt\n"
        "from tests.study.execution.test_interruptions import RUN\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "Attempt(Path(sys.argv[1]), RUN, 'call', True)\n"
        "time.sleep(30)\n"
    )
    command = [sys.executable, "-c", claim, site.inflight]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT) as process:
        assert process.stdout.readline() == b"ready\n"

        def interrupt():
            with interruptible(site, {RUN.key}, at_once=False):
                os.kill(os.getpid(), signal.SIGINT)
                process.communicate(b"go\n")

        with pytest.raises(KeyboardInterrupt):
            interrupt()
    assert process.returncode == -signal.SIGTERM
    stop.now_working_for("no call")


@pytest.mark.parametrize("whole", [True, False])
def test_a_killed_master_costs_nothing_that_was_done(serial, suite, tmp_path, whole):
    """kill -9 of the whole group, or of the master alone; then a torn last line."""
    out = tmp_path / "out"
    process = begin(suite, out, "--jobs", "2")
    wait_for_records(process, out, 15)
    (os.killpg if whole else os.kill)(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    done = set(read_records(out / "records").by_key)
    newest = max((out / "records").iterdir(), key=lambda path: path.stat().st_size)
    with newest.open("ab") as file:
        file.write(b'{"key": "torn')
    run(suite, out, "--jobs", "2")
    assert contents(out) == serial
    assert done <= serial.keys()
    assert read_records(out / "records").unreadable == 1


def test_damage_in_the_middle_costs_the_damaged_lines_only(serial, suite, tmp_path):
    out = tmp_path / "out"
    run(suite, out, "--jobs", "1")
    (path,) = (out / "records").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[10] = lines[10][:200] + b"\n"
    lines[20] = b"\0" * len(lines[20])
    lines[30] = lines[30].replace(b'"trials"', b'"trails"')
    path.write_bytes(b"".join(lines))
    # The NUL bytes have swallowed the line after them too.
    told = run(suite, out, "--jobs", "1")
    assert f"{len(serial) - 4} of {len(serial)} runs found, 4 to do" in told
    assert contents(out) == serial
    assert read_records(out / "records").unreadable == 3


def test_two_masters_do_no_harm(serial, suite, tmp_path):
    out = tmp_path / "out"
    masters = [begin(suite, out, "--jobs", "2") for _ in range(2)]
    for master in masters:
        master.communicate(timeout=120)
        assert master.returncode == 0
    assert contents(out) == serial


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_keeps_what_was_written(serial, suite, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(out)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        told = run(suite, out, "--jobs", "2", expect=1)
        assert "cannot write records" in told
        kept = read_records(out / "records")
        assert 10 < len(kept.by_key) < len(serial)
        for key, record in kept.by_key.items():
            assert content_of(record) == serial[key]
        larger = ["mount", "-o", "remount,size=10m", str(out)]
        subprocess.run(larger, check=True)
        run(suite, out, "--jobs", "2")
        assert contents(out) == serial
    finally:
        subprocess.run(["umount", str(out)], check=True)


def test_a_folder_that_cannot_be_written_is_told_before_any_work(suite, tmp_path):
    out = tmp_path / "file"
    out.write_text("no folder")
    told = run(suite, out, expect=2)
    assert told.startswith("error: --out: cannot write to")
    assert told.count("\n") == 1


def test_a_changed_suite_and_another_version_are_other_records(serial, suite, tmp_path):
    out = tmp_path / "out"
    run(suite, out, "--jobs", "1", "--runs", "5", "--budget", "3")
    (path,) = (out / "records").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    # What an earlier version did not know, and what a later one will know.
    lines[0] = lines[0].replace(b'"gradients":0,', b"")
    lines[1] = lines[1].replace(b'"gradients":0,', b'"gradients":0,"joules":1,')
    path.write_bytes(b"".join(lines))
    run(suite, out, "--jobs", "1")
    study = Study.open(out, allow_imports=True)
    assert study.missing() == []
    results = study.results()
    assert results.unplanned == 9
    assert results.unreadable == 1
    made = contents(out)
    assert {key: made[key] for key in serial} == serial


def test_status_tells_what_is_running_and_what_was_lost(long_suite, tmp_path):
    out = tmp_path / "out"
    process = begin(long_suite, out, "--jobs", "2")
    wait_until_running(process, out, 2)
    # A run may end while `status` starts.
    assert re.search(r"\d of 8 runs done, 2 running, 0 failed", status(out))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    told = status(out)
    assert re.search(r"\d of 8 runs done, 0 running, 0 failed", told)
    assert "2 runs were lost with their processes" in told


def wait_until_running(process, out, number):
    while (
        not (out / "inflight").is_dir()
        or len(list((out / "inflight").iterdir())) < number
    ):
        assert process.poll() is None
        time.sleep(0.01)


def test_no_study_without_its_folder_is_made_by_a_worker(suite, tmp_path):
    """The folder goes while the study runs."""
    out = tmp_path / "out"
    process = begin(suite, out, "--jobs", "2")
    wait_for_records(process, out, 5)
    shutil.rmtree(out, ignore_errors=True)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (1, 2)
    assert "Traceback" not in told
    assert not (Path(out) / "study.json").exists()
