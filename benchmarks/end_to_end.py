"""`compare quick`, its four black-box searchers, against the same study made as usual.

    python benchmarks/end_to_end.py

First the study itself: a new process, kernels compiled before, all cores, report and
figures included. Then the same runs as users write them: the same searchers, NumPy for
one weight vector at a time, parallel over the runs. That would take hours, so each of
its cells (task and searcher) is timed for some trials in this process and multiplied by
the trials that the study spent there, divided by the cores: perfect parallelism, and
neither start nor report, are given to it for nothing.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np
from timing import heading
from usual import numpy_losses

import gfsearch
from gfsearch.fitness.evaluation import Evaluation
from gfsearch.study.study import Study

TRIALS = 200
SEARCHERS, TASKS = (
    "guessing,annealing,multigrid,genetic",
    "two-sequence/*,parity/A*,tomita*",
)
"""The tasks are those whose networks `usual.py` has."""

SIZE: list[str] = []
"""Options of a smaller study."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        gfsearch = [sys.executable, "-m", "gfsearch"]
        what = ["quick", "--quiet", "--searchers", SEARCHERS, "--tasks", TASKS]
        first = [*what, "--runs", "1", "--budget", "10", "--out", f"{folder}/first"]
        subprocess.run([*gfsearch, "run", *first], check=True, capture_output=True)
        began = time.perf_counter()
        whole = [*what, *SIZE, "--out", f"{folder}/study"]
        subprocess.run([*gfsearch, "compare", *whole], check=True, capture_output=True)
        taken = time.perf_counter() - began
        study = Study.open(f"{folder}/study")
        usual, trials = usual_seconds(study)
    cores = os.cpu_count() or 1
    heading("study", "trials", "seconds")
    print(f"| compare quick, {cores} cores | {trials:,} | {taken:.0f} |")
    print(f"| the usual way, {cores} cores | {trials:,} | {usual / cores:,.0f} |")
    print(f"\n{usual / cores / taken:.0f} times")


def usual_seconds(study: Study) -> tuple[float, int]:
    """Core seconds of the usual way for all trials of a study, and these trials."""
    total, trials = 0.0, 0
    cells: dict[tuple[str, str], int] = {}
    for record in study.records().by_key.values():
        cell = record.task, record.searcher
        cells[cell] = cells.get(cell, 0) + record.trials
    for (task, searcher), spent in cells.items():
        total += spent * seconds_per_trial(study, task, searcher)
        trials += spent
    return total, trials


def seconds_per_trial(study: Study, task_name: str, searcher_name: str) -> float:
    task = study.suite.tasks[task_name]
    fitness = task.fitness()
    losses = numpy_losses(task.structure, fitness.train, "float64")
    searcher = gfsearch.make_searcher(searcher_name, task.space)
    done, began = 0, time.perf_counter()
    while done < TRIALS:
        proposal = searcher.ask()
        searcher.tell(proposal, evaluation(losses, proposal.weights))
        done += len(proposal.weights)
    return (time.perf_counter() - began) / done


def evaluation(losses: Any, weights: Any) -> Evaluation:
    """The evaluation that a searcher is given; nothing is taken for a solution."""
    loss = np.array([losses(row) for row in weights])
    wrong = np.ones(len(weights), dtype=np.int64)
    return Evaluation(loss, wrong, wrong == 0, wrong)


if __name__ == "__main__":
    main()
