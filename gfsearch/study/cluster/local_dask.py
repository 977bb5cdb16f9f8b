"""A Dask cluster on this machine, to try out: encrypted, on loopback only."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gfsearch.specs.errors import InputError
from gfsearch.study.execution import attempts

LOOPBACK = "127.0.0.1"


@contextmanager
def local_cluster(folder: Path, workers: int) -> Iterator[list[str]]:
    """Start a scheduler and workers; they end with the context.

    Args:
        folder: Where the scheduler file and the certificates are written, for this
            user's eyes only.
        workers: Number of workers, of one thread each.

    Yields:
        The options that connect to it.

    Raises:
        InputError: Dask is not installed, or the folder cannot be written.
    """
    try:
        import dask
        from distributed import LocalCluster, Security

        security = Security.temporary()
    except ImportError:
        raise InputError(
            "cluster dask: needs Dask: pip install 'gfsearch[cluster]'"
        ) from None
    files = {
        "ca": security.tls_ca_file,
        "cert": security.tls_client_cert,
        "key": security.tls_client_key,
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / f"{name}.pem", text)
    except OSError as error:
        raise InputError(f"--out: {error.filename}: {error.strerror}") from None
    # Dask sees to the other libraries that have threads of their own.
    os.environ["NUMBA_NUM_THREADS"] = "1"
    # A run that kills its workers is given up by us, before Dask would.
    failures = {"distributed.scheduler.allowed-failures": 3 * attempts.MOST}
    # An HTTP server cannot be left out; unasked, it would listen to all the world.
    http = f"{LOOPBACK}:0"
    with (
        dask.config.set(failures),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            protocol="tls://",
            security=security,
            host=LOOPBACK,
            dashboard_address=http,
            worker_dashboard_address=http,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        scheduler = folder / "scheduler.json"
        _write(scheduler, json.dumps({"address": cluster.scheduler_address}) + "\n")
        try:
            yield [
                "--backend=dask",
                f"--scheduler={scheduler}",
                *(f"--tls-{name}={folder / f'{name}.pem'}" for name in files),
            ]
        finally:
            scheduler.unlink()


def _write(path: Path, text: str) -> None:
    """Write a file that only this user can read."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
