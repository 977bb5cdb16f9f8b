import numpy as np
import pytest

from gfsearch.searchers import make_searcher
from tests.searchers.functions import box, told


class Scripted:
    """A loss that follows a script, whatever the weights."""

    def __init__(self, losses):
        self._losses = iter(losses)

    def __call__(self, weights):
        return np.array([next(self._losses) for _ in weights])


def step(searcher, loss):
    proposal = searcher.ask()
    searcher.tell(proposal, told(Scripted([loss]), proposal.weights))
    return proposal.weights[0]


def sample_box(searcher, count=4000):
    """The box that proposals come from, as seen in many failures."""
    rows = np.array([step(searcher, 1e9) for _ in range(count)])
    return rows.min(axis=0), rows.max(axis=0)


def test_the_box_shrinks_and_recentres_on_improvements_only():
    searcher = make_searcher("multigrid", box(2), 0, shrink=0.5, patience=0)
    first = step(searcher, 10.0)
    low, high = sample_box(searcher)  # edge 10, around the first point, cut at +-5
    assert low == pytest.approx(np.maximum(first - 5.0, -5.0), abs=0.02)
    assert high == pytest.approx(np.minimum(first + 5.0, 5.0), abs=0.02)
    second = step(searcher, 9.0)
    low, high = sample_box(searcher)  # edge 5
    assert low == pytest.approx(np.maximum(second - 2.5, -5.0), abs=0.02)
    assert high == pytest.approx(np.minimum(second + 2.5, 5.0), abs=0.02)
    step(searcher, 9.0)  # as good is not better
    again = sample_box(searcher)
    assert again[0] == pytest.approx(low, abs=0.02)
    third = step(searcher, 8.0)
    low, high = sample_box(searcher)  # edge 2.5
    assert high - low == pytest.approx(
        np.minimum(third + 1.25, 5.0) - np.maximum(third - 1.25, -5.0), abs=0.02
    )


def test_it_stops_after_ten_failures_per_weight():
    searcher = make_searcher("multigrid", box(3), 0)
    step(searcher, 1.0)
    for _ in range(29):
        step(searcher, 2.0)
    assert searcher.stop_reason() is None
    step(searcher, 2.0)
    assert searcher.stop_reason() == "stagnated"


def test_an_improvement_renews_its_patience():
    searcher = make_searcher("multigrid", box(3), 0)
    for loss in (3.0, *[4.0] * 29, 2.0, *[4.0] * 29):
        step(searcher, loss)
    assert searcher.stop_reason() is None


def test_by_the_papers_rule_it_stops_when_four_checks_agree():
    """A check every 2 trials per weight, here 4 trials; 0.05 is too much, 0.01 not."""
    searcher = make_searcher("multigrid", box(2), 0, agree=0.01, check=2)
    losses = [1.0] * 4 + [0.95] * 4 + [0.945] * 4 + [0.944] * 4
    for loss in losses:
        step(searcher, loss)
        assert searcher.stop_reason() is None
    for _ in range(3):
        step(searcher, 0.944)
        assert searcher.stop_reason() is None
    step(searcher, 0.944)
    assert searcher.stop_reason() == "stagnated"


def test_its_first_point_may_lie_near_zero():
    firsts = np.array(
        [
            step(make_searcher("multigrid", box(2), s, initial=0.5), 1.0)
            for s in range(99)
        ]
    )
    assert 0.45 < np.abs(firsts).max() <= 0.5
    # The box around it is as large as ever.
    searcher = make_searcher("multigrid", box(2), 0, initial=0.5, patience=0)
    first = step(searcher, 1.0)
    low, _ = sample_box(searcher)
    assert low == pytest.approx(np.maximum(first - 5.0, -5.0), abs=0.02)
