"""Runs handed over in batches: each once, of one cell, for about the time wished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.execution.batches import Batches
from gfsearch.suite import suite_from_dict
from tests.test_strangers import TABLE

SUITE = suite_from_dict({**TABLE, "runs": 300}, "mine", "mine.toml")
RUNS = SUITE.plan()
FIRST = [run for run in RUNS if run.searcher is RUNS[0].searcher]


def always(run):
    return True


@given(
    st.lists(st.integers(0, len(RUNS) - 1), unique=True, max_size=60),
    st.sets(st.integers(0, len(RUNS) - 1), max_size=20),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5),
)
def test_each_wanted_run_is_handed_over_once_and_in_order(chosen, unwanted, seconds):
    runs = [RUNS[i] for i in chosen]
    refused = {RUNS[i].key for i in unwanted}
    batches = Batches(runs, lambda run: run.key not in refused, 0.1)
    made = []
    for batch in batches:
        assert 1 <= len(batch) <= 100
        assert len({(run.task.name, run.searcher.label) for run in batch}) == 1
        for run in batch:
            batches.took(run.key, seconds[len(made) % len(seconds)])
            made.append(run)
    assert made == [run for run in runs if run.key not in refused]
    assert batches.left == 0


@pytest.mark.parametrize(
    ("seconds", "size"), [(10.0, 1), (0.06, 1), (0.01, 5), (0.0, 100)]
)
def test_a_batch_takes_as_long_as_is_wished(seconds, size):
    """While nothing is known of a cell its runs are handed over one at a time."""
    batches = Batches(FIRST, always, 0.05)
    first, second = batches.next(), batches.next()
    assert (len(first), len(second)) == (1, 1)
    batches.took(first[0].key, seconds)
    assert len(batches.next()) == size
    batches.seconds = 10.0
    assert len(batches.next()) == {10.0: 1, 0.06: 100, 0.01: 100, 0.0: 100}[seconds]


def test_what_one_cell_takes_says_nothing_of_another():
    other = next(run for run in RUNS if run.searcher is not RUNS[0].searcher)
    batches = Batches([FIRST[0], other, *FIRST[1:]], always, 0.05)
    (first,) = batches.next()
    batches.took(first.key, 0.001)
    assert batches.next() == [other]
    batches.took(other.key, 5.0)
    assert len(batches.next()) == 50
