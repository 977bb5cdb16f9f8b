"""Overhead of the framework per run: handing it over, marking it, recording it.

    python benchmarks/framework.py

Makes 2,000 trivial runs (guessing, one trial) with two processes, on loky and, if it is
installed, on Dask with TLS on this machine; and some of the same runs bare: by as many
processes at the same time, in a loop, without a record. In the steady state, which
begins after a tenth of the runs, the overhead is what a run takes of the wall clock
beyond its share of the bare time: bare / processes. Beside it, what a process takes for
a record with its fsync.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from joblib import Parallel, delayed
from timing import heading, seconds

from gfsearch.study.comparing import make_study
from gfsearch.study.execution import Engine, Local, run_all
from gfsearch.study.execution.preparing import prepare
from gfsearch.study.records import RecordFile
from gfsearch.study.runner import execute
from gfsearch.suites.run import Run

RUNS, PROCESSES, ROUNDS = 2_000, 2, 5

SUITE = """
runs = {runs}
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
    heading(
        *("engine", "round", "bare, ms", "record, ms", "a run, ms"),
        *("overhead, ms", "overhead / bare"),
    )
    rounds("loky", Local(PROCESSES))
    if find_spec("distributed") is not None:
        with dask() as cluster:
            rounds("Dask", cluster)


def rounds(name: str, engine: Engine) -> None:
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            row(f"{name} | {number}", Path(folder), engine)


def row(what: str, folder: Path, engine: Engine) -> None:
    suite = folder / "trivial.toml"
    suite.write_text(SUITE.format(runs=RUNS))
    study = make_study(suite, out=folder / "study")
    study.save()
    runs = study.plan()
    prepare(runs[0])
    parts = [runs[i : RUNS // 2 : PROCESSES] for i in range(PROCESSES)]
    both = Parallel(n_jobs=PROCESSES)(delayed(alone)(part, folder) for part in parts)
    bare, record = (sum(times) / PROCESSES for times in zip(*both, strict=True))
    made = in_a_study(study.folder, runs, engine)
    overhead = made - bare / PROCESSES
    times = " | ".join(f"{1e3 * t:.3g}" for t in (bare, record, made, overhead))
    print(f"| {what} | {times} | {overhead / bare:.2f} |", flush=True)


def alone(runs: list[Run], folder: Path) -> tuple[float, float]:
    """Seconds of a run in this process, and of its record."""
    records = [execute(runs[0])]  # It loads what is compiled.
    bare = seconds(lambda: records.extend(map(execute, runs)))
    file = RecordFile(folder / "alone")
    record = seconds(lambda: [file.append(r) for r in records[1:]])
    return bare / len(runs), record / len(runs)


def in_a_study(folder: Path, runs: list[Run], engine: Engine) -> float:
    """Seconds of the wall clock for each run in the steady state."""
    ended: list[float] = []
    run_all(
        folder,
        runs,
        engine,
        on_done=lambda run, status: ended.append(time.perf_counter()),
    )
    assert len(ended) == RUNS
    warm = RUNS // 10
    return (ended[-1] - ended[warm]) / (RUNS - 1 - warm)


@contextmanager
def dask() -> Iterator[Engine]:
    """The cluster that `cluster dask` starts."""
    from gfsearch.study.cluster.local_dask import local_cluster
    from gfsearch.study.execution.dask import Cluster, Tls

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with local_cluster(folder, PROCESSES):
            tls = Tls(**{n: folder / f"{n}.pem" for n in ("ca", "cert", "key")})
            with Cluster(str(folder / "scheduler.json"), tls) as cluster:
                yield cluster


if __name__ == "__main__":
    main()
