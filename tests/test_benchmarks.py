"""The scripts in benchmarks/ start, and what they compare with computes the same."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gfsearch.networks import A1, A2
from gfsearch.problems import Parity
from tests.cases import make_task

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_every_script_can_be_imported():
    """In a process of its own: scripts pin theirs to one core."""
    scripts = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
    lines = [f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})"]
    lines += [f"import {script}" for script in scripts]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(scripts) > 15
    assert done.returncode == 0, done.stderr


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
