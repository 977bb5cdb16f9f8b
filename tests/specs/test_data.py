"""docs/data.md works as it stands there."""

import re
from pathlib import Path

import gfsearch

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/data.md").read_text(encoding="utf-8")
CODES = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
(SUITE,) = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.S)


def test_the_walk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gestures.toml").write_text(SUITE)
    names = {"__name__": "walk"}
    for code in CODES:
        exec(compile(code, "docs/data.md", "exec"), names)
    summary = names["study"].summary().set_index("searcher")
    assert summary.solved["adam"] >= 9
    assert summary.ert_presentations["adam"] > 0
    (task,) = names["study"].suite.tasks.values()
    assert task.problem.classes == ("down", "still", "up")
    assert not gfsearch.load_suite("real").tasks["power"].problem.drawn
