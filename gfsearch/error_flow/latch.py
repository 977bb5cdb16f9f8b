"""The minimal latch in closed form: one tanh unit that is to keep one bit.

Bengio, Simard and Frasconi, "Learning long-term dependencies with gradient descent is
difficult" (1994), sections II and IV, with x(t) = tanh(w x(t - 1) + h(t)), x(0) = 0:
for a self-weight w > 1 the unit has two attractors, and keeps the sign of its state
as long as inputs stay below a threshold. The same contraction that makes the bit safe
makes the gradient vanish.
"""

from __future__ import annotations

import math

from scipy.optimize import brentq


def attractor(w: float) -> float:
    """The positive x = tanh(w x), where the state settles; 0 for w <= 1."""
    if w <= 1.0:
        return 0.0
    return _fixed_point(w, 0.0)


def decay(w: float) -> float:
    """M' = w (1 - x^2) at the attractor: what one step leaves of a difference.

    The gradient through q steps there is M'^q. Below 1 for every w but 1.
    """
    return w * (1.0 - attractor(w) ** 2)


def threshold(w: float) -> float:
    """h*: the largest constant input that leaves the state its sign, for w > 1.

    h* = sqrt(w (w - 1)) - arccosh(sqrt w): there the attractor and the boundary of
    its basin meet and vanish.
    """
    if w <= 1.0:
        return 0.0
    return math.sqrt(w * (w - 1.0)) - math.acosh(math.sqrt(w))


def contracting_from(w: float) -> float:
    """The |x| from which on |M'| < 1: sqrt(1 - 1 / w), or 0 for w <= 1.

    M' is the map's slope where it yields x.
    """
    return math.sqrt(1.0 - 1.0 / w) if w > 1.0 else 0.0


def boundary(w: float, noise: float) -> float:
    """The state from which on a bit is safe from inputs of up to this magnitude.

    The unstable fixed point under the worst constant input: states above it stay
    above it whatever the inputs within [-noise, noise] are. At the threshold it meets
    the attractor.

    Raises:
        ValueError: No state is safe: the noise exceeds the threshold.
    """
    if noise > threshold(w):
        raise ValueError(f"inputs of {noise:g} exceed the threshold {threshold(w):g}")
    if noise == 0.0:
        return 0.0
    # Between 0 and the point where the slope of tanh(w x - noise) is 1.
    turn = contracting_from(w)
    low, high = 0.0, (math.atanh(turn) + noise) / w
    return float(brentq(lambda x: math.tanh(w * x - noise) - x, low, high))


def worst_attractor(w: float, noise: float) -> float:
    """Fixed point of the state under the worst constant input that it survives.

    Raises:
        ValueError: As `boundary`.
    """
    if noise > threshold(w):
        raise ValueError(f"inputs of {noise:g} exceed the threshold {threshold(w):g}")
    return _fixed_point(w, -noise)


def _fixed_point(w: float, h: float) -> float:
    """The upper stable x with x = tanh(w x + h)."""
    turn = contracting_from(w)
    return float(
        brentq(lambda x: math.tanh(w * x + h) - x, (math.atanh(turn) - h) / w, 1.0)
    )
