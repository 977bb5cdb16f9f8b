"""Memory of this machine, of which one problem's data may take a quarter."""

from __future__ import annotations

import os
from pathlib import Path

from gfsearch.specs.errors import InputError

_CGROUP = Path("/sys/fs/cgroup/memory.max")
"""Limit of a container, where there is one."""


def check_fits(size: int, what: str) -> None:
    """Refuse data that would take more than a quarter of the memory.

    Args:
        size: Bytes that they take.
        what: What takes them, in error messages.

    Raises:
        InputError: They would.
    """
    total = _memory()
    if size > total // 4:
        raise InputError(
            f"{what}: {_gigabytes(size)} in memory, expected at most a quarter of the "
            f"{_gigabytes(total)} of this machine"
        )


def _memory() -> int:
    """Bytes of memory that this process may hope for."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = _CGROUP.read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.3g} GiB"
