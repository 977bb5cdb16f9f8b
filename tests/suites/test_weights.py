"""Ranges and priors of weights."""

import numpy as np
import pytest
from scipy import stats

import gfsearch
from gfsearch.networks import A1
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Parity
from gfsearch.report.variations import variations
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import identifying
from gfsearch.study.comparing import make_study
from gfsearch.suites.weights import Weights
from tests.cases import make_task
from tests.good_suite import GOOD, load
from tests.made_up import made_up, write

RANGE = "weights = { low = -100, high = 100 }"


def task(tmp_path, weights):
    text = GOOD.replace(RANGE, f"weights = {weights}")
    return load(text, tmp_path).tasks["parity/A1"]


def test_a_standard_deviation_alone_is_searched_within_ten_of_it():
    assert Weights(sd=2.0) == Weights(sd=2.0, low=-20.0, high=20.0)
    assert Weights(sd=2.0).ends == (-20.0, 20.0)
    assert Weights(sd=2.0, high=3.0).ends == (-20.0, 3.0)
    assert identifying(Weights(low=-1.0, high=1.0)) == {"low": -1.0, "high": 1.0}
    assert identifying(Weights(sd=2.0))["sd"] == 2.0


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ("{}", "give low and high, or sd"),
        ("{ low = -1 }", "give low and high, or sd"),
        ("{ sd = 0 }", "sd: expected a number > 0"),
        ("{ sd = 1, low = 2, high = 3 }", "expected a range around 0 with sd"),
        ("{ sd = 1e6 }", "expected weights within"),
        ("{ sd = 1, mean = 2 }", "unknown field 'mean'"),
    ],
)
def test_mistakes(tmp_path, weights, complaint):
    with pytest.raises(InputError, match=complaint):
        task(tmp_path, weights)


@pytest.mark.parametrize(("low", "high"), [(-10.0, 10.0), (-1.0, 0.5), (-0.01, 8.0)])
def test_draws_are_those_of_the_cut_normal_distribution(low, high):
    space = gfsearch.Space(np.full(3, low), np.full(3, high), sd=1.5)
    drawn = space.sample(4000, np.random.default_rng(0))
    assert drawn.shape == (4000, 3)
    assert low <= drawn.min()
    assert drawn.max() <= high
    cut = stats.truncnorm(low / 1.5, high / 1.5, scale=1.5)
    assert stats.kstest(drawn.ravel(), cut.cdf).pvalue > 0.001
    # Row by row: larger batches are the same rows.
    rng = np.random.default_rng(0)
    parts = np.concatenate([space.sample(k, rng) for k in (1, 99, 3900)])
    assert np.array_equal(parts, drawn)


def test_all_searchers_begin_with_that_prior(tmp_path):
    """Guessing and annealing; a black box knows the box with its prior."""
    found = task(tmp_path, "{ sd = 1.0 }")
    fitness = found.fitness()
    for name in ("guessing", "annealing", "genetic"):
        searcher = gfsearch.make_searcher(name, fitness.space, seed=3)
        first = searcher.ask().weights
        assert np.abs(first).max() < 5.0, name
    record = gfsearch.run(found, "guessing", budget=100)
    assert record.trials <= 100


def test_it_belongs_to_the_key_and_is_written_and_read(tmp_path):
    plain = load(GOOD, tmp_path)
    text = GOOD.replace(RANGE, "weights = { low = -100, high = 100, sd = 30 }")
    normal = load(text, tmp_path)
    keys = [{run.key for run in suite.plan()} for suite in (plain, normal)]
    assert not keys[0] & keys[1]
    assert normal.to_dict()["task"][0]["weights"] == {
        "low": -100.0,
        "high": 100.0,
        "sd": 30.0,
    }
    assert "sd" not in plain.to_dict()["task"][0]["weights"]


def test_standard_deviations_are_a_parameter(tmp_path):
    text = GOOD.replace(RANGE, "weights = { sd = { each = [1, 10, 5] } }")
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    results = write(study, lambda run: made_up(run, 5 + run.run))
    (found, _) = variations(results)
    assert found.parameters == ("weights.sd",)
    assert [setting[0].text for setting in found.settings] == ["1", "5", "10"]


