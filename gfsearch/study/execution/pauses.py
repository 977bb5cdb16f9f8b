"""Checks between the evaluations of a run, and the end of one that hangs."""

from __future__ import annotations

import faulthandler
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from gfsearch.study.execution.attempts import Attempt, Spent
from gfsearch.study.execution.checkpoints import Checkpoint
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.stopping import Stopped, stop
from gfsearch.study.runner import State

_LATER = 2.0
"""Seconds that Python's own threads have to end a process, before it is ended."""


class TimeOver(Exception):  # noqa: N818
    """A run has taken the time it may take."""


class Pauses:
    """Checks between two evaluations: stop requests, time, checkpoints.

    Attributes:
        state: Where the run stands; None before its first evaluation.
    """

    def __init__(
        self,
        site: Site,
        attempt: Attempt,
        checkpoint: Checkpoint,
        state: State | None,
    ) -> None:
        self._every = site.checkpoint_every
        self._timeout = math.inf if site.limits.timeout is None else site.limits.timeout
        self._attempt = attempt
        self._checkpoint = checkpoint
        self.state = state
        self._save_at = time.monotonic() + self._every
        self._look_at = 0.0

    def __call__(self, state: State) -> None:
        """Stop the run if that was asked for, or if its time is over."""
        self.state = state
        if stop.asked:
            self._checkpoint.save(state)
            raise Stopped
        now = time.monotonic()
        if now < self._look_at:
            return
        left = self._timeout - state.clock.wall
        if left <= 0:
            raise TimeOver(f"{_over(self._timeout)}, at trial {state.costs.trials}")
        if now >= self._save_at:
            if self._checkpoint.save(state):
                self._attempt.progressed()
            self._save_at = now + self._every
        self._look_at = min(self._save_at, now + left)


def _over(timeout: float) -> str:
    return f"took more than {timeout:g} s"


@contextmanager
def ended_by(site: Site, attempt: Attempt, pauses: Pauses) -> Iterator[None]:
    """End this process if the run does not come to its next evaluation in time.

    A thread of Python's does so, which leaves word of it; one that needs no Python does
    it later, where an extension holds the interpreter.
    """
    timeout = site.limits.timeout
    if timeout is None or os.getpid() == site.caller:
        yield
        return
    spent = Spent.by(pauses.state).wall_seconds

    def end() -> None:
        try:
            reason = f"{_over(timeout)} and did not stop"
            attempt.ends_process(reason, Spent.by(pauses.state))
        finally:
            os._exit(1)

    seconds = max(timeout - spent, 0.0) + site.limits.grace
    timer = Timer(seconds, end)
    timer.daemon = True
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        faulthandler.dump_traceback_later(seconds + _LATER, exit=True, file=nowhere)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            faulthandler.cancel_dump_traceback_later()
