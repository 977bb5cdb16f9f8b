"""Time that a report takes: 10 tasks x 8 searchers x 30 runs.

    python benchmarks/report.py

Makes the study (half a minute), then times `python -m gfsearch report` on it: tables,
figures in all formats and the page; of that the tables alone, and the page alone, its
pictures drawn by one process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import heading

from gfsearch.report.page import in_hand, of_study, of_task, render
from gfsearch.report.tables import Tables, to_latex
from gfsearch.study.study import Study

SUITE = """
title = "A study of the size that reports are timed with"
runs = 30
budget = 300

[[task]]
name = "two-sequence"
problem = { kind = "two-sequence", length = { each = [[5, 10], [10, 20], [20, 40]] } }
network = { kind = "A1", hidden = { each = [1, 2] } }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }

[[task]]
name = "tomita"
problem = { kind = "tomita", grammar = { each = [1, 2, 3, 4] } }
network = { kind = "A1", hidden = 3 }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }

[searchers]
guessing = {}
annealing = {}
multigrid = {}
genetic = {}
gnarl = {}
adam = { budget = 30 }
gradient = { budget = 30 }
pseudo-newton = { budget = 30 }
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        suite, out = Path(folder) / "sized.toml", Path(folder) / "study"
        suite.write_text(SUITE)
        gfsearch = [sys.executable, "-m", "gfsearch"]
        make = [*gfsearch, "run", str(suite), "--out", str(out), "--quiet"]
        subprocess.run(make, check=True)
        heading("of 10 tasks x 8 searchers x 30 runs", "seconds")
        began = time.perf_counter()
        subprocess.run([*gfsearch, "report", str(out)], check=True, capture_output=True)
        print(f"| report | {time.perf_counter() - began:.1f} |")
        study = Study.open(out)
        results = study.results()
        began = time.perf_counter()
        tables = Tables(results)
        to_latex(dict(tables)["summary"], results.costs)
        print(f"| of that, tables | {time.perf_counter() - began:.1f} |")
        began = time.perf_counter()
        pictures = {
            task: of_task(tables, task, i, study.seed)
            for i, task in enumerate(results.tasks, start=1)
        }
        svgs = {f.stem: f.read_text("utf-8") for f in (out / "report").glob("*.svg")}
        page = render(study, tables, of_study(svgs), pictures, in_hand(tables))
        print(f"| the page alone, one process | {time.perf_counter() - began:.1f} |")
        print(f"\nThe page has {len(page.encode()) / 1e6:.2f} MB.")


if __name__ == "__main__":
    main()
