"""Problems: generators of sequences with targets. Data only: they know no network.

A problem is an immutable spec with `kind`, `revision` and `source` on its class, the
properties `inputs`, `outputs` (numbers of lines) and `class_targets`, and a method
`draw(rng)` that returns a training set and a test set.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from gfsearch.extensions import Kinds
from gfsearch.problems.latch import Latch
from gfsearch.problems.parity import Parity
from gfsearch.problems.sequences import Sequences
from gfsearch.problems.tomita import Tomita
from gfsearch.problems.two_sequence import TwoSequence

__all__ = [
    "PROBLEMS",
    "PROBLEM_KINDS",
    "Latch",
    "Parity",
    "Problem",
    "Sequences",
    "Tomita",
    "TwoSequence",
]


@runtime_checkable
class Problem(Protocol):
    """What every problem offers."""

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]

    @property
    def inputs(self) -> int:
        """Number of input lines."""

    @property
    def outputs(self) -> int:
        """Number of outputs."""

    @property
    def class_targets(self) -> tuple[float, float]:
        """The targets of the two classes, the larger first."""

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set."""


PROBLEMS = {kind.kind: kind for kind in (Latch, Parity, Tomita, TwoSequence)}

PROBLEM_KINDS: Kinds[Any] = Kinds(
    what="problem",
    built_in=PROBLEMS,
    base=Problem,
    own=("inputs", "outputs", "class_targets", "draw"),
)
