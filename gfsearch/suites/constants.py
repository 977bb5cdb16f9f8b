"""Outputs that are right on many sequences whatever these are."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks.activations import ActivationKind
from gfsearch.problems.sequences import Sequences


def best_constant(
    sequences: Sequences, criterion: Criterion, shows: ActivationKind
) -> tuple[float, int]:
    """The constant output that is right on the most sequences.

    Args:
        sequences: Sequences with one output.
        criterion: When one is correct.
        shows: The activation of the output unit, which says what it can show.

    Returns:
        The output, and on how many it is right.
    """
    targets = [
        sequences.targets[i, sequences.mask[i], 0] for i in range(len(sequences))
    ]
    least = np.array([t.min() for t in targets])
    most = np.array([t.max() for t in targets])
    if criterion.tolerance is None:
        # One side of 0; neither where a sequence has targets on both.
        low = np.where(least > 0.0, 0.0, np.where(most < 0.0, -np.inf, np.inf))
        high = np.where(least > 0.0, np.inf, 0.0)
    else:
        low, high = most - criterion.tolerance, least + criterion.tolerance
    if shows.two_valued:
        tried = np.array([shows.low, shows.high])
    else:
        # Between two neighbouring ends of intervals it makes no difference where.
        ends = np.concatenate([low, high, [shows.low, shows.high]])
        ends = np.unique(ends[np.isfinite(ends)])
        ends = np.concatenate([[ends[0] - 1.0], ends, [ends[-1] + 1.0]])
        tried = 0.5 * (ends[1:] + ends[:-1])
        tried = tried[(tried > shows.low) & (tried < shows.high)]
    right = ((low < tried[:, None]) & (tried[:, None] < high)).sum(axis=1)
    best = int(np.argmax(right))
    return float(tried[best]), int(right[best])
