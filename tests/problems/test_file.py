"""Recorded data from files: what is read, split and scaled, and what is refused."""

import os
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gfsearch.problems import FromFile
from gfsearch.problems.sequences import digest
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import build, canonical, filled
from gfsearch.specs.files import File
from tests.recordings import CLASSES, recorded

TABLE = recorded()


def problem(folder, table=TABLE, name="data.csv", **fields):
    """A problem on a table that is written as the ending of the name says."""
    path = folder / name
    if name.endswith(".csv"):
        table.to_csv(path, index=False)
    elif name.endswith(".parquet"):
        table.to_parquet(path)
    else:
        columns = {c: table[c].to_numpy(dtype=_kept(table[c])) for c in table}
        np.savez(path, **columns)
    fields.setdefault("label", "gesture" if "targets" not in fields else None)
    return FromFile(path=File(path), **fields)


def _kept(column):
    return None if column.dtype.kind in "fiub" else "U"


def drawn(made, seed=0, fold=0):
    return made.draw_fold(np.random.default_rng(seed), fold)


def contents(sequences):
    """Each sequence's inputs, to tell sequences apart."""
    return {
        x[:n].tobytes()
        for x, n in zip(sequences.inputs, sequences.lengths, strict=True)
    }


def labels(sequences):
    """The class of each sequence, which stands one-hot at its last step alone."""
    last = np.arange(sequences.inputs.shape[1]) == sequences.lengths[:, None] - 1
    assert (sequences.mask == last).all()
    wanted = sequences.targets[sequences.mask]
    assert (np.sort(wanted, axis=1) == [0.0, 0.0, 1.0]).all()
    return wanted.argmax(axis=1)


def test_three_formats_hold_the_same_sequences(tmp_path):
    found = {
        digest(*drawn(problem(tmp_path, name=f"data.{ending}"))[:2])
        for ending in ("csv", "npz", "parquet")
    }
    assert len(found) == 1


def test_sequences_are_those_of_the_table(tmp_path):
    made = problem(tmp_path, scale="none")
    assert (made.inputs, made.outputs, made.classes) == (3, 3, CLASSES)
    train, test, validation = drawn(made)
    assert validation is None
    assert (len(train), len(test)) == (67, 23)
    expected = {
        rows[["x", "y", "z"]].to_numpy().tobytes(): CLASSES.index(rows.gesture.iloc[0])
        for _, rows in TABLE.groupby("sequence")
    }
    for part in (train, test):
        for x, n, label in zip(part.inputs, part.lengths, labels(part), strict=True):
            assert expected[x[:n].tobytes()] == label
    assert contents(train) | contents(test) == expected.keys()
    assert not contents(train) & contents(test)


def test_the_training_part_alone_says_how_to_scale(tmp_path):
    raw, scaled = (drawn(problem(tmp_path, scale=s)) for s in ("none", "standard"))
    rows = np.concatenate(
        [x[:n] for x, n in zip(raw.train.inputs, raw.train.lengths, strict=True)]
    )
    for before, after in zip(raw[:2], scaled[:2], strict=True):
        for x, y, n in zip(before.inputs, after.inputs, before.lengths, strict=True):
            expected = (x[:n] - rows.mean(axis=0)) / rows.std(axis=0)
            assert y[:n] == pytest.approx(expected, abs=1e-12)
    ranged = drawn(problem(tmp_path, scale="range")).train.inputs
    assert ranged.min() == pytest.approx(-1.0)
    assert ranged.max() == pytest.approx(1.0)


def test_a_line_that_is_always_the_same_is_silent(tmp_path):
    train, test, _ = drawn(problem(tmp_path, TABLE.assign(y=7.1)))
    assert not train.inputs[:, :, 1].any()
    assert not test.inputs[:, :, 1].any()
    assert train.inputs[:, :, 0].any()


def test_every_class_is_split_by_itself(tmp_path):
    made = problem(tmp_path, test=0.3, validation=0.25)
    for part, share in zip(drawn(made), (0.525, 0.3, 0.175), strict=True):
        counts = np.bincount(labels(part), minlength=3)
        whole = TABLE.groupby("sequence").gesture.first().value_counts()
        for label, count in zip(CLASSES, counts, strict=True):
            assert abs(count - share * whole[label]) <= 1.0
    one, other = (contents(drawn(made, seed).test) for seed in (0, 1))
    assert one != other


