"""How fast fitness evaluates, as ratios from one interleaved run.

    python benchmarks/evaluation.py

Compares the compiled evaluation with the usual NumPy loop (one weight vector at a time,
vectorised over the sequences, no work for weights that a network does not have) and
early rejection with full evaluation. Times are medians over interleaved rounds, so
that whatever else the machine does meets all variants alike; run it pinned to one core
(`taskset -c 0 python ...`) where that is possible.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable

import numpy as np

from gfsearch import load_suite
from gfsearch.fitness import Fitness

ROUNDS = 7


def logistic(a: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-a))


def naive_a2(fitness: Fitness, w: np.ndarray) -> float:
    """A2 (ten hidden units) as a user would write it: matrices, a loop over time."""
    hidden, output = w[:40].reshape(10, 4), w[40:]
    inputs, lengths = fitness.train.inputs, fitness.train.lengths
    h = np.zeros((len(inputs), 10))
    o = np.zeros(len(inputs))
    shown = np.zeros(len(inputs))
    for t in range(inputs.shape[1]):
        x = inputs[:, t]
        h = logistic(
            x * hidden[:, 0]
            + h * hidden[:, 1]
            + o[:, None] * hidden[:, 2]
            + hidden[:, 3]
        )
        o = logistic(h @ output[:10] + o * output[10] + output[11])
        shown[lengths == t + 1] = o[lengths == t + 1]
    ends = fitness.train.targets[fitness.train.mask][:, 0]
    return float(np.mean((shown - ends) ** 2))


def per_candidate(action: Callable[[], object], candidates: int) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) / candidates


def measure(variants: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Median seconds per candidate of each variant, in interleaved rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for action, _ in variants.values():
        action()
    for _ in range(ROUNDS):
        for name, (action, candidates) in variants.items():
            seconds[name].append(per_candidate(action, candidates))
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    rng = np.random.default_rng(0)
    print(f"{platform.machine()}, Python {platform.python_version()}, one thread\n")
    print("| task | variant | candidates/s | ratio |")
    print("|---|---|---|---|")
    for suite, name in (("guessing2001", "parity/A2"), ("quick", "parity/A2")):
        fitness = load_suite(suite).tasks[name].fitness()
        few, many = fitness.sample(3, rng), fitness.sample(4096, rng)
        np.testing.assert_allclose(
            [naive_a2(fitness, w) for w in few], fitness.evaluate(few).loss, atol=1e-5
        )
        seconds = measure(
            {
                "naive NumPy": (
                    lambda f=fitness, w=few: [naive_a2(f, v) for v in w],
                    3,
                ),
                "evaluate, P = 1": (
                    lambda f=fitness, w=many[:50]: [f.evaluate(v[None]) for v in w],
                    50,
                ),
                "evaluate, P = 256": (
                    lambda f=fitness, w=many[:256]: f.evaluate(w),
                    256,
                ),
                "solves, P = 4096": (lambda f=fitness, w=many: f.solves(w), 4096),
            }
        )
        base = seconds["naive NumPy"]
        for variant, value in seconds.items():
            row = f"{variant} | {1 / value:,.0f} | {base / value:,.0f}"
            print(f"| {suite} {name} | {row} |")


if __name__ == "__main__":
    main()
