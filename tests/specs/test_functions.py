"""docs/functions.md works as it stands there."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import gfsearch

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/functions.md").read_text(encoding="utf-8")
CODES = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
(SUITE,) = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.S)


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What the document's code has defined, section by section, without PyTorch."""
    monkeypatch.chdir(tmp_path)
    found = {"__name__": "walk"}
    for code in CODES:
        if "import torch" not in code and "class Valley" not in code:
            exec(compile(code, "docs/functions.md", "exec"), found)
    return found


def test_the_walk(names):
    summary = names["study"].summary().set_index("searcher")
    assert summary.solved.to_dict() == {"guessing": 10, "annealing": 10}
    assert summary.speedup_trials["annealing"] > 1.0
    assert names["record"].status == "solved"
    solution = np.array([names["record"].weights])
    assert names["rosenbrock"](solution)[0] < 1e-2


def test_the_simulator_can_be_solved(names):
    record = gfsearch.run(names["swing_up"], "guessing", budget=20_000)
    assert record.status == "solved"
    assert record.loss == 0.0


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="no PyTorch")
def test_the_network_of_pytorch(names):
    (code,) = [code for code in CODES if "import torch" in code]
    exec(compile(code, "docs/functions.md", "exec"), names)
    record = gfsearch.run(names["recurrent"], "guessing", budget=50)
    assert record.trials == 50 or record.status == "solved"
    assert len(record.weights) == names["dimension"] == 30


def test_the_network_of_its_own(names):
    assert names["found"].status == "solved"
    weights = names["found"].weights
    train, _ = names["leaky"].sequences()
    shown = names["leaky"].replay(weights, train.inputs)
    assert (abs(shown - train.targets)[train.mask] < 0.1).all()


def test_the_environment(names):
    assert names["rest"].status == "solved"
    assert names["rest"].environment_steps > 1_000
    fitness = names["damping"].fitness(0)
    rewards, lasted = fitness.run(
        np.array([names["rest"].weights]), fitness.train, np.arange(10)
    )
    assert rewards.mean() >= 90.0
    assert lasted.max() == 100


def test_the_suite(tmp_path, monkeypatch):
    (code,) = [code for code in CODES if "class Valley" in code]
    (tmp_path / "valley.py").write_text(code)
    (tmp_path / "valleys.toml").write_text(SUITE)
    monkeypatch.syspath_prepend(tmp_path)
    study = gfsearch.compare(
        tmp_path / "valleys.toml", out=tmp_path / "out", allow_imports=True, jobs=1
    )
    summary = study.summary()
    assert list(summary.task.unique()) == ["valley/width=0.01", "valley/width=1"]
    assert summary[summary.task.eq("valley/width=1")].solved.tolist() == [4, 4]
