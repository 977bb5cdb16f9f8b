"""What the framework adds to a run: handing it over, marking it, recording it.

    python benchmarks/framework.py

Makes 2,000 trivial runs (guessing, one trial) on loky with two processes, and the same
runs bare, in one process and without a record. In the steady state, which begins after
a tenth of the runs, the overhead is what a run takes of the wall clock beyond its share
of the bare time: bare / processes.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from timing import heading

from gfsearch.execution import Local, run_all
from gfsearch.runner import execute
from gfsearch.study import compile_kernels, make_study

RUNS, PROCESSES, ROUNDS = 2_000, 2, 3

SUITE = f"""
runs = {RUNS}
budget = 1
[searchers]
guessing = {{}}
[[task]]
name = "tomita4"
problem = {{ kind = "tomita", grammar = 4 }}
network = {{ kind = "A1" }}
weights = {{ low = -1, high = 1 }}
criterion = {{ tolerance = 0.1 }}
"""


def main() -> None:
    heading("round", "bare, ms", "a run, ms", "overhead, ms", "overhead / bare")
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            bare, made = measured(Path(folder))
        overhead = made - bare / PROCESSES
        cells = (number, 1e3 * bare, 1e3 * made, 1e3 * overhead, overhead / bare)
        print("| " + " | ".join(f"{cell:.3g}" for cell in cells) + " |")


def measured(folder: Path) -> tuple[float, float]:
    """Seconds of a run: bare, and of the wall clock in a study."""
    suite = folder / "trivial.toml"
    suite.write_text(SUITE)
    study = make_study(suite, out=folder / "study")
    study.save()
    runs = study.plan()
    compile_kernels(runs, say=lambda line: None)
    execute(runs[0])
    began = time.perf_counter()
    for run in runs[: RUNS // 4]:
        execute(run)
    bare = (time.perf_counter() - began) / (RUNS // 4)
    ended: list[float] = []
    run_all(
        study.folder,
        runs,
        Local(PROCESSES),
        on_done=lambda run, status: ended.append(time.perf_counter()),
    )
    assert len(ended) == RUNS
    warm = RUNS // 10
    return bare, (ended[-1] - ended[warm]) / (RUNS - 1 - warm)


if __name__ == "__main__":
    main()
