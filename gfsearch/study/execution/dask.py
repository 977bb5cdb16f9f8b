"""Runs on a Dask cluster that is already running.

Not through joblib: its Dask backend makes runs in the caller when one worker is left,
and never tells of a task that Dask has given up.

Whoever can speak to a Dask scheduler can run code on its workers: so connections are
encrypted and both sides show certificates (TLS), or stay on one machine.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self
from urllib.parse import urlsplit

from gfsearch.specs.errors import InputError
from gfsearch.study.execution import attempts
from gfsearch.study.execution.batches import Batches
from gfsearch.study.execution.engine import Ended, Wanted
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.worker import Ending, UnfitWorkerError, work
from gfsearch.suites.run import Run

_SAFE = ("tls", "wss")

_WAIT = 30
"""Seconds to wait for the scheduler to answer."""

_WAIT_FOR_WORKERS = 300
"""Seconds to wait for workers: a cluster may start them when there is work."""

_BATCH, _PER_WORKER = 0.05, 0.02
"""Seconds that a worker is given to do at a time, and more for each of its fellows.

The scheduler and its client take some 7 ms to hand over a batch.
"""

_LOOK = 5.0
"""Seconds between looks for results that were not reported."""


@dataclass(frozen=True, kw_only=True)
class Tls:
    """Certificates, as files in PEM; what is None is taken from Dask's configuration.

    Attributes:
        ca: The authority that signed the certificates of both sides.
        cert: Our certificate.
        key: Its key.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


