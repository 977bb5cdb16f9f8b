"""A training set that counts what learners show of it to models of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.jit import jit
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray, IntArray


class Shown(NamedTuple):
    """Training sequences behind a meter; compiled learners take them by `present`.

    Attributes:
        inputs: (N, T, I) the sequences.
        first_target: (N + 1,) number of the first target of each sequence.
        target_step: (M,) the step of each target.
        target: (M, O) wanted outputs.
        counts: (2,) presentations and gradients since `bill` was called last.
    """

    inputs: FloatArray
    first_target: IntArray
    target_step: IntArray
    target: FloatArray
    counts: IntArray

    @classmethod
    def of(cls, sequences: Sequences) -> Shown:
        """Put sequences behind a meter; nothing is shown yet."""
        train = SequenceArrays.of(sequences)
        return cls(
            train.inputs,
            train.first_target,
            train.target_step,
            train.aim,
            np.zeros(2, np.int64),
        )

    @property
    def sequences(self) -> int:
        """N, the number of training sequences."""
        return len(self.first_target) - 1

    @property
    def duration(self) -> IntArray:
        """(N,) steps of each sequence up to its last target."""
        return self.target_step[self.first_target[1:] - 1] + 1

    def bill(self) -> tuple[int, int]:
        """Presentations and gradients to be paid for with the next proposal."""
        presentations, gradients = self.counts.tolist()
        self.counts[:] = 0
        return presentations, gradients


@jit(forceinline=True)
def present(
    shown: Shown, sequence: int, gradients: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Show a sequence, and count it.

    Args:
        shown: The training set.
        sequence: Number of the sequence.
        gradients: Backward passes that will be made over it.

    Returns:
        (E, I) its inputs up to its last target, (m,) the steps of its targets, and
        (m, O) the targets.
    """
    count(shown, 1, gradients)
    first, last = shown.first_target[sequence], shown.first_target[sequence + 1]
    end = shown.target_step[last - 1] + 1
    return (
        shown.inputs[sequence, :end],
        shown.target_step[first:last],
        shown.target[first:last],
    )


@jit(forceinline=True)
def count(shown: Shown, presentations: int, gradients: int) -> None:
    """Count presentations that are paid for, and gradients."""
    shown.counts[0] += presentations
    shown.counts[1] += gradients
