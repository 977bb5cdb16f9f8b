"""Properties of a floating-point format that the kernels depend on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gfsearch.fitness.cpu.vectors import BYTES


@dataclass(frozen=True)
class Precision:
    """A floating-point format and how the exponential is computed in it.

    Attributes:
        name: NumPy's and numba's name of the format.
        rounding: Adding this rounds a small number to a whole one, which then stands
            in the low bits of the sum: 1.5 times two to the number of fraction bits.
        limit: Exponents of two are clamped to this magnitude. 2**limit is far from
            overflow, and 2**-limit added to 1 is 1.
        polynomial: Coefficients of degrees 1, 2, ... of the minimax polynomial with
            constant term 1 for 2**f, |f| <= 1/2 (Remez exchange on the relative
            error: 9e-8 for float32, 2e-17 for float64).
    """

    name: str
    rounding: float
    limit: float
    polynomial: tuple[float, ...]

    @property
    def lanes(self) -> int:
        """Numbers of this format in one vector."""
        return BYTES // np.dtype(self.name).itemsize


FLOAT32 = Precision(
    name="float32",
    rounding=1.5 * 2.0**23,
    limit=80.0,
    polynomial=(
        0.6931469440460205,
        0.24022231996059418,
        0.05550779402256012,
        0.009671999141573906,
        0.00132546026725322,
    ),
)
FLOAT64 = Precision(
    name="float64",
    rounding=1.5 * 2.0**52,
    limit=1000.0,
    polynomial=(
        0.6931471805599457,
        0.24022650695910097,
        0.05550410866479039,
        0.009618129107607003,
        0.0013333558153439966,
        0.0001540353044157213,
        1.5252727385193868e-05,
        1.3215442675329823e-06,
        1.0180647659234139e-07,
        7.072570412814423e-09,
        4.078071929588337e-10,
    ),
)