def test_folds_are_a_partition(tmp_path):
    made = problem(tmp_path, folds=4, scale="none")
    parts = [drawn(made, fold=fold) for fold in range(4)]
    tested = [contents(part.test) for part in parts]
    assert sum(map(len, tested)) == len(set.union(*tested)) == 90
    for part, of_fold in zip(parts, tested, strict=True):
        assert not contents(part.train) & of_fold
        counts = np.bincount(labels(part.test), minlength=3)
        assert counts.max() - counts.min() <= 3


def test_targets_of_numbers_at_some_steps(tmp_path):
    table = pd.DataFrame(
        {
            "run": [1, 1, 2, 2, 2, 3, 4],
            "x": [0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "y": [None, 1.5, 2.5, None, 4.5, -5.5, 6.5],
        }
    )
    made = problem(tmp_path, table, sequence="run", targets=("y",), scale="none")
    assert made.columns == ("x",)
    assert made.class_targets is None
    train, test, _ = drawn(made)
    found = {}
    for part in (train, test):
        for i in range(len(part)):
            values = part.targets[i, part.mask[i], 0].tolist()
            found[part.inputs[i, 0, 0]] = (part.mask[i].tolist()[:3], values)
    assert found[2.0] == ([True, False, True], [2.5, 4.5])
    assert found[0.5][0][:2] == [False, True]
    assert found[6.0][1] == [6.5]


def test_classes_that_are_numbers_or_called_na(tmp_path):
    named = TABLE.replace(dict(zip(CLASSES, ("NA", "null", "nan"), strict=True)))
    assert problem(tmp_path, named).classes == ("NA", "nan", "null")
    numbered = TABLE.replace(dict(zip(CLASSES, ("10", "9", "-1"), strict=True)))
    assert problem(tmp_path, numbered).classes == ("-1", "9", "10")
    chosen = problem(tmp_path, classes=("up", "down", "still"))
    assert (labels(drawn(chosen).train) == 0).sum() > 0
    # A label may stand in the last row alone.
    last = TABLE.sequence != TABLE.sequence.shift(-1)
    sparse = TABLE.assign(gesture=TABLE.gesture.where(last))
    full, thin = (drawn(problem(tmp_path, table)) for table in (TABLE, sparse))
    assert digest(*full[:2]) == digest(*thin[:2])


def text(change):
    """The table as a file, changed as a text."""
    return change(TABLE.to_csv(index=False))


def cell(row, column, value):
    def change(given):
        lines = given.split("\n")
        cells = lines[row].split(",")
        cells[column] = value
        lines[row] = ",".join(cells)
        return "\n".join(lines)

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: "", "in the first row, got an empty file"),
        (lambda t: t.split("\n")[0], "no rows"),
        (lambda t: t.replace("sequence", "x"), "got 'x' twice"),
        (lambda t: t.replace("sequence", "s"), "unknown column 'sequence'"),
        (lambda t: t.replace("gesture", "g"), "unknown column 'gesture'"),
        (lambda t: t.replace(",", ";"), "expected commas between columns"),
        (lambda t: t.replace(",", "\t"), "expected commas between columns"),
        (cell(3, 1, "much"), "row 3: x: expected a finite number, got 'much'"),
        (cell(3, 1, ""), "row 3: x: expected a finite number, got nothing"),
        (cell(3, 1, "inf"), "row 3: x: expected a finite number, got inf"),
        (cell(3, 0, "s7"), "do not stand together"),
        (cell(3, 0, ""), "row 3: sequence: expected a name"),
        (cell(3, 4, "up"), "expected one of down, still, up, got down and up"),
        (cell(3, 4, "up,1"), "ParserError"),
        (lambda t: t.replace(",down", ",up").replace(",still", ",up"), "at least two"),
        (
            lambda t: t.replace("\n", ",0\n").replace("gesture,0", "gesture"),
            "expected 5 cells in every row",
        ),
    ],
)
def test_a_malformed_file_is_told_in_one_line(tmp_path, change, complaint):
    path = tmp_path / "data.csv"
    path.write_text(text(change))
    with pytest.raises(InputError, match=re.escape(complaint)) as caught:
        FromFile(path=File(path), label="gesture", columns=("x", "y", "z"))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("data.txt", b"a,b\n", "expected a file that ends in .csv, .npz, .parquet"),
        ("data.csv", b"\xff\xfe\x00", "not a text file in UTF-8"),
        ("data.npz", b"PK", "BadZipFile"),
        ("data.npz", b"", "BadZipFile"),
        ("data.parquet", b"PAR1", "ArrowInvalid"),
    ],
)
def test_a_file_of_another_kind_is_told(tmp_path, name, content, complaint):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint) as caught:
        FromFile(path=File(path), label="gesture")
    assert str(path) in str(caught.value)


