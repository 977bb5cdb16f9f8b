"""Suites and records from anywhere: refused with one line, or skipped with a count."""

import copy
import json
import os
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.report.tables import Tables
from gfsearch.specs.errors import InputError
from gfsearch.study.collecting import collect
from gfsearch.study.comparing import make_study
from gfsearch.study.runner import execute
from gfsearch.suites.reading import load_suite, read_plan, suite_from_dict
from gfsearch.suites.suite import Suite
from tests.good_suite import GOOD, TABLE
from tests.made_up import made_up, write

STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["../../x", "/etc/passwd", "os:system", "\x1b[2J", "a\nb", "[/red]", "{}", ""]
    ),
    st.recursive(
        st.integers(-9, 9) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
        ),
        max_leaves=5,
    ),
    st.just({"each": [1, 2, 3]}),
    st.just([10**8, 10**9]),
)


def places(value, path=()):
    """The paths to all values in nested tables and lists."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from places(inner, (*path, key))


@st.composite
def damaged(draw, whole):
    """A table in which up to three values are replaced, removed or added."""
    table = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(table))[1:] or [()]))
        if not path:
            continue
        parent = table
        for key in path[:-1]:
            parent = parent[key]
        how = draw(st.sampled_from(["replace", "remove", "add"]))
        if how == "replace":
            parent[path[-1]] = copy.deepcopy(draw(STRANGE))
        elif how == "remove":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=10))] = copy.deepcopy(draw(STRANGE))
    return table


def read_or_refused(read, where):
    """What was read; None if it was refused with one line that names the place."""
    try:
        return read()
    except InputError as error:
        message = str(error)
    assert message.startswith(where)
    assert len(message) < 2000
    return None


@settings(max_examples=1000)
@given(damaged(TABLE))
def test_a_damaged_suite_is_read_or_refused_with_one_line(table):
    suite = read_or_refused(lambda: suite_from_dict(table, "mine", "mine"), "mine")
    assert suite is None or isinstance(suite, Suite)


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=5), st.integers(0, 5))
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, where, what, cut):
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / "mine.toml"
    text = GOOD.encode()
    path.write_bytes(text[:where] + what + text[where + cut :])
    read_or_refused(lambda: load_suite(path), str(path))
    assert list(folder.iterdir()) == [path]


PLAN = {"name": "mine", "seed": 0, "suite": TABLE}


@settings(max_examples=300)
@given(damaged(PLAN))
def test_a_damaged_plan_is_read_or_refused(tmp_path_factory, plan):
    path = tmp_path_factory.mktemp("damaged") / "study.json"
    path.write_text(json.dumps(plan))
    found = read_or_refused(lambda: read_plan(path), str(path))
    if found is not None:
        suite, seed = found
        assert "/" not in suite.name
        assert seed >= 0


SUITE = suite_from_dict({**TABLE, "runs": 2}, "mine", "mine.toml")


@pytest.fixture(scope="module")
def records():
    return [msgspec.to_builtins(execute(run)) for run in SUITE.plan()]


@settings(max_examples=700)
@given(data=st.data())
def test_a_damaged_record_is_used_or_skipped_with_a_count(
    tmp_path_factory, records, data
):
    folder = tmp_path_factory.mktemp("records")
    number = data.draw(st.integers(0, len(records) - 1))
    strange = data.draw(damaged(records[number]))
    lines = [json.dumps(r).encode() for r in records]
    lines[number] = json.dumps(strange).encode()
    if data.draw(st.booleans()):
        where = data.draw(st.integers(0, len(lines[number])))
        lines[number] = lines[number][:where] + data.draw(st.binary(max_size=4))
    (folder / "host.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    results = collect(SUITE, 0, folder)
    counted = sum(len(c.results) + len(c.failed) for c in results.cells)
    assert counted >= len(records) - 1
    if lines[number].strip():
        assert counted + results.unreadable + results.unplanned >= len(records)
    dict(Tables(results))


def a_study(folder, command):
    """A study of one run of each searcher, in `out`."""
    (folder / "mine.toml").write_text(GOOD)
    command("run", "mine.toml", "--runs", "1", "--out", "out", "--jobs", "1")
    return folder / "out"


def test_what_a_terminal_would_obey_is_shown_as_text(tmp_path, command):
    """Markup and control sequences in a suite's words, and in an error about them."""
    hostile = r"x [/b] \u001b[2J [link=http://h]"
    text = GOOD.replace('title = "t"', f'title = "{hostile}"')
    text = text.replace('source = "s"', f'source = "{hostile}"')
    (tmp_path / "mine.toml").write_text(text)
    done = command("compare", "mine.toml", "--budget", "5", "--jobs", "1")
    assert done.stdout.count("x [/b] \N{REPLACEMENT CHARACTER}[2J [link=http://h]") == 2
    assert "\x1b" not in done.stdout + done.stderr
    text = text.replace('kind = "parity"', r'kind = "\u001b[2J"')
    (tmp_path / "mine.toml").write_text(text)
    done = command("compare", "mine.toml", code=2)
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "name", ["records", "report", "study.json", "report/page", "records/x.jsonl"]
)
def test_a_study_that_leads_out_of_its_folder_is_refused(tmp_path, command, name):
    out = a_study(tmp_path, command)
    (out / "report").mkdir()
    (out / name).exists() and (out / name).rename(tmp_path / "elsewhere")
    (out / name).symlink_to(tmp_path / "elsewhere")
    for arguments in (("report", "out"), ("compare", "mine.toml", "--out", "out")):
        done = command(*arguments, code=2)
        assert done.stderr == (
            f"error: out/{name}: a link: what a study holds must be its own\n"
        )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("records/x.jsonl", "a file"),
        ("inflight/x.1", "a file"),
        ("study.json", "a file or a folder"),
    ],
)
def test_a_pipe_in_a_study_is_refused_and_not_waited_for(
    tmp_path, command, name, expected
):
    a_study(tmp_path, command)
    (tmp_path / "out" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "out" / name)
    for arguments in (("status", "out"), ("compare", "mine.toml", "--out", "out")):
        done = command(*arguments, code=2)
        assert done.stderr == f"error: out/{name}: expected {expected}\n"
    (tmp_path / "out" / name).unlink()
    (tmp_path / "out" / name).mkdir()
    done = command("status", "out", code=2)
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: out/{name}: ")


