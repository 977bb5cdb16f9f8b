"""Bounds on error flow: the chapter's, and one for every order of update.

Hochreiter, Bengio, Frasconi and Schmidhuber (2001) bound the scaling factor of the
error (see `gfsearch.error_flow.linear`) for the synchronous order, in which all n units
see the step before. Their norms: ||W||_A is the largest sum of magnitudes in a row of
W, ||x||_x the largest magnitude in a vector. These two fit together, as
||W x||_x <= ||W||_A ||x||_x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds on the scaling factor of the error from unit u to unit v at lag q.

    Attributes:
        now: (U, U) magnitudes of weights between units within a step; 0 in the
            synchronous order.
        past: (U, U) magnitudes of weights from units of the step before.
        slope: f'_max, the largest slope of any unit.
    """

    now: FloatArray
    past: FloatArray
    slope: float

    @property
    def synchronous(self) -> bool:
        """True if all units see the step before: then the chapter's bounds hold."""
        return not self.now.any()

    @property
    def decay(self) -> float:
        """Gamma = f'_max ||W||_A; below 1 the error vanishes exponentially.

        Of the chapter, so for the synchronous order; see `step_factor` for any.
        """
        self._only_synchronous()
        return float(self.slope * _row_sum(self.past))

    @property
    def weight_decay(self) -> float:
        """Tau = f'_max n w_max, w_max the largest weight: gamma <= tau.

        Below 1 for logistic units if all weights are below 4 / n.
        """
        self._only_synchronous()
        return float(self.slope * len(self.past) * self.past.max())

    @property
    def step_factor(self) -> float:
        """The most by which one step back can scale errors, in any order of update.

        Within a step of the sequential order the error passes at most as many links
        as its units wait for each other: each power of f'_max ||N||_A counts.
        """
        return float(self.slope * _row_sum(self.past) * self._within)

    def norm_bound(self, unit: int, to_unit: int, lag: int) -> float:
        """N f'_max^q ||W_v||_x ||W_u^T||_x ||W||_A^(q - 2), the chapter's first bound.

        Holds for q >= 2 in the synchronous order. W_v are the weights that leave v,
        W_u^T those that enter u.
        """
        self._only_synchronous()
        if lag < 2:
            raise ValueError(f"lag: the bound holds from 2 on, got {lag}")
        leaving, entering = self.past[:, to_unit].max(), self.past[unit].max()
        inner = _row_sum(self.past) ** (lag - 2)
        return float(len(self.past) * self.slope**lag * leaving * entering * inner)

    def chapter(self, lags: FloatArray) -> FloatArray:
        """N gamma^q for each lag: the chapter's bound, in the synchronous order."""
        return np.asarray(len(self.past) * self.decay**lags)

    def weakest(self, lags: FloatArray) -> FloatArray:
        """N tau^q for each lag: from the largest weight alone, synchronous order."""
        return np.asarray(len(self.past) * self.weight_decay**lags)

    def general(self, lags: FloatArray) -> FloatArray:
        """Our bound for every order of update: (step factor)^q times the links within.

        In the synchronous order it is gamma^q, the chapter's without its factor n,
        which the row-sum norm does not need: no entry of a matrix exceeds it.
        """
        return np.asarray(self.step_factor**lags * self._within)

    @property
    def _within(self) -> float:
        """Bound of ||(I - N D)^-1||_A: a finite sum, as N is strictly triangular."""
        ratio = self.slope * _row_sum(self.now)
        power, whole = np.eye(len(self.now)), 0.0
        pattern = (self.now > 0).astype(float)
        for k in range(len(self.now)):
            if not power.any():
                break
            whole += ratio**k
            power = power @ pattern
        return float(whole)

    def _only_synchronous(self) -> None:
        if not self.synchronous:
            raise ValueError(
                "the chapter's bounds hold for the synchronous order of update only"
            )


def bounds(structure: Structure, weights: FloatArray) -> Bounds | None:
    """The bounds of a network; None where they are not known to hold.

    They are for first-order networks: a gate multiplies the error by an output, and
    a link that sees further back, or a unit that keeps its output, spreads it over
    steps.

    Args:
        structure: The network.
        weights: (D,) its weights.
    """
    units = len(structure.units)
    now, past = np.zeros((units, units)), np.zeros((units, units))
    for u, unit in enumerate(structure.units):
        if unit.period > 1:
            return None
        for link in unit.links:
            if link.multiplied_by is not None or link.delay > 1:
                return None
            if link.origin in ("now", "past"):
                weight = link.fixed if link.weight is None else weights[link.weight]
                (now if link.origin == "now" else past)[u, link.index] += weight
    slope = max(unit.kind.largest_slope for unit in structure.units)
    return Bounds(np.abs(now), np.abs(past), slope)


def _row_sum(matrix: FloatArray) -> float:
    """||W||_A, the largest sum of magnitudes in a row."""
    return float(np.abs(matrix).sum(axis=1).max())
