"""Commands on studies of the faulty searcher, and what must come of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

from gfsearch.study.records import content_of, read_records
from gfsearch.study.study import Study
from tests.study.execution.faulty import FAULT, FLAGS

ROOT = Path(__file__).parents[3]


def command(suite, out, *options, name="run"):
    return [
        *(sys.executable, "-m", "gfsearch", name, str(suite), "--allow-imports"),
        *("--out", str(out), *options),
    ]


def environment(tmp_path, fault=None):
    """The environment of a command; modules of tests are found, and nothing is shared.

    Args:
        tmp_path: Where the fault leaves its flags.
        fault: What goes wrong with one run in twelve.
    """
    found = {**os.environ, "PYTHONPATH": str(ROOT)}
    if fault is not None:
        found |= {FAULT: fault, FLAGS: str(tmp_path / "flags")}
        (tmp_path / "flags").mkdir(exist_ok=True)
    return found


def run(suite, out, *options, fault=None, expect=0, name="run"):
    """Run a study to its end; returns what it told on standard error."""
    done = subprocess.run(
        command(suite, out, *options, name=name),
        env=environment(out.parent, fault),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == expect, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def begin(suite, out, *options, fault=None):
    """Begin a study in a process group of its own."""
    return subprocess.Popen(
        command(suite, out, *options),
        env=environment(out.parent, fault),
        cwd=ROOT,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_records(process, folder, least):
    deadline = time.monotonic() + 120
    while len(read_records(folder / "records").by_key) < least:
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None
        time.sleep(0.02)


def contents(folder):
    """What every repetition must reproduce; nothing may contradict or be left over."""
    read = read_records(folder / "records")
    assert read.contradicting == ()
    assert list((folder / "inflight").iterdir()) == []
    return {key: content_of(record) for key, record in read.by_key.items()}


def failed(folder):
    """Why runs failed, by key."""
    records = Study.open(folder, allow_imports=True).records().by_key
    return {
        key: (record.status, record.stop_reason)
        for key, record in records.items()
        if record.status in ("failed", "timed out")
    }


def status(folder):
    """What `status` tells of a study."""
    done = subprocess.run(
        [*(sys.executable, "-m", "gfsearch", "status"), folder, "--allow-imports"],
        env=environment(folder.parent),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
