"""Censored statistics of costs to solution: arrays in, numbers out."""

from gfsearch.statistics.across import (
    MeanRatio,
    data_profile,
    geometric_mean_ratio,
    performance_profile,
    runtime_ecdf,
)
from gfsearch.statistics.comparing import LogRank, Runs, holm, log_rank
from gfsearch.statistics.ert import (
    expected_running_time,
    memoryless_ert,
    ratio_of_erts,
    sp1,
)
from gfsearch.statistics.interval import Interval
from gfsearch.statistics.joint import (
    Claim,
    Searched,
    among_fastest,
    geometric_mean_ert,
    joint_speedups,
)
from gfsearch.statistics.learned import FEWEST_RIGHT, as_bound, generalising_ert
from gfsearch.statistics.mean import mean_share
from gfsearch.statistics.memory import spread_between_instances, weibull_shape
from gfsearch.statistics.published import (
    published_interval,
    ratio_to_published,
    share_less_published,
    spent_to_published,
)
from gfsearch.statistics.restarts import (
    RestartProfile,
    restart_profile,
    simulated_restarts,
)
from gfsearch.statistics.scaling import Growth, growth
from gfsearch.statistics.success import success_rate
from gfsearch.statistics.survival import (
    Survival,
    kaplan_meier,
    known_until,
    mean_up_to,
    median_cost,
    restricted_mean,
)

__all__ = [
    "FEWEST_RIGHT",
    "Claim",
    "Growth",
    "Interval",
    "LogRank",
    "MeanRatio",
    "RestartProfile",
    "Runs",
    "Searched",
    "Survival",
    "among_fastest",
    "as_bound",
    "data_profile",
    "expected_running_time",
    "generalising_ert",
    "geometric_mean_ert",
    "geometric_mean_ratio",
    "growth",
    "holm",
    "joint_speedups",
    "kaplan_meier",
    "known_until",
    "log_rank",
    "mean_share",
    "mean_up_to",
    "median_cost",
    "memoryless_ert",
    "performance_profile",
    "published_interval",
    "ratio_of_erts",
    "ratio_to_published",
    "restart_profile",
    "restricted_mean",
    "runtime_ecdf",
    "share_less_published",
    "simulated_restarts",
    "sp1",
    "spent_to_published",
    "spread_between_instances",
    "success_rate",
    "weibull_shape",
]
