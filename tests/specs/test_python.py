"""docs/python.md works as it stands there, from the comparison to the last line."""

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import gfsearch

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/python.md").read_text(encoding="utf-8")
CODES = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What the walk has defined at its end."""
    folder = tmp_path_factory.mktemp("walk")
    found = {"__name__": "walk"}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context({"backend": "agg"}):
        patch.chdir(folder)
        for code in CODES:
            exec(compile(code, "docs/python.md", "exec"), found)
    return found | {"folder": folder}


@pytest.fixture(autouse=True)
def there(names, monkeypatch):
    """The study's folder is given from where the walk began."""
    monkeypatch.chdir(names["folder"])


def test_the_walk_ends_with_figures_and_records(names):
    assert (names["folder"] / "trials.png").stat().st_size > 5_000
    assert names["record"].status in ("solved", "censored")
    assert names["summary"].index.tolist() == ["guessing", "annealing", "quenching"]


def test_runs_have_costs_parameters_traces_and_weights(names):
    runs, study = names["runs"], names["study"]
    assert len(runs) == 36
    cooling = runs.groupby("searcher")["searcher.cooling"].first()
    assert cooling["quenching"] == 0.3
    assert np.isnan(cooling["guessing"])
    solved = runs[runs.status.eq("solved") & runs.searcher.ne("guessing")]
    for _, row in solved.iterrows():
        assert row.trace[-1][0] <= row.trials
        assert row.trace[-1][1] == row.loss
        assert len(row.weights) == 23
    assert not {"trace", "weights"} & set(study.runs())
    again = gfsearch.open_study(study.folder)
    assert again.runs().equals(study.runs())


def test_replay_gives_the_outputs_that_the_task_judged(names):
    """Right at the end of each string; hidden units first, the output last."""
    task, best = names["task"], names["best"]
    strings, _ = task.sequences(instance=int(best.run))
    at = np.arange(len(strings)), strings.lengths - 1
    errors = names["outputs"][at][:, 0] - strings.targets[at][:, 0]
    assert np.abs(errors).max() < task.criterion.tolerance
    assert names["hidden"].shape == (strings.inputs.shape[1], 4)
    assert np.array_equal(names["hidden"][:, -1:], names["outputs"][0])


@pytest.mark.parametrize(
    ("weights", "inputs", "complaint"),
    [
        ([0.0] * 22, [[0.0] * 2], "weights: expected 23 finite numbers, got shape"),
        ([np.nan] * 23, [[0.0] * 2], "weights: expected 23 finite numbers"),
        ([0.0] * 23, [0.0, 0.0], r"inputs: expected shape \(T, "),
        ([0.0] * 23, [[0.0] * 7], r"inputs: expected shape \(T, "),
    ],
)
def test_what_cannot_be_replayed(names, weights, inputs, complaint):
    with pytest.raises(ValueError, match=complaint):
        names["task"].replay(weights, inputs)


def test_a_study_shows_itself(names):
    study = names["study"]
    told = repr(study)
    assert told.startswith("Study runs/cooling: 1 task x 3 searchers x 12 runs, ")
    html = study._repr_html_()
    assert html.startswith("<p>Study runs/cooling: 1 task")
    assert "<td>quenching</td>" in html
    assert "x guessing, trials" in html
