"""A genetic run against the usual DEAP and joblib pattern, per core.

    python benchmarks/population.py

The usual pattern is DEAP's eaSimple with `toolbox.map` replaced by joblib's processes:
each individual is evaluated by NumPy in some worker, generation by generation. Ours is
one run in one process; parallel runs multiply it (see two_cores.py).
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import random
import time
from typing import Any

import joblib
import numpy as np
from deap import algorithms, base, creator, tools
from timing import heading, interleaved
from usual import numpy_losses

import gfsearch
from gfsearch.suites.task import Task

GENERATIONS = 4
POPULATION = 50
CORES, TURNS = 2, 5
TASKS = (("guessing2001", "parity/A2"), ("quick", "parity/A2"))


def main() -> None:
    heading("task", "usual, evaluations/s and core", "gfsearch", "ratio")
    for suite, name in TASKS:
        task = gfsearch.load_suite(suite).tasks[name]
        seconds = interleaved(
            {"usual": lambda t=task: usual(t), "ours": lambda t=task: ours(t)},
            rounds=TURNS,
        )
        rates = [1.0 / value for value in seconds.values()]
        print(
            f"| {suite} {name} | {rates[0]:,.0f} | {rates[1]:,.0f} "
            f"| {rates[1] / rates[0]:.0f} |"
        )


def usual(task: Task) -> float:
    """Core seconds per evaluation."""
    loss = numpy_losses(task.structure, task.fitness().train, "float64")
    rng = random.Random(0)
    if not hasattr(creator, "Individual"):
        creator.create("Fitness", base.Fitness, weights=(-1.0,))
        creator.create("Individual", list, fitness=creator.Fitness)
    with joblib.Parallel(n_jobs=CORES) as parallel:
        toolbox = base.Toolbox()
        toolbox.register("gene", rng.uniform, -100.0, 100.0)
        toolbox.register(
            "individual",
            tools.initRepeat,
            creator.Individual,
            toolbox.gene,
            task.structure.dimension,
        )
        toolbox.register("population", tools.initRepeat, list, toolbox.individual)
        toolbox.register("mate", tools.cxBlend, alpha=0.5)
        toolbox.register("mutate", tools.mutGaussian, mu=0.0, sigma=20.0, indpb=0.02)
        toolbox.register("select", tools.selTournament, tournsize=3)
        toolbox.register("evaluate", evaluate, loss)
        toolbox.register(
            "map",
            lambda function, individuals: parallel(
                joblib.delayed(function)(individual) for individual in individuals
            ),
        )
        population = toolbox.population(POPULATION)
        parallel(joblib.delayed(abs)(-1) for _ in range(CORES))  # start the workers
        began = time.perf_counter()
        _, log = algorithms.eaSimple(
            population, toolbox, 0.9, 1.0, GENERATIONS, verbose=False
        )
        taken = time.perf_counter() - began
    return CORES * taken / sum(log.select("nevals"))


def evaluate(loss: Any, individual: list[float]) -> tuple[float]:
    return (float(loss(np.array(individual))),)


def ours(task: Task) -> float:
    """Seconds per trial of a run in this process."""
    began = time.perf_counter()
    record = gfsearch.run(task, "genetic", budget=20 * POPULATION)
    return (time.perf_counter() - began) / record.trials


if __name__ == "__main__":
    main()