def test_arrays_that_are_no_columns_are_told(tmp_path):
    path = tmp_path / "data.npz"
    for arrays, complaint in (
        ({"x": np.zeros(3), "sequence": np.zeros(2)}, "columns of one length"),
        ({"x": np.zeros((3, 2, 2))}, "x: expected an array of 1 or 2 dimensions"),
        ({"x": np.array([{}, 1], object)}, "ValueError: Object arrays"),
    ):
        np.savez(path, **arrays)
        with pytest.raises(InputError, match=complaint):
            FromFile(path=File(path), label="gesture")


def test_a_matrix_is_several_columns(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(
        path,
        sequence=TABLE.sequence.to_numpy(dtype="U"),
        x=TABLE[["x", "y", "z"]].to_numpy(),
        gesture=TABLE.gesture.to_numpy(dtype="U"),
    )
    made = FromFile(path=File(path), label="gesture")
    assert made.columns == ("x.0", "x.1", "x.2")
    assert digest(*drawn(made)[:2]) == digest(*drawn(problem(tmp_path))[:2])


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "give either label or targets"),
        ({"label": "gesture", "targets": ("x",)}, "give either label or targets"),
        ({"targets": ("x",), "classes": ("a", "b")}, "expected a label, too"),
        ({"label": "sequence"}, "column 'sequence': used twice"),
        ({"label": "gesture", "columns": ("x", "x")}, "column 'x': used twice"),
        ({"label": "gesture", "classes": ("up", "up")}, "classes: expected each once"),
        ({"label": "gesture", "folds": 3, "test": 0.2}, "give either test or folds"),
        ({"label": "gesture", "folds": 91}, "folds: expected at most 90"),
        ({"label": "gesture", "columns": ("w",)}, "unknown column 'w'"),
        ({"label": "gesture", "classes": ("up", "down")}, "expected one of up, down"),
    ],
)
def test_fields_that_do_not_fit(tmp_path, fields, complaint):
    TABLE.to_csv(tmp_path / "data.csv", index=False)
    with pytest.raises(InputError, match=complaint):
        build(FromFile, {"path": "data.csv", **fields}, "here", tmp_path)


def test_numbers_too_large_to_be_scaled(tmp_path):
    huge = TABLE.assign(x=TABLE.x * 1e200)
    with pytest.raises(InputError, match="too large to be scaled"):
        drawn(problem(tmp_path, huge))
    assert drawn(problem(tmp_path, huge, scale="range")).train.inputs.max() == 1.0


def test_a_column_with_some_numbers_is_not_left_out_in_silence(tmp_path):
    mixed = TABLE.assign(y=TABLE.y.astype(object))
    mixed.loc[4, "y"] = "n/a"
    with pytest.raises(InputError, match="row 5: y: expected a finite number"):
        problem(tmp_path, mixed)
    assert problem(tmp_path, mixed, columns=("x", "z")).columns == ("x", "z")
    noted = TABLE.assign(note="calm")
    assert problem(tmp_path, noted).columns == ("x", "y", "z")


def test_a_step_has_all_targets_or_none(tmp_path):
    table = TABLE.assign(a=1.0, b=2.0)
    table.loc[6, "b"] = None
    with pytest.raises(InputError, match=r"row 7: b: .* a step has all targets"):
        problem(tmp_path, table, targets=("a", "b"))


