"""Time until the first run: on a new machine, and every time after.

    python benchmarks/first_use.py

Each line is a fresh process of `gfsearch compare` with one short run; a new machine is
an empty cache folder, and an installation without compiled code.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from timing import heading

import gfsearch

COMMAND = (
    "compare quick --tasks {tasks} --searchers guessing --runs {runs} --jobs {jobs}"
)
CASES = {
    "new machine, all of quick, --jobs 1": ("*", 1, 1, True),
    "warm, all of quick, --jobs 1": ("*", 1, 1, False),
    "warm, one task, --jobs 1": ("tomita1/A1", 1, 1, False),
    "warm, one task, --jobs 2 (loky)": ("tomita1/A1", 2, 2, False),
}


def main() -> None:
    heading("case", "seconds to the first run's start", "what is said about compiling")
    with tempfile.TemporaryDirectory() as folder:
        package = Path(gfsearch.__file__).parent
        installed = Path(folder) / "gfsearch"
        shutil.copytree(
            package, installed, ignore=shutil.ignore_patterns("__pycache__")
        )
        tasks = package.parent / "tasks"
        shutil.copytree(tasks, Path(folder) / "tasks")
        for name, (tasks, runs, jobs, new) in CASES.items():
            said, seconds = first_run(Path(folder), tasks, runs, jobs, new)
            print(f"| {name} | {seconds:.1f} | {said} |", flush=True)


def first_run(
    folder: Path, tasks: str, runs: int, jobs: int, new: bool
) -> tuple[str, float]:
    cache, out = folder / "cache", folder / "study"
    shutil.rmtree(out, ignore_errors=True)
    if new:
        shutil.rmtree(cache, ignore_errors=True)
    words = COMMAND.format(tasks=tasks, runs=runs, jobs=jobs).split()
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *words, "--out", str(out)],
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    started = []
    for file in out.glob("records/*.jsonl"):
        for line in file.read_text().splitlines():
            meta = json.loads(line)["meta"]
            started.append(datetime.fromisoformat(meta["started"]).timestamp())
    said = [line for line in done.stderr.splitlines() if "compil" in line]
    return "; ".join(said), min(started) - began


if __name__ == "__main__":
    main()
