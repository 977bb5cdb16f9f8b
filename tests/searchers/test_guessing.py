import numpy as np
import pytest
from scipy.stats import kstest

from gfsearch.searchers import make_searcher
from tests.searchers.functions import box


def test_guesses_are_uniform_and_independent_of_their_batches():
    searcher = make_searcher("guessing", box(3), 0)
    batches = [searcher.ask().weights for _ in range(9)]
    assert [len(b) for b in batches[:3]] == [32, 64, 128]
    assert len(batches[-1]) == 4096
    everything = np.concatenate(batches)
    rng = np.random.default_rng(np.random.SeedSequence(0))
    assert np.array_equal(everything, box(3).sample(len(everything), rng))
    for k in range(3):
        assert kstest(everything[:, k], "uniform", (-5.0, 10.0)).pvalue > 1e-3


def test_guessing_never_stops():
    assert make_searcher("guessing", box(3), 0).stop_reason() is None
    assert make_searcher("guessing", box(3), 0).need == "solved"


def test_the_prior_may_differ_by_weight():
    space = box(2)
    space = type(space)(np.array([0.0, -2.0]), np.array([1.0, 6.0]))
    rows = space.sample(5000, np.random.default_rng(0))
    assert rows.min(axis=0) == pytest.approx([0.0, -2.0], abs=0.01)
    assert rows.max(axis=0) == pytest.approx([1.0, 6.0], abs=0.01)
