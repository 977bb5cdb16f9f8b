"""A network linearised along a trajectory, and the error that flows back through it.

Hochreiter, Bengio, Frasconi and Schmidhuber, "Gradient flow in recurrent nets" (2001),
section on exponential error decay; the same analysis in Hochreiter and Schmidhuber,
"Long Short-Term Memory" (1997), section 3.1, whose symbols are used: net_u(t) is the
sum of unit u at step t, y_u(t) = f_u(net_u(t)) its output, theta_u(t) the error that
reaches the sum, minus the derivative of the loss by it.

**The state map.** Between two steps a network keeps the outputs of its units, so one
step maps y(t - 1), and the input, to y(t). In the synchronous order every unit sees
y(t - 1), and the Jacobian of the map is diag(f') W. In the sequential order a unit
also sees units that were computed before it in the same step: with N the weights of
those links and P the weights of the links that see the step before,

    dnet(t) = N dy(t) + P dy(t - 1),   J(t) = D (I - N D)^-1 P,   D = diag(f'(net(t))).

As N is strictly triangular, (I - N D)^-1 is a finite sum: within one step, the error
may pass from the output unit to the hidden units and no further. In the chapter's
analysis, which is synchronous, N is 0. Links that see further back make the state the
outputs of several steps, one above the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gfsearch.fitness import reference
from gfsearch.networks.structure import Source, Structure
from gfsearch.specs.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Linearised:
    """A network along the trajectory of one sequence, T steps, U units.

    Attributes:
        outputs: (T, U) what the units show.
        slopes: (T, U) the derivative of each unit's output by its sum.
        now: (T, U, U) the derivative of the sum of unit u by the output of unit v at
            the same step; not 0 only for v < u.
        past: (K, T, U, U) the same for the output of unit v one, two, ... K steps
            before.
    """

    outputs: FloatArray
    slopes: FloatArray
    now: FloatArray
    past: FloatArray

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return len(self.slopes)

    @property
    def units(self) -> int:
        """U, the number of units."""
        return int(self.slopes.shape[1])


def linearise(
    structure: Structure,
    weights: FloatArray,
    inputs: FloatArray,
    outputs: FloatArray | None = None,
) -> Linearised:
    """Run a network on one sequence, and linearise each of its steps.

    Args:
        structure: The network.
        weights: (D,) its weights.
        inputs: (T, I) the input lines.
        outputs: (T, U) what its units show, if that is known already.
    """
    if outputs is None:
        outputs = reference.activities(structure, weights, inputs[None])[0]
    steps, units = outputs.shape
    depth = max(structure.memory)
    sums = np.zeros((steps, units))
    now = np.zeros((steps, units, units))
    past = np.zeros((depth, steps, units, units))
    for u, unit in enumerate(structure.units):
        for link in unit.links:
            weight = link.fixed if link.weight is None else weights[link.weight]
            seen = [
                _seen(source, structure, inputs, outputs) for source in link.sources
            ]
            sums[:, u] += weight * np.prod(seen, axis=0)
            for i, source in enumerate(link.sources):
                # By one of two factors, the derivative is the other.
                other = weight * np.prod(seen[:i] + seen[i + 1 :], axis=0)
                if source.origin == "now":
                    now[:, u, source.index] += other
                if source.origin == "past":
                    past[source.delay - 1, :, u, source.index] += other
    slopes = np.stack(
        [unit.kind.slope(sums[:, u]) for u, unit in enumerate(structure.units)],
        axis=1,
    )
    for u, unit in enumerate(structure.units):
        # Between ticks a unit shows what it showed before, and its sum does nothing.
        between = np.arange(steps) % unit.period != unit.phase
        slopes[between, u] = 1.0
        now[between, u] = 0.0
        past[:, between, u] = 0.0
        past[0, between, u, u] = 1.0
    return Linearised(outputs, slopes, now, past)


def _seen(
    source: Source, structure: Structure, inputs: FloatArray, outputs: FloatArray
) -> FloatArray:
    """(T,) what a source shows at every step."""
    if source.origin == "bias":
        return np.ones(len(inputs))
    of_input = source.origin in ("input", "past-input")
    shown = (inputs if of_input else outputs)[:, source.index]
    if source.origin in ("input", "now"):
        return shown
    start = 0.0 if of_input else structure.units[source.index].start
    return np.concatenate([np.full(source.delay, start), shown])[: len(shown)]


def scaling_factors(
    net: Linearised, unit: int, step: int, lags: int | None = None
) -> FloatArray:
    """By how much an error is scaled on its way back from one unit, at every lag.

    The factor of lag q and unit v is d theta_v(t - q) / d theta_u(t), the derivative
    of net_u(t) by net_v(t - q): the chapter's recursion (equation 1 of Hochreiter and
    Schmidhuber, 1997), extended by links within a step, by gates and by delays.

    Args:
        net: The linearised network.
        unit: u, where the error starts.
        step: t, when it starts, counted from 0.
        lags: Largest q; default back to the first step.

    Returns:
        (lags + 1, U) the factors, lag 0 first.
    """
    lags = step if lags is None else min(lags, step)
    depth, _, units, _ = net.past.shape
    factors = np.zeros((lags + 1, units))
    for q in range(lags + 1):
        t = step - q
        # The error that outputs at t get from the sums of later steps ...
        of_outputs = sum(
            (
                factors[q - d] @ net.past[d - 1, t + d]
                for d in range(1, depth + 1)
                if d <= q
            ),
            start=np.zeros(units),
        )
        # ... and from those of the same step, which are computed after them.
        for v in reversed(range(units)):
            whole = of_outputs[v] + factors[q] @ net.now[t, :, v]
            factors[q, v] = whole * net.slopes[t, v] + (q == 0 and v == unit)
    return factors


def sum_over_paths(
    net: Linearised, unit: int, step: int, to_unit: int, lag: int
) -> float:
    """The same factor as a sum over all paths: products of weights and slopes.

    Equation 2 of Hochreiter and Schmidhuber (1997), extended as `scaling_factors`. In
    a synchronous network of n units these are n ** (lag - 1) paths: for small lags.

    Args:
        net: The linearised network.
        unit: u, where the error starts.
        step: t, when it starts.
        to_unit: v, where it arrives.
        lag: q, how many steps earlier.
    """
    if step - lag < 0:
        raise ValueError(f"lag: {lag} steps before step {step} is before the sequence")
    return sum(_paths(net, unit, step, to_unit, step - lag, 1.0))


def _paths(
    net: Linearised, u: int, t: int, to_unit: int, to_step: int, factor: float
) -> Iterator[float]:
    """The product along each path from the sum of u at t."""
    if (u, t) == (to_unit, to_step):
        # Within a step no path comes back to the unit it has reached.
        yield factor
        return
    for d in range(len(net.past) + 1):
        s = t - d
        if s < to_step:
            return
        row = net.now[t, u] if d == 0 else net.past[d - 1, t, u]
        for v in np.flatnonzero(row):
            step = float(row[v] * net.slopes[s, v])
            yield from _paths(net, int(v), s, to_unit, to_step, factor * step)


def state_jacobians(net: Linearised) -> FloatArray:
    """(T, S, S) the Jacobian of the state map at every step; see the module's text.

    S is the number of units times the number of steps that are seen back.
    """
    depth, steps, units, _ = net.past.shape
    d = net.slopes[:, :, None] * np.eye(units)
    within = np.linalg.inv(np.eye(units) - net.now @ d)
    jacobians = np.zeros((steps, depth * units, depth * units))
    for k in range(depth):
        columns = slice(k * units, (k + 1) * units)
        jacobians[:, :units, columns] = d @ within @ net.past[k]
    older = np.arange(units, depth * units)
    jacobians[:, older, older - units] = 1.0
    return jacobians


def norms(jacobians: FloatArray) -> FloatArray:
    """(T,) spectral norms: the most by which one step stretches a difference."""
    return np.asarray(np.linalg.norm(jacobians, 2, axis=(1, 2)))


def spectral_radii(jacobians: FloatArray) -> FloatArray:
    """(T,) largest magnitudes of an eigenvalue; below 1 where a bit can be latched."""
    return np.asarray(np.abs(np.linalg.eigvals(jacobians)).max(axis=1))
