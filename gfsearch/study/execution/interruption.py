"""Ctrl-C and SIGTERM: runs stop before their next evaluation and leave checkpoints."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

from gfsearch.study.execution.attempts import markers, place
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.stopping import stop

PATIENCE = 10.0
"""Seconds until runs that do not stop are given up."""

_AGAIN = 0.5
"""Seconds after which processes whose runs go on are asked again."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible(site: Site, keys: Container[str], at_once: bool) -> Iterator[None]:
    """Stop gracefully at the first signal, at once at the second.

    Raises `KeyboardInterrupt` when the runs have stopped. In other threads than the
    main one signals are left as they are.

    Args:
        site: Whose runs are to stop.
        keys: Of these runs.
        at_once: Raise at the first signal: what works elsewhere goes on by itself.
    """
    stop.now_working_for(site.call)
    if current_thread() is not main_thread():
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def ask(number: int, frame: FrameType | None) -> None:
        stop.asked = True
        for each in _SIGNALS:
            signal.signal(each, give_up)
        if at_once:
            raise KeyboardInterrupt
        until = time.monotonic() + PATIENCE

        def ask_again(number: int, frame: FrameType | None) -> None:
            if time.monotonic() >= until:
                raise KeyboardInterrupt
            _ask_processes(site, keys)

        # A run that is just starting has no marker yet, or half of one.
        signal.signal(signal.SIGALRM, ask_again)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
        _ask_processes(site, keys)

    before: dict[int, Callable[..., Any] | int | None] = {
        each: signal.signal(each, ask) for each in _SIGNALS
    }
    before[signal.SIGALRM] = signal.getsignal(signal.SIGALRM)
    try:
        yield
        if stop.asked:
            raise KeyboardInterrupt
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        for each, handler in before.items():
            signal.signal(each, handler)


def _ask_processes(site: Site, keys: Container[str]) -> None:
    """Ask the other processes of a call, by their markers, to stop their runs."""
    for _, marker, lives in markers(site.inflight, keys):
        # This process knows already.
        own = marker.call == site.call and marker.place == place()
        if own and lives and marker.pid != os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(marker.pid, signal.SIGTERM)