def test_fields_may_be_lists_and_paths_in_python(tmp_path):
    given = problem(tmp_path)
    lists = FromFile(
        path=tmp_path / "data.csv",
        label="gesture",
        columns=["x", "y", "z"],
        classes=list(CLASSES),
    )
    assert lists == given
    assert digest(*drawn(lists)[:2]) == digest(*drawn(given)[:2])


def test_a_split_is_checked_where_all_fields_are_given(tmp_path):
    given = problem(tmp_path)
    many = FromFile(path=given.path, folds=91, **_fields(given))
    with pytest.raises(ValueError, match="folds: expected at most 90"):
        drawn(many)


def test_a_class_that_does_not_occur_is_refused(tmp_path):
    made = problem(tmp_path, classes=(*CLASSES, "wave"), columns=("x",))
    with pytest.raises(InputError, match="class 4 of 4: expected at least two"):
        drawn(made)


def test_too_few_sequences_for_all_sets(tmp_path):
    few = TABLE[TABLE.sequence.isin(["s0", "s1", "s2", "s3"])]
    with pytest.raises(ValueError, match="class 2 of 3: expected at least two"):
        problem(tmp_path, few)
    one = TABLE[TABLE.sequence == "s0"]
    with pytest.raises(ValueError, match="1 sequences leave none for the test set"):
        problem(tmp_path, one, targets=("x",))


def test_a_file_that_does_not_fit_into_the_memory(tmp_path):
    path = tmp_path / "huge.csv"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with path.open("wb") as file:
        file.write(b"sequence,x,gesture\n")
        file.truncate(memory // 3)  # It takes no place on the disk.
    with pytest.raises(InputError, match="expected at most a quarter of the"):
        FromFile(path=File(path), label="gesture")


def test_sequences_that_do_not_fit_when_padded(tmp_path):
    """One of 200,000 steps beside 100,000 of one: 8 * 100,001 * 200,000 * 3 bytes."""
    lengths = np.array([200_000] + [1] * 100_000)
    table = pd.DataFrame({"sequence": np.repeat(np.arange(len(lengths)), lengths)})
    table = table.assign(x=1.0, gesture=table.sequence % 2)
    with pytest.raises(InputError, match="padded to one length, take: 447 GiB"):
        problem(tmp_path, table, name="data.npz")


def test_identity_is_the_content_and_not_the_place(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    here = problem(tmp_path)
    there = problem(tmp_path / "elsewhere")
    assert canonical(here) == canonical(there)
    assert here == there
    assert filled(here)["path"] == {
        "path": str(tmp_path / "data.csv"),
        "digest": here.path.digest,
    }
    changed = problem(tmp_path / "elsewhere", TABLE.assign(x=TABLE.x + 1e-4))
    assert canonical(here) != canonical(changed)


def test_a_study_is_read_without_its_file(tmp_path):
    made = problem(tmp_path)
    kept = filled(made)
    made.path.path.unlink()
    again = build(FromFile, {k: v for k, v in kept.items() if v is not None}, "here")
    assert canonical(again) == canonical(made)
    assert (again.inputs, again.outputs) == (3, 3)
    with pytest.raises(InputError, match="No such file"):
        drawn(FromFile(path=File(made.path.path, "other"), **_fields(again)))


def _fields(made):
    return {"label": made.label, "columns": made.columns, "classes": made.classes}


CELLS = st.sampled_from(
    ["", "0", "1.5", "-2", "a", "nan", "1e400", '"', "é", "\0", "s 1", "true", "1,2"]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    st.sampled_from(["sequence,x,gesture", "x,gesture,sequence", "", "x", "a,a"]),
)
def test_any_text_is_read_or_refused(tmp_path_factory, rows, head):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text("\n".join([head, *map(",".join, rows)]), encoding="utf-8")
    _read_or_refused(path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60), st.sampled_from(["csv", "npz", "parquet"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("any") / f"any.{ending}"
    path.write_bytes(content)
    _read_or_refused(path)


def _read_or_refused(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told, made = "", None
        try:
            made = build(FromFile, {"path": str(path), "label": "gesture"}, "here")
        except InputError as error:
            told = str(error)
        if made is None:
            assert told.startswith("here: ")
            assert "\n" not in told
        else:
            assert len(drawn(made).train) > 0
