"""What a run has found: which units and links bear on the output, words, pictures."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfsearch.fitness.reference import outputs
from gfsearch.networks import A1, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.networks.used import in_words, used
from gfsearch.report.figures.network import draw_network
from gfsearch.report.solution import found
from gfsearch.specs.errors import InputError
from gfsearch.study.comparing import compare
from tests.cases import LSTM

NET = A1(hidden=2).build(1, 1)
# Weights: hidden 0 (input, h0, h1, output, bias), hidden 1 the same, output (input, h0,
# h1, output).
WEIGHTS = [1.0, 0, 0, 0, 0, 2.0, 0, 0, 3.0, 0, 0, -4.0, 0, 0.5]


def test_absent_and_idle_links_are_left_out():
    """Hidden 1 sees the input and the output, but nothing sees hidden 1."""
    seen = used(NET, WEIGHTS)
    links = [(one.unit, one.link.origin, one.weight) for one in seen.links]
    assert seen.units == {0, 2}
    assert links == [(0, "input", 1.0), (2, "now", -4.0), (2, "past", 0.5)]
    assert in_words(NET, WEIGHTS) == [
        "3 of 14 weights and 1 of 2 hidden units bear on the output",
        "  hidden 0 = logistic(+1 input 0)",
        "  output 0 = logistic(-4 hidden 0 now, +0.5 output 0 before)",
    ]


def test_fixed_weights_gates_and_nothing_at_all():
    unit = TanhUnit(fixed_inputs=1).build(2, 1)
    words = in_words(unit, [0.0, 2.0, 0.0])
    assert words[0].startswith("1 of 3 weights")
    assert words[1] == "  output 0 = tanh(+1 input 1, +2 output 0 before)"
    assert in_words(NET, [0.0] * 14)[1:] == ["  output 0 = logistic(0)"]
    cell = in_words(LSTM, [1.0] * 12)
    assert "  output 0 = identity(+1 hidden 4 now x hidden 5)" in cell


def test_units_that_nothing_enters():
    """A logistic one shows 0.5, as a bias does; a tanh one nothing."""
    alone = [0.0] * 10 + [1.0, 3.0, 0.0, 0.0]
    assert in_words(NET, alone) == [
        "2 of 14 weights and 1 of 2 hidden units bear on the output",
        "  hidden 0 = logistic(0)",
        "  output 0 = logistic(+1 input 0, +3 hidden 0 now)",
    ]
    tanh = A1(hidden=2, activation="tanh", output_activation="tanh").build(1, 1)
    assert in_words(tanh, alone)[1:] == ["  output 0 = tanh(+1 input 0)"]


@given(st.lists(st.sampled_from([0.0, 0.0, -1.5, 2.0]), min_size=14, max_size=14))
@settings(deadline=None)
def test_what_is_left_out_has_no_influence(weights):
    kept = {one.link.weight for one in used(NET, weights).links}
    pruned = np.array([w if i in kept else 0.0 for i, w in enumerate(weights)])
    inputs = np.random.default_rng(0).normal(size=(3, 9, 1))
    np.testing.assert_array_equal(
        outputs(NET, np.array(weights), inputs), outputs(NET, pruned, inputs)
    )


SUITE = """
runs = 2
budget = 3_000
[searchers]
gnarl = {}
guessing = { budget = 1 }
[[task]]
name = "tomita1"
problem = { kind = "tomita", grammar = 1, strings = "original" }
network = { kind = "A1", hidden = 3 }
weights = { low = -100.0, high = 100.0 }
criterion = { tolerance = 0.1 }
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("found")
    (folder / "mine.toml").write_text(SUITE)
    return compare(folder / "mine.toml", out=folder / "out", jobs=1)


def test_the_network_of_a_run_in_words_and_as_a_picture(study, tmp_path):
    network = found(study, "tomita1", "gnarl", None)
    assert network.record.status == "solved"
    title, count, *units = network.lines()
    assert title.startswith("tomita1, gnarl, run ")
    assert "solved" in title
    assert "of 23 weights" in count
    for ending in ("png", "svg", "pdf"):
        network.draw(tmp_path / "new" / f"net.{ending}")
        assert (tmp_path / "new" / f"net.{ending}").stat().st_size > 1000
    text = (tmp_path / "new/net.svg").read_text()
    ElementTree.fromstring(text)
    for one in used(network.task.structure, network.record.weights).links:
        assert f">{one.weight:.3g}<" in text.replace("\N{MINUS SIGN}", "-")
    assert len(units) == text.count(">hidden<") + 1
    other = found(study, "tomita1", "gnarl", 1)
    assert other.record.run == 1


def test_delays_and_gates_stand_in_the_picture(tmp_path):
    late = Link("past", 0, weight=0, delay=5)
    gated = Link("past", 0, weight=1, gate=0)
    first = Unit("logistic", (Link("input", 0, weight=2),))
    loop = Unit("tanh", (Link("past", 1, weight=3), Link("past", 1, weight=4, delay=7)))
    structure = Structure(1, 1, (first, Unit("tanh", (late, gated, *loop.links))))
    figure = draw_network(structure, [1.0, 2.0, 3.0, 4.0, 5.0], "t")
    labels = {t.get_text(): t.get_position() for t in figure.axes[0].texts}
    texts = {"1 (5 steps before)", "2 x hidden 0", "4", "5 (7 steps before)"}
    assert texts <= labels.keys()
    assert len({labels[text] for text in texts}) == 4


@pytest.mark.parametrize(
    ("task", "searcher", "run", "complaint"),
    [
        ("tomita2", "gnarl", None, "unknown task 'tomita2': did you mean 'tomita1'"),
        ("tomita1", "gnral", None, "unknown searcher 'gnral': did you mean 'gnarl'"),
        ("tomita1", "gnarl", 2, "run 2 is not there, or has not kept weights"),
        ("tomita1", "guessing", None, "no run has kept weights"),
    ],
)
def test_runs_that_found_nothing(study, task, searcher, run, complaint):
    with pytest.raises(InputError, match=complaint):
        found(study, task, searcher, run)


def test_pictures_that_cannot_be_written(study, tmp_path):
    network = found(study, "tomita1", "gnarl", 0)
    with pytest.raises(InputError, match=r"expected .png, .svg or .pdf"):
        network.draw(tmp_path / "net.jpeg")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--out: "):
        network.draw(tmp_path / "file" / "net.png")
