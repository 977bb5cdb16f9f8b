"""Speed of evaluating weight vectors, against everything else a user could write.

    python benchmarks/evaluation.py

100 parity sequences of 500 to 600 steps; one thread, pinned to one core; medians of
interleaved rounds. JAX and PyTorch take part if they are installed (`pip install
'gfsearch[benchmarks]'`).
"""

from __future__ import annotations

import os

# Before NumPy and JAX are imported: one thread, and NumPy's matrix products as its
# makers meant them.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from limit import Limit, work
from timing import heading, interleaved, pin, seconds
from usual import batched, jax_losses, numpy_losses, torch_losses

from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64
from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1, A2
from gfsearch.problems import Parity
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights

SIZES = ((A2, 10), (A1, 1), (A1, 2), (A1, 5), (A1, 10))
UPDATES, LENGTH = ("sequential", "synchronous"), (500, 600)
P = 256
MANY = 4096
LEAST_SECONDS = 0.05
RATIOS = {
    "evaluate, P = 256 / naive NumPy": "{:.0f}",
    "evaluate, P = 256 / JAX float32": "{:.2f}",
    "evaluate, P = 256 / limit, float32": "{:.0%}",
    "evaluate, P = 1 / JAX float32": "{:.2f}",
    "evaluate, P = 1 / limit, float32": "{:.0%}",
    "evaluate in float64, P = 256 / JAX float64": "{:.2f}",
    "evaluate in float64, P = 256 / limit, float64": "{:.0%}",
    "solves, P = 4096 / evaluate, P = 256": "{:.0f}",
    "solves, P = 4096 / drawing, P = 4096": "{:.0%}",
}


def main() -> None:
    pin()
    for library in ("jax", "torch"):
        if find_spec(library) is None:
            print(f"{library} is not installed and left out")
    limits = {"float32": Limit(FLOAT32), "float64": Limit(FLOAT64)}
    for update in UPDATES:
        rates = {}
        for kind, hidden in SIZES:
            task = Task(
                name="parity",
                problem=Parity(length=LENGTH, train=100, test=1),
                network=kind(hidden=hidden, update=update),
                weights=Weights(low=-100.0, high=100.0),
                criterion=Criterion(tolerance=0.1),
            )
            rates[f"{kind.kind}({hidden})"] = measure(task, limits)
        report(update, rates)


def measure(task: Task, limits: dict[str, Limit]) -> dict[str, float]:
    """Candidates per second of every variant."""
    fitness, structure = task.fitness(), task.structure
    train, weights = fitness.train, fitness.sample(MANY, np.random.default_rng(1))
    variants = usual_ways(task) | {
        "evaluate, P = 1": (singly(fitness), 16),
        "evaluate, P = 50": (lambda w: fitness.evaluate(w).loss, 50),
        "evaluate, P = 256": (lambda w: fitness.evaluate(w).loss, P),
        "evaluate in float64, P = 256": (exact(fitness), P),
    }
    agree(variants, fitness.sample(2, np.random.default_rng(2)) / 50.0)
    rng = np.random.default_rng(3)
    variants["solves, P = 4096"] = fitness.solves, MANY
    variants["drawing, P = 4096"] = lambda w: fitness.sample(len(w), rng), MANY
    timed = {
        variant: partial(per_candidate, evaluate, weights[:count])
        for variant, (evaluate, count) in variants.items()
    }
    for precision, limit in limits.items():
        least = partial(limit.seconds, *work(structure, int(train.lengths.sum())))
        timed[f"limit, {precision}"] = least
    return {variant: 1.0 / value for variant, value in interleaved(timed).items()}


def report(update: str, rates: dict[str, dict[str, float]]) -> None:
    """A table with a column for each network."""
    heading(f"{update}: candidates/s", *rates)
    for variant in next(iter(rates.values())):
        print_row(variant, [f"{rate[variant]:,.0f}" for rate in rates.values()])
    for ratio, form in RATIOS.items():
        above, below = ratio.split(" / ")
        if all(below in rate for rate in rates.values()):
            ratios = [rate[above] / rate[below] for rate in rates.values()]
            print_row(ratio, [f"**{form.format(value)}**" for value in ratios])
    print(flush=True)


def print_row(name: str, cells: list[str]) -> None:
    print("| " + " | ".join([name, *cells]) + " |")


def usual_ways(task: Task) -> dict[str, tuple[Callable[[Any], Any], int]]:
    structure, train = task.structure, task.fitness().train
    naive = numpy_losses(structure, train, "float64")
    ways: dict[str, tuple[Callable[[Any], Any], int]] = {
        "naive NumPy": (lambda weights: np.array([naive(w) for w in weights]), 2)
    }
    for dtype in ("float64", "float32"):
        losses = numpy_losses(structure, train, dtype)
        ways[f"batched NumPy {dtype}"] = batched(losses), 64
        if find_spec("jax"):
            ways[f"JAX {dtype}"] = jax_losses(structure, train, dtype), P
    if find_spec("torch"):
        ways["PyTorch float32"] = torch_losses(structure, train, "float32"), P
    return ways


def singly(fitness: Any) -> Callable[[Any], Any]:
    return lambda weights: np.array(
        [fitness.evaluate(w[None]).loss[0] for w in weights]
    )


def exact(fitness: Any) -> Callable[[Any], Any]:
    evaluator: Evaluator = fitness._evaluator
    return lambda weights: evaluator.exact(weights)[0]


def agree(variants: dict[str, tuple[Callable[[Any], Any], int]], weights: Any) -> None:
    """All variants compute the same losses."""
    expected = variants["naive NumPy"][0](weights)
    for name, (evaluate, _) in variants.items():
        np.testing.assert_allclose(evaluate(weights), expected, atol=1e-5, err_msg=name)


def per_candidate(evaluate: Callable[[Any], Any], weights: Any) -> float:
    """Seconds for one candidate; a short call is repeated, as a search repeats it."""
    calls, spent = 0, 0.0
    while spent < LEAST_SECONDS:
        spent += seconds(lambda: evaluate(weights))
        calls += 1
    return spent / (calls * len(weights))


if __name__ == "__main__":
    main()
