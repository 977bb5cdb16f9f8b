"""Evaluations of weight vectors: by what was asked for, the fields that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray

Need = Literal["loss", "solved", "gradient"]


# Made at every trial: freezing it would cost a microsecond each.
@dataclass(eq=False, slots=True)
class Evaluation:
    """Evaluation of P weight vectors that were shown sequences.

    Attributes:
        loss: (P,) float64, to be minimised: the mean squared error over the targets,
            or the graded loss; None after early rejection.
        errors: (P,) number of wrong sequences; None after early rejection.
        solved: (P,) whether all training sequences are right; None if only some were
            shown.
        presentations: (P,) sequences shown to each vector.
        gradient: (P, D) float64, the gradient of the loss by the weights; None if it
            was not asked for.
        steps: (P,) steps of an environment; None where there is none.
    """

    loss: FloatArray | None
    errors: IntArray | None
    solved: BoolArray | None
    presentations: IntArray
    gradient: FloatArray | None = None
    steps: IntArray | None = None


@dataclass(eq=False, slots=True)
class Verdicts(Evaluation):
    """Evaluation for `need="solved"`: nothing but what is solved."""

    solved: BoolArray


@dataclass(eq=False, slots=True)
class Losses(Evaluation):
    """Evaluation for `need="loss"`."""

    loss: FloatArray
    errors: IntArray


@dataclass(eq=False, slots=True)
class Gradients(Losses):
    """Evaluation for `need="gradient"`."""

    gradient: FloatArray
