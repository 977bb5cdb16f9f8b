"""Whatever fails, no finished run is lost and no number changes."""

import signal

import pytest

from gfsearch.study.records import read_records
from tests.study.execution.studies import (
    begin,
    contents,
    failed,
    run,
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
