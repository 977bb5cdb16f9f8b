"""Frequency of float32 and float64 disagreeing on whether weights solve a task.

    python benchmarks/misses.py [candidates]

For each task of guessing2001, random candidates (default 200,000) are judged by
`solves` and by the float64 kernel alone. A false solution is one that `solves` lets
pass and float64 does not: there can be none. A missed one passes in float64 only: it
costs a search a trial.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy.stats import binomtest
from timing import heading

import gfsearch
from gfsearch.fitness.sequences import SequenceFitness

CANDIDATES = 200_000
BATCH = 8192
SUITE = "guessing2001"


def main() -> None:
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else CANDIDATES
    heading("task", "candidates", "solutions", "false", "missed", "missed, 95 %")
    suite = gfsearch.load_suite(SUITE)
    families: dict[str, list[Any]] = {}
    for name, task in suite.tasks.items():
        counts = np.array([candidates, *count(task.fitness(), candidates)])
        report(name, counts)
        families.setdefault(name.split("/")[0].rstrip("124"), []).append(counts)
    for family, parts in families.items():
        if len(parts) > 1:
            report(f"all of {family}", sum(parts))


def report(name: str, counts: Any) -> None:
    candidates, solutions, false, missed = counts.tolist()
    share = "-"
    if solutions:
        low, high = binomtest(missed, solutions).proportion_ci(method="exact")
        share = f"{low:.2%} to {high:.2%} of the solutions"
    print(
        f"| {name} | {candidates:,} | {solutions:,} | {false} | {missed} | {share} |",
        flush=True,
    )


def count(fitness: SequenceFitness, candidates: int) -> tuple[int, int, int]:
    """Solutions in float64, false ones and missed ones among random candidates."""
    rng = np.random.default_rng(2001)
    solutions = false = missed = 0
    for start in range(0, candidates, BATCH):
        weights = fitness.sample(min(BATCH, candidates - start), rng)
        found, true = fitness.solves(weights), solves_in_float64(fitness, weights)
        solutions += int(true.sum())
        false += int((found & ~true).sum())
        missed += int((true & ~found).sum())
    return solutions, false, missed


def solves_in_float64(fitness: SequenceFitness, weights: Any) -> Any:
    """Every verdict by the float64 kernel, with early exit and no float32 before."""
    evaluator: Any = fitness._evaluator
    alive, start, n = np.arange(len(weights)), 0, len(fitness.train)
    while start < n and len(alive):
        stop = min(max(2 * start, 1), n)
        outputs = evaluator._exact.some(weights[alive], np.arange(start, stop))
        offset = int(evaluator._arrays.first_target[start])
        left = np.zeros(len(alive), dtype=np.int64)
        found = evaluator._first_wrong(outputs, offset, start, stop, left)
        alive = alive[found == stop]
        start = stop
    solved = np.zeros(len(weights), dtype=bool)
    solved[alive] = True
    return solved


if __name__ == "__main__":
    main()
