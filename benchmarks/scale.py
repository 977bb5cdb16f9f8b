"""A study of a million runs: reading it, reporting it, and beginning a part of it.

    python benchmarks/scale.py [RUNS]

Makes up the records of about RUNS runs (a million) of `quick` as an array of ten
thousand jobs would leave them, each like a record that was really made for its task and
searcher: as many weights, as many points of its trace, about 2 kB. Then times what
commands do with it: the report, the state, what `run` does before it finds that nothing
is missing, for the whole and for one part of the array. Memory is the largest at one
moment of all processes of the command, pages that they share counted once.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
from timing import heading

from gfsearch.study.comparing import make_study
from gfsearch.study.records import Record, RecordFile
from gfsearch.study.runner import execute
from gfsearch.study.study import Study
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run

RUNS, PARTS = 1_000_000, 10_000
SUITE = "quick"
POINTS = 40
"""Of a trace: what the searchers of `quick` leave that see a loss."""


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "study"
        study, size, seconds = made_up(out, wanted)
        number = len(study.plan())
        print(
            f"{number:,} runs, {size / 1e9:.2f} GB in {PARTS:,} files, "
            f"{size / number:,.0f} bytes a record (made up in {seconds:.0f} s)\n"
        )
        heading("what", "seconds", "memory, GB", "microseconds a record")
        gfsearch = ["-m", "gfsearch"]
        suite = str(out / "study.json")
        part = [*gfsearch, "run", suite, "--out", str(out)]
        commands = {
            "report": [*gfsearch, "report", str(out), "--quiet"],
            "status": [*gfsearch, "status", str(out)],
            "run, nothing missing": [*part, "--quiet"],
            f"run, part 1 of {PARTS:,}": [*part, f"--shard=1/{PARTS}", "--quiet"],
        }
        for what, command in commands.items():
            seconds, memory = measured([sys.executable, *command])
            each = f"{1e6 * seconds / number:.1f}"
            print(
                f"| {what} | {seconds:.1f} | {memory / 1e9:.2f} | {each} |", flush=True
            )


def made_up(out: Path, wanted: int) -> tuple[Study, int, float]:
    """A study with the records of all its runs; their bytes, and seconds taken."""
    began = time.perf_counter()
    one = make_study(SUITE, out=out, runs=1)
    study = make_study(SUITE, out=out, runs=max(wanted // len(one.plan()), 1))
    study.save()
    paths = empty_files(study)
    rng = np.random.default_rng(0)
    lines: list[bytearray] = [bytearray() for _ in paths]
    like: dict[int, Record] = {}
    for i, run in enumerate(study.plan()):
        if id(run.searcher) not in like or run.run == 0:
            like[id(run.searcher)] = execute(replace(run, budget=Budget(200)))
        record = varied(like[id(run.searcher)], run, rng)
        lines[i % PARTS] += msgspec.json.encode(record) + b"\n"
        if i % 100_000 == 0:
            append(paths, lines)
    append(paths, lines)
    size = sum(path.stat().st_size for path in paths)
    return study, size, time.perf_counter() - began


def empty_files(study: Study) -> list[Path]:
    """The record files of the array's parts, in their order."""
    records = study.folder / "records"
    names = [study.name_of_part((i, PARTS)) for i in range(1, PARTS + 1)]
    for name in names:
        RecordFile(records, name)
    found = {".".join(path.name.split(".")[:2]): path for path in records.iterdir()}
    return [found[name.removesuffix(".")] for name in names]


def varied(like: Record, run: Run, rng: np.random.Generator) -> Record:
    """A record of a run like another, with other costs and weights."""
    solved = run.run % 4 != 0
    budget = run.budget.amount
    trials = int(rng.integers(1, budget)) if solved else budget
    trace: list[tuple[int, float]] = []
    if like.trace:
        at = np.unique(np.geomspace(1, trials, POINTS).astype(int))
        trace = list(
            zip(at.tolist(), np.sort(rng.random(len(at)))[::-1].tolist(), strict=True)
        )
    keeps = solved or like.trace
    d = run.task.structure.dimension
    return replace(
        like,
        **run.header(),
        status="solved" if solved else "censored",
        trials=trials,
        presentations=10 * trials,
        loss=trace[-1][1] if trace else None,
        trace=trace,
        restarts=[(i * trials // 10, i * trials) for i in range(1, rng.integers(1, 5))],
        test_errors=int(rng.integers(0, 10)) if keeps else None,
        weights=rng.uniform(-100, 100, d).tolist() if keeps else None,
    )


def append(paths: list[Path], lines: list[bytearray]) -> None:
    for path, text in zip(paths, lines, strict=True):
        with path.open("ab") as file:
            file.write(text)
        text.clear()


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and bytes that a command takes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(held, family(process.pid))))
        time.sleep(0.1)
    assert process.returncode == 0, command
    return time.perf_counter() - began, most


def family(pid: int) -> Iterator[int]:
    """A process and all that it has begun."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def held(pid: int) -> int:
    """Bytes of a process, its share of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(
        (1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0
    )


if __name__ == "__main__":
    main()
