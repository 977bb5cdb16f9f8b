"""Censored statistics of costs to solution: arrays in, numbers out."""

from gfsearch.statistics.ert import (
    expected_running_time,
    ratio_of_erts,
    ratio_to_published,
)
from gfsearch.statistics.interval import Interval
from gfsearch.statistics.mean import mean_share
from gfsearch.statistics.success import success_rate
from gfsearch.statistics.survival import Survival, kaplan_meier, median_cost

__all__ = [
    "Interval",
    "Survival",
    "expected_running_time",
    "kaplan_meier",
    "mean_share",
    "median_cost",
    "ratio_of_erts",
    "ratio_to_published",
    "success_rate",
]
