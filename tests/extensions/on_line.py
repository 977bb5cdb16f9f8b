"""Searchers that learn from new sequences, for tests."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gfsearch import Proposal, Searcher, Size, Spec


@dataclass(frozen=True, kw_only=True)
class Batches(Spec):
    """Sizes of what is shown at a time."""

    first: Size = 4
    then: Size = 4


class OnLine(Searcher):
    """Gradient descent on new sequences, a few at a time."""

    kind, revision, source = "on-line", 1, "tests"
    need = "gradient"
    fresh = True
    Parameters: ClassVar[type[Spec]] = Batches

    def __init__(self, space, parameters, seed):
        self.rng = np.random.default_rng(seed)
        self.weights = 0.1 * (2.0 * self.rng.random((1, space.dimension)) - 1.0)
        self.asked, self.parameters = 0, parameters
        self.losses = []

    def ask(self):
        p = self.parameters
        count = p.first if self.asked == 0 else p.then
        self.asked += 1
        return Proposal(self.weights.copy(), fresh=count)

    def tell(self, proposal, evaluation):
        assert evaluation.solved is None
        self.losses.append(evaluation.loss[0])
        step = evaluation.gradient / max(np.linalg.norm(evaluation.gradient), 1e-9)
        self.weights = self.weights - 0.3 * step

    def stop_reason(self):
        return None


class Greedy(OnLine):
    """It wants more than there are numbers for."""

    kind = "greedy"

    def ask(self):
        return Proposal(self.weights.copy(), fresh=-1)


class Both(OnLine):
    """It names sequences, too."""

    kind = "both"

    def ask(self):
        return Proposal(self.weights.copy(), np.array([0]), fresh=3)
