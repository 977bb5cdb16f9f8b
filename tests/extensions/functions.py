"""Functions of others, as suites, scripts and worker processes find them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

import gfsearch


def sphere(weights):
    return (weights**2).sum(axis=1)


def shifted(weights):
    """An edited sphere."""
    return ((weights - 0.1) ** 2).sum(axis=1)


def noisy(weights, rng):
    return sphere(weights) + 0.01 * rng.standard_normal(len(weights))


def failing(weights):
    raise ZeroDivisionError("the simulator crashed")


@dataclass(frozen=True, kw_only=True)
class Bowl(gfsearch.Spec):
    """A bowl of any depth, that tells what is solved."""

    kind: ClassVar[str] = "bowl"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = "tests"
    dimension: gfsearch.Size = 3
    depth: gfsearch.Positive = 1.0

    def evaluate(self, weights):
        loss = self.depth * sphere(weights)
        return loss, loss < 0.05, np.where(loss < 0.05, 0, 1)


@dataclass(frozen=True, kw_only=True)
class Step(gfsearch.Spec):
    """How far a climber goes."""

    step: gfsearch.Positive = 0.1


class Climber(gfsearch.Searcher):
    """Goes on from the best point so far."""

    kind = "climber"
    revision = 1
    source = "tests"
    Parameters = Step

    def __init__(self, space, parameters, seed):
        self.rng, self.step = np.random.default_rng(seed), parameters.step
        self.best, self.loss = space.sample(1, self.rng), np.inf

    def ask(self):
        moved = self.best + self.step * self.rng.standard_normal(self.best.shape)
        return gfsearch.Proposal(moved)

    def tell(self, proposal, evaluation):
        if evaluation.loss[0] <= self.loss:
            self.best, self.loss = proposal.weights, evaluation.loss[0]

    def stop_reason(self):
        return None


SUITE = """
title = "Bowls"
runs = 6
budget = 2_000

[searchers]
guessing = {}
annealing = {}
genetic = {}
gnarl = {}

[[task]]
name = "bowl"
problem = { kind = "tests.extensions.functions:Bowl", depth = { each = [1.0, 2.0] } }
weights = { low = -1.0, high = 1.0 }
"""
