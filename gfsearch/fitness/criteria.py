"""Success criteria and losses: how outputs are judged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from gfsearch.networks.structure import Structure
from gfsearch.specs.fields import Natural, Positive, Spec, canonical

Loss = Literal["mse", "graded"]


@dataclass(frozen=True, kw_only=True)
class Criterion(Spec):
    """Which sequences are correct, and how many of them may not be.

    A sequence is correct if each of its targets is met in one of two ways.

    Attributes:
        tolerance: The absolute error of the output is less than this.
        sign: The output has the sign of the target (which must not be 0).
        wrong: How many sequences of a set may be wrong; none if it is not given.
        share: Which share of them must be right, in the place of `wrong`.
    """

    tolerance: Positive | None = None
    sign: bool = False
    wrong: Natural | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None

    def __post_init__(self) -> None:
        if (self.tolerance is None) != self.sign:
            raise ValueError("give either { tolerance = x } or { sign = true }")
        if self.wrong is not None and self.share is not None:
            raise ValueError("wrong, share: give one of them")
        # Of what means the same there is one form.
        if self.wrong == 0:
            object.__setattr__(self, "wrong", None)
        if self.share == 1.0:
            object.__setattr__(self, "share", None)

    @property
    def lenient(self) -> bool:
        """True if some sequences may be wrong."""
        return self.wrong is not None or self.share is not None

    def allowed(self, sequences: int) -> int:
        """The number of sequences that a solution may get wrong, of a set of a size."""
        if self.wrong is not None:
            return min(self.wrong, sequences - 1)
        if self.share is not None:
            # 0.9 of 10 is a little more than 9 in binary numbers.
            return sequences - max(math.ceil(self.share * sequences - 1e-9), 1)
        return 0

    def identity(self) -> dict[str, Any]:
        """Identity in canonical form; what was added later only where it is given."""
        later = ("wrong", "share")
        return {
            name: value
            for name, value in canonical(self).items()
            if name not in later or value is not None
        }

    def __str__(self) -> str:
        met = "sign of the target"
        if self.tolerance is not None:
            met = f"absolute error below {self.tolerance:g}"
        if self.wrong is not None:
            return f"{met}, at most {self.wrong} wrong"
        if self.share is not None:
            return f"{met}, at least {100 * self.share:g} % right"
        return met


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
