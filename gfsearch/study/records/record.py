"""The record of a run."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Literal

import msgspec

from gfsearch.suites.budget import Budget

Status = Literal["solved", "censored", "gave up", "failed", "timed out"]

Key = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
"""Seconds that statistics can count with: a record may come from anywhere."""

RESULTS: frozenset[Status] = frozenset({"solved", "censored", "gave up"})
"""The statuses that are results; runs with another one count for nothing."""

_LIBRARIES = ("gfsearch", "numpy", "numba", "deap")


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that could change a result."""
    return {name: version(name) for name in _LIBRARIES}


@dataclass(frozen=True, kw_only=True)
class Meta:
    """Fields that may differ between repetitions of a run.

    Attributes:
        wall_seconds: Duration.
        cpu_seconds: Processor time.
        host: Machine.
        pid: Process.
        started: ISO 8601, UTC.
        versions: Versions of the libraries that could change a result.
        attempts: Number of times the run was started.
    """

    wall_seconds: Seconds
    cpu_seconds: Seconds
    host: str
    pid: int
    started: str
    versions: dict[str, str]
    attempts: int = 1

    @classmethod
    def now(
        cls,
        started: datetime,
        wall_seconds: float,
        cpu_seconds: float,
        attempts: int = 1,
    ) -> Meta:
        """The meta data of a run that ends in this process now."""
        return cls(
            wall_seconds=wall_seconds,
            cpu_seconds=cpu_seconds,
            host=socket.gethostname(),
            pid=os.getpid(),
            started=started.isoformat(timespec="milliseconds"),
            versions=library_versions(),
            attempts=attempts,
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """One run's result.

    Attributes:
        key: The hash of everything the run depends on.
        task: Name of the task.
        searcher: Label of the searcher.
        parameters: The searcher's kind and all its parameters.
        run: Number of the run.
        instance: Number of the drawn training and test set.
        seed: Root seed of the study.
        revisions: Revisions of problem, network and searcher.
        status: "solved"; "censored": out of budget; "gave up": its searcher stopped
            and was not started afresh; "failed" and "timed out": no results.
        stop_reason: Why the searcher stopped, or what failed.
        trials: Trials spent, to the solution or in all.
        presentations: Presentations spent.
        gradients: Backward passes spent.
        restarts: Numbers of trials and presentations at which the searcher was
            started afresh.
        more_restarts: How often it was after these, if at all: places are kept of
            the first 10,000 only.
        budget: What might be spent, in trials unless `budget_unit` says otherwise.
        budget_unit: "presentations" if the budget is in these.
        threshold_errors: Test sequences on the wrong side of the middle of the two
            targets; not in records of earlier versions, nor where there is no middle.
        environment_steps: Steps of the environment spent, if the task has one.
        test_value: Loss or mean absolute error of `weights` on the test set, if the
            criterion limits one and it is finite.
        data: Digest of the training and test set that the run saw; records of earlier
            versions have none, nor have runs that failed before they saw any.
        loss: The best loss seen, or None if the searcher saw none.
        trace: Pairs of trial and loss at improvements, thinned to about 200.
        targets: First trial at which each declared loss target was reached, or None.
        test_errors: Test sequences that `weights` gets wrong, or None without weights.
        test_size: Number of test sequences.
        weights: The solution, or the best vector seen, or None.
        weights_file: The hash of the weights, if they are so many that they stand in a
            file of their own: `weights/KEY.npy` in the study.
        meta: What may differ between repetitions.
    """

    key: Key
    task: str
    searcher: str
    parameters: dict[str, Any]
    run: Number
    instance: Number
    seed: Number
    revisions: dict[str, int]
    status: Status
    stop_reason: str | None
    trials: Number
    presentations: Number
    gradients: Number
    restarts: list[tuple[Number, Number]]
    budget: Number
    loss: float | None
    trace: list[tuple[Number, float]]
    targets: list[Number | None]
    test_errors: Number | None
    test_size: Number
    weights: list[float] | None
    meta: Meta
    more_restarts: Number | msgspec.UnsetType = msgspec.UNSET
    budget_unit: Literal["presentations"] | msgspec.UnsetType = msgspec.UNSET
    threshold_errors: Number | msgspec.UnsetType = msgspec.UNSET
    environment_steps: Number | msgspec.UnsetType = msgspec.UNSET
    test_value: float | msgspec.UnsetType = msgspec.UNSET
    data: Key | msgspec.UnsetType = msgspec.UNSET
    weights_file: Key | msgspec.UnsetType = msgspec.UNSET


def budget_of(record: Record) -> Budget:
    """The budget of a record's run, with its unit."""
    return Budget(record.budget, record.budget_unit or "trials")


def content_of(record: Record) -> dict[str, Any]:
    """Content that every repetition of a run must reproduce.

    Not its meta data, and not the names of task and searcher: these do not belong to
    its key, and two studies may call one run by different names.
    """
    content: dict[str, Any] = msgspec.to_builtins(record)
    for name in ("meta", "task", "searcher"):
        del content[name]
    return content
