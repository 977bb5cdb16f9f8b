"""Settings that all runs of one call share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gfsearch.study.execution.limits import Limits

CHECKPOINT_EVERY = 60.0
"""Seconds between checkpoints of a run."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Settings that all runs of one call of `run_all` share.

    Attributes:
        folder: The study's folder, absolute.
        call: Names the call.
        caller: The process that called.
        limits: What each run may take.
        part: What the names of record files begin with, see
            `gfsearch.study.records.of_another_part`.
        yielding: Leave runs to other processes that are at them.
        checkpoint_every: Seconds between checkpoints.
        versions: The caller's Python and libraries.
    """

    folder: Path
    call: str
    caller: int
    limits: Limits
    part: str = ""
    yielding: bool = True
    checkpoint_every: float = CHECKPOINT_EVERY
    versions: tuple[tuple[str, str], ...]

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.folder / "records"

    @property
    def inflight(self) -> Path:
        """The folder of the markers of attempts."""
        return self.folder / "inflight"

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints."""
        return self.folder / "checkpoints"
