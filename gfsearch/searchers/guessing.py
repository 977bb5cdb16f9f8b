"""Random weight guessing: draw all weights at random until they solve the task.

Hochreiter and Schmidhuber, "LSTM can solve hard long time lag problems" (1996);
Schmidhuber, Hochreiter and Bengio, "Evaluating (long-term dependency) benchmark
problems by random guessing" (2001).

Known: all of it; weights are independent and uniform. Ours: nothing but to stop showing
sequences to a vector at the first that it gets wrong, which changes no trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch.fitness.evaluation import Need, Verdicts
from gfsearch.fitness.space import Space
from gfsearch.searchers.protocol import NoParameters, Proposal, Searcher

# Batches begin small, because easy tasks are solved within a few trials, and double
# up to a size at which drawing and evaluating cost least per trial. Their size has no
# influence on what is drawn.
_SMALLEST_BATCH = 32
_LARGEST_BATCH = 4096


@dataclass(eq=False, slots=True)
class GuessingState:
    """State of random weight guessing.

    Attributes:
        rng: Random numbers.
        batch: Vectors in the next proposal.
    """

    rng: np.random.Generator
    batch: int


class Guessing(Searcher):
    """Independent draws from the task's weight prior; memoryless, never stops.

    It has no parameters: the weight range belongs to the task.

    Example:
        >>> import gfsearch
        >>> fitness = gfsearch.load_suite("quick").tasks["tomita1/A1"].fitness()
        >>> guessing = gfsearch.make_searcher("guessing", fitness.space, seed=0)
        >>> weights = guessing.ask().weights
        >>> weights.shape
        (32, 23)
        >>> bool(fitness.evaluate(weights, need="solved").presentations.mean() < 3)
        True
    """

    kind: ClassVar[str] = "guessing"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Hochreiter and Schmidhuber (1996); Schmidhuber, Hochreiter and Bengio (2001)"
    )
    need: ClassVar[Need] = "solved"
    memoryless: ClassVar[bool] = True

    def __init__(
        self, space: Space, parameters: NoParameters, seed: np.random.SeedSequence
    ) -> None:
        self._space = space
        self.state = GuessingState(np.random.default_rng(seed), _SMALLEST_BATCH)

    def ask(self) -> Proposal:
        """Draw a batch of weight vectors."""
        state = self.state
        proposal = Proposal(self._space.sample(state.batch, state.rng))
        state.batch = min(2 * state.batch, _LARGEST_BATCH)
        return proposal

    def tell(self, proposal: Proposal, evaluation: Verdicts) -> None:
        """Learn nothing."""

    def stop_reason(self) -> str | None:
        """Never: there is always another guess."""
        return None
