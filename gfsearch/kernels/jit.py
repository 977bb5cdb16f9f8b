"""How everything here is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

# `contract` lets a * b + c be one rounding; anything beyond (reassociation, no-nans)
# would let a result depend on how the compiler arranged a loop, and would undo the
# rounding trick of the lane kernels.
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "fastmath": {"contract"},
    "error_model": "numpy",
}


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
            return numba.njit(*signature, **OPTIONS, **options)(function)

    return compiled
