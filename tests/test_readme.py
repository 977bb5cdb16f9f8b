"""What the README shows works as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import gfsearch

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.S)


def test_the_python_example_runs(tmp_path):
    (code,) = blocks("python")
    code = code.replace("runs=20,", "runs=1, budget=300,").replace("20_000", "300")
    script = tmp_path / "example.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "16 rows" in done.stdout


def test_the_example_suite_is_one(tmp_path):
    (suite,) = blocks("toml")
    path = tmp_path / "mine.toml"
    path.write_text(suite)
    assert list(gfsearch.load_suite(path).searchers) == [
        "guessing",
        "annealing",
        "annealing-slow",
    ]


def test_it_gives_two_set_up_commands_and_links_that_exist():
    assert "`pip install -e . && python -m gfsearch compare`" in README
    assert "`pip install tox && tox`" in README
    for text in (README, *(p.read_text() for p in (ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            places = (ROOT / target, ROOT / "docs" / target)
            assert any(place.exists() for place in places), target
