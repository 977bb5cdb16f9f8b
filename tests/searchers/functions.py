"""Analytic functions in the place of a task, and a loop in the place of the runner."""

from __future__ import annotations

import numpy as np

from gfsearch.fitness.evaluation import Evaluation
from gfsearch.fitness.space import Space
from gfsearch.searchers import make_searcher


def box(dimension, low=-5.0, high=5.0) -> Space:
    return Space(np.full(dimension, low), np.full(dimension, high))


def sphere(weights):
    return (weights**2).sum(axis=1)


def rastrigin(weights):
    waves = 10.0 * np.cos(2.0 * np.pi * weights)
    return 10.0 * weights.shape[1] + (weights**2 - waves).sum(axis=1)


def slope(function, weights):
    """(P, D) the gradient of a function, by central differences."""
    steps = 1e-6 * np.eye(weights.shape[1])
    sides = [[function(w + s * steps) for s in (1, -1)] for w in weights]
    return np.array([(above - below) / 2e-6 for above, below in sides])


def told(function, weights, need="loss") -> Evaluation:
    """What a searcher would be told, nothing ever being solved."""
    count = len(weights)
    return Evaluation(
        loss=function(weights),
        errors=np.ones(count, dtype=np.int64),
        solved=np.zeros(count, dtype=bool),
        presentations=np.ones(count, dtype=np.int64),
        gradient=slope(function, weights) if need == "gradient" else None,
    )


def minimise(name, function, space, trials, seed=0, **parameters):
    """The best loss after at least so many trials, restarting as the runner does."""
    best, spent, starts = np.inf, 0, 0
    searcher = make_searcher(name, space, seed, **parameters)
    while spent < trials:
        proposal = searcher.ask()
        evaluation = told(function, proposal.weights, searcher.need)
        spent += len(proposal.weights)
        best = min(best, evaluation.loss.min(initial=np.inf))
        searcher.tell(proposal, evaluation)
        if searcher.stop_reason():
            starts += 1
            searcher = make_searcher(name, space, seed + 1000 * starts, **parameters)
    return best
