"""The distribution: built, installed where nothing else is, and used from there."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.packaging


def run(*command, cwd):
    # Nothing of the surrounding environment: no path into the clone.
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distribution(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    return out


def test_the_wheel_works_in_an_empty_environment(distribution, tmp_path):
    (wheel,) = distribution.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "gfsearch/_tasks/quick.toml" in names
    assert "gfsearch/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "runs"))]
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "quick" in run(binaries / "gfsearch", "list", "suites", cwd=empty)
    options = ["--tasks", "tomita1/A1", "--runs", "2", "--budget", "100"]
    table = run(binaries / "python", "-m", "gfsearch", "compare", *options, cwd=empty)
    assert "genetic" in table
    report = empty / "runs" / "quick" / "report"
    assert (report / "summary.csv").exists()
    assert (report / "speedup.png").exists()


def test_the_sdist_holds_suites_and_tests(distribution):
    (sdist,) = distribution.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {
        "tasks/quick.toml",
        "tests/cli/test_commands.py",
        "LICENSE",
        "README.md",
    } <= names
