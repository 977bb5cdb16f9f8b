"""Whatever stands in the fields of a suite is used, or refused in one clear line."""

import copy
import tomllib
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gfsearch
from gfsearch.specs.errors import ExtensionError, InputError
from gfsearch.suites.reading import suite_from_dict
from tests.extensions.functions import SUITE
from tests.good_suite import GOOD
from tests.recordings import write_suite

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([0, 1, 0.5, 0.9, 5, "plateau"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["low", "high", "sd", "wrong", "share", "each", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)

FIELDS = [
    ("criterion", "wrong"),
    ("criterion", "share"),
    ("criterion", "largest"),
    ("criterion", "possible"),
    ("criterion", "mean_error"),
    ("criterion", "loss_below"),
    ("criterion",),
    ("weights", "sd"),
    ("weights", "low"),
    ("weights", "groups"),
    ("weights", "groups", "bias"),
    ("weights", "groups", "bias", "low"),
    ("weights",),
    ("group",),
    ("until",),
    ("budget",),
    ("objective",),
    ("targets",),
    ("problem", "dimension"),
    ("problem", "depth"),
]

RECORDED = [
    "path",
    "sequence",
    "columns",
    "label",
    "targets",
    "classes",
    "test",
    "folds",
    "validation",
    "scale",
]


def used_or_told(table, folder=Path()):
    """The suite, read again as itself; None if one line refuses it."""
    told = ""
    try:
        suite = suite_from_dict(table, "any", "any.toml", True, folder)
    except InputError as error:
        told = str(error)
    if told:
        assert told.startswith("any.toml: "), told
        assert "\n" not in told
        return None
    again = suite_from_dict(suite.to_dict(), "any", "any.toml", allow_imports=True)
    assert [r.key for r in again.plan()] == [r.key for r in suite.plan()]
    return suite


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([GOOD, SUITE]), st.sampled_from(FIELDS), VALUES)
def test_any_value_of_a_field_is_used_or_refused(text, field, value):
    table = copy.deepcopy(tomllib.loads(text))
    place = table["task"][0]
    for key in field[:-1]:
        if not isinstance(place.get(key), dict):
            place[key] = {}
        place = place[key]
    place[field[-1]] = value
    used_or_told(table)


@settings(
    max_examples=200,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(st.sampled_from(RECORDED), VALUES | st.sampled_from(["x", ["x"], ["up"]]))
def test_any_field_of_recorded_data_is_used_or_refused(tmp_path, field, value):
    path = tmp_path / "gestures.toml"
    if not path.exists():
        write_suite(tmp_path)
    table = tomllib.loads(path.read_text())
    table["task"][0]["problem"][field] = value
    suite = used_or_told(table, tmp_path)
    if suite is not None:
        (task,) = suite.tasks.values()
        assert len(task.sequences()[0]) > 0


NAMES = ("dimension", "low", "high", "sd", "loss_below", "name")
OBJECTIVES = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES))


@given(OBJECTIVES)
def test_any_field_of_an_objective_is_used_or_refused(fields):
    values = {"dimension": 2, "low": -1.0, "high": 1.0, "name": "x", **fields}
    told = ""
    try:
        task = gfsearch.Objective(abs, **values)
    except InputError as error:
        told = str(error)
    if told:
        assert told.startswith("objective ")
    else:
        assert task.low < task.high
        assert type(task.dimension) is int


RETURNED = (
    VALUES
    | st.tuples(VALUES, VALUES)
    | st.sampled_from(
        [
            np.zeros(3),
            np.zeros((3, 1)),
            np.full(3, np.nan),
            np.array([None] * 3),
            object(),
        ]
    )
)


@given(RETURNED)
def test_whatever_a_function_returns_counts_or_is_told(returned):
    task = gfsearch.Objective(
        lambda weights: returned, dimension=2, low=-1.0, high=1.0, name="any"
    )
    told = ""
    try:
        found = task.fitness().evaluate(np.zeros((3, 2)))
    except ExtensionError as error:
        told = str(error)
    if told:
        assert told.startswith("objective 'any': ")
    else:
        assert found.loss.shape == found.solved.shape == found.errors.shape == (3,)
        assert not np.isnan(found.loss).any()
