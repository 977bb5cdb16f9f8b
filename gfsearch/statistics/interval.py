"""An estimate with the interval that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate and its confidence interval.

    Attributes:
        estimate: The estimate; nan if only a bound is known.
        low: Lower limit; 0 if there is none.
        high: Upper limit; inf if there is none; both limits are nan if one run says
            nothing of the spread.
    """

    estimate: float
    low: float
    high: float
