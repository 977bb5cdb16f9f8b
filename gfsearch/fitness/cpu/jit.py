"""The compiler's options, the same for all compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

# Reassociation by the compiler, or its assuming that all numbers are finite, would
# let results depend on how it arranged a loop: neither is allowed.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

_only_in_memory: list[str] = []


def jit(*signature: Any, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a function to be compiled and, where possible, kept on disk.

    Args:
        *signature: A numba signature to compile for at once; none to compile at the
            first call.
        **options: Further options of `numba.njit`.
    """

    def compiled(function: Callable[..., Any]) -> Any:
        try:
            return numba.njit(*signature, cache=True, **OPTIONS, **options)(function)
        except (RuntimeError, OSError):
            # Nowhere to keep it: a read-only installation without a home folder.
            _only_in_memory.append(function.__name__)
            return numba.njit(*signature, **OPTIONS, **options)(function)

    return compiled


def everything_is_kept() -> bool:
    """True if all that this process compiled could be kept on disk."""
    return not _only_in_memory
