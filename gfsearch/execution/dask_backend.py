"""joblib's Dask backend, told when Dask gives up.

If a task's workers die too often, Dask gives up on the task; if the scheduler dies, on
all of them. joblib's own backend then never says so to the caller, who waits for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from joblib._dask import DaskDistributedBackend


class SchedulerGone(Exception):  # noqa: N818: no error of ours
    """The scheduler does not answer any longer."""


class Backend(DaskDistributedBackend):
    """Passes on what became of each task, whatever it is."""

    def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Any:
        """Submit a batch."""
        future = super().submit(func, callback)
        if callback is not None:
            future.add_done_callback(lambda done: _pass_on_error(done, callback))
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """What a batch returned, or the exception that ended it, raised."""
        if isinstance(out, Future):
            out.result()
        return super().retrieve_result_callback(out)


def _pass_on_error(done: Future[Any], callback: Callable[[Any], None]) -> None:
    if done.exception() is not None:
        callback(done)
