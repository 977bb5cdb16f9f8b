"""Faults on a real Dask cluster cost no run and change no number."""

import pytest

from tests.study.cluster.dask_cluster import DaskCluster, wait_for
from tests.study.execution.studies import (
    begin,
    contents,
    failed,
    run,
    wait_for_records,
)


@pytest.mark.parametrize("fault", ["exception", "exit", "kill-once", "kill-always"])
def test_faults_cost_no_run_and_change_no_number(serial, suite, tmp_path, fault):
    out, once = tmp_path / "out", fault == "kill-once"
    with DaskCluster(tmp_path / "dask", fault) as cluster:
        run(suite, out, *cluster.connect, expect=0 if once else 1)
    made, reasons = contents(out), failed(out)
    assert made.keys() == serial.keys()
    assert len(reasons) < len(serial) / 4
    assert bool(reasons) != once
    assert all(made[key] == serial[key] for key in serial.keys() - reasons.keys())
    with DaskCluster(tmp_path / "sound") as cluster:
        run(suite, out, *cluster.connect, "--retry-failed")
    assert contents(out) == serial


def test_a_run_that_takes_the_memory_of_its_worker_fails_alone(serial, suite, tmp_path):
    """The nanny kills workers above 95 % of their limit."""
    out = tmp_path / "out"
    limit = ("--memory-limit", "600MB")
    with DaskCluster(tmp_path / "dask", "memory", limit) as cluster:
        run(suite, out, *cluster.connect, expect=1)
    reasons = failed(out)
    assert set(reasons.values()) == {("failed", "its process died 3 times")}
    assert len(reasons) < len(serial) / 4
    assert contents(out).keys() == serial.keys()


def test_a_dead_scheduler_is_told_and_another_engine_goes_on(serial, suite, tmp_path):
    out = tmp_path / "out"
    with DaskCluster(tmp_path / "dask") as cluster:
        process = begin(suite, out, *cluster.connect)
        wait_for_records(process, out, 10)
        cluster.scheduler.kill()
        _, told = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "is gone" in told
        assert "go on with" in told
        assert "Traceback" not in told
        # The workers' last runs end before they go.
        wait_for(lambda: not list((out / "inflight").iterdir()))
    run(suite, out, "--jobs", "2")
    assert contents(out) == serial
