"""Format of numbers in tables and figures."""

from __future__ import annotations

import math
from typing import Any

from gfsearch.study.cost_kinds import COST_KINDS, Cost


def number(value: float) -> str:
    """A number with three significant digits: 0.412, 25.1, 318, 4.8k, 1.26M, 2e57."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf"
    if abs(value) >= 0.9995e12:
        return f"{value:.3g}".replace("e+", "e")
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # 999.6 would print as 1e+03 of the smaller unit.
        if abs(value) >= 0.9995 * limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"


def with_interval(estimate: float, low: float, high: float) -> str:
    """An estimate with its limits, or the bound that is known instead."""
    if math.isnan(estimate) or math.isinf(estimate):
        if low > 0.0:
            return f"> {number(low)}"
        return f"< {number(high)}" if math.isfinite(high) else "-"
    if math.isnan(low):
        return f"{number(estimate)} (1 run)"
    return f"{number(estimate)} [{number(low)}, {number(high)}]"


def words(cost: Cost) -> str:
    """A cost's name as it is written: forward-equivalents."""
    return COST_KINDS[cost].label


def parameter(value: Any) -> str:
    """A parameter as tables have it; empty where there is none."""
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def median(estimate: float, horizon: float) -> str:
    """A median, or that it lies beyond what is known."""
    return f"> {number(horizon)}" if math.isinf(estimate) else number(estimate)
