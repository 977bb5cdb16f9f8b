"""Success criteria and losses: how outputs are judged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple

import msgspec
import numpy as np

from gfsearch.networks.own_forward import Built
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray
from gfsearch.specs.fields import Count, Natural, Positive, Spec

Loss = Literal["mse", "graded"]

TOLERANCE, SIGN, LARGEST, POSSIBLE, OWN_LOSS = range(5)
"""Ways to meet targets, as compiled code knows them."""


@dataclass(frozen=True, kw_only=True)
class Criterion(Spec):
    """Which sequences are correct, and how many of them may not be.

    A sequence is correct if, at each of its steps with targets, the outputs meet them
    in one of four ways.

    Attributes:
        tolerance: The absolute error of each output is less than this.
        sign: Each output has the sign of its target (which must not be 0).
        largest: The largest output is one whose target is the largest: classes, one
            output for each.
        possible: All outputs whose target is the largest are larger than all others:
            several symbols may come next (Hochreiter and Schmidhuber, 1997, section
            5.1: the embedded Reber grammar).
        wrong: How many sequences of a set may be wrong; none if it is not given.
        share: Which share of them must be right, in the place of `wrong`.
        mean_error: The mean absolute error over all targets of the set must be below
            this, too (Hochreiter and Schmidhuber, 1997, section 5.4: adding).
        loss_below: In the place of all others: the loss, a mean squared error, is below
            this. A sequence then counts as wrong whose own loss is not.
        survive: Of episodes: an episode is right that lasts for so many steps.
        score: Of episodes, in the place of all others: the mean sum of rewards is at
            least this. An episode then counts as wrong whose own sum is less.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(
        (
            *("largest", "possible", "wrong", "share"),
            *("mean_error", "loss_below", "survive", "score"),
        )
    )

    tolerance: Positive | None = None
    sign: bool = False
    largest: bool = False
    possible: bool = False
    wrong: Natural | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    mean_error: Positive | None = None
    loss_below: Positive | None = None
    survive: Count | None = None
    score: float | None = None

    def __post_init__(self) -> None:
        ways = (self.tolerance is not None, self.sign, self.largest, self.possible)
        others = (self.loss_below, self.survive, self.score)
        if sum(ways) + sum(given is not None for given in others) != 1:
            raise ValueError(
                "give one of { tolerance = x }, { sign = true }, { largest = true }, "
                "{ possible = true }, { loss_below = x }, and of episodes "
                "{ survive = n } or { score = x }"
            )
        counted = (self.wrong, self.share, self.mean_error)
        for name in ("loss_below", "score"):
            if getattr(self, name) is not None and counted != (None, None, None):
                raise ValueError(f"{name}: expected nothing beside it")
        if self.survive is not None and self.mean_error is not None:
            raise ValueError("mean_error: episodes have no targets")
        if self.wrong is not None and self.share is not None:
            raise ValueError("wrong, share: give one of them")
        # Of what means the same there is one form.
        if self.wrong == 0:
            object.__setattr__(self, "wrong", None)
        if self.share == 1.0:
            object.__setattr__(self, "share", None)

    @property
    def of_episodes(self) -> bool:
        """True if it judges episodes, and not sequences."""
        return self.survive is not None or self.score is not None

    @property
    def by_rank(self) -> bool:
        """True if outputs are compared with each other, so that there must be some."""
        return self.largest or self.possible

    @property
    def rule(self) -> int:
        """The number by which compiled code knows the way: see `Scoring`."""
        return next(
            (
                number
                for number, way in (
                    (SIGN, self.sign),
                    (LARGEST, self.largest),
                    (POSSIBLE, self.possible),
                    (OWN_LOSS, self.loss_below is not None),
                )
                if way
            ),
            TOLERANCE,
        )

    @property
    def lenient(self) -> bool:
        """True if some sequences may be wrong."""
        some = (self.wrong, self.share, self.loss_below, self.score)
        return any(given is not None for given in some)

    @property
    def limit(self) -> float | None:
        """The number that what is measured must be below; None for none.

        Of a score, minus it is measured, which may be as large.
        """
        if self.score is not None:
            return math.nextafter(-self.score, math.inf)
        return self.loss_below if self.mean_error is None else self.mean_error

    def meets(
        self, errors: FloatArray | IntArray, size: IntArray, value: FloatArray
    ) -> BoolArray:
        """Judge sets by their numbers of wrong sequences and what was measured.

        Args:
            errors: (n,) numbers of wrong sequences; nan if unknown.
            size: (n,) numbers of sequences.
            value: (n,) mean absolute errors, losses or minus scores, whichever has a
                limit.
        """
        allowed = np.array([self.allowed(n) for n in size.tolist()])
        met = errors <= allowed
        return met if self.limit is None else met & (value < self.limit)

    def allowed(self, sequences: int) -> int:
        """The number of sequences that a solution may get wrong, of a set of a size."""
        if self.loss_below is not None or self.score is not None:
            return sequences
        if self.wrong is not None:
            return min(self.wrong, sequences - 1)
        if self.share is not None:
            # 0.9 of 10 is a little more than 9 in binary numbers.
            return sequences - max(math.ceil(self.share * sequences - 1e-9), 1)
        return 0

    def __str__(self) -> str:
        if self.score is not None:
            return f"mean score at least {self.score:g}"
        if self.survive is not None:
            met = f"{self.survive:,} steps survived"
            return met + self._allowance()
        met = {
            TOLERANCE: f"absolute error below {self.tolerance:g}"
            if self.tolerance is not None
            else "",
            SIGN: "sign of the target",
            LARGEST: "largest output that of the class",
            POSSIBLE: "possible symbols the most active",
            OWN_LOSS: f"loss below {self.loss_below:g}"
            if self.loss_below is not None
            else "",
        }[self.rule]
        if self.mean_error is not None:
            met += f", mean error below {self.mean_error:g}"
        return met + self._allowance()

    def _allowance(self) -> str:
        """The number that may be wrong, in words after a comma."""
        if self.wrong is not None:
            return f", at most {self.wrong} wrong"
        if self.share is not None:
            return f", at least {100 * self.share:g} % right"
        return ""


class Scoring(NamedTuple):
    """Rules by which compiled code judges outputs, in the order in which it takes them.

    Attributes:
        tolerance: Largest absolute error (excluded) of `TOLERANCE`, or mean squared
            error of `OWN_LOSS`.
        rule: `TOLERANCE`, `SIGN`, `LARGEST`, `POSSIBLE` or `OWN_LOSS`.
        graded: Loss is the graded one instead of the mean squared error.
        ranges: (O, 2) the lowest and the highest value of each output, mapped to 0 and
            1 for the cross-entropy of the graded loss.
    """

    tolerance: float
    rule: int
    graded: bool
    ranges: FloatArray

    @classmethod
    def of(cls, structure: Built, criterion: Criterion, loss: Loss) -> Scoring:
        """The rules for a network's outputs."""
        return cls(
            tolerance=criterion.tolerance or criterion.loss_below or 0.0,
            rule=criterion.rule,
            graded=loss == "graded",
            ranges=np.array([(kind.low, kind.high) for kind in structure.shows]),
        )
