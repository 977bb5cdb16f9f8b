"""Growth of the cost of a candidate with hidden units, length and sequences.

    python benchmarks/growth.py

Microseconds for each candidate of a batch of 256 and for one alone, and nanoseconds
for each of a batch's unit updates (one unit, one step, one sequence).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from timing import heading, interleaved, pin, seconds

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1
from gfsearch.problems import Parity
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights

HIDDEN, LENGTH, TRAIN = 3, 100, 100
P, WORK = 256, 2_000_000
SERIES = {
    "hidden": (1, 2, 3, 5, 10, 20, 50),
    "length": (10, 30, 100, 300, 1000),
    "train": (5, 10, 30, 100, 300, 1000),
}


def main() -> None:
    pin()
    print(f"A1; {HIDDEN} hidden units, {LENGTH} steps, {TRAIN} sequences unless said\n")
    heading("varied", "us, P = 256", "us, P = 1", "ns per unit update, P = 256")
    for what, values in SERIES.items():
        for value in values:
            row(what, value)


def row(what: str, value: int) -> None:
    size = {"hidden": HIDDEN, "length": LENGTH, "train": TRAIN} | {what: value}
    task = Task(
        name="parity",
        problem=Parity(length=size["length"], train=size["train"], test=1),
        network=A1(hidden=size["hidden"]),
        weights=Weights(low=-100.0, high=100.0),
        criterion=Criterion(tolerance=0.1),
    )
    fitness = task.fitness()
    weights = fitness.sample(P, np.random.default_rng(0))
    repeats = max(1, WORK // (P * size["length"] * size["train"]))
    taken = interleaved(
        {
            "batch": partial(repeated, fitness, weights, repeats),
            "alone": partial(repeated, fitness, weights[:1], 10 * repeats),
        }
    )
    batch, alone = taken["batch"] / P, taken["alone"]
    updates = (size["hidden"] + 1) * size["length"] * size["train"]
    print(
        f"| {what} = {value} | {1e6 * batch:.1f} | {1e6 * alone:.1f} "
        f"| {1e9 * batch / updates:.3f} |",
        flush=True,
    )


def repeated(fitness: Any, weights: Any, repeats: int) -> float:
    def calls() -> None:
        for _ in range(repeats):
            fitness.evaluate(weights)

    return seconds(calls) / repeats


if __name__ == "__main__":
    main()
