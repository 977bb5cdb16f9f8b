"""The range of a task's weights, and how they are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gfsearch.specs.fields import Positive, Spec, canonical

_WIDTH = 10.0
"""Standard deviations that weights are searched within."""

_LARGEST = 1e6


@dataclass(frozen=True, kw_only=True)
class Weights(Spec):
    """The range of the weights, and how guessing draws them.

    Attributes:
        low: Least weight; 10 standard deviations below 0 if only `sd` is given.
        high: Largest weight.
        sd: Standard deviation of the normal distribution around 0, cut at both ends,
            from which weights are drawn; None: they are drawn uniformly.
    """

    low: float | None = None
    high: float | None = None
    sd: Positive | None = None

    def __post_init__(self) -> None:
        if self.sd is not None:
            for name, sign in (("low", -1.0), ("high", 1.0)):
                if getattr(self, name) is None:
                    object.__setattr__(self, name, sign * _WIDTH * self.sd)
        if self.low is None or self.high is None:
            raise ValueError("give low and high, or sd")
        if not self.low < self.high:
            raise ValueError(f"low: {self.low:g} is not below high: {self.high:g}")
        if max(-self.low, self.high) > _LARGEST:
            also = "" if self.sd is None else ", sd at most 1e5"
            raise ValueError(f"low, high: expected weights within [-1e6, 1e6]{also}")
        if self.sd is not None and not self.low < 0.0 < self.high:
            raise ValueError("low, high: expected a range around 0 with sd")

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest weight."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    def identity(self) -> dict[str, Any]:
        """Identity in canonical form; what was added later only where it is given."""
        found = canonical(self)
        if self.sd is None:
            del found["sd"]
        return found
