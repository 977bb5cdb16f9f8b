"""A study on a file of one's own: its answer, and what a changed file means for it."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

import gfsearch
from gfsearch.fitness import reference
from gfsearch.specs.errors import InputError
from gfsearch.study.records import content_of
from tests.recordings import SUITE, recorded, write_suite


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a suite, its file, and a study of it."""
    folder = tmp_path_factory.mktemp("own")
    gfsearch.compare(write_suite(folder), out=folder / "out", jobs=2)
    return folder


@pytest.fixture
def copied(made, tmp_path):
    """The same in another place, which a test may change."""
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


def command(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert "Traceback" not in done.stderr
    return done


def change(folder, value="9.75"):
    """Change one value of the file."""
    lines = (folder / "gestures.csv").read_text().split("\n")
    cells = lines[7].split(",")
    cells[2] = value
    lines[7] = ",".join(cells)
    (folder / "gestures.csv").write_text("\n".join(lines))


def test_wrong_labels_leave_a_finite_answer(made):
    study = gfsearch.open_study(made / "out")
    table = study.summary().set_index("searcher")
    assert table.solved["adam"] >= 3
    assert np.isfinite(table.ert_trials["adam"])
    # And a solution is one by the reference.
    (task,) = study.suite.tasks.values()
    runs = study.runs(weights=True)
    for _, run in runs[runs.status == "solved"].iterrows():
        train, test = task.sequences(run.run)
        for part, most in ((train, 0.1 * len(train)), (test, len(test))):
            shown = reference.outputs(
                task.structure, np.array(run.weights), part.inputs
            )
            right = reference.correct_sequences(shown, part, None, "largest")
            assert (~right).sum() <= most
        assert (~right).sum() == run.test_errors


def test_a_changed_file_makes_the_runs_anew_and_says_why(copied):
    old = set(gfsearch.open_study(copied / "out").records().by_key)
    change(copied)
    told = command("compare", copied / "gestures.toml", "--out", copied / "out").stderr
    assert "task gestures: the content of problem.path changed" in told
    assert "0 of 8 runs found, 8 to do" in told
    new = set(gfsearch.open_study(copied / "out").records().by_key)
    assert len(new) == 16
    assert old < new
    # Put back, the old runs count again.
    write_suite(copied)
    told = command("compare", copied / "gestures.toml", "--out", copied / "out").stderr
    assert "8 of 8 runs found" in told


def test_going_on_without_the_suite_refuses_a_changed_file(made, copied):
    plan = copied / "out" / "study.json"
    # The study knows the file by its place: that of the copy.
    plan.write_text(plan.read_text().replace(str(made), str(copied)))
    change(copied)
    done = command("compare", plan, "--out", copied / "out", "--runs", "5")
    assert done.returncode == 2
    assert "its content has changed since the study was made" in done.stderr
    told = command("report", copied / "out").stderr
    assert "cannot be drawn here" in told
    assert "its content has changed" in told


def test_a_moved_file_changes_nothing(copied):
    (copied / "data").mkdir()
    shutil.move(copied / "gestures.csv", copied / "data")
    text = SUITE.replace("gestures.csv", "data/gestures.csv")
    (copied / "gestures.toml").write_text(text)
    told = command("compare", copied / "gestures.toml", "--out", copied / "out").stderr
    assert "8 of 8 runs found" in told
    assert "changed" not in told


def test_other_backends_give_the_same_records(made, tmp_path):
    alone = gfsearch.compare(made / "gestures.toml", out=tmp_path / "alone", jobs=1)
    found = [
        {key: content_of(record) for key, record in study.records().by_key.items()}
        for study in (alone, gfsearch.open_study(made / "out"))
    ]
    assert found[0] == found[1]


def test_folds_are_the_instances(made, tmp_path):
    text = SUITE.replace('label = "gesture"', 'label = "gesture", folds = 3')
    (made / "folds.toml").write_text(text)
    (task,) = gfsearch.load_suite(made / "folds.toml").tasks.values()
    # Scaled with its fold's training part, a sequence keeps its length and its class.
    tested = [task.sequences(instance)[1] for instance in range(6)]
    assert sum(map(len, tested[:3])) == sum(map(len, tested[3:])) == 90
    for three in (tested[:3], tested[3:]):
        wanted = np.concatenate([part.targets[part.mask] for part in three])
        assert wanted.sum(axis=0).tolist() == [29, 30, 31]
        assert sum(part.lengths.sum() for part in three) == len(recorded())
    assert task.digest(0) != task.digest(3)


def test_validation_is_held_out_of_the_file(made):
    text = SUITE.replace('label = "gesture"', 'label = "gesture", validation = 0.2')
    text = text.replace("[searchers]", 'until = "validation"\n[searchers]')
    text = text.replace("share = 0.9", "share = 0.8")
    (made / "held.toml").write_text(text)
    (task,) = gfsearch.load_suite(made / "held.toml").tasks.values()
    held = task.validation(1)
    train, test = task.sequences(1)
    assert len(train) + len(test) + len(held) == 90
    record = gfsearch.run(task, "adam", run=1, budget=2_000)
    assert record.status == "solved"
    shown = reference.outputs(task.structure, np.array(record.weights), held.inputs)
    right = reference.correct_sequences(shown, held, None, "largest")
    assert right.mean() >= 0.8
    without = text.replace(", validation = 0.2", "")
    (made / "without.toml").write_text(without)
    with pytest.raises(InputError, match="needs sequences that are held out"):
        gfsearch.load_suite(made / "without.toml")


def test_targets_of_any_numbers(tmp_path):
    """A running mean, and criteria that do not fit such targets."""
    rng = np.random.default_rng(0)
    lines = ["sequence,x,mean"]
    for s in range(20):
        x = rng.uniform(-1, 1, 6)
        mean = np.cumsum(x) / np.arange(1, 7)
        lines += [f"{s},{a:.4f},{b:.4f}" for a, b in zip(x, mean, strict=True)]
    (tmp_path / "gestures.csv").write_text("\n".join(lines))
    text = SUITE.replace('label = "gesture"', 'targets = ["mean"], scale = "none"')
    text = text.replace("hidden = 1", 'hidden = 2, output_activation = "identity"')
    for criterion, complaint in (
        ("tolerance = 0.3, share = 0.8", None),
        ("largest = true", "they compare outputs, and there is one"),
        ("tolerance = 5.0", "a constant output of .* is right on 15 of 15"),
        ("sign = true", None),
    ):
        path = tmp_path / "means.toml"
        path.write_text(text.replace("largest = true, share = 0.9", criterion))
        out = tmp_path / f"out {criterion}"
        if complaint is None:
            study = gfsearch.compare(path, searchers=["adam"], runs=2, out=out)
            assert set(study.runs().status) <= {"solved", "censored"}
        else:
            with pytest.raises(InputError, match=complaint):
                gfsearch.compare(path, out=out)
    lines[3] = "0,0.5,0"
    (tmp_path / "gestures.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match="the target 0 has no sign"):
        gfsearch.compare(path, out=tmp_path / "zero")
