"""The parts of the page that need no browser: figures, links, commands."""

import json
import shlex
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from gfsearch.problems.sequences import arrange
from gfsearch.report.figures.saving import house_style, to_svg
from gfsearch.report.figures.sequences import example_sequences
from gfsearch.report.page.commands import again, one_run, report
from gfsearch.report.page.sources import linked
from gfsearch.report.page.svg import inline
from gfsearch.specs.errors import InputError
from gfsearch.study.comparing import make_study
from gfsearch.suites.reading import load_suite
from tests.good_suite import GOOD


def drawn(name):
    with house_style():
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 10], [0.123456789, 2], marker="o", label="a <b> & c")
        axes.set_xscale("log")
        axes.set_xlabel("$10^{-4}$ apart")
        axes.legend()
        return inline(to_svg(figure), name, 'what "it" <shows>')


def test_two_figures_share_a_page():
    """No names in common, nothing that styles the page, text kept and escaped."""
    pictures = [ElementTree.fromstring(drawn(name)) for name in ("a", "b")]
    names = [{e.get("id") for e in p.iter() if e.get("id")} for p in pictures]
    assert names[0]
    assert not names[0] & names[1]
    for picture, own in zip(pictures, names, strict=True):
        assert picture.tag == "svg"
        assert picture.get("aria-label") == 'what "it" <shows>'
        used = {e.get("href")[1:] for e in picture.iter() if e.get("href")}
        used |= {e.get("clip-path")[5:-1] for e in picture.iter() if e.get("clip-path")}
        assert used == own
        assert not list(picture.iter("style"))
        text = "".join(picture.itertext())
        assert "a <b> & c" in text
        # Mathematical text is made of several pieces.
        assert "apart" in text
        assert "10" in text
        assert "DejaVu" not in drawn("a")


def test_links_stand_where_papers_are_named():
    text = (
        "after Bengio, Simard and Frasconi (1994); <b> https://x.org/a?b=1&c=2, RG2001"
    )
    assert str(linked(text)) == (
        'after <a href="https://doi.org/10.1109/72.279181">Bengio, Simard and Frasconi '
        "(1994)</a>; &lt;b&gt; "
        '<a href="https://x.org/a?b=1&amp;c=2">https://x.org/a?b=1&amp;c=2</a>, '
        '<a href="https://people.idsia.ch/~juergen/guessing2001/node1.html">RG2001</a>'
    )
    # Nothing but web addresses becomes a link, and no address ends its attribute.
    for bad in ("javascript:alert(1)", 'https://x"onmouseover="alert(1)', "<script>"):
        found = linked(bad)
        assert "javascript" not in found.replace(">javascript", "") or "<a" not in found
        assert '"onmouseover' not in found
        assert "<script" not in found


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({}, "run quick --key"),
        ({"seed": 3}, "run quick --seed 3 --key"),
        ({"runs": 50, "budget": 7}, "run quick --runs 50 --budget 7 --key"),
        ({"tasks": ["parity/A1"], "runs": 2}, "run quick --runs 2 --key"),
    ],
)
def test_a_shipped_suite_is_named(tmp_path, options, command):
    study = make_study("quick", out=tmp_path / "out", **options)
    assert one_run(study) == f"python -m gfsearch {command}"
    again_words = shlex.split(again(study))
    assert again_words[3:5] == ["compare", "quick"]
    assert again_words[-2:] == ["--out", str(tmp_path / "out")]
    assert ("--tasks" in again_words) == ("tasks" in options)


def test_any_other_suite_is_the_study_itself(tmp_path):
    """A suite of one's own, and one that is not what is shipped under its name."""
    (tmp_path / "quick.toml").write_text(GOOD)
    out = tmp_path / "with spaces"
    study = make_study(tmp_path / "quick.toml", out=out, seed=5)
    study.save()
    words = shlex.split(one_run(study))
    assert words[3:] == ["run", str(out / "study.json"), "--seed", "5", "--key"]
    assert shlex.split(report(study))[3:] == ["report", str(out)]
    read = load_suite(words[4])
    assert [r.key for r in read.plan(5)] == [r.key for r in study.plan()]
    assert read.name == "quick"


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", 7, "a\\b"])
def test_a_plan_cannot_lead_out_of_its_folder(tmp_path, name):
    (tmp_path / "mine.toml").write_text(GOOD)
    study = make_study(tmp_path / "mine.toml", out=tmp_path)
    study.save()
    path = tmp_path / "study.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": name}))
    with pytest.raises(InputError, match=r"study.json: name: expected a file's name"):
        load_suite(path)


@pytest.mark.parametrize("steps", [3, 2_500])
def test_many_lines_are_shades_that_a_page_can_show(steps):
    """Areas, and not too many of them; an embedded image is not shown by the page."""
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(n, 6)) for n in (steps, steps + 1, steps + 2)]
    targets = [np.eye(3)[[k] * len(x)] for k, x in enumerate(inputs)]
    masks = [np.arange(len(x)) == len(x) - 1 for x in inputs]
    figure = example_sequences(arrange(inputs, targets, masks))
    told = [axes.texts[0].get_text() for axes in figure.axes]
    assert told == ["class 1", "class 2", "class 3"]
    for axes in figure.axes:
        assert not axes.images
        (mesh,) = axes.collections
        assert mesh.get_array().size <= 2_100
        low, high = axes.get_xlim()
        assert high - low >= steps
        assert axes.get_ylim() == (6.5, 0.5)  # The first line is on top.
    svg = to_svg(figure)
    assert "<image" not in svg


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_examples_of_few_sequences(tmp_path, count):
    text = GOOD.replace("train = 10", f"train = {count}")
    (tmp_path / "mine.toml").write_text(text)
    train, _ = load_suite(tmp_path / "mine.toml").tasks["parity/A1"].sequences()
    figure = example_sequences(train)
    assert len(figure.axes) == min(count, 4)
    told = [axes.texts[0].get_text() for axes in figure.axes]
    assert set(told[:2]) == {"target 1", "target 0"}.intersection(told[:2])
    assert len(set(told[:2])) == min(count, 2)
