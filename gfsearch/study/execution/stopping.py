"""Requests to stop this process."""

from __future__ import annotations


class Stopped(Exception):  # noqa: N818
    """This process was asked to stop."""


class _Stop:
    """A request to stop this process, and the call that it was meant for."""

    def __init__(self) -> None:
        self.asked = False
        self._call: str | None = None

    def now_working_for(self, call: str) -> None:
        """Forget what was asked of an earlier call: processes are used again."""
        if call != self._call:
            self._call, self.asked = call, False


stop = _Stop()
