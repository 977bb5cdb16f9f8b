"""A checkpoint continues a run to the same result; a stranger's is never read."""

import os
import pickle
import shutil
import subprocess
import sys

import pytest

from gfsearch.searchers import SEARCHERS
from gfsearch.study.execution.checkpoints import Checkpoint
from gfsearch.study.records import content_of
from gfsearch.study.runner import execute
from tests.cases import HARD, make_run
from tests.study.execution.studies import ROOT


def states_of(run, every):
    """The whole run, and pickles of where it stood now and then."""
    pickles = []
    calls = iter(range(10**9))

    def between(state):
        if next(calls) % every == every // 2:
            pickles.append(pickle.dumps(state))

    return execute(run, between=between), pickles


@pytest.mark.parametrize("name", [n for n in SEARCHERS if n != "discrete-error"])
def test_any_run_goes_on_to_the_same_end(name):
    run = make_run(HARD, name, budget=300)
    whole, pickles = states_of(run, every=7)
    assert content_of(execute(run)) == content_of(whole)
    for pickled in pickles[:: max(1, len(pickles) // 3)]:
        continued = execute(run, state=pickle.loads(pickled), attempts=2)
        assert content_of(continued) == content_of(whole)
        assert continued.meta.attempts == 2


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A checkpoint in a study, and the state that it holds."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    from gfsearch.study.execution import checkpoints

    checkpoints._secret.cache_clear()
    run = make_run(HARD, "annealing", budget=100)
    _, pickles = states_of(run, every=30)
    checkpoint = Checkpoint(tmp_path / "checkpoints", run.key)
    assert checkpoint.save(pickle.loads(pickles[0]))
    yield checkpoint, tmp_path / "checkpoints" / run.key
    checkpoints._secret.cache_clear()


def test_a_checkpoint_is_read_back(saved):
    checkpoint, path = saved
    assert checkpoint.load().costs.trials == 15
    assert path.stat().st_mode & 0o777 == 0o600
    checkpoint.remove()
    assert checkpoint.load() is None


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return os.mkdir, (str(self._path),)


def test_a_forged_checkpoint_is_not_unpickled(saved, tmp_path):
    checkpoint, path = saved
    signature = path.read_bytes()[:64]
    path.write_bytes(signature + pickle.dumps(Trap(tmp_path / "sprung")))
    assert checkpoint.load() is None
    assert not (tmp_path / "sprung").exists()


def test_a_checkpoint_counts_for_its_own_run_only(saved, tmp_path):
    _, path = saved
    shutil.copy(path, path.with_name("another"))
    assert Checkpoint(path.parent, "another").load() is None


@pytest.mark.parametrize("size", [0, 10, 64, 200])
def test_a_torn_checkpoint_is_ignored(saved, size):
    checkpoint, path = saved
    path.write_bytes(path.read_bytes()[:size])
    assert checkpoint.load() is None


def test_a_folder_that_others_can_write_is_not_trusted(saved):
    checkpoint, path = saved
    path.parent.chmod(0o770)
    assert checkpoint.load() is None
    path.parent.chmod(0o700)
    elsewhere = path.parent.with_name("elsewhere")
    path.parent.rename(elsewhere)
    path.parent.symlink_to(elsewhere)
    assert checkpoint.load() is None


def test_a_secret_of_somebody_else_reads_nothing(saved, tmp_path):
    """The same study under another user's state folder: nothing is unpickled."""
    _, path = saved
    script = (
        "import sys; from pathlib import Path\n"
        "from gfsearch.study.execution.checkpoints import Checkpoint\n"
        "path = Path(sys.argv[1])\n"
        "print(Checkpoint(path.parent, path.name).load())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "other")},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "None\n"
