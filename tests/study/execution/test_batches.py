"""Runs handed over in batches: each once, of one cell, for about the time wished."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.study.execution import NO_LIMITS
from gfsearch.study.execution.batches import Batches
from gfsearch.study.execution.site import Site
from gfsearch.study.execution.worker import versions, work
from gfsearch.study.study import Study
from gfsearch.suites.reading import suite_from_dict
from tests.good_suite import TABLE

SUITE = suite_from_dict({**TABLE, "runs": 300}, "mine", "mine.toml")
RUNS = SUITE.plan()
FIRST = [run for run in RUNS if run.searcher is RUNS[0].searcher]


def always(run):
    return True


def end(batch, seconds, outcome="solved"):
    return [(run.key, outcome, seconds) for run in batch]


@given(
    st.lists(st.integers(0, len(RUNS) - 1), unique=True, max_size=60),
    st.sets(st.integers(0, len(RUNS) - 1), max_size=20),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5),
    st.sampled_from(["solved", "elsewhere"]),
)
def test_each_wanted_run_is_handed_over_once_and_in_order_of_its_cell(
    chosen, unwanted, seconds, outcome
):
    runs = [RUNS[i] for i in chosen]
    refused = {RUNS[i].key for i in unwanted}
    batches = Batches(runs, lambda run: run.key not in refused)
    made = []
    for batch in batches.all(0.1, 1):
        assert 1 <= len(batch) <= 100
        assert len({(run.task.name, run.searcher.label) for run in batch}) == 1
        ended = batches.ended(end(batch, seconds[len(made) % len(seconds)], outcome))
        assert list(ended) == [(run.key, outcome) for run in batch]
        made += batch
    wanted = [run for run in runs if run.key not in refused]
    for searcher in SUITE.searchers.values():
        of_cell = [run for run in wanted if run.searcher is searcher]
        assert [run for run in made if run.searcher is searcher] == of_cell
    assert len(made) == len(wanted)
    assert batches.left == 0


@given(st.lists(st.integers(1, 10), min_size=1, max_size=20))
def test_what_is_left_is_handed_over_again(taken):
    """Of each batch so many runs are made, and the others left."""
    batches, made = Batches(FIRST, always), []
    for number, batch in enumerate(batches.all(1.0, 2)):
        most = taken[number % len(taken)]
        endings = end(batch[:most], 0.01) + end(batch[most:], 0.0, "left")
        made += [key for key, _ in batches.ended(endings)]
    assert sorted(made) == sorted(run.key for run in FIRST)


@pytest.mark.parametrize(
    ("seconds", "size"), [(10.0, 1), (0.06, 1), (0.01, 5), (0.0, 15)]
)
def test_a_batch_takes_as_long_as_is_wished(seconds, size):
    """While nothing is known of a cell its runs are handed over one at a time."""
    batches = Batches(FIRST, always)
    first, second = batches.next(0.05, 1), batches.next(0.05, 1)
    assert (len(first), len(second)) == (1, 1)
    list(batches.ended(end(first, seconds)))
    assert len(batches.next(0.05, 1)) == size
    wished = 10.0 * seconds if seconds else 1.0
    assert len(batches.next(wished, 1)) == (10 if seconds else 15)


def test_batches_become_smaller_towards_the_end():
    """Nobody is to wait for a process that has many left."""
    batches = Batches(FIRST, always)
    (run,) = batches.next(1.0, 8)
    list(batches.ended(end([run], 0.0)))
    sizes = [len(batch) for batch in batches.all(1.0, 8)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 299 // 32
    assert sizes[-32:] == [1] * 32


SECOND = [run for run in RUNS if run.searcher is not RUNS[0].searcher]


def test_what_one_cell_takes_says_nothing_of_another():
    batches = Batches(FIRST + SECOND, always)
    (first,) = batches.next(0.05, 1)
    list(batches.ended(end([first], 0.001)))
    (second,) = batches.next(0.05, 1)
    assert second.searcher is not first.searcher
    list(batches.ended(end([second], 5.0)))
    assert batches.next(0.05, 1) == FIRST[1:16]
    assert batches.next(0.05, 1) == [SECOND[1]]
    # Of equal shares left, the longer runs come first.
    assert batches.next(0.05, 1) == [SECOND[2]]


def test_all_cells_go_ahead_side_by_side():
    """So what is done tells how long the rest takes."""
    batches, made = Batches(FIRST[:50] + SECOND, always), []
    for batch in batches.all(0.05, 2):
        taken = 0.001 if batch[0].searcher is FIRST[0].searcher else 0.02
        list(batches.ended(end(batch, taken)))
        made += batch
        first = sum(run.searcher is FIRST[0].searcher for run in made)
        # As shares of 50 and of 300 runs, but for a batch.
        assert abs(first / 50 - (len(made) - first) / 300) <= 0.06
    assert len(made) == 350


def test_a_process_leaves_what_would_take_too_long(tmp_path):
    """But it makes one run at least."""
    study = Study(tmp_path / "out", SUITE)
    study.save()
    site = Site(
        folder=study.folder,
        call="call",
        caller=os.getpid(),
        limits=NO_LIMITS,
        versions=versions(),
    )
    site.inflight.mkdir()
    endings = work(FIRST[:4], site, 0.0)
    assert [key for key, *_ in endings] == [run.key for run in FIRST[:4]]
    outcomes = [outcome for _, outcome, _ in endings]
    assert outcomes[0] in ("solved", "censored")
    assert outcomes[1:] == ["left"] * 3
    assert set(study.records().by_key) == {FIRST[0].key}
    outcomes = [outcome for _, outcome, _ in work(FIRST[1:4], site, 60.0)]
    assert set(outcomes) <= {"solved", "censored"}
    assert set(study.records().by_key) == {run.key for run in FIRST[:4]}
