"""Own data do not go stale silently."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gfsearch.problems import Parity, Sequences
from gfsearch.problems.sequences import digest
from gfsearch.study.records import RecordFile, contradicts, read_records
from gfsearch.study.staleness import data_remarks
from tests.made_up import made_up, write

ROOT = Path(__file__).parents[2]

MODULE = """
from dataclasses import dataclass
from pathlib import Path
import numpy as np
from gfsearch import Spec, classified


@dataclass(frozen=True, kw_only=True)
class Table(Spec):
    kind, revision, source = "table", 1, "a test"
    inputs, outputs, class_targets = 1, 1, (1.0, 0.0)

    def draw(self, rng):
        lines = Path("data.csv").read_text().split()
        rows = np.array([line.split(",") for line in lines], dtype=float)
        rows = rows[rng.permutation(len(rows))]
        return [classified(rows[i::2, :-1, None], rows[i::2, -1]) for i in (0, 1)]
"""

SUITE = """
runs = 3
budget = 20

[searchers]
guessing = {}
annealing = {}

[[task]]
name = "own"
problem = { kind = "table:Table" }
network = { kind = "A1" }
weights = { low = -10.0, high = 10.0 }
criterion = { tolerance = 0.3 }
"""


def gfsearch(*arguments, cwd, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *arguments, "--allow-imports"],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "table.py").write_text(MODULE)
    (tmp_path / "mine.toml").write_text(SUITE)
    write_data(tmp_path, 0.0)
    gfsearch("run", "mine.toml", "--jobs", "1", cwd=tmp_path)
    return tmp_path


def write_data(folder, more):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 4)).round(3)
    rows[:, 1] += more
    lines = [",".join(map(str, [*row, float(row[0] > 0)])) for row in rows]
    (folder / "data.csv").write_text("\n".join(lines))


def test_changed_data_are_an_error_when_going_on(folder):
    records = read_records(folder / "runs/mine/records").by_key.values()
    assert len({r.data for r in records}) == 3  # an instance, a digest
    write_data(folder, 1.0)
    done = gfsearch("compare", "mine.toml", cwd=folder, code=2)
    assert done.stderr.count("\n") == 1
    assert "task 'own': its problem draws other data now than its records saw" in (
        done.stderr
    )
    gfsearch("run", "mine.toml", "--runs", "5", cwd=folder, code=2)
    assert len(read_records(folder / "runs/mine/records").by_key) == 6
    # A report says so, and of what it cannot know.
    assert "task own has other data now than its runs saw" in (
        gfsearch("report", "runs/mine", cwd=folder).stderr
    )
    (folder / "data.csv").unlink()
    assert "the data of task own cannot be drawn here" in (
        gfsearch("report", "runs/mine", cwd=folder).stderr
    )
    page = (folder / "runs/mine/report/index.html").read_text()
    assert "the data of task own cannot be drawn here" in page
    write_data(folder, 0.0)
    done = gfsearch("run", "mine.toml", "--runs", "4", cwd=folder)
    assert "other data" not in done.stderr


def test_a_run_whose_own_instance_has_changed_fails(folder):
    """Instance 1 alone is another one: what is made on it is not compared."""
    path = next((folder / "runs/mine/records").iterdir())
    lines = []
    for file in (folder / "runs/mine/records").iterdir():
        lines += map(json.loads, file.read_text().splitlines())
        file.unlink()
    kept = [r for r in lines if (r["searcher"], r["run"]) != ("annealing", 1)]
    for record in kept:
        if record["run"] == 1:
            record["data"] = "0" * 32
    path.write_text("".join(json.dumps(record) + "\n" for record in kept))
    done = gfsearch("run", "mine.toml", cwd=folder, code=1)
    assert re.search(
        "annealing on own: 1 run failed.*the data that other records", done.stderr
    )


def test_a_problem_that_draws_other_data_each_time_harms_no_other(folder):
    """Its runs are there; what is made on them anew fails."""
    random = MODULE.replace("rng.permutation", "np.random.default_rng().permutation")
    (folder / "table.py").write_text(random)
    assert "0 to do" in gfsearch("run", "mine.toml", cwd=folder).stderr
    done = gfsearch("run", "mine.toml", "--searchers", "multigrid", cwd=folder)
    assert "3 to do" in done.stderr
    retried = ("--searchers", "annealing,multigrid,genetic", "--runs", "4")
    done = gfsearch("run", "mine.toml", *retried, cwd=folder, code=1)
    assert re.search("genetic on own: 3 runs failed.*the data that other", done.stderr)


def test_data_that_exit_end_no_command(folder):
    (folder / "table.py").write_text(MODULE.replace("lines = ", "exit(); lines = "))
    options = ("--runs", "4", "--jobs", "2")
    done = gfsearch("run", "mine.toml", *options, cwd=folder, code=1)
    assert "annealing on own: 1 run failed: SystemExit" in done.stderr


def test_records_of_one_instance_that_saw_different_data_are_told(study):
    def make(run):
        saw = "0" * 31 + str(run.run % 2 if run.searcher.label == "slow" else 1)
        return replace(made_up(run, 5), data=saw)

    (line,) = data_remarks(write(study, make))
    assert "saw different data in 5 of 10 instances" in line


def test_records_of_earlier_versions_have_no_digest_and_are_fine(study):
    results = write(study, lambda run: made_up(run, 5))
    assert list(data_remarks(results)) == []
    run = study.plan()[0]
    old, new = made_up(run, 5), replace(made_up(run, 5), data="0" * 32)
    assert not contradicts(new, old)
    assert not contradicts(old, new)
    assert contradicts(replace(new, data="1" * 32), new)
    assert not contradicts(replace(new, threshold_errors=3), old)
    assert contradicts(
        replace(new, threshold_errors=3), replace(new, threshold_errors=2)
    )
    text = next((study.folder / "records").iterdir()).read_text()
    assert '"data"' not in text
    RecordFile(study.folder / "records").append(new)
    assert list(study.records().contradicting) == []


def test_digests_are_of_what_is_seen():
    draw = Parity(length=(5, 9), train=10, test=10).draw
    train, test = draw(np.random.default_rng(0))
    again, _ = draw(np.random.default_rng(0))
    assert digest(train, test) == digest(again, test)
    assert len({digest(train, test), digest(test, train), digest(train)}) == 3

    def changed(**fields):
        return digest(replace(train, **fields))

    inputs, targets = train.inputs.copy(), train.targets.copy()
    inputs[3, 2, 0] += 1.0
    unseen = targets.copy()
    unseen[~train.mask] = np.nan
    targets[train.mask] *= 2.0
    one = digest(train)
    assert one not in (changed(inputs=inputs), changed(targets=targets))
    assert changed(targets=unseen) == one
    # Of another machine's mathematical library; and signs of zeros.
    assert changed(inputs=np.nextafter(train.inputs, np.inf)) == one
    assert changed(inputs=np.where(train.inputs == 0.0, -0.0, train.inputs)) == one
    assert isinstance(train, Sequences)
