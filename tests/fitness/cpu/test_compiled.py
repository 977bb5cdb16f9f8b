"""Where compiled kernels are kept, and what happens if they cannot be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness.cpu import compiled, jit, vectors
from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.compiled import (
    backward_is_kept,
    backward_kernel,
    forward_kernel,
    is_kept,
)
from gfsearch.fitness.cpu.lanes import Lanes
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64
from gfsearch.fitness.cpu.warm import announcements, warm
from gfsearch.networks import A1, TanhUnit
from gfsearch.problems import Parity

SMALLEST = A1().build(1, 1)
MISSES = """
from gfsearch.fitness.cpu.compiled import forward_kernel
from gfsearch.fitness.cpu.precision import FLOAT32
from gfsearch.networks import A1
kernel = forward_kernel(A1().build(1, 1), FLOAT32)
print(sum(kernel.stats.cache_misses.values()))
"""


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    # Other tests of this process may have compiled in memory.
    monkeypatch.setattr(jit, "_only_in_memory", [])
    forward_kernel.cache_clear()
    backward_kernel.cache_clear()
    yield tmp_path
    forward_kernel.cache_clear()
    backward_kernel.cache_clear()


def test_another_structure_is_another_file_and_the_same_one_is_not_rewritten(fresh):
    assert not is_kept(SMALLEST, FLOAT32)
    forward_kernel(SMALLEST, FLOAT32)
    assert is_kept(SMALLEST, FLOAT32)
    (first,) = fresh.rglob("forward_*.py")
    stamp = first.stat().st_mtime_ns
    forward_kernel.cache_clear()
    forward_kernel(SMALLEST, FLOAT32)
    forward_kernel(TanhUnit().build(1, 1), FLOAT32)
    assert len(list(fresh.rglob("forward_*.py"))) == 2
    assert first.stat().st_mtime_ns == stamp


def test_gradients_are_compiled_beforehand_where_they_are_needed(fresh):
    said = "compiling 1 of 1 networks before their first runs: about {} s of one core"
    assert list(announcements({SMALLEST}, set())) == [said.format(3)]
    warm(SMALLEST, differentiated=False)
    assert is_kept(SMALLEST, FLOAT32)
    assert is_kept(SMALLEST, FLOAT64)
    assert not backward_is_kept(SMALLEST)
    assert list(announcements({SMALLEST}, {SMALLEST})) == [said.format(2)]
    warm(SMALLEST, differentiated=True)
    assert backward_is_kept(SMALLEST)
    assert list(announcements({SMALLEST}, {SMALLEST})) == []


def test_processes_that_begin_together_compile_a_kernel_once(fresh):
    """The others wait for it, and load it."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MISSES], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    misses = [process.communicate()[0].strip() for process in processes]
    assert sorted(misses) == ["0", "0", "1"]


def test_a_process_that_died_while_compiling_does_not_block_others(fresh):
    forward_kernel(SMALLEST, FLOAT32)
    (kernel,) = fresh.rglob("forward_*.py")
    # It had kept what the kernel calls, but not the kernel.
    for kept in kernel.parent.rglob("*.forward-*.nb?"):
        kept.unlink()
    assert any(kernel.parent.rglob("*.nbi"))
    assert not is_kept(SMALLEST, FLOAT32)
    kernel.with_suffix(".lock").write_text("of a dead process")
    forward_kernel.cache_clear()
    forward_kernel(SMALLEST, FLOAT32)
    assert is_kept(SMALLEST, FLOAT32)


def test_what_a_kernel_calls_is_part_of_its_name(fresh, monkeypatch):
    """A changed vector operation must not meet kernels compiled with the old one."""
    real = compiled.inspect.getsource
    forward_kernel(SMALLEST, FLOAT32)
    monkeypatch.setattr(
        compiled.inspect,
        "getsource",
        lambda module: real(module) + ("# changed" if module is vectors else ""),
    )
    assert not is_kept(SMALLEST, FLOAT32)


def test_a_second_process_compiles_nothing(fresh):
    misses = [
        subprocess.run(
            [sys.executable, "-c", MISSES], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert misses == ["1", "0"]


def test_a_cache_folder_that_cannot_be_made_is_no_obstacle(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    forward_kernel.cache_clear()
    train, _ = Parity(length=3, train=4).draw(np.random.default_rng(0))
    outputs = Lanes(SMALLEST, SequenceArrays.of(train), FLOAT32).all(np.zeros((1, 7)))
    assert outputs[0] == pytest.approx(0.5)
    forward_kernel.cache_clear()


def test_a_read_only_installation_works_and_says_so_once(tmp_path):
    """Neither the package's folder nor any cache folder can be written, by anybody.

    Permissions do not stop root, so files stand where the folders would be.
    """
    package = Path(gfsearch.__file__).parent
    shutil.copytree(
        package, tmp_path / "gfsearch", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(package.parent / "tasks", tmp_path / "tasks")
    for folder in (tmp_path / "gfsearch").rglob("*.py"):
        (folder.parent / "__pycache__").touch()
    blocked = tmp_path / "blocked"
    blocked.touch()
    environment = {
        **os.environ,
        "HOME": str(blocked),
        "XDG_CACHE_HOME": str(blocked),
        "MPLCONFIGDIR": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = "compare quick --tasks tomita1/A1 --searchers guessing --runs 4 --jobs 2"
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *command.split(), "--budget", "200"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("nothing can be kept in") == 1
    assert "Traceback" not in done.stderr
    assert "tomita1/A1" in done.stdout


def test_code_that_no_file_holds_compiles_in_memory(tmp_path):
    """Where numba finds nowhere to keep what it compiles, it still compiles."""
    program = (
        "from gfsearch.fitness.cpu.jit import everything_is_kept, jit\n"
        "assert everything_is_kept()\n"
        "@jit()\ndef f(x):\n    return x + 1\n"
        "assert f(2) == 3\n"
        "assert not everything_is_kept()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
