"""Runs on a Dask cluster that is already running, through joblib.

Whoever can speak to a Dask scheduler can run code on its workers: so connections are
encrypted and both sides show certificates (TLS), or stay on one machine.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import joblib

from gfsearch.errors import InputError
from gfsearch.execution.pool import Runs, tasks
from gfsearch.execution.worker import Outcome, Site

_SAFE = ("tls", "wss")

_WAIT = 30
"""Seconds to wait for the scheduler, and for its first worker."""


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

    goes_on = True

    def __init__(
        self, scheduler: str, tls: Tls | None = None, insecure: bool = False
    ) -> None:
        try:
            import distributed
        except ModuleNotFoundError:
            raise InputError(
                "backend dask: needs Dask: pip install 'gfsearch[cluster]'"
            ) from None
        self.address = address_of(scheduler)
        _refuse_unsafe(self.address, insecure)
        self._client = _connect(self.address, tls or Tls())
        self.broken = (distributed.KilledWorker,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def map(self, runs: Runs, site: Site) -> Iterator[tuple[str, Outcome]]:
        """Make runs, in any order.

        Raises:
            ConnectionError: The scheduler is gone.
        """
        from gfsearch.execution.dask_backend import Backend, SchedulerGone

        parallel = joblib.Parallel(
            backend=Backend(client=self._client, wait_for_workers_timeout=_WAIT),
            return_as="generator_unordered",
            batch_size=1,
        )
        try:
            yield from parallel(tasks(runs, site))
        except SchedulerGone:
            raise ConnectionError(
                f"the scheduler at {self.address} is gone"
            ) from None

    def one_by_one(self, runs: Runs, site: Site) -> Iterator[tuple[str, Outcome]]:
        """Make runs: a worker that dies takes no other with it."""
        return self.map(runs, site)


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
        f"scheduler: {address} is not encrypted: whoever reaches it can run code on its "
        "workers; start it with --protocol tls, or accept that with --insecure"
    )


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine, whatever address it is known by."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(a[4][0]).is_loopback for a in found)


def _connect(address: str, tls: Tls) -> Any:
    from distributed import Client, Security

    given = {
        "tls_ca_file": tls.ca,
        "tls_client_cert": tls.cert,
        "tls_client_key": tls.key,
    }
    for name, path in given.items():
        if path is not None and not path.is_file():
            raise InputError(f"{name}: {path}: no such file")
    security = None
    if urlsplit(address).scheme in _SAFE:
        files = {name: str(path) for name, path in given.items() if path is not None}
        security = Security(require_encryption=True, **files)
    # What it tells of lost connections, we tell.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return Client(address, security=security, timeout=_WAIT, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:
        # Among them the handshake's errors.
        reason = str(error.__cause__ or error) or type(error).__name__
        raise InputError(f"scheduler: cannot connect to {address}: {reason}") from None
