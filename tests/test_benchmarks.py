"""The scripts in benchmarks/ work, and what they compare with computes the same.

Each is run as it is, with sizes so small that its figures mean nothing.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gfsearch.networks import A1, A2
from gfsearch.problems import Parity
from tests.cases import make_task
from tests.good_suite import GOOD

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

SHORT = "LENGTHS = ((5, 9),)"
ONE_NETWORK = "NETWORKS = {'A1(1)': A1(output_bias=True)}"

SMALL = {
    "backward": (f"{ONE_NETWORK}; {SHORT}; VECTORS = (1,); WORK = 1", 1),
    "end_to_end": (
        "SEARCHERS, TASKS, TRIALS = 'guessing', 'tomita1/A1', 5; "
        "SIZE = ['--runs', '2', '--budget', '50']",
        2,
    ),
    "evaluation": (
        "SIZES, UPDATES, LENGTH = ((A1, 1),), ('sequential',), (5, 9); "
        "P, MANY, LEAST_SECONDS = 20, 30, 1e-9; "
        "find_spec = lambda library: None",
        17,
    ),
    "first_use": ("CASES = {'one task': ('tomita1/A1', 1, 1, False)}", 1),
    "framework": ("RUNS, ROUNDS, find_spec = 40, 1, lambda library: None", 1),
    "growth": ("SERIES, WORK = {'hidden': (1,), 'length': (10,)}, 1", 2),
    "interval_coverage": (
        "TRUTHS = {'geometric': geometric}; CHANCES, RUNS, FEW_RUNS, RATIOS = "
        "(0.9,), (10,), (3, 10), (2,); TASKS, SHARES_RIGHT = (1,), (0.3,)",
        8,
    ),
    "lanes": (f"NETWORKS = {{'A1(1)': NETWORKS['A1(1), biased']}}; {SHORT}", 1),
    "limit": ("ROUNDS = 1", 0),
    "misses": ("SUITE = sys.argv[2]", 1),
    "on_line": (f"{ONE_NETWORK}; {SHORT}; TURNS = 1", 1),
    "overhead": (f"TRIALS, ROUNDS = 5, 1; {SHORT}", 1),
    "population": (
        "TASKS, GENERATIONS, POPULATION, TURNS = (('quick', 'parity/A1'),), 1, 5, 1",
        1,
    ),
    "report": (
        "SUITE = SUITE[: SUITE.index('[[task]]')] + '''[searchers]\nguessing = {}\n'''"
        " + TASK; SUITE = SUITE.replace('runs = 30', 'runs = 2')",
        3,
    ),
    "scale": ("SUITE, PARTS = sys.argv[2], 3", 4),
    "two_cores": ("ROUNDS, TRIALS, SUITE = 1, {'guessing': 5}, 'quick'", 2),
}
"""What to change in each script, and how many rows its tables then have."""

LIBRARIES = {"timing", "usual"}

RUN = """
import importlib, sys, timing
timing.ROUNDS = 1
name, small = sys.argv.pop(1), sys.argv.pop(1)
script = importlib.import_module(name)
exec(small, {**vars(script), "sys": sys, "TASK": sys.argv.pop()}, vars(script))
if name == "interval_coverage":
    sys.argv[1:] = ["--studies", "5"]
script.main()
"""


def test_every_script_is_run():
    scripts = {path.stem for path in BENCHMARKS.glob("*.py")}
    assert scripts == SMALL.keys() | LIBRARIES


@pytest.mark.parametrize("script", SMALL)
def test_a_script_prints_its_tables(script, tmp_path):
    small, rows = SMALL[script]
    suite = tmp_path / "small.toml"
    suite.write_text(GOOD)
    task = GOOD[GOOD.index("[[task]]") :]
    done = subprocess.run(
        [sys.executable, "-c", RUN, script, small, "20", str(suite), task],
        env={**os.environ, "PYTHONPATH": f"{BENCHMARKS}:{BENCHMARKS.parent}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    table = [line for line in lines if line.startswith("| ")]
    heads = sum(line.startswith("|---") for line in lines)
    assert len(table) - heads == rows, done.stdout
    for line in table:
        assert line.count("|") == table[0].count("|") or heads > 1
    assert not re.search(r"\bnan\b", done.stdout)
    assert re.search(r"\d", done.stdout)


@pytest.mark.parametrize("update", ["sequential", "synchronous"])
@pytest.mark.parametrize("network", [A1, A2])
def test_networks_written_the_usual_way_have_the_same_losses(
    network, update, monkeypatch
):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from usual import batched, numpy_losses

    parity = Parity(length=(5, 12), train=20, test=1)
    task = make_task(parity, network(hidden=3, update=update))
    fitness = task.fitness()
    # Small weights: large ones turn differences of rounding into others.
    weights = fitness.sample(70, np.random.default_rng(0)) / 30.0
    losses = numpy_losses(task.structure, fitness.train, "float64")
    expected = fitness.evaluate(weights).loss
    np.testing.assert_allclose(batched(losses)(weights), expected, atol=1e-5)
    np.testing.assert_allclose(losses(weights[0]), expected[0], atol=1e-5)
