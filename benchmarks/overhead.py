"""Cost of a trial beyond its kernel when vectors come one at a time (P = 1).

    python benchmarks/overhead.py

Simulated annealing on parity with 100 sequences of 25 to 50 steps and A1 with two
hidden units. "Kernel" is the two compiled calls (network, judging) for the very
vectors that annealing proposed; "trial" is the runner's whole cycle: ask, evaluate,
count, tell.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from timing import heading, interleaved, pin, seconds

import gfsearch
from gfsearch.fitness.cpu.score import score
from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.sequences import SequenceFitness
from gfsearch.networks import A1
from gfsearch.problems import Parity
from gfsearch.searchers.kinds import make_searcher
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights

LENGTHS = ((25, 50), (500, 600))
TRIALS, ROUNDS = 4_000, 35
"""Short and many turns: a trial is so short that every disturbance shows."""


def main() -> None:
    pin()
    heading("task", "kernel, us", "evaluate, us", "trial, us", "trial / kernel")
    for length in LENGTHS:
        task = Task(
            name="parity",
            problem=Parity(length=length, train=100, test=1),
            network=A1(hidden=2),
            # No network of such weights solves parity: runs are as long as asked for.
            weights=Weights(low=-1.0, high=1.0),
            criterion=Criterion(tolerance=0.1),
        )
        trials = TRIALS if length[1] < 100 else TRIALS // 20
        report(f"parity, {length[0]}-{length[1]} steps, A1(2)", task, trials)


def report(name: str, task: Task, trials: int) -> None:
    fitness = task.fitness()
    vectors = proposals(fitness, trials)
    taken = interleaved(
        {
            "kernel": partial(kernel, fitness, vectors),
            "evaluate": partial(evaluate, fitness, vectors),
            "trial": partial(run, task, trials),
        },
        ROUNDS,
    )
    per_trial = {k: 1e6 * v / trials for k, v in taken.items()}
    figures = " | ".join(f"{v:.1f}" for v in per_trial.values())
    ratio = per_trial["trial"] / per_trial["kernel"]
    print(f"| {name} | {figures} | {ratio:.2f} |")


def proposals(fitness: SequenceFitness, trials: int) -> list[Any]:
    """The proposals of annealing in its first trials."""
    annealing = make_searcher("annealing", fitness.space, seed=0)
    vectors = []
    for _ in range(trials):
        proposal = annealing.ask()
        vectors.append(proposal.weights)
        annealing.tell(proposal, fitness.evaluate(proposal.weights))
    return vectors


def evaluate(fitness: SequenceFitness, vectors: list[Any]) -> float:
    def calls() -> None:
        for vector in vectors:
            fitness.evaluate(vector)

    return seconds(calls)


def kernel(fitness: SequenceFitness, vectors: list[Any]) -> float:
    evaluator: Any = fitness._evaluator
    lanes, judged = evaluator._fast, (*evaluator._all_targets, *evaluator._scoring)
    forward, blocks, data = lanes._forward, lanes._blocks, lanes._data
    outputs = np.empty((1, lanes._targets, lanes._outputs), np.float32)
    loss, errors = np.empty(1), np.empty(1, np.int64)

    def calls() -> None:
        for vector in vectors:
            forward(vector, blocks, False, *data, outputs)
            score(outputs, *judged, vector, loss, errors)

    return seconds(calls)


def run(task: Task, trials: int) -> float:
    """Seconds for so many trials, without what is done once per run."""

    def timed(budget: int) -> float:
        began = time.perf_counter()
        record = gfsearch.run(task, "annealing", budget=budget)
        assert record.trials == budget
        return time.perf_counter() - began

    return timed(trials) - timed(1)


if __name__ == "__main__":
    main()
