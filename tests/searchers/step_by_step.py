"""Descents that take each batch by ask, evaluate and tell, in NumPy: the oracle.

What they are told of each batch is `evaluate(weights, "gradient", batch)` of the
fitness. The searchers `gradient` and `adam` make whole passes in compiled code, and
must come to the same records.
"""

import math

import numpy as np

from gfsearch.searchers import Proposal, Searcher
from gfsearch.searchers.adam import AdamParameters
from gfsearch.searchers.common.descent import first_weights
from gfsearch.searchers.common.stagnation import Stagnation
from gfsearch.searchers.gradient import GradientParameters


class StepByStep(Searcher):
    revision, source, need, white_box = 1, "oracle", "gradient", True

    def __init__(self, space, parameters, seed):
        self.p, self.rng = parameters, np.random.default_rng(seed)
        self.low, self.high = space.low, space.high
        self.weights = first_weights(space, parameters.initial, self.rng)[None]
        self.count = len(space.train)
        self.batch = parameters.batch if parameters.batch < self.count else 0
        self.order, self.shown, self.total, self.best = None, 0, 0.0, math.inf
        self.stagnation = Stagnation(parameters.patience, parameters.progress)
        self.diverged, self.steps = False, 0
        self.first = np.zeros_like(self.weights)
        self.second = np.zeros_like(self.weights)

    def ask(self):
        if not self.batch:
            return Proposal(self.weights.copy())
        if self.order is None:
            self.order = self.rng.permutation(self.count)
        chosen = self.order[self.shown : self.shown + self.batch]
        return Proposal(self.weights.copy(), chosen)

    def tell(self, proposal, evaluation):
        shown = evaluation.presentations.item(0)
        self.total += evaluation.loss.item(0) * shown
        self.shown += shown
        if not self.batch or self.shown >= self.count:
            self.best = min(self.best, self.total / self.shown)
            self.stagnation.update(self.best)
            self.order, self.shown, self.total = None, 0, 0.0
        if np.isfinite(evaluation.gradient).all():
            with np.errstate(over="ignore", invalid="ignore"):
                moved = self.weights + self.step(evaluation.gradient)
                self.weights = np.clip(moved, self.low, self.high)
        else:
            self.diverged = True

    def stop_reason(self):
        return "diverged" if self.diverged else self.stagnation.reason()


class GradientByStep(StepByStep):
    kind, Parameters = "gradient", GradientParameters

    def step(self, gradient):
        self.first = self.p.momentum * self.first - self.p.rate * gradient
        return self.first


class AdamByStep(StepByStep):
    kind, Parameters = "adam", AdamParameters

    def step(self, gradient):
        p = self.p
        norm = float(np.linalg.norm(gradient))
        if 0.0 < p.clip < norm:
            gradient = gradient * (p.clip / norm)
        self.steps += 1
        self.first += (1.0 - p.first_decay) * (gradient - self.first)
        self.second += (1.0 - p.second_decay) * (gradient**2 - self.second)
        mean = self.first / (1.0 - p.first_decay**self.steps)
        square = self.second / (1.0 - p.second_decay**self.steps)
        return -p.rate * mean / (np.sqrt(square) + p.epsilon)
