"""The activations of units: each is one entry of one table, kernel lines included."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gfsearch.specs.arrays import Array, FloatArray

Activation = Literal["logistic", "tanh", "sign", "identity", "relu", "abs"]


@dataclass(frozen=True, kw_only=True)
class ActivationKind:
    """Properties of an activation, and how kernels compute it.

    Kernel lines call the vector operations of `gfsearch.fitness.cpu.vectors`; `a` is
    the unit's sum times `folded`, `c` the constants of the kernel's prelude, F its
    number format.

    Attributes:
        low: The lowest output of a unit.
        high: The highest output.
        two_valued: True if a unit shows `low` or `high` and nothing between.
        largest_slope: f'_max, the largest derivative by the sum.
        function: Output by sum, in NumPy, for real and complex numbers.
        slope: Derivative by the sum, in NumPy, without loss where it is saturated.
        folded: The factor that kernels fold into the unit's weights.
        kernel: Kernel function NAME(a, c), which returns the output.
        kernel_slope: Kernel function NAME_and_slope(a, c), which returns the output
            and its derivative; "" where the derivative is 1, or 0 throughout.
        derivatives: Function NAME_derivatives(a) of a scalar sum, for kernels with
            second derivatives: output, derivative, second derivative; "" if `flat`.
    """

    low: float
    high: float
    two_valued: bool = False
    largest_slope: float
    function: Callable[[Array], Array]
    slope: Callable[[FloatArray], FloatArray]
    folded: float = 1.0
    kernel: str
    kernel_slope: str = ""
    derivatives: str = ""

    @property
    def flat(self) -> bool:
        """True if no error passes: the derivative is 0 wherever there is one."""
        return self.largest_slope == 0.0

    @property
    def silent(self) -> bool:
        """True if a unit shows 0 when nothing comes in."""
        return not self.function(np.zeros(1)).any()


def _logistic(a: Array) -> Array:
    """Neither overflows, nor loses small outputs, nor breaks complex numbers."""
    e = np.exp(np.where(a.real >= 0, -a, a))
    return np.where(a.real >= 0, 1.0, e) / (1.0 + e)


def _logistic_slope(a: FloatArray) -> FloatArray:
    e = np.exp(-np.abs(a))
    return np.asarray(e / (1.0 + e) ** 2)


def _tanh_slope(a: FloatArray) -> FloatArray:
    return 4.0 * _logistic_slope(2.0 * a)


ACTIVATIONS: dict[Activation, ActivationKind] = {
    "logistic": ActivationKind(
        low=0.0,
        high=1.0,
        largest_slope=0.25,
        function=_logistic,
        slope=_logistic_slope,
        # Kernels have powers of two: exp(-a) = 2**(-log2(e) a).
        folded=-math.log2(math.e),
        kernel="""\
@jit()
def logistic(a, c):
    one = c[0]
    return divide(one, add(one, exponential(a, c)))
""",
        # By the scaled sum, of which the derivative of 2**a brings a factor log(2).
        kernel_slope=f"""\
LOGISTIC_SLOPE = F({-math.log(2.0)!r})


@jit()
def logistic_and_slope(a, c):
    # From the exponential, not from the output: next to 1, of 1 - output nothing would
    # be left, while a saturated unit's small slope is all that its error flows by.
    one, e = c[0], exponential(a, c)
    y = divide(one, add(one, e))
    return y, multiply(multiply(y, splat(LOGISTIC_SLOPE)), multiply(y, e))
""",
        derivatives="""\
@jit(forceinline=True)
def logistic_derivatives(a):
    e = math.exp(-abs(a))
    y = (1.0 if a >= 0.0 else e) / (1.0 + e)
    slope = e / (1.0 + e) ** 2
    return y, slope, slope * (1.0 - 2.0 * y)
""",
    ),
    "tanh": ActivationKind(
        low=-1.0,
        high=1.0,
        largest_slope=1.0,
        function=np.tanh,
        slope=_tanh_slope,
        folded=-2.0 * math.log2(math.e),
        kernel="""\
@jit()
def tanh(a, c):
    one, two = c[:2]
    return subtract(divide(two, add(one, exponential(a, c))), one)
""",
        kernel_slope=f"""\
TANH_SLOPE = F({-0.5 * math.log(2.0)!r})


@jit()
def tanh_and_slope(a, c):
    one, two = c[:2]
    e = exponential(a, c)
    h = divide(two, add(one, e))
    slope = multiply(multiply(h, splat(TANH_SLOPE)), multiply(h, e))
    return subtract(h, one), slope
""",
        derivatives="""\
@jit(forceinline=True)
def tanh_derivatives(a):
    e = math.exp(-2.0 * abs(a))
    y = math.copysign((1.0 - e) / (1.0 + e), a)
    slope = 4.0 * e / (1.0 + e) ** 2
    return y, slope, -2.0 * y * slope
""",
    ),
    "sign": ActivationKind(
        low=-1.0,
        high=1.0,
        two_valued=True,
        largest_slope=0.0,
        function=lambda a: np.where(a.real >= 0, 1.0, -1.0),
        slope=np.zeros_like,
        kernel="""\
@jit()
def sign(a, c):
    return choose(a, c[0], splat(-ONE))
""",
    ),
    "identity": ActivationKind(
        low=-math.inf,
        high=math.inf,
        largest_slope=1.0,
        function=lambda a: a,
        slope=np.ones_like,
        kernel="""\
@jit()
def identity(a, c):
    return a
""",
        derivatives="""\
@jit(forceinline=True)
def identity_derivatives(a):
    return a, 1.0, 0.0
""",
    ),
    "relu": ActivationKind(
        low=0.0,
        high=math.inf,
        largest_slope=1.0,
        function=lambda a: np.where(a.real <= 0, 0.0, a),
        slope=lambda a: np.where(a <= 0, 0.0, 1.0),
        # Of what is not a number, it stays so.
        kernel="""\
@jit()
def relu(a, c):
    return choose(subtract(splat(ZERO), a), splat(ZERO), a)
""",
        kernel_slope="""\
@jit()
def relu_and_slope(a, c):
    below = subtract(splat(ZERO), a)
    zero = splat(ZERO)
    return choose(below, zero, a), choose(below, zero, c[0])
""",
        derivatives="""\
@jit(forceinline=True)
def relu_derivatives(a):
    if a <= 0.0:
        return 0.0, 0.0, 0.0
    return a, 1.0, 0.0
""",
    ),
    "abs": ActivationKind(
        low=0.0,
        high=math.inf,
        largest_slope=1.0,
        function=lambda a: np.where(a.real >= 0, a, -a),
        slope=lambda a: np.where(a >= 0, 1.0, -1.0),
        kernel="""\
@jit()
def abs(a, c):
    return choose(a, a, subtract(splat(ZERO), a))
""",
        kernel_slope="""\
@jit()
def abs_and_slope(a, c):
    one = c[0]
    negative = subtract(splat(ZERO), one)
    return choose(a, a, subtract(splat(ZERO), a)), choose(a, one, negative)
""",
        derivatives="""\
@jit(forceinline=True)
def abs_derivatives(a):
    return (a, 1.0, 0.0) if a >= 0.0 else (-a, -1.0, 0.0)
""",
    ),
}
"""Every activation that units can have, by name."""
