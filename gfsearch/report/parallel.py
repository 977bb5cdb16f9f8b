"""Pieces of a report made by two processes: another one, and this one."""

from __future__ import annotations

import contextlib
import gc
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from typing import Any, Self, TypeVar

from loky import ProcessPoolExecutor
from loky.backend.reduction import dumps

_S = TypeVar("_S")

_received: Any = None
"""Subject of all pieces in the other process."""


class _NothingReceived(Exception):  # noqa: N818
    """The subject could not be loaded in the other process."""


class Draughtsman:
    """A second process that makes pieces of a report while this one makes others.

    It starts on entering the context, while this process still prepares the subject,
    and gets the subject once. joblib's pool took a quarter longer for the report of
    `quick`: there this process only waits, and two others must load matplotlib.
    """

    def __enter__(self) -> Self:
        self._thresholds = gc.get_threshold()
        _look_seldom_for_cycles()
        self._begun: list[Future[Any]] = []
        self._pool = ProcessPoolExecutor(max_workers=1, initializer=_start)
        self._pool.submit(_load)
        return self

    def __exit__(self, *error: object) -> None:
        for piece in self._begun:
            piece.cancel()
        # Without killing the process: loky then trips over pieces that were cancelled.
        self._pool.shutdown()
        gc.unfreeze()
        gc.set_threshold(*self._thresholds)

    def make(self, subject: _S, pieces: Sequence[Callable[[_S], Any]]) -> list[Any]:
        """Call each piece with the subject.

        Args:
            subject: What all pieces need; must pickle.
            pieces: Functions that pickle.

        Returns:
            The result of each piece, in their order.
        """
        with contextlib.suppress(BrokenExecutor):  # Killed: all is made here.
            # Here, not by the pool's thread: pieces may cache values in the subject.
            self._begun.append(self._pool.submit(_receive, dumps(subject)))
            for piece in pieces:
                self._begun.append(self._pool.submit(_make, piece))
        begun = self._begun[1:]

        def result(place: int) -> Any:
            if place < len(begun) and not begun[place].cancel():
                # Killed, or without a subject: nothing is lost.
                with contextlib.suppress(BrokenExecutor, _NothingReceived):
                    return begun[place].result()
            return pieces[place](subject)

        # From the end: pieces that the other process has not begun are made here.
        return [result(place) for place in range(len(pieces))[::-1]][::-1]


def _start() -> None:
    # Ctrl-C reaches it too; its parent ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _load() -> None:
    """Load matplotlib and all that draws with it."""
    import gfsearch.report.page  # noqa: F401

    _look_seldom_for_cycles()


def _look_seldom_for_cycles() -> None:
    """Let the collector pass over what stays, and come after each figure or so.

    Figures are cycles by the thousand: looking for them takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def _receive(pickled: bytes) -> None:
    global _received
    _received = pickle.loads(pickled)
    gc.freeze()


def _make(piece: Callable[[Any], Any]) -> Any:
    if _received is None:
        raise _NothingReceived
    return piece(_received)
