"""Runs whose time is over are ended, whatever they do."""

import json
import re

from gfsearch.study.records import read_records
from tests.study.execution.faulty import SUITE
from tests.study.execution.studies import (
    failed,
    run,
    status,
)

SUITE_OF_ONE = SUITE.format(
    more='late = { kind = "tests.study.execution.faulty:Late" }'
)
SUITE_OF_ONE = SUITE_OF_ONE.replace("runs = 30", "runs = 1")
SUITE_OF_ONE = SUITE_OF_ONE[: SUITE_OF_ONE.rindex("[[task]]")]


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