GROUPS = (
    "{ low = -1, high = 1, groups = { bias = { low = -4, high = -3 }, "
    "past = { sd = 0.5 } } }"
)


def test_groups_have_ranges_of_their_own(tmp_path):
    found = task(tmp_path, GROUPS)
    groups = found.structure.weight_groups
    assert sorted(w for group in groups.values() for w in group) == list(
        range(found.dimension)
    )
    low, high = found.space.low, found.space.high
    for name, ends in (("input", (-1, 1)), ("bias", (-4, -3)), ("past", (-5, 5))):
        own = list(groups[name])
        assert (low[own] == ends[0]).all()
        assert (high[own] == ends[1]).all()
    drawn = found.space.sample(4000, np.random.default_rng(0))
    assert ((low <= drawn) & (drawn <= high)).all()
    (past, *_), (line, *_) = groups["past"], groups["input"]
    assert stats.kstest(drawn[:, past], stats.norm(scale=0.5).cdf).pvalue > 0.001
    assert stats.kstest(drawn[:, line], stats.uniform(-1, 2).cdf).pvalue > 0.001
    record = gfsearch.run(found, "annealing", budget=200)
    assert record.weights is None or low[past] <= record.weights[past] <= high[past]
    plain = task(tmp_path, "{ low = -1, high = 1 }")
    assert "groups" not in identifying(plain.weights)
    assert plain.hashed != found.hashed


@pytest.mark.parametrize(
    ("groups", "complaint"),
    [
        ("{ gates = { low = 0, high = 1 } }", "unknown group 'gates'"),
        ("{ bias = { low = 1, high = 0 } }", "groups: bias: low: 1 is not below"),
        ("{ bias = { low = 1 } }", "groups: bias: give low and high"),
        ("{ bias = { sd = -1 } }", "groups: bias: sd: expected a number > 0"),
        ("{ bias = { mean = 1 } }", "got mean = 1"),
        ("{ bias = 3 }", "groups: expected a table of tables"),
    ],
)
def test_mistakes_in_groups(tmp_path, groups, complaint):
    with pytest.raises(InputError, match=complaint):
        task(tmp_path, f"{{ low = -1, high = 1, groups = {groups} }}")


def test_a_network_names_groups():
    unit = Unit("tanh", (Link("input", weight=0), Link("bias", weight=1)))
    made = Structure(1, 1, (unit,), (("both", (0, 1)),))
    ranges = {"both": {"low": 2.0, "high": 3.0}}
    space = Weights(low=-1.0, high=1.0, groups=ranges).space(made)
    assert space.low.tolist() == [2.0, 2.0]
    ranges["bias"] = {"low": 0.0, "high": 1.0}
    with pytest.raises(ValueError, match="bias and both have weights in common"):
        Weights(low=-1.0, high=1.0, groups=ranges).space(made)
    for groups in ((("bias", (0,)),), (("x", (2,)),), (("x", (0,)), ("x", (1,)))):
        with pytest.raises(ValueError, match="Structure: groups"):
            Structure(1, 1, (unit,), groups)


def test_an_objective_may_have_it():
    made = gfsearch.Objective(
        abs, dimension=2, low=-10.0, high=10.0, sd=0.5, name="narrow"
    )
    assert np.abs(made.space.sample(100, np.random.default_rng(0))).max() < 3.0
    with pytest.raises(InputError, match="sd: expected a number > 0, got -1"):
        gfsearch.Objective(abs, dimension=2, low=-1.0, high=1.0, sd=-1.0, name="x")


def test_tables_in_the_place_of_pieces_are_refused_in_one_line():
    for name, table in (("weights", {"low": -1.0}), ("criterion", {"sign": True})):
        with pytest.raises(ValueError, match=f"{name}: expected .*, got dict; tables"):
            make_task(Parity(length=5), A1(), **{name: table})
