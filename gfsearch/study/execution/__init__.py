"""Making the runs of a study in parallel: every run at least once, whatever fails."""

from gfsearch.study.execution.engine import Engine, Local
from gfsearch.study.execution.limits import NO_LIMITS, Limits
from gfsearch.study.execution.rounds import OnDone, run_all
from gfsearch.study.execution.worker import UnfitWorkerError

__all__ = [
    "NO_LIMITS",
    "Engine",
    "Limits",
    "Local",
    "OnDone",
    "UnfitWorkerError",
    "run_all",
]
