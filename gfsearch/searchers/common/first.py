"""First weights near zero, as gradients and the methods of 1994 begin with them."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.space import Space
from gfsearch.specs.arrays import FloatArray


def first_weights(space: Space, initial: float, rng: np.random.Generator) -> FloatArray:
    """(D,) weights uniform over [-initial, initial], as far as the space has them.

    Else around the point of the box that is nearest to zero weights.
    """
    centre = np.clip(0.0, space.low, space.high)
    low = np.maximum(centre - initial, space.low)
    high = np.minimum(centre + initial, space.high)
    weights: FloatArray = rng.uniform(low, high)
    return weights
