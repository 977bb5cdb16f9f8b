"""Intervals of costs so small that their spread says too little.

A task that is solved at the first trial in nineteen of twenty runs has runs that all
cost the same, and a standard error of zero, more often than not. Then the number of
trials is what is known: S solutions in N of them.
"""

from __future__ import annotations

from scipy.stats import beta

FEW = 10.0
"""Mean trials of a run below which its costs are too discrete for their spread."""


def chance_per_trial(
    trials: float, solutions: int, level: float
) -> tuple[float, float]:
    """The limits of Clopper and Pearson (1934) of the chance that a trial solves.

    Args:
        trials: N >= S, the trials spent in all runs; of other costs divided by their
            mean per trial it need not be whole.
        solutions: S, the solutions among them.
        level: Confidence level.
    """
    tail, vain = 0.5 * (1.0 - level), trials - solutions
    low = beta.ppf(tail, solutions, vain + 1.0) if solutions else 0.0
    # Rounding may leave a little of no trial.
    high = beta.ppf(1.0 - tail, solutions + 1.0, vain) if vain > 1e-9 else 1.0
    return float(low), float(high)
