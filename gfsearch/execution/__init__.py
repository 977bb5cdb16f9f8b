"""Making the runs of a study in parallel: every run at least once, whatever fails."""

from gfsearch.execution.limits import NO_LIMITS, Limits
from gfsearch.execution.pool import Engine, Local, OnDone, run_all
from gfsearch.execution.worker import UnfitWorkerError

__all__ = [
    "NO_LIMITS",
    "Engine",
    "Limits",
    "Local",
    "OnDone",
    "UnfitWorkerError",
    "run_all",
]