class Cluster:
    """A Dask cluster that is already running; also a context.

    Args:
        scheduler: Its address, or the path of a scheduler file.
        tls: Certificates.
        insecure: Allow a connection without encryption to another machine.

    Raises:
        InputError: Dask is not installed, there is no scheduler, or the connection
            would not be safe.
    """

    broken = ()
    here = False
    goes_on = True
    trusted = attempts.MOST
    """A worker that dies takes an attempt at no other run with it."""

    def __init__(
        self, scheduler: str, tls: Tls | None = None, insecure: bool = False
    ) -> None:
        try:
            import distributed  # noqa: F401
        except ModuleNotFoundError:
            raise InputError(
                "backend dask: needs Dask: pip install 'gfsearch[cluster]'"
            ) from None
        self.address = address_of(scheduler)
        _refuse_unsafe(self.address, insecure)
        self._client = _connect(self.address, tls or Tls())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def map(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs, in any order, those that are wanted when it is their turn.

        What came of a run that is not told, because its worker died as it was to tell,
        is on disk.

        Raises:
            ConnectionError: The scheduler, or all its workers, are gone.
        """
        workers = _Workers(self._client, self.address)
        batches = Batches(runs, wanted)
        waiting = set[Any]()
        ended: SimpleQueue[Any] = SimpleQueue()
        while True:
            # Two batches for each worker, so that none waits for the next one.
            while batches.left and len(waiting) < 2 * (number := workers.now()):
                seconds = _BATCH + _PER_WORKER * number
                if not (batch := batches.next(seconds, number)):
                    continue
                future = self._client.submit(work, batch, site, seconds, pure=False)
                future.add_done_callback(ended.put)
                waiting.add(future)
            if not waiting and not batches.left:
                return
            workers.now()  # Nobody tells when all have gone.
            try:
                done = {ended.get(timeout=_LOOK)}
            except Empty:
                done = {future for future in waiting if future.status != "pending"}
            for future in done & waiting:
                waiting.remove(future)
                yield from batches.ended(self._outcomes(future))

    def one_by_one(self, runs: Sequence[Run], site: Site, wanted: Wanted) -> Ended:
        """Make runs, in any order."""
        return self.map(runs, site, wanted)

    def _outcomes(self, future: Any) -> list[Ending]:
        """The result of a batch, if it can still be fetched."""
        import distributed
        from distributed.comm import CommClosedError

        if future.cancelled():  # We cancel none.
            raise _gone(self.address)
        try:
            # Not for long: if the worker that holds it died, Dask makes the runs again.
            found: list[Ending] = future.result(timeout=_LOOK)
        except (TimeoutError, distributed.KilledWorker):
            return []
        except CommClosedError:  # An OSError, but not of a worker's files.
            raise _gone(self.address) from None
        except (OSError, UnfitWorkerError):
            raise
        except Exception as error:
            raise UnfitWorkerError(
                f"a worker cannot begin runs: {type(error).__name__}: {error}"
            ) from None
        future.release()
        return found


def _gone(address: str) -> ConnectionError:
    return ConnectionError(f"the scheduler at {address} is gone")


class _Workers:
    """Number of workers of a cluster: they come and go."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._number = 0
        self._look_at = 0.0
        self._seen_at = time.monotonic()

    def now(self) -> int:
        """Their number, looked up every few seconds.

        Raises:
            ConnectionError: The scheduler, or all its workers, are gone.
        """
        now = time.monotonic()
        if now < self._look_at:
            return self._number
        self._look_at = now + _LOOK
        try:
            self._number = len(self._client.nthreads())
        except OSError:
            raise _gone(self._address) from None
        if self._number:
            self._seen_at = now
        elif now - self._seen_at > _WAIT_FOR_WORKERS:
            raise ConnectionError(
                f"the cluster has had no worker for {_WAIT_FOR_WORKERS} s"
            )
        return self._number


def address_of(scheduler: str) -> str:
    """The address of a scheduler.

    Args:
        scheduler: An address such as "tls://10.0.0.5:8786", or the path of a scheduler
            file.

    Raises:
        InputError: It is neither.
    """
    if "://" in scheduler:
        address = scheduler
    else:
        try:
            address = json.loads(Path(scheduler).read_text(encoding="utf-8"))["address"]
        except OSError as error:
            raise InputError(f"scheduler: {scheduler}: {error.strerror}") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise InputError(f"scheduler: {scheduler}: no scheduler file") from None
    try:
        parts = urlsplit(str(address))
        known = parts.hostname and parts.port and parts.scheme in (*_SAFE, "tcp", "ws")
    except ValueError:
        known = False
    if not known:
        raise InputError(
            f"scheduler: expected an address such as tls://host:8786, got {address!r}"
        )
    return str(address)


def _refuse_unsafe(address: str, insecure: bool) -> None:
    """Refuse to send code unencrypted to other machines."""
    parts = urlsplit(address)
    if insecure or parts.scheme in _SAFE or _is_loopback(str(parts.hostname)):
        return
    raise InputError(
        f"scheduler: {address} is not encrypted: anybody who reaches it can run code "
        "on its workers; start it with --protocol tls, or accept that with --insecure"
    )


def _is_loopback(host: str) -> bool:
    """True if a host is this machine, whatever address it is known by."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(a[4][0]).is_loopback for a in found)


def _connect(address: str, tls: Tls) -> Any:
    """A client of a scheduler."""
    import distributed

    given = {
        "tls_ca_file": tls.ca,
        "tls_client_cert": tls.cert,
        "tls_client_key": tls.key,
    }
    for name, path in given.items():
        if path is not None and not path.is_file():
            raise InputError(f"{name}: {path}: no such file")
    files = {name: str(path) for name, path in given.items() if path is not None}
    encrypted = urlsplit(address).scheme in _SAFE
    security = distributed.Security(require_encryption=encrypted, **files)
    # What Dask logs of lost workers and connections, with tracebacks, we tell.
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        # A client that cannot connect would try for a minute more to take its leave.
        asyncio.run(_greet(address, security))
        return distributed.Client(
            address, security=security, timeout=_WAIT, set_as_default=False
        )
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        # Among them what is wrong with certificates.
        reason = str(error.__cause__ or error) or type(error).__name__
        raise InputError(f"scheduler: cannot connect to {address}: {reason}") from None


async def _greet(address: str, security: Any) -> None:
    """Connect to a scheduler, and leave.

    Raises:
        OSError: It does not answer, or not to us.
    """
    from distributed.comm import connect

    how = security.get_connection_args("client")
    comm = await connect(address, timeout=_WAIT, **how)
    await comm.close()
