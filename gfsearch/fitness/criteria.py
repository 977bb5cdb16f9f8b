"""Success criteria: when a sequence is classified correctly."""

from __future__ import annotations

from dataclasses import dataclass

from gfsearch.specs.fields import Positive, Spec


@dataclass(frozen=True, kw_only=True)
class Criterion(Spec):
    """A sequence is correct if each of its targets is met in one of two ways.

    Attributes:
        tolerance: The absolute error of the output is less than this.
        sign: The output has the sign of the target (which must not be 0).
    """

    tolerance: Positive | None = None
    sign: bool = False

    def __post_init__(self) -> None:
        if (self.tolerance is None) != self.sign:
            raise ValueError("give either { tolerance = x } or { sign = true }")

    def __str__(self) -> str:
        if self.tolerance is None:
            return "sign of the target"
        return f"absolute error below {self.tolerance:g}"
