"""Success criteria and losses: how outputs are judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from gfsearch.networks.structure import Structure
from gfsearch.specs.fields import Positive, Spec

Loss = Literal["mse", "graded"]


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


class Scoring(NamedTuple):
    """Rules by which compiled code judges outputs, in the order in which it takes them.

    Attributes:
        tolerance: Largest absolute error (excluded); unused if `by_sign`.
        by_sign: An output is right if it has the sign of its target.
        graded: Loss is the graded one instead of the mean squared error.
        low: Lowest output, mapped to 0 for the cross-entropy of the graded loss.
        high: Highest output, mapped to 1.
    """

    tolerance: float
    by_sign: bool
    graded: bool
    low: float
    high: float

    @classmethod
    def of(cls, structure: Structure, criterion: Criterion, loss: Loss) -> Scoring:
        """The rules for a network's outputs."""
        shows = structure.units[-1].kind
        return cls(
            tolerance=criterion.tolerance or 0.0,
            by_sign=criterion.sign,
            graded=loss == "graded",
            low=shows.low,
            high=shows.high,
        )
