"""Pieces of a report made by two processes: another one, and this one."""

from __future__ import annotations

import contextlib
import gc
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from typing import Any, Self, TypeVar

from loky import ProcessPoolExecutor

_S = TypeVar("_S")

_received: Any = None
"""Subject of all pieces in the other process."""


class Draughtsman:
    """A second process that makes pieces of a report while this one makes others.

    It starts on entering the context, while this process still prepares the subject,
    and gets the subject once. joblib's pool took a quarter longer for the report of
    `quick`: there this process only waits, and two others must load matplotlib.
    """

    def __enter__(self) -> Self:
        # Figures are cycles by the thousand. Looking for them among all that stays
        # takes a tenth of the time.
        gc.freeze()
        self._pool = ProcessPoolExecutor(max_workers=1, initializer=_start)
        self._pool.submit(_load)
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(kill_workers=True)
        gc.unfreeze()

    def make(self, subject: _S, pieces: Sequence[Callable[[_S], Any]]) -> list[Any]:
        """Call each piece with the subject.

        Args:
            subject: What all pieces need; must pickle.
            pieces: Functions that pickle.

        Returns:
            The result of each piece, in their order.
        """
        # Here, not by the pool's thread: pieces may cache values in the subject.
        self._pool.submit(_receive, pickle.dumps(subject))
        begun = [self._pool.submit(_make, piece) for piece in pieces]

        def result(place: int) -> Any:
            if not begun[place].cancel():
                with contextlib.suppress(BrokenExecutor):  # Killed: nothing is lost.
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

    gc.freeze()


def _receive(pickled: bytes) -> None:
    global _received
    _received = pickle.loads(pickled)
    gc.freeze()


def _make(piece: Callable[[Any], Any]) -> Any:
    return piece(_received)
