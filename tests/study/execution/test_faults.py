"""Whatever fails, no finished run is lost and no number changes."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from gfsearch.study.records import content_of, read_records
from gfsearch.study.study import Study
from tests.study.execution.faulty import SUITE
from tests.study.execution.studies import (
    begin,
    contents,
    failed,
    run,
    status,
    wait_for_records,
)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("fault", "options", "reason"),
    [
        ("exception", [], "ZeroDivisionError: a searcher's bug"),
        ("exit", [], "SystemExit: enough"),
        ("memory", ["--memory", "300M"], "out of memory: it may take 300M"),
        (
            "hang",
            ["--timeout", "2", "--grace", "0.2"],
            "took more than 2 s and did not stop",
        ),
    ],
)
def test_a_run_fails_alone_and_is_repeated_on_request(
    serial, suite, tmp_path, jobs, fault, options, reason
):
    out = tmp_path / "out"
    run(suite, out, "--jobs", jobs, *options, fault=fault, expect=1)
    reasons = failed(out)
    assert 1 <= len(reasons) < len(serial) / 4
    status = "timed out" if fault == "hang" else "failed"
    assert set(reasons.values()) == {(status, reason)}
    made = contents(out)
    assert made.keys() == serial.keys()
    assert all(made[key] == serial[key] for key in serial.keys() - reasons.keys())
    # Nothing is tried again unasked, and nothing else is if it is asked for.
    assert "0 to do" in run(suite, out, "--jobs", jobs, expect=1)
    told = run(suite, out, "--jobs", jobs, "--retry-failed")
    assert f"{len(reasons)} to do" in told
    assert contents(out) == serial


def test_a_run_that_kills_its_worker_once_is_made_again(serial, suite, tmp_path):
    out = tmp_path / "out"
    run(suite, out, "--jobs", "2", fault="kill-once")
    assert contents(out) == serial
    killed = len(list((tmp_path / "flags").iterdir()))
    assert killed >= 2
    records = read_records(out / "records").by_key.values()
    assert sum(record.meta.attempts > 1 for record in records) >= killed


def test_a_run_that_always_kills_its_worker_is_given_up(serial, suite, tmp_path):
    out = tmp_path / "out"
    run(suite, out, "--jobs", "2", fault="kill-always", expect=1)
    reasons = failed(out)
    assert set(reasons.values()) == {("failed", "its process died 3 times")}
    made = contents(out)
    # Its neighbours, whose processes died with it, are not to blame.
    assert len(reasons) < len(serial) / 4
    assert all(made[key] == serial[key] for key in serial.keys() - reasons.keys())
    run(suite, out, "--jobs", "2", "--retry-failed")
    assert contents(out) == serial


def test_in_one_process_a_poisonous_run_ends_it_once(serial, suite, tmp_path):
    """Then it is known, and made in a process of its own."""
    out, codes = tmp_path / "out", []
    for _ in range(20):
        process = begin(suite, out, "--jobs", "1", fault="kill-always")
        process.communicate(timeout=120)
        codes.append(process.returncode)
        if process.returncode != -signal.SIGKILL:
            break
    assert len(codes) == len(failed(out)) + 1
    assert contents(out).keys() == serial.keys()


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


def test_parts_make_the_whole_and_stay_the_same_parts(serial, suite, tmp_path):
    out = tmp_path / "out"
    told = run(suite, out, "--jobs", "1", "--shard", "2/7")
    assert "part 2 of 7: 0 of 9 runs found, 9 to do" in told
    second = set(contents(out))
    for number in (1, 3, 5, 6, 7):
        run(suite, out, "--jobs", "1", "--shard", f"{number}/7")
    told = run(suite, out, "--jobs", "1", "--shard", "2/7")
    assert "9 of 9 runs found, 0 to do" in told
    run(suite, out, "--jobs", "1", "--shard", "4/7")
    assert contents(out) == serial
    # Other parts, and the whole, know what these have done.
    told = run(suite, out, "--jobs", "1", "--shard", "1/2")
    assert "30 of 30 runs found, 0 to do" in told
    assert "60 of 60 runs found, 0 to do" in run(suite, out, "--jobs", "1")
    order = [r.key for r in Study.open(out, allow_imports=True).plan()]
    assert second == set(order[1::7])


@pytest.mark.parametrize("shard", ["0/4", "5/4", "1", "a/b", "1/0", "-1/4"])
def test_a_part_that_is_none_is_refused(suite, tmp_path, shard):
    told = run(suite, tmp_path / "out", "--shard", shard, expect=2)
    assert "expected i/N with 1 <= i <= N" in told
    assert not (tmp_path / "out").exists()


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


def test_what_a_run_spent_is_kept_when_its_time_is_over(long_suite, tmp_path):
    """Evaluations of 20 ms, ended between two of them or with their process."""
    out = tmp_path / "out"
    run(long_suite, out, "--jobs", "2", "--timeout", "0.5", expect=1)
    records = read_records(out / "records").by_key.values()
    over = [record for record in records if record.status == "timed out"]
    assert over
    for record in over:
        assert record.trials <= 30
        assert record.presentations >= record.trials
        assert 0.5 <= record.meta.wall_seconds < 5.0
        assert f"at trial {record.trials}" in record.stop_reason
    # The first run of a process loads its kernels meanwhile.
    assert max(record.trials for record in over) >= 5
    assert re.search(r"timed out after [\d,]+( to [\d,]+)? trials", status(out))


def test_a_hanging_run_is_ended_whatever_the_last_process_at_it_left(tmp_path):
    """It was killed as it wrote why it ended: half of that is there."""
    (tmp_path / "late.toml").write_text(SUITE_OF_ONE)
    out, options = tmp_path / "out", ("--jobs", "2", "--timeout", "3", "--grace", "0.5")
    run(tmp_path / "late.toml", out, "--jobs", "1", "--runs", "1")
    (line,) = [x for x in records_of(out) if '"late"' in x]
    for file in (out / "records").iterdir():
        file.write_text("")
    key = json.loads(line)["key"]
    (out / "inflight" / f"{key}.over").write_text('{"task": "tom')
    run(tmp_path / "late.toml", out, *options, fault="hang", expect=1)
    assert ("timed out", "took more than 3 s and did not stop") in failed(out).values()
    assert list((out / "inflight").iterdir()) == []


def test_a_run_that_holds_the_interpreter_is_ended(tmp_path):
    """No thread of Python's can leave word; three attempts are made."""
    (tmp_path / "late.toml").write_text(SUITE_OF_ONE)
    out, options = tmp_path / "out", ("--jobs", "2", "--timeout", "1", "--grace", "0")
    run(tmp_path / "late.toml", out, *options, fault="hold", expect=1)
    assert ("failed", "its process died 3 times") in failed(out).values()


def records_of(out):
    """The lines of all records."""
    return [x for f in (out / "records").iterdir() for x in f.read_text().splitlines()]


def test_a_run_that_hangs_later_keeps_what_it_had_spent(tmp_path):
    (tmp_path / "late.toml").write_text(SUITE_OF_ONE)
    out = tmp_path / "out"
    # Long enough for a process that first loads its kernels.
    options = ("--jobs", "2", "--timeout", "9", "--grace", "0.5")
    run(tmp_path / "late.toml", out, *options, fault="hang", expect=1)
    records = read_records(out / "records").by_key.values()
    late = [record for record in records if record.searcher == "late"]
    assert len(late) == 1
    assert (late[0].status, late[0].trials) == ("timed out", 3)
    assert "did not stop" in late[0].stop_reason


SUITE_OF_ONE = SUITE.format(
    more='late = { kind = "tests.study.execution.faulty:Late" }'
)
SUITE_OF_ONE = SUITE_OF_ONE.replace("runs = 30", "runs = 1")
SUITE_OF_ONE = SUITE_OF_ONE[: SUITE_OF_ONE.rindex("[[task]]")]
