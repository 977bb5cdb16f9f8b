"""The space of weight vectors: all that a black-box searcher gets to know.

White-box searchers get to know more: the network and its training sequences.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gfsearch.fitness.criteria import Scoring
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Space:
    """A box of weight vectors with a prior: uniform, or normal around 0.

    Attributes:
        low: (D,) lower bounds, read-only.
        high: (D,) upper bounds, read-only.
        sd: Standard deviation of the normal prior, which the bounds cut; None: uniform.
            Or (D,) those of all weights, infinite where the prior is uniform.
    """

    low: FloatArray
    high: FloatArray
    sd: float | FloatArray | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Copy the bounds, read-only: a searcher must not change those of the next."""
        for name in ("low", "high"):
            bounds = np.array(getattr(self, name), np.float64)
            bounds.flags.writeable = False
            object.__setattr__(self, name, bounds)

    @property
    def dimension(self) -> int:
        """D, the number of weights."""
        return len(self.low)

    @property
    def width(self) -> FloatArray:
        """(D,) the extent of the box."""
        return self.high - self.low

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """(count, D) weight vectors from the prior.

        The numbers of the generator are used row by row: drawing in larger batches
        gives the same rows.
        """
        weights = rng.random((count, self.dimension))
        if self.sd is not None and np.ndim(self.sd) == 0:
            return self._normal(weights, self.sd)
        if self.sd is not None:
            normal = np.isfinite(self.sd)
            sd = np.where(normal, self.sd, 1.0)
            uniform = self.low + weights * self.width
            return np.where(normal, self._normal(weights, sd), uniform)
        # In place: new arrays would cost three times more than the random numbers.
        weights *= self.width
        weights += self.low
        return weights

    def _normal(self, uniform: FloatArray, sd: float | FloatArray) -> FloatArray:
        """The quantiles of the cut normal distribution at uniform numbers."""
        # Here and not above: few tasks need it.
        from scipy.special import ndtr, ndtri

        least, most = ndtr(self.low / sd), ndtr(self.high / sd)
        weights = sd * ndtri(least + uniform * (most - least))
        return np.asarray(np.clip(weights, self.low, self.high))


@dataclass(frozen=True, eq=False)
class NetworkSpace(Space):
    """The weight vectors of a known network with known training sequences.

    Attributes:
        structure: The network.
        train: The training sequences, read-only.
        scoring: How outputs are judged, and what the loss is; None for the mean squared
            error.
    """

    structure: Structure
    train: Sequences
    scoring: Scoring | None = None

    def box(self) -> Space:
        """The box alone, for a black-box searcher."""
        return Space(self.low, self.high, sd=self.sd)
