"""Figures drawn by two processes: another one, and this one as soon as it has time."""

from __future__ import annotations

import contextlib
import gc
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor
from copy import deepcopy
from typing import Any, Generic, Self, TypeVar

from loky import ProcessPoolExecutor

from gfsearch.study.results import Results

_Name = TypeVar("_Name")
_T = TypeVar("_T")

_received: Results | None = None
"""Results that the other process draws from; sent once."""


class Draughtsman(Generic[_Name, _T]):
    """Does pieces of work that need nothing but a study's results.

    Args:
        results: Collected results of a study.
        work: What to do with them, by name; must pickle.
    """

    def __init__(
        self, results: Results, work: Mapping[_Name, Callable[[Results], _T]]
    ) -> None:
        self._results = results
        self._work = work

    def __enter__(self) -> Self:
        # Figures are cycles by the thousand. Looking for them among all that stays
        # takes a tenth of the time.
        gc.freeze()
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            initializer=_receive,
            # A copy: a thread may pickle it, which must not meet the values that tables
            # cache.
            initargs=(deepcopy(self._results),),
        )
        self._begun = {
            name: self._pool.submit(_do, piece) for name, piece in self._work.items()
        }
        return self

    def __exit__(self, *error: object) -> None:
        for piece in self._begun.values():
            piece.cancel()
        self._pool.shutdown()
        gc.unfreeze()

    def done(self) -> dict[_Name, _T]:
        """Return the result of each piece, in their order."""
        # From the end: what the other process has not begun is done here.
        found = {name: self._done(name) for name in list(self._work)[::-1]}
        return {name: found[name] for name in self._work}

    def _done(self, name: _Name) -> _T:
        if not self._begun[name].cancel():
            with contextlib.suppress(BrokenExecutor):  # Killed: nothing is lost.
                return self._begun[name].result()  # type: ignore[no-any-return]
        return self._work[name](self._results)


def _receive(results: Results) -> None:
    """Begin the other process."""
    global _received
    _received = results
    gc.freeze()
    # Ctrl-C reaches it too; its parent ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do(piece: Callable[[Results], Any]) -> Any:
    assert _received is not None
    return piece(_received)
