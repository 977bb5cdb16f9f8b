"""Compiling generated kernels, once per network structure and machine.

numba can cache only code that lives in a file, so the generated source is written to
the user's cache folder under a name made from its own text and that of the code it
calls: a changed generator or structure never meets an old kernel.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from gfsearch.fitness.cpu import calling, filling, jit, score, vectors
from gfsearch.fitness.cpu.backward_source import backward_source
from gfsearch.fitness.cpu.precision import Precision
from gfsearch.fitness.cpu.source import forward_source
from gfsearch.networks.structure import Structure

_CALLED = (vectors, jit, filling, calling, score)
"""The modules with compiled code that kernels call."""

_PATIENCE = 600.0
"""Seconds after which a process no longer waits for another one to compile."""


@lru_cache(maxsize=256)
def forward_kernel(structure: Structure, precision: Precision) -> Callable[..., None]:
    """The compiled `forward` of a structure; see `gfsearch.fitness.cpu.source`.

    Compiles in memory if the cache folder cannot be written.
    """
    return compiled("forward", forward_source(structure, precision))


@lru_cache(maxsize=256)
def backward_kernel(structure: Structure) -> Callable[..., None]:
    """The compiled `backward` of a structure; see `backward_source`.

    Compiles in memory if the cache folder cannot be written.
    """
    return compiled("backward", backward_source(structure))


def is_kept(structure: Structure, precision: Precision) -> bool:
    """True if a forward kernel was compiled on this machine before."""
    return _is_compiled(
        "forward", _file("forward", forward_source(structure, precision))
    )


def backward_is_kept(structure: Structure) -> bool:
    """True if a backward kernel was compiled on this machine before."""
    return _is_compiled("backward", _file("backward", backward_source(structure)))


def cache_folder() -> Path:
    """The folder that keeps compiled kernels."""
    folder = platformdirs.user_cache_dir("gfsearch", appauthor=False)
    return Path(folder) / "kernels"


def compiled(name: str, text: str) -> Callable[..., None]:
    """The function of a name in a generated text, which compiles it by a signature.

    It compiles in memory if the cache folder cannot be written.
    """
    path = _file(name, text)
    with _alone(name, path):
        with contextlib.suppress(OSError):
            # Rewriting an unchanged file would change its time stamp and void the
            # cache.
            if not path.exists() or path.read_text() != text:
                handle, temporary = tempfile.mkstemp(dir=path.parent)
                with os.fdopen(handle, "w") as file:
                    file.write(text)
                Path(temporary).replace(path)
        function: Callable[..., None] = _executed(text, path)[name]
    return function


@contextlib.contextmanager
def _alone(name: str, path: Path) -> Iterator[None]:
    """Let one process compile a kernel, and others wait until it can be loaded.

    numba's cache has no lock: processes that begin together would compile the same.
    """
    with contextlib.ExitStack() as stack:
        if not _is_compiled(name, path):
            # Where nothing can be kept, or locked, there is nothing to wait for.
            with contextlib.suppress(OSError, NotImplementedError):
                path.parent.mkdir(parents=True, exist_ok=True)
                lock = FileLock(path.with_suffix(".lock"), timeout=_PATIENCE)
                stack.enter_context(lock)
        yield


def _is_compiled(name: str, path: Path) -> bool:
    """True if numba has kept what it made of a function in a file.

    Not of the file: the functions that it calls are kept first.
    """
    return any((path.parent / "__pycache__").glob(f"{path.stem}.{name}-*.nbi"))


def _file(name: str, text: str) -> Path:
    """The file for a kernel's source: its name tells of all that went into it."""
    content = text + "".join(inspect.getsource(module) for module in _CALLED)
    digest = hashlib.blake2b(content.encode(), digest_size=12).hexdigest()
    return cache_folder() / f"{name}_{digest}.py"


def _executed(text: str, path: Path) -> dict[str, Any]:
    """Execute the generated text as a module.

    The text comes from this process, never from the file, which only tells numba
    where to keep its cache. Restoring a kernel from the cache looks its module up by
    name, so the module is registered before its text runs.
    """
    module = types.ModuleType(f"{__package__}.{path.stem}")
    sys.modules[module.__name__] = module
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module.__dict__