@pytest.mark.parametrize("words", [["status"], ["compare", "mine.toml", "--out"]])
def test_a_name_that_cannot_be_one_is_refused(tmp_path, command, words):
    (tmp_path / "mine.toml").write_text(GOOD)
    done = command(*words, "x" * 300, code=2)
    assert done.stderr == f"error: {'x' * 300}: File name too long\n"


IMPOSSIBLE = [
    {"trials": 0},
    {"presentations": 0},
    {"status": "solved", "trials": 0, "presentations": 0},
    {"weights": [1.0]},
    {"targets": [1]},
    {"test_errors": 11},
    {"threshold_errors": 11},
]


@pytest.mark.parametrize("change", IMPOSSIBLE)
def test_a_run_whose_record_does_not_fit_is_made_again(tmp_path, command, change):
    """The report does not count it, and `run` does not take it as done."""
    (tmp_path / "mine.toml").write_text(GOOD)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    write(study, lambda run: replace(made_up(run, 5), **change))
    assert study.results().unreadable == 6
    done = command("run", "mine.toml", "--out", "out", "--jobs", "1")
    assert "0 of 6 runs found, 6 to do" in done.stderr
    assert study.missing() == []
    results = study.results()
    assert (results.unreadable, results.contradicting) == (6, ())
    assert [len(cell.results) for cell in results.cells] == [3, 3]


STRANGE_RECORDS = [
    {"trace": [(0, 0.5)]},
    {"trace": [(9, 1e308), (3, -1e308), (3, 0.0)]},
    {"restarts": [(0, 0), (2**62, 2**62)]},
    {"trials": 2**62, "presentations": 2**62, "gradients": 2**62},
    {"loss": -1e308, "weights": [1e308] * 7},
    {"stop_reason": "\x1b[2J" * 1000, "status": "gave up"},
]


@pytest.mark.parametrize("change", STRANGE_RECORDS)
def test_strange_numbers_break_no_report(tmp_path, command, change):
    (tmp_path / "mine.toml").write_text(GOOD.replace("runs = 3", "runs = 6"))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    write(study, lambda run: replace(made_up(run, 5), **change))
    assert study.results().unreadable == 0
    done = command("report", "out")
    assert "\x1b" not in done.stdout + done.stderr


def test_more_targets_than_records_hold_are_refused(tmp_path, command):
    (tmp_path / "mine.toml").write_text(GOOD + f"targets = {[0.1] * 101}\n")
    done = command("compare", "mine.toml", code=2)
    assert "targets: expected a list of at most 100, each entry" in done.stderr
