"""The compiler's options, the same for all compiled code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numba
import platformdirs

# Reassociation by the compiler, or its assuming that all numbers are finite, would
# let results depend on how it arranged a loop: neither is allowed.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

_PACKAGE = Path(__file__).parents[2]

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
            with _kept_with_its_callees(function):
                return numba.njit(*signature, cache=True, **OPTIONS, **options)(
                    function
                )
        except (RuntimeError, OSError):
            # Nowhere to keep it: a read-only installation without a home folder.
            _only_in_memory.append(function.__name__)
            return numba.njit(*signature, **OPTIONS, **options)(function)

    return compiled


def everything_is_kept() -> bool:
    """True if all that this process compiled could be kept on disk."""
    return not _only_in_memory


@contextmanager
def _kept_with_its_callees(function: Callable[..., Any]) -> Iterator[None]:
    """Let numba keep what it compiles of the package in a folder of these very sources.

    numba looks at a function's own file only. What it kept of a function would be used
    although another one that it calls, in another file, has changed: with other
    arguments, if it calls it by its address. Generated code has the sources in its
    files' names.
    """
    before = numba.config.CACHE_DIR
    if Path(function.__code__.co_filename).is_relative_to(_PACKAGE):
        folder = before or platformdirs.user_cache_dir("gfsearch", appauthor=False)
        numba.config.CACHE_DIR = str(Path(folder) / _sources())
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


@cache
def _sources() -> str:
    """Name of all code that is compiled, or that generates what is."""
    digest = hashlib.blake2b(digest_size=12)
    for part in ("fitness", "searchers", "networks"):
        for path in sorted((_PACKAGE / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"compiled_{digest.hexdigest()}"
