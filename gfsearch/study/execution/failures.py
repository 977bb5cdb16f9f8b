"""Records of runs that gave no result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gfsearch.study.execution.attempts import Spent
from gfsearch.study.records import Record, Status
from gfsearch.study.records.record import Meta
from gfsearch.suites.run import Run

_LONGEST_REASON = 1_000
"""Characters of the reason why a run failed."""


def failure(
    run: Run, started: datetime, status: Status, reason: str, spent: Spent
) -> Record:
    """The record of a run that gave no result: why, and what it had spent.

    Args:
        run: The run.
        started: When this attempt was.
        status: "failed" or "timed out".
        reason: Why; what is too long of it is left out.
        spent: What it had spent, as far as that is known.
    """
    nothing: dict[str, Any] = {
        "restarts": [],
        "loss": None,
        "trace": [],
        "targets": [],
        "test_errors": None,
        "test_size": 0,
        "weights": None,
    }
    return Record(
        **run.header(),
        status=status,
        stop_reason=_in_short(reason),
        trials=spent.trials,
        presentations=spent.presentations,
        gradients=spent.gradients,
        meta=Meta.now(started, spent.wall_seconds, spent.cpu_seconds),
        **nothing,
    )


def _in_short(reason: str) -> str:
    """A reason as a record can hold it: an exception of others may say anything."""
    text = reason.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}..."
