"""A real Dask cluster: its own commands, over TCP with TLS."""

import os
import signal
import subprocess
import sys
import time

from tests.study.execution.faulty import FAULT, FLAGS
from tests.study.execution.studies import ROOT


class DaskCluster:
    """A scheduler and two workers in `folder`, which may be given faults."""

    def __init__(self, folder, fault=None, options=()):
        self._folder = folder
        self._fault = fault
        self._options = options
        self.processes = []

    def __enter__(self):
        # Here and not above: other tests are collected without Dask.
        from distributed import Security

        self._folder.mkdir()
        security = Security.temporary()
        for name, text in (
            ("ca", security.tls_ca_file),
            ("cert", security.tls_client_cert),
            ("key", security.tls_client_key),
        ):
            (self._folder / f"{name}.pem").write_text(text)
        self.scheduler = self._start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", "tls"),
            *("--scheduler-file", str(self.file)),
        )
        wait_for(self.file.exists)
        for _ in range(2):
            self.add_worker()
        return self

    def __exit__(self, *error):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def add_worker(self):
        return self._start(
            *("worker", "--scheduler-file", str(self.file), "--nthreads", "1"),
            *("--death-timeout", "10", *self._options),
        )

    @property
    def file(self):
        return self._folder / "scheduler.json"

    @property
    def connect(self):
        """The options of gfsearch that connect to it."""
        return [
            *("--backend", "dask", "--scheduler", str(self.file)),
            *("--tls-ca", str(self._folder / "ca.pem")),
            *("--tls-cert", str(self._folder / "cert.pem")),
            *("--tls-key", str(self._folder / "key.pem")),
        ]

    def _start(self, what, *options):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": "1"}
        if self._fault is not None:
            flags = self._folder / "flags"
            flags.mkdir(exist_ok=True)
            environment |= {FAULT: self._fault, FLAGS: str(flags)}
        with (self._folder / f"{what}-{len(self.processes)}.log").open("w") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "distributed.cli.dask_" + what, *options),
                    *("--dashboard-address", "127.0.0.1:0"),
                    *("--tls-ca-file", str(self._folder / "ca.pem")),
                    *("--tls-cert", str(self._folder / "cert.pem")),
                    *("--tls-key", str(self._folder / "key.pem")),
                ],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
