"""Limits of a run: time and memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gfsearch.specs.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of each run; None for no limit.

    Attributes:
        timeout: Seconds, over all attempts that go on from each other.
        grace: Seconds that a run has to come to its next evaluation when its time is
            over; then its process is ended.
        memory: Bytes of address space beyond what its process holds at its beginning.

    Raises:
        InputError: A limit that is not positive, or memory on a system without /proc.
    """

    timeout: float | None = None
    grace: float = 5.0
    memory: int | None = None

    def __post_init__(self) -> None:
        if self.timeout is not None and not 0 < self.timeout <= 10**9:
            raise InputError(
                f"timeout: expected seconds > 0 and <= 1e9, got {self.timeout}"
            )
        if not 0 <= self.grace <= 10**9:
            raise InputError(
                f"grace: expected seconds >= 0 and <= 1e9, got {self.grace}"
            )
        if self.memory is not None and not 0 < self.memory < 2**60:
            raise InputError(f"memory: expected bytes > 0, got {self.memory}")
        if self.memory is not None and not _STATM.exists():
            raise InputError("memory: can be limited on Linux only")


NO_LIMITS = Limits()

_STATM = Path("/proc/self/statm")


@contextlib.contextmanager
def within(memory: int | None) -> Iterator[None]:
    """Let this process take so much more memory, and no more: then `MemoryError`."""
    if memory is None:
        yield
        return
    import resource

    pages = int(_STATM.read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + memory
    if before[1] != resource.RLIM_INFINITY:
        limit = min(limit, before[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
