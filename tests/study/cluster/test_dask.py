"""Studies on a real Dask cluster: the same records, whatever fails."""

import os
import signal
import subprocess
import sys

import pytest

from gfsearch.study.execution.dask import address_of
from tests.extensions.functions import SUITE as BOWLS
from tests.study.cluster.dask_cluster import DaskCluster, wait_for
from tests.study.execution.studies import (
    ROOT,
    begin,
    contents,
    environment,
    run,
    wait_for_records,
)


def test_two_workers_make_the_same(serial, suite, tmp_path, dask_cluster):
    out = tmp_path / "out"
    run(suite, out, *dask_cluster.connect)
    assert contents(out) == serial


def test_functions_run_there_as_here(tmp_path, dask_cluster):
    """Of a class that can be imported; its noise would be that of the run, too."""
    bowls = tmp_path / "bowls.toml"
    bowls.write_text(BOWLS)
    run(bowls, tmp_path / "here", "--jobs", "1")
    run(bowls, tmp_path / "there", *dask_cluster.connect)
    assert len(contents(tmp_path / "here")) == 36
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_without_our_certificates_nobody_gets_in(suite, tmp_path, dask_cluster):
    out = tmp_path / "out"
    bare = dask_cluster.connect[:4]
    told = run(suite, out, *bare, expect=2)
    assert told.startswith("error: scheduler: cannot connect to tls://")
    with DaskCluster(tmp_path / "other") as other:
        crossed = [*dask_cluster.connect[:4], *other.connect[4:]]
        told = run(suite, out, *crossed, expect=2)
        assert told.startswith("error: scheduler: cannot connect to tls://")
    plain = address_of(str(dask_cluster.file)).replace("tls://", "tcp://")
    told = run(suite, out, "--backend", "dask", "--scheduler", plain, expect=2)
    assert told.startswith("error: scheduler: cannot connect to tcp://")
    assert told.count("\n") == 1
    assert not out.exists()


def test_a_master_that_leaves_loses_nothing(serial, suite, tmp_path, dask_cluster):
    out = tmp_path / "out"
    process = begin(suite, out, *dask_cluster.connect)
    wait_for_records(process, out, 10)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    run(suite, out, *dask_cluster.connect)
    wait_for(lambda: not list((out / "inflight").iterdir()))
    assert contents(out) == serial


def test_workers_may_come_late(serial, suite, tmp_path):
    out = tmp_path / "out"
    with DaskCluster(tmp_path / "dask") as cluster:
        for worker in cluster.processes[1:]:
            worker.terminate()
            worker.wait(timeout=30)
        process = begin(suite, out, *cluster.connect)
        wait_for((out / "study.json").exists)
        cluster.add_worker()
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert contents(out) == serial


def test_a_worker_of_several_threads_is_refused(suite, tmp_path):
    with DaskCluster(tmp_path / "dask", options=("--nthreads", "3")) as cluster:
        told = run(suite, tmp_path / "out", *cluster.connect, expect=2)
    assert "it needs --nthreads 1" in told


def test_a_cluster_to_try_out_is_encrypted_and_listens_on_loopback_only(
    serial, suite, tmp_path
):
    cluster = subprocess.Popen(
        [
            *(sys.executable, "-m", "gfsearch", "cluster", "dask"),
            *("--out", str(tmp_path / "dask")),
        ],
        env=environment(tmp_path),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert "2 workers" in cluster.stdout.readline()
        connect = cluster.stdout.readline().split("compare ")[1].split()
        assert address_of(str(tmp_path / "dask" / "scheduler.json")).startswith("tls:")
        assert (tmp_path / "dask").stat().st_mode & 0o777 == 0o700
        for path in (tmp_path / "dask").iterdir():
            assert path.stat().st_mode & 0o077 == 0
        listening = listeners(cluster.pid)
        assert listening
        assert {host for host, _ in listening} == {"127.0.0.1"}
        run(suite, tmp_path / "out", *connect)
        assert contents(tmp_path / "out") == serial
    finally:
        cluster.terminate()
        cluster.communicate(timeout=30)
    assert cluster.returncode == 0


def listeners(group):
    """Addresses at which the processes of a group listen."""
    import psutil

    processes = [p for p in psutil.process_iter() if os.getpgid(p.pid) == group]
    return {
        connection.laddr
        for process in processes
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--backend", "dask"], "needs --scheduler"),
        (["--scheduler", "tcp://127.0.0.1:1"], "needs --backend dask"),
        (["--backend", "dask", "--scheduler", "nowhere.json"], "No such file"),
        (["--backend", "dask", "--scheduler", "http://h:1"], "expected an address"),
        (["--backend", "dask", "--scheduler", "tcp://h"], "expected an address"),
        (["--backend", "dask", "--scheduler", "tcp://192.0.2.1:8786"], "--insecure"),
        (["--backend", "dask", "--scheduler", "tcp://0.0.0.0:8786"], "--insecure"),
        (["--backend", "dask", "--scheduler", "tls://127.0.0.1:9", "--tls-ca", "no"],
         "no such file"),
        (["--backend", "dask", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"],
         "--jobs"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_before_any_work(suite, tmp_path, options, complaint):
    told = run(suite, tmp_path / "out", *options, expect=2)
    assert complaint in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()
