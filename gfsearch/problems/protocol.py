"""The shape of a problem."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from gfsearch.problems.sequences import Sequences


@runtime_checkable
class Problem(Protocol):
    """A generator of sequences with targets."""

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
    def class_targets(self) -> tuple[float, float] | None:
        """The targets of the two classes, the larger first; None for any numbers."""

    # `one_training_set`, true if all instances share their training set, may be left
    # out: guessing then has exact intervals, as it is memoryless on one training set.
    # So may `recorded`, true if there are only so many sequences: they are then checked
    # before work, and solutions validated on those that `draw` holds out; and
    # `draw_fold(rng, fold)` with `folds`, see `gfsearch.problems.drawing.draw`; and
    # `environment`: its data are then `gfsearch.Episodes`; and `fresh(count, rng)`,
    # which draws new sequences for ever, in the order in which they are to be shown.

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set; `gfsearch.Data` is such a pair."""
