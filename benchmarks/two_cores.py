"""Gain from a second core: two runs at once against one.

    python benchmarks/two_cores.py

Beside the runs, two copies of the pure sigmoid loop (see limit.py) show what the
machine itself can give: cores that share a unit, or a busy neighbour, give less than
twice.
"""

from __future__ import annotations

import time

import joblib
from limit import Limit
from timing import heading, interleaved

import gfsearch
from gfsearch.fitness.cpu.precision import FLOAT32

ROUNDS, SUITE, TASK = 2_000_000, "guessing2001", "parity/A1"
TRIALS = {"guessing": 400_000, "annealing": 4_000, "genetic": 5_000}


def main() -> None:
    heading("work", "two at once / one")
    with joblib.Parallel(n_jobs=2) as two:

        def at_once(work: object, *arguments: object) -> float:
            began = time.perf_counter()
            two(joblib.delayed(work)(*arguments) for _ in range(2))
            return time.perf_counter() - began

        def alone(work: object, *arguments: object) -> float:
            began = time.perf_counter()
            two([joblib.delayed(work)(*arguments)])
            return time.perf_counter() - began

        variants = {}
        for name, work in (
            ("limit", (sigmoids, ROUNDS)),
            *(
                (name, (search, SUITE, TASK, name, trials))
                for name, trials in TRIALS.items()
            ),
        ):
            variants[name, 1] = lambda work=work: alone(*work)
            variants[name, 2] = lambda work=work: at_once(*work)
        taken = interleaved(variants)
    for name in ("limit", *TRIALS):
        ratio = 2 * taken[name, 1] / taken[name, 2]
        label = (
            "the pure sigmoid loop" if name == "limit" else f"{name}, {SUITE} {TASK}"
        )
        print(f"| {label} | {ratio:.2f} |")


def sigmoids(rounds: int) -> None:
    Limit(FLOAT32).seconds(1, 0, rounds=rounds)


def search(suite: str, name: str, searcher: str, trials: int) -> None:
    """Runs of so many trials together."""
    task = gfsearch.load_suite(suite).tasks[name]
    run = 0
    while trials > 0:
        trials -= gfsearch.run(task, searcher, run=run, budget=trials).trials
        run += 1


if __name__ == "__main__":
    main()
