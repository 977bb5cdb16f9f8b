import errno
import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from gfsearch.study.records import Outcomes, RecordFile, of_another_part, read_records
from gfsearch.study.runner import execute
from tests.cases import HARD, make_run


@pytest.fixture(scope="module")
def record():
    return execute(make_run(HARD, "annealing", budget=50))


def test_what_is_written_is_read(tmp_path, record):
    RecordFile(tmp_path).append(record)
    read = read_records(tmp_path)
    assert read.by_key == {record.key: record}
    assert read.unreadable == 0
    assert read.contradicting == ()


def test_damaged_lines_are_skipped_and_counted(tmp_path, record):
    RecordFile(tmp_path).append(record)
    (path,) = tmp_path.glob("*.jsonl")
    whole = path.read_bytes()
    other = whole.replace(record.key.encode(), b"0" * 32)
    damage = [
        b'{"key": "torn',
        b"\x00\x00\x00\n",
        b"\xff\xfe\n",
        b'{"key": 3}\n',
        b"[" * 100_000 + b"\n",
        b"null\n",
        whole.replace(b'"censored"', b'"nearly"'),
    ]
    path.write_bytes(whole + b"\n".join(damage[1:]) + b"\n" + other + damage[0])
    read = read_records(tmp_path)
    assert set(read.by_key) == {record.key, "0" * 32}
    assert read.unreadable == len(damage)


def test_one_key_twice_is_one_run_and_contradictions_are_told(tmp_path, record):
    RecordFile(tmp_path).append(record)
    repeated = replace(record, meta=replace(record.meta, pid=1, wall_seconds=9.0))
    RecordFile(tmp_path).append(repeated)
    read = read_records(tmp_path)
    assert len(read.by_key) == 1
    assert read.contradicting == ()
    RecordFile(tmp_path).append(replace(record, trials=49))
    assert read_records(tmp_path).contradicting == (record.key,)


def test_a_result_is_preferred_to_a_failure(tmp_path, record):
    failed = replace(record, status="failed", stop_reason="boom")
    for order in ((failed, record), (record, failed)):
        folder = tmp_path / order[0].status
        for r in order:
            RecordFile(folder).append(r)
        assert read_records(folder).by_key[record.key].status == "censored"
        assert read_records(folder).contradicting == ()


def test_two_processes_never_share_a_file(tmp_path):
    files = [RecordFile(tmp_path) for _ in range(5)]
    assert len(list(tmp_path.glob("*.jsonl"))) == len(files)


def test_a_record_is_on_disk_when_its_process_is_killed(tmp_path, record):
    """kill -9 right after the write, and no half line after it."""
    script = (
        "import os, sys, signal, pathlib\n"
        "from gfsearch.study.records import RecordFile, read_records\n"
        "source, target = map(pathlib.Path, sys.argv[1:])\n"
        "(record,) = read_records(source).by_key.values()\n"
        "RecordFile(target).append(record)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    RecordFile(tmp_path / "source").append(record)
    command = [sys.executable, "-c", script, tmp_path / "source", tmp_path / "target"]
    assert subprocess.run(command, check=False).returncode == -9
    assert read_records(tmp_path / "target").by_key == {record.key: record}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(tmp_path, record):
    file = RecordFile(tmp_path)
    file._descriptor = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space left") as caught:
        file.append(record)
    assert caught.value.errno == errno.ENOSPC


def test_a_short_write_is_taken_back(tmp_path, record):
    """On some full disks a write is short instead of failing; a limit does the same."""
    script = (
        "import resource, sys, pathlib\n"
        "from gfsearch.study.records import RecordFile, read_records\n"
        "source, target = map(pathlib.Path, sys.argv[1:])\n"
        "(record,) = read_records(source).by_key.values()\n"
        "file = RecordFile(target)\n"
        "file.append(record)\n"
        "size = next(target.iterdir()).stat().st_size\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, size + 20))\n"
        "file.append(record)\n"
    )
    RecordFile(tmp_path / "source").append(record)
    command = [sys.executable, "-c", script, tmp_path / "source", tmp_path / "target"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "wrote 20 of" in done.stderr
    read = read_records(tmp_path / "target")
    assert (len(read.by_key), read.unreadable) == (1, 0)


@pytest.mark.parametrize(
    ("name", "another"),
    [
        ("0a1b2c3d.3of16.host-1-aa.jsonl", True),
        ("0a1b2c3d.2of16.host-1-aa.jsonl", False),
        ("0a1b2c3d.2of16.host.lab.org-1-aa.jsonl", False),
        ("0a1b2c3d.3of8.host-1-aa.jsonl", False),
        ("99999999.3of16.host-1-aa.jsonl", False),
        ("host-1-aa.jsonl", False),
        ("host.lab.org-1-aa.jsonl", False),
        ("0a1b2c3d.jsonl", False),
    ],
)
def test_a_part_reads_what_may_hold_its_runs(name, another):
    assert of_another_part(name, "0a1b2c3d.2of16.") == another
    assert not of_another_part(name, "")


def test_the_files_of_sister_parts_are_not_read(tmp_path, record):
    RecordFile(tmp_path, "0a1b2c3d.3of16.").append(record)
    runs = {record.key: make_run(HARD, "annealing", budget=50)}
    outcomes = Outcomes(tmp_path, runs, "0a1b2c3d.2of16.")
    assert outcomes.by_key == {}
    assert Outcomes(tmp_path, runs).by_key == {record.key: "censored"}
    assert Outcomes(tmp_path, {}).by_key == {}
    assert set(read_records(tmp_path).by_key) == {record.key}
    RecordFile(tmp_path).append(record)
    outcomes.update()
    assert outcomes.by_key == {record.key: "censored"}


def test_a_line_without_an_end_takes_little_memory(tmp_path, record):
    """200 MB of it; the line after it is read."""
    path = tmp_path / "host.jsonl"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    RecordFile(tmp_path / "other").append(record)
    (line,) = (path.read_bytes() for path in (tmp_path / "other").iterdir())
    with path.open("ab") as file:
        file.write(b"\n" + line + line[:-1])
    runs = {record.key: make_run(HARD, "annealing", budget=50)}
    tracemalloc.start()
    read = read_records(tmp_path)
    outcomes = Outcomes(tmp_path, runs)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (set(read.by_key), read.unreadable) == ({record.key}, 1)
    assert outcomes.by_key == {record.key: "censored"}
    assert most < 60e6
    with path.open("ab") as file:
        file.write(b"\n")
    outcomes.update()
    assert outcomes.by_key == {record.key: "censored"}
