"""Matrices in suites: what `{ each = [...] }` expands to, and how it is named."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.specs.errors import InputError
from gfsearch.suites.matrices import expand_searchers, expand_tasks
from gfsearch.suites.reading import suite_from_dict
from tests.good_suite import GOOD, load


def names(table):
    return [task["name"] for task in expand_tasks([table], "file")]


def task(**fields):
    return {"name": "t", "problem": {"kind": "parity"}, **fields}


def test_the_last_varied_field_varies_fastest():
    table = task(
        problem={"kind": "parity", "length": {"each": [[25, 50], 7]}},
        network={"kind": "A2", "hidden": {"each": [1, 2, 5]}},
        weights={"low": -1, "high": 1},
    )
    expanded = expand_tasks([table], "file")
    assert [one["name"] for one in expanded] == [
        *("t/length=25-50/hidden=1", "t/length=25-50/hidden=2"),
        *("t/length=25-50/hidden=5", "t/length=7/hidden=1"),
        *("t/length=7/hidden=2", "t/length=7/hidden=5"),
    ]
    assert expanded[2] == {
        "name": "t/length=25-50/hidden=5",
        "problem": {"kind": "parity", "length": [25, 50]},
        "network": {"kind": "A2", "hidden": 5},
        "weights": {"low": -1, "high": 1},
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100.0, "100"),
        (100, "100"),
        (-0.5, "-0.5"),
        (1e20, "1e20"),
        (1e-05, "1e-05"),
        (True, "true"),
        (False, "false"),
        ([25, 50.0], "25-50"),
        ("sequential", "sequential"),
    ],
)
def test_values_in_names(value, text):
    assert names(task(x={"each": [value]})) == [f"t/x={text}"]


def test_fields_with_one_key_are_told_apart_by_their_tables():
    noise = {"each": [0, 0.2]}
    table = task(problem={"noise": noise}, network={"noise": noise, "n": {"each": [1]}})
    assert names(table)[1] == "t/problem.noise=0/network.noise=0.2/n=1"


def test_tables_are_named_by_their_kinds():
    networks = [{"kind": "A1"}, {"kind": "A2", "hidden": 5}]
    table = task(network={"each": networks}, loss={"each": ["mse", "graded"]})
    expanded = expand_tasks([table], "file")
    assert [one["name"] for one in expanded] == [
        *("t/A1/loss=mse", "t/A1/loss=graded", "t/A2/loss=mse", "t/A2/loss=graded")
    ]
    assert [one["network"] for one in expanded] == [networks[i] for i in (0, 0, 1, 1)]


def test_names_beside_each_name_tables_and_plain_values():
    small = {"kind": "A2", "hidden": 1}
    table = task(
        network={"each": [small, {**small, "hidden": 9}], "names": ["small", "large"]},
        x={"each": [[1, 2], "a b"], "names": ["short", "odd"]},
    )
    short, odd = "t/{}/short".format, "t/{}/odd".format
    assert names(table) == [short("small"), odd("small"), short("large"), odd("large")]


def test_searchers_get_labels_and_keep_their_kind():
    tables = {
        "guessing": {},
        "annealing": {"cooling": {"each": [0.85, 0.9]}, "cycles": {"each": [4]}},
        "mine": {"kind": {"each": ["genetic", "multigrid"]}},
    }
    assert expand_searchers(tables, "file") == {
        "guessing": {},
        "annealing_cooling=0.85_cycles=4": {
            **{"kind": "annealing", "cooling": 0.85, "cycles": 4}
        },
        "annealing_cooling=0.9_cycles=4": {
            **{"kind": "annealing", "cooling": 0.9, "cycles": 4}
        },
        "mine_kind=genetic": {"kind": "genetic"},
        "mine_kind=multigrid": {"kind": "multigrid"},
    }


plain = st.one_of(
    st.integers(-1000, 1000),
    st.floats(0.1, 10),
    st.booleans(),
    st.text("ab", max_size=3),
)


@given(
    st.dictionaries(
        st.text("pqrs", min_size=1, max_size=3),
        st.dictionaries(
            st.text("xyz", min_size=1, max_size=2),
            st.one_of(
                plain,
                st.lists(
                    plain,
                    min_size=1,
                    max_size=3,
                    unique_by=lambda v: str(v).removesuffix(".0"),
                ).map(lambda values: {"each": values}),
            ),
            max_size=3,
        ),
        max_size=3,
    )
)
def test_expansion_is_the_product_and_nothing_is_shared(tables):
    """Every combination once, each under its own name, in order."""
    varied = [
        (outer, inner, value["each"])
        for outer, table in tables.items()
        for inner, value in table.items()
        if isinstance(value, dict)
    ]
    expanded = expand_tasks([{"name": "t", **tables}], "file")
    assert len(expanded) == math.prod(len(values) for *_, values in varied)
    assert len({one["name"] for one in expanded}) == len(expanded)
    combinations = itertools.product(*(values for *_, values in varied))
    for one, combination in zip(expanded, combinations, strict=True):
        for (outer, inner, _), value in zip(varied, combination, strict=True):
            assert one[outer].pop(inner) == value
        for outer, table in tables.items():
            left = {k: v for k, v in table.items() if not isinstance(v, dict)}
            assert one[outer] == left


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ({"each": []}, "problem.x: each: expected a list of values, got []"),
        ({"each": 3}, "problem.x: each: expected a list of values, got 3"),
        ({"each": [1], "eech": 2}, "problem.x: unknown field 'eech': did you mean"),
        ({"each": [1, {"each": [2]}]}, "problem.x: each: cannot stand within"),
        ({"each": [[1, {"a": {"each": [2]}}]]}, "problem.x: each: cannot stand within"),
        ({"each": [1, 2], "names": ["a"]}, "problem.x: names: expected one for each"),
        ({"each": [1], "names": "a"}, "problem.x: names: expected one for each"),
        ({"each": [1], "names": ["a/b"]}, "problem.x: names: expected one for each"),
        ({"each": [1], "names": [1]}, "problem.x: names: expected one for each"),
        ({"each": [1, 2], "names": ["a", "a"]}, "these values need different names"),
        ({"each": [1, 1.0]}, "problem.x: each: these values need names = [...]"),
        ({"each": ["a b"]}, "problem.x: each: these values need names = [...]"),
        (
            {"each": [{"kind": "A1"}, {"kind": "A1"}]},
            "do not differ in kind need names",
        ),
        ({"each": [{"low": 1}, {"low": 2}]}, "do not differ in kind need names"),
        ({"each": list(range(10_001))}, "each: 10001 combinations, at most 10000"),
    ],
)
def test_mistakes_are_one_line_with_task_and_field(field, complaint):
    with pytest.raises(InputError) as caught:
        expand_tasks([task(problem={"x": field})], "file")
    message = str(caught.value)
    assert message.startswith("file: task 't': ")
    assert complaint in message
    assert "\n" not in message


def test_what_cannot_be_varied():
    for fields in ({"name": {"each": ["a"]}}, {"published": {"each": [[]]}}):
        with pytest.raises(InputError, match="cannot be varied by 'each'"):
            expand_tasks([task(**fields)], "file")
    with pytest.raises(InputError, match="searcher 'a': each: stands for a field"):
        expand_searchers({"a": {"each": [{}]}}, "file")
    with pytest.raises(InputError, match=r"label 'a_x=1' is given twice"):
        expand_searchers({"a_x=1": {}, "a": {"x": {"each": [1]}}}, "file")


MATRIX = GOOD.replace(
    'network = { kind = "A1" }', 'network = { kind = "A1", hidden = { each = [1, 2] } }'
).replace("cooling = 0.95", "cooling = { each = [0.9, 0.95] }, cycles = 3")


def test_a_suite_with_matrices_is_the_suite_written_out(tmp_path):
    suite = load(MATRIX, tmp_path)
    assert list(suite.tasks) == ["parity/A1/hidden=1", "parity/A1/hidden=2"]
    labels = ["guessing", "slow_cooling=0.9", "slow_cooling=0.95"]
    assert list(suite.searchers) == labels
    assert suite.tasks["parity/A1/hidden=2"].network.hidden == 2
    assert all(task.published for task in suite.tasks.values())
    # What a study keeps is the suite written out.
    again = suite_from_dict(suite.to_dict(), "mine", "study.json")
    assert again == suite
    # Varied or written down, it is the same run.
    plain = {run.key for run in load(GOOD, tmp_path).plan()}
    varied = load(MATRIX.replace(", cycles = 3", ""), tmp_path).plan()
    assert plain < {run.key for run in varied}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("runs = 3", "runs = { each = [3] }", "mine.toml: runs: expected a whole"),
        ("[1, 2]", "[1, 0]", "task 'parity/A1/hidden=0': network: hidden: expected"),
        ("[0.9, 0.95]", "[0.9, 2]", "searcher 'slow_cooling=2': cooling: expected"),
        ("trials = 10", "trials = { each = [1] }", r"published\[0\]: trials: expected"),
        ('"parity/A1"', "3", "name: expected a string, got 3"),
        (
            "[[task]]",
            '[[task]]\nname = "parity/A1/hidden=1"\nproblem = { kind = "parity" }\n'
            'network = { kind = "A1" }\nweights = { low = 0, high = 1 }\n'
            "criterion = { tolerance = 0.3 }\n[[task]]",
            "task 'parity/A1/hidden=1': name: given twice",
        ),
    ],
)
def test_what_comes_out_is_checked_like_any_suite(tmp_path, old, new, complaint):
    with pytest.raises(InputError, match=complaint):
        load(MATRIX.replace(old, new, 1), tmp_path)
