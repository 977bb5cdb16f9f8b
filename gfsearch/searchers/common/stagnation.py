"""Stagnation: rounds without progress of the best loss, or without any change."""

from __future__ import annotations

import math


class Agreement:
    """The rule of Corana et al. (1987) when to stop: costs no longer change.

    Args:
        within: Largest difference between the costs at the last checks, and of each
            from the best cost; None: never.
    """

    checks = 4
    """Checks that must agree: N_eps of the paper, 4 as with Bengio et al. (1994)."""

    def __init__(self, within: float | None) -> None:
        self._within = within
        self._last: list[float] = []

    def update(self, loss: float, best_loss: float) -> None:
        """Note the cost at a check, and the best so far."""
        self._last = [*self._last[1 - self.checks :], loss]
        self._best = best_loss

    def reason(self) -> str | None:
        """The word "stagnated", or None."""
        if self._within is None or len(self._last) < self.checks:
            return None
        spread = max(*self._last, self._best) - min(*self._last, self._best)
        return "stagnated" if spread <= self._within else None


class Stagnation:
    """Counts rounds without progress of the best loss.

    Args:
        patience: Rounds without progress after which the search has stagnated; 0:
            never.
        progress: What counts as progress: a best loss lower by more than this fraction
            of the first one. Without such a least step, ever smaller gains on a
            saturated plateau of the loss would go on for ever.
    """

    def __init__(self, patience: int, progress: float) -> None:
        self._patience = patience
        self._progress = progress
        self._step = 0.0
        self._reference = math.inf
        self._stalled = 0

    def update(self, best_loss: float) -> None:
        """Note the best loss at the end of a round; the first one is the scale."""
        if self._reference == math.inf and math.isfinite(best_loss):
            self._step = self._progress * abs(best_loss)
        if best_loss < self._reference - self._step:
            self._reference = best_loss
            self._stalled = 0
        else:
            self._stalled += 1

    def reason(self) -> str | None:
        """The word "stagnated", or None."""
        patient = not self._patience or self._stalled < self._patience
        return None if patient else "stagnated"
