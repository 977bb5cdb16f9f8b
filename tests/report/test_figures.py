"""Figures from records that are made up to be easy to check."""

import logging
import math
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection

from gfsearch.report.captions import STUDY_FIGURES
from gfsearch.report.figures import DRAWINGS, draw, write_figure
from gfsearch.report.figures.look import decade, looks, thinned
from gfsearch.report.figures.saving import house_style, save
from gfsearch.report.figures.speedup import mean_speed_up
from gfsearch.report.numbers import number
from gfsearch.report.tables import Tables
from gfsearch.specs.errors import InputError
from gfsearch.study.comparing import make_study
from gfsearch.suites.reading import suite_from_dict
from tests.good_suite import GOOD
from tests.made_up import made_up, two_searchers, write


def write_figures(results, folder):
    tables = Tables(results)
    written = [write_figure(tables, folder, name) for name in DRAWINGS]
    return [file for figure in written if figure for file in figure.files]


def test_figures_are_drawn_and_only_where_there_is_something(study, tmp_path):
    empty = write(study, lambda run: None)
    assert write_figures(empty, tmp_path) == []
    results = write(study, two_searchers)
    files = write_figures(results, tmp_path)
    names = {"survival", "speedup", "restarts", "against-published", "final-error"}
    names.add("generalising")
    # Their numbers would be written over each other.
    assert not set(DRAWINGS) & set(Tables(results))
    assert {f.stem for f in files} == names < set(STUDY_FIGURES) == set(DRAWINGS)
    for path in files:
        if path.suffix == ".svg":
            text = path.read_text()
            ElementTree.fromstring(text)
            for word in ("parity/A1", "guessing" if "pub" in path.name else "slow"):
                assert word in text
        elif path.suffix == ".csv":
            assert len(pd.read_csv(path))
        else:
            head = b"\x89PNG" if path.suffix == ".png" else b"%PDF"
            assert path.read_bytes().startswith(head)


TASKS = """

[[task]]
name = "{name}"
problem = {{ kind = "parity", length = [5, {longest}], train = 10, test = 10 }}
network = {{ kind = "A1", hidden = {hidden} }}
weights = {{ low = -100, high = 100 }}
criterion = {{ tolerance = 0.1 }}
targets = [0.2, 0.05]
"""


def several(tmp_path, *tasks, runs=10):
    """A study of tasks (longest sequence, hidden units) besides parity/A1."""
    text = GOOD.replace("runs = 3", f"runs = {runs}")
    for i, (longest, hidden) in enumerate(tasks):
        text += TASKS.format(name=f"task{i}", longest=longest, hidden=hidden)
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    return study


def drawn(results, name, cost=None):
    drawing = draw(Tables(results), name, cost)
    assert drawing is not None
    return drawing.data


def test_every_figure_of_a_whole_study(tmp_path):
    """Each is drawn, in each cost, and has its numbers."""
    study = several(tmp_path, (20, 1), (40, 1), (20, 2), (20, 3))

    def make(run):
        targets = [1, 2] if run.task.targets else []
        trials = 5 + run.run
        return made_up(
            run,
            trials,
            "censored" if run.task.name == "task3" else "solved",
            gradients=3 * trials,
            trace=[(1, 0.5), (trials, 0.01)] if run.searcher.label == "slow" else [],
            targets=targets,
            weights=[1.0 * i for i in range(run.task.space.dimension)],
        )

    results = write(study, make)
    for name in DRAWINGS:
        for cost in (None, "trials", "presentations", "forward_equivalents"):
            absent = {
                ("against-published", "presentations"),
                ("against-published", "forward_equivalents"),
            }
            if (name, cost) in absent or name in ("replicated", "by-reading"):
                assert draw(Tables(results), name, cost) is None
            else:
                assert len(drawn(results, name, cost)), name


PUBLISHED = [
    {"searcher": "guessing", "trials": 10, "source": "here"},
    {"searcher": "guessing", "stopped": 90, "error": 0.1, "runs": 20, "source": "b"},
    {"searcher": "slow", "solved": 0.8, "runs": 18, "source": "there"},
]


def with_published(tmp_path):
    """Results of three tasks of lengths 5, 10 and 20, two of one group."""
    study = several(tmp_path, (5, 1), (10, 1))
    suite = study.suite.to_dict()
    for i, task in enumerate(suite["task"]):
        task["published"] = PUBLISHED
        task["name"] = f"same/reading{i}"
        task["group"] = "same" if i else "other"
    suite = suite_from_dict(suite, "mine", "here")
    study = make_study(suite, out=tmp_path / "published")
    study.save()
    return write(
        study,
        lambda run: made_up(run, 5 + run.run, test_errors=1, threshold_errors=1),
    )


def test_published_figures_of_all_runs_are_drawn_against_ours(tmp_path):
    results = with_published(tmp_path)
    data = drawn(results, "replicated", None)
    assert set(data.cost) == {"stopped", "solved", "error"}
    assert len(data) == 9
    assert draw(Tables(results), "replicated", "trials") is None
    costs = drawn(results, "against-published", None)
    assert set(costs.cost) == {"trials"}


def test_readings_are_drawn_as_factors(tmp_path):
    results = with_published(tmp_path)
    drawing = draw(Tables(results), "by-reading", "trials")
    assert list(drawing.data.reading) == ["reading1", "reading2"]
    texts = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert texts == ["0.95", "0.95"]  # 9.5 trials in the mean, published 10
    # With presentations until it stopped: 95, published 90; shares have no factor.
    drawing = draw(Tables(results), "by-reading", None)
    texts = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert texts == ["0.95", "1.06"] * 2
    labels = [t.get_text() for t in drawing.figure.axes[0].get_xticklabels()]
    assert labels == ["same\nguessing, trials 10", "same\nguessing, stopped 90"]


def test_published_shares_stand_beside_ours_in_time_lag(tmp_path):
    """By a label or by a kind, and several sources for one searcher."""
    entries = [
        {"searcher": "guessing", "solved": 1.0, "runs": 18, "source": "one"},
        {"searcher": "guessing", "solved": 0.5, "runs": 18, "source": "another"},
    ]
    suite = several(tmp_path, (5, 1), (10, 1), (20, 1)).suite.to_dict()
    suite["searchers"] = {"mine": {"kind": "guessing"}}
    for task in suite["task"]:
        task["published"] = entries
    study = make_study(suite_from_dict(suite, "mine", "here"), out=tmp_path / "shares")
    study.save()
    results = write(study, lambda run: made_up(run, 5 + run.run))
    drawing = draw(Tables(results), "time-lag", None)
    shown = [
        value
        for axes in drawing.figure.axes
        for line in axes.lines
        if line.get_marker() == "D"
        for value in line.get_ydata()
    ]
    assert set(shown) == {0.5, 1.0}
    assert shown.count(0.5) == shown.count(1.0) >= 3


def in_groups(tmp_path):
    """Two tasks on which slow is ten times better, one on which guessing is."""
    study = several(tmp_path, (20, 1), (40, 1))
    text = (tmp_path / "mine.toml").read_text()
    for name, group in (("parity/A1", "hard"), ("task0", "easy"), ("task1", "easy")):
        text = text.replace(f'name = "{name}"', f'name = "{name}"\ngroup = "{group}"')
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "grouped")
    study.save()

    def make(run):
        better = "slow" if run.task.group == "easy" else "guessing"
        factor = 1 if run.searcher.label == better else 10
        return made_up(
            run, factor * (5 + run.run), targets=[1, 1] if run.task.targets else []
        )

    return write(study, make)


def test_groups_of_tasks_stand_apart(tmp_path):
    results = in_groups(tmp_path)
    data = drawn(results, "mean-speedup").set_index("group")
    assert data.speedup_trials["easy, 2 tasks"] == pytest.approx(10)
    assert data.speedup_trials["hard, 1 task"] == pytest.approx(0.1)
    assert data.speedup_trials["all 3 tasks"] == pytest.approx(10 ** (1 / 3))
    groups = Tables(results)["groups"]
    easy = groups[groups.group == "easy"].drop(columns="group").reset_index(drop=True)
    alone = Tables(results.only(["task*"], []))["across"]
    pd.testing.assert_frame_equal(easy, alone)


def test_the_figure_of_the_answer_fits_a_phone(tmp_path):
    with house_style():
        drawing = mean_speed_up(Tables(in_groups(tmp_path)), narrow=True)
    save(drawing.figure, tmp_path, "narrow", ["png"])
    assert drawing.figure.get_figwidth() <= 3.8
    # Nothing is cut off.
    page = drawing.figure.bbox
    for axes in drawing.figure.axes:
        for text in [*axes.texts, axes.title, axes.xaxis.label]:
            box = text.get_window_extent()
            assert page.x0 <= box.x0, text
            assert box.x1 <= page.x1, text


def test_bounds_do_not_take_the_room_of_numbers(tmp_path):
    """An arrow is short; all marks and both ends of arrows are inside."""
    study = several(tmp_path, (20, 1))

    def make(run):
        if run.searcher.label == "slow" and run.task.name == "task0":
            return made_up(run, 100, "censored", targets=[1, 1])
        return made_up(run, 5 + run.run, targets=[1, 1] if run.task.targets else [])

    (_, axes) = draw(Tables(write(study, make)), "speedup", None).figure.axes
    (arrow,) = [a for a in axes.collections if isinstance(a, LineCollection)][:1]
    left, right = np.log(axes.get_xlim())
    at = np.concatenate([c.get_offsets()[:, 0] for c in axes.collections])
    at = np.log(at[at > 0])
    places = (at - left) / (right - left)
    assert (places > 0.02).all()
    assert (places < 0.98).all()
    starts = [line[0][0] for line in arrow.get_segments()]
    ends = [line[1][0] for line in arrow.get_segments()]
    lengths = np.log(np.array(ends) / np.array(starts)) / (right - left)
    assert (lengths < 0.1).all()


def mixed(tmp_path, *longest):
    """Guessing, and a searcher whose trials are passes, on two tasks or more."""
    text = GOOD.replace("runs = 3", "runs = 10").replace(
        "slow = ", "gradient = {}\nslow = "
    )
    for i, length in enumerate(longest or (20,)):
        text += TASKS.format(name=f"task{i}", longest=length, hidden=1)
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()

    def make(run):
        wrong = 1 if run.run % 2 and run.searcher.label == "slow" else 0
        targets = [1, 1] if run.task.targets else []
        return made_up(run, 5 + run.run, test_errors=wrong, targets=targets)

    return write(study, make)


@pytest.mark.parametrize("name", ["ecdf", "performance-profile", "data-profile"])
def test_passes_are_not_compared_as_trials(tmp_path, name):
    data = drawn(mixed(tmp_path), name)
    by_cost = data.groupby("in").searcher.agg(set)
    assert by_cost["trials"] == {"guessing", "slow"}
    assert by_cost["presentations"] == {"guessing", "gradient", "slow"}


def test_survival_leaves_passes_out_of_trials(tmp_path):
    results = mixed(tmp_path)
    assert set(drawn(results, "survival").searcher) == {"guessing", "slow"}
    assert "gradient" in set(drawn(results, "survival", "presentations").searcher)
    # Alone, on-line searchers are shown in their passes.
    alone = replace(results, study=[c for c in results.study if c.searcher.on_line])
    alone = replace(alone, cells=alone.study)
    assert set(drawn(alone, "survival").searcher) == {"gradient"}


def test_the_growth_of_passes_is_not_that_of_trials(tmp_path):
    results = mixed(tmp_path, 20, 40)
    assert set(drawn(results, "scaling").searcher) == {"guessing", "slow"}
    assert "gradient" in set(drawn(results, "scaling", "presentations").searcher)


def test_costs_to_a_right_solution_stand_beside_those_to_any(tmp_path):
    results = mixed(tmp_path)
    data = drawn(results, "generalising").set_index(["task", "searcher"])
    summary = Tables(results)["summary"].set_index(["task", "searcher"])
    column = "ert_generalising_presentations"
    for ends in (column, f"{column}_low", f"{column}_high"):
        pd.testing.assert_series_equal(data[ends], summary[ends].loc[data.index])
    # Half of slow's solutions are right: twice the cost.
    slow = data.loc["parity/A1", "slow"]
    assert slow[column] == 2 * slow["ert_presentations"]
    figure = draw(Tables(results), "generalising", None).figure
    told = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"5/10 right", "10/10 right"} <= told


def test_runtime_distribution_by_hand(tmp_path):
    """Two tasks; slow solves one in 5..14 trials, the other never; of runs as made."""
    study = several(tmp_path, (20, 1))

    def make(run):
        if run.task.name == "parity/A1":
            return made_up(run, 5 + run.run)
        return made_up(run, 100, "censored", targets=[None, None])

    data = drawn(write(study, make), "ecdf", "trials")
    slow = data[(data.searcher == "slow")]
    # One target on parity/A1, three on the other: the solution and two losses. Tasks
    # and targets weigh the same: 4 in all.
    below, above = slow[slow.cost < 5], slow[slow.cost > 14]
    assert set(below.share) == {0.0}
    assert set(above.share) == {0.25}
    half = slow[(slow.cost >= 9) & (slow.cost < 10)]
    assert half.share.to_numpy() == pytest.approx(0.125, abs=0.01)
    assert set(slow.simulated[slow.cost > 100]) == {True}
    assert set(slow.simulated[slow.cost < 100]) == {False}


def test_who_solves_has_attained_all_targets(tmp_path):
    study = several(tmp_path, (20, 1))

    def make(run):
        return made_up(run, 50, targets=[10, None] if run.task.targets else [])

    cell = write(study, make).tasks["task0"][0]
    trials = [list(runs.costs) for runs in cell.attained("trials")]
    assert trials == [[10.0] * 10, [50.0] * 10, [50.0] * 10]
    assert all(runs.solved.all() for runs in cell.attained("trials"))
    # Ten presentations per trial.
    assert cell.attained("presentations")[0].costs.tolist() == [100.0] * 10


def test_scaling_finds_the_exponent_and_shows_bounds(tmp_path):
    """Cost = length squared over 10; the longest is not solved by `slow`."""
    study = several(tmp_path, (18, 1), (36, 1), (72, 1))

    def make(run):
        longest = run.task.problem.length[1]
        if run.searcher.label == "slow" and longest == 72:
            return made_up(run, 100, "censored")
        return made_up(run, round(longest**2 / 10 * (0.9 + 0.2 * (run.run % 2))))

    data = drawn(write(study, make), "scaling")
    assert set(data.parameter) == {"length"}
    by = data.set_index(["searcher", "value"])
    guessing, slow = by.loc["guessing", 72.0], by.loc["slow", 72.0]
    assert guessing.law == "power law"
    assert guessing.rate == pytest.approx(2.0, abs=0.05)
    assert guessing.rate_low < 2.0 < guessing.rate_high
    assert guessing.p_fit > 0.05
    assert slow.ert == float("inf")
    assert slow.ert_low == pytest.approx(1000 / 2.9957, rel=1e-3)
    assert math.isnan(slow.rate)  # what costs most is missing from its fit


def test_numbers_of_weights_are_a_scale_and_what_fits_no_law_has_no_line(tmp_path):
    """Hidden units change the number of weights; guessing meets a wall at the last."""
    text = GOOD.replace('kind = "A1"', 'kind = "A1", hidden = { each = [1, 2, 3, 5] }')
    (tmp_path / "mine.toml").write_text(text.replace("runs = 3", "runs = 8"))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")

    def make(run):
        hidden = run.task.network.hidden
        wall = 100 if hidden == 5 and run.searcher.label == "guessing" else 1
        return made_up(run, wall * hidden * (100 + run.run))

    results = write(study, make)
    drawing = draw(Tables(results), "scaling", None)
    data = drawing.data
    assert set(data.parameter) == {"hidden", "weights"}
    by_weights = data[data.parameter == "weights"]
    assert sorted(set(by_weights["value"])) == [7.0, 14.0, 23.0, 47.0]
    fits = data[data.parameter == "hidden"].groupby("searcher").p_fit.min()
    assert fits["guessing"] < 0.05 < fits["slow"]
    legends = [
        text.get_text()
        for axes in drawing.figure.axes
        for text in axes.get_legend().get_texts()
    ]
    assert "guessing: neither law fits" in legends
    assert any(text.startswith("slow: x^1 [") for text in legends)


def test_numbers_that_are_names_are_no_scale(tmp_path):
    text = GOOD.split("[[task]]")[0]
    for grammar in (1, 2, 4):
        text += f"""
[[task]]
name = "tomita{grammar}"
problem = {{ kind = "tomita", grammar = {grammar} }}
network = {{ kind = "A1" }}
weights = {{ low = -100, high = 100 }}
criterion = {{ tolerance = 0.1 }}
"""
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    assert (
        draw(Tables(write(study, lambda run: made_up(run, 7))), "scaling", None) is None
    )


def test_the_best_loss_is_a_median_of_runs_that_keep_theirs(study):
    """Ten runs: loss 1 at trial 1, 0.1 at trial 2 + run; the last ends at 11."""

    def make(run):
        end = 2 + run.run
        return made_up(run, end, trace=[(1, 1.0), (end, 0.1)])

    data = drawn(write(study, make), "loss").query("searcher == 'slow'")
    at = data.set_index("trials")
    assert at.loss_median[1.0] == 1.0
    assert at.loss_lower_quartile[5.0] == pytest.approx(0.1)  # 4 of 10 are there
    assert at.loss_median[5.0] == pytest.approx(1.0)
    assert at.loss_median[11.0] == pytest.approx(0.1)


def test_a_part_of_a_study_keeps_colours_limits_and_numbers(tmp_path):
    """`plot --searchers`: nothing depends on who else is drawn."""
    study = several(tmp_path, (20, 1))
    results = write(study, two_searchers)
    part = results.only(["task0"], ["slow"])
    assert [c.searcher.label for c in part.cells] == ["slow"]
    assert looks(part) == looks(results)
    for name in ("survival", "speedup", "restarts"):
        whole = drawn(results, name)
        of_both = whole[(whole.task == "task0") & (whole.searcher == "slow")]
        alone = drawn(part, name)
        assert of_both.reset_index(drop=True).equals(alone.reset_index(drop=True))
    axes = [draw(Tables(r), "survival", None).figure.axes[-1] for r in (results, part)]
    assert axes[0].get_xlim() == axes[1].get_xlim()
    with pytest.raises(InputError, match="slwo"):
        results.only([], ["slwo"])


def test_solutions_lie_where_their_weights_are(study):
    def make(run):
        d = run.task.space.dimension
        return made_up(run, 7, weights=[float(run.run)] * d)

    data = drawn(write(study, make), "solutions")
    assert set(data.x) == set(range(10))
    assert (data.x == data.y).all()
    # Of a single task, the ten pairs of five weights; two searchers, ten runs each.
    assert len(data) == 10 * 2 * 10
    assert set(data.weight_x) | set(data.weight_y) <= {
        f"{source} to {unit}"
        for unit in ("hidden 0", "output 0")
        for source in ("input 0", "bias", "hidden 0 before", "output 0 before")
    } | {"hidden 0 now to output 0"}


LAG = """

[[task]]
name = "parity/{lag}"
problem = {{ kind = "parity", length = [5, {lag}], train = 10, test = 10 }}
network = {{ kind = "A1" }}
weights = {{ low = {low}, high = 100 }}
criterion = {{ tolerance = 0.1 }}
"""


@pytest.mark.parametrize(
    ("others", "drawn"),
    [
        ([(20, -100), (40, -100)], True),
        ([(20, -100)], False),
        ([(20, -100), (40, -50)], False),  # another weight range: another family
    ],
)
def test_success_against_the_time_lag(tmp_path, others, drawn):
    """Drawn for three tasks that differ in length alone; `parity/A1` is the first."""
    text = GOOD + "".join(LAG.format(lag=lag, low=low) for lag, low in others)
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    results = write(study, lambda run: made_up(run, 7))
    files = {f.name: f for f in write_figures(results, tmp_path)}
    assert ("time-lag.svg" in files) == drawn
    if drawn:
        picture = files["time-lag.svg"].read_text()
        assert "parity on A1, 3 runs per point" in picture
        for word in ("9", "20", "40", "guessing", "slow"):
            assert f">{word}<" in picture


def test_figures_repeat_byte_by_byte(study, tmp_path):
    results = write(study, two_searchers)
    first = {f.name: f.read_bytes() for f in write_figures(results, tmp_path)}
    again = {f.name: f.read_bytes() for f in write_figures(results, tmp_path)}
    assert first == again


def test_searchers_keep_their_looks_in_any_company(study):
    results = write(study, two_searchers)
    alone = replace(results, cells=results.cells[:1])
    assert looks(results)["guessing"] == looks(alone)["guessing"]
    assert looks(results)["slow"] != looks(results)["guessing"]


@given(st.lists(st.floats(1.0, 1e9), min_size=2, max_size=3000, unique=True))
def test_a_thinned_curve_is_the_same_to_the_eye(costs):
    """Nowhere is a step further away than a four hundredth of a logarithmic axis."""
    costs = pd.Series(sorted(costs))
    kept = costs[thinned(costs)]
    assert len(kept) <= 402
    assert kept.iloc[0] == costs.iloc[0]
    assert kept.iloc[-1] == costs.iloc[-1]
    if len(costs) <= 400:
        assert len(kept) == len(costs)
    place = np.log(costs / costs.iloc[0]) / np.log(costs.iloc[-1] / costs.iloc[0])
    # The next step that is kept shows what has come until then.
    shown = place[thinned(costs)].to_numpy()[np.searchsorted(kept, costs)]
    assert (shown - place <= 1.0001 / 400).all()


def test_names_that_leave_no_room_are_cut_and_nothing_is_told(tmp_path, recwarn):
    text = GOOD.replace("slow =", f'"{"L" * 300}" =').replace("parity/A1", "T" * 250)
    (tmp_path / "long.toml").write_text(text)
    study = make_study(tmp_path / "long.toml", out=tmp_path / "out")
    study.save()
    results = write(study, lambda run: made_up(run, 30 + run.run))
    assert len(write_figures(results, tmp_path)) >= 12
    assert not recwarn.list
    cut = "L" * 40 + "..." + "L" * 40
    assert cut in (tmp_path / "speedup.svg").read_text()


LONG = "a-searcher-with-a-name-of-fifty-letters-and-one-0"


def crowded(tmp_path, count=24):
    """A study of many searchers with long names, on tasks with long names."""
    rates = ", ".join(f"{0.5 + 0.01 * i:.2f}" for i in range(count))
    variants = f'"{LONG}" = {{ kind = "annealing", cooling = {{ each = [{rates}] }} }}'
    text = GOOD.replace("runs = 3", "runs = 4").replace("parity/A1", f"{LONG}/A1")
    text = text.replace('slow = { kind = "annealing", cooling = 0.95 }', variants)
    other = text[text.index("[[task]]") :].replace("/A1", "/another/of-them")
    other = other.replace("[5, 9]", "[5, 19]")
    (tmp_path / "many.toml").write_text(text + other)
    study = make_study(tmp_path / "many.toml", out=tmp_path / "out")
    study.save()
    return write(
        study,
        lambda run: made_up(
            run,
            3 + 7 * run.run % 5 + len(run.searcher.label) % 3,
            "censored" if run.run == 3 else "solved",
            trace=[(1, 0.5), (3, 0.1)],
            weights=[0.1 * run.run] * run.task.structure.dimension,
        ),
    )


def test_every_panel_has_room_whatever_the_names(tmp_path):
    results = crowded(tmp_path)
    drawn = 0
    for name in DRAWINGS:
        drawing = draw(Tables(results), name, None)
        if drawing is None:
            continue
        drawn += 1
        save(drawing.figure, tmp_path, name, ["png"])
        width, height = drawing.figure.get_size_inches()
        for axes in drawing.figure.axes:
            if axes.get_visible():
                place = axes.get_position()
                assert place.width * width > 1.9, name
                assert place.height * height > 0.9, name
        if drawing.figure.legends:
            box = drawing.figure.legends[0].get_window_extent()
            assert box.y0 > -1, name
            assert box.x1 <= width * drawing.figure.dpi + 1, name
    assert drawn >= 8


def test_nobody_shares_guessings_colour(tmp_path):
    look = looks(crowded(tmp_path))
    others = [style for label, style in look.items() if label != "guessing"]
    assert len(others) == 24
    assert look["guessing"]["color"] not in [style["color"] for style in others]
    assert len({str(style) for style in look.values()}) == 25


HOSTILE = """
text.usetex: True
pdf.fonttype: 3
svg.fonttype: path
font.family: serif
font.size: 30
axes.grid: False
savefig.dpi: 7
figure.autolayout: True
nonsense.key: 3
"""


PLOT_EACH = """
import sys
from gfsearch.cli.main import main
study, *paths = sys.argv[1:]
for path in paths:
    sys.argv[1:] = ["plot", study, "survival", "--out", path]
    try:
        main()
    except SystemExit as end:
        assert end.code == 0
"""


def test_private_settings_change_no_figure(study, tmp_path):
    """`plot` and `report` write the same bytes with any matplotlibrc."""
    write(study, two_searchers)
    written = []
    for name, settings in (("plain", ""), ("hostile", HOSTILE)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "matplotlibrc").write_text(settings)
        environment = {**os.environ, "MATPLOTLIBRC": str(folder / "matplotlibrc")}
        paths = [folder / f"x.{ending}" for ending in ("png", "svg", "pdf")]
        done = subprocess.run(
            [sys.executable, "-c", PLOT_EACH, str(study.folder), *map(str, paths)],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert all(line.startswith("wrote ") for line in done.stderr.splitlines())
        assert done.stderr.count("\n") == 3
        written += [path.read_bytes() for path in paths]
    assert written[:3] == written[3:]
    png, svg, pdf = written[:3]
    assert png.startswith(b"\x89PNG")
    assert b"/Type3" not in pdf
    assert b"/FontFile2" in pdf  # TrueType, embedded
    assert b"probability of having solved</text>" in svg


def test_matplotlibs_warnings_do_not_reach_the_user(recwarn, caplog):
    with house_style():
        logging.getLogger("matplotlib.font_manager").warning("no such font")
        warnings.warn_explicit("collapsed", UserWarning, "x", 1, "matplotlib._layout")
    assert not caplog.records
    assert not recwarn.list


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((1e57, "1e57"), (2.346e15, "2.35e15"), (9.996e11, "1e12"), (5e11, "500G")),
        *((-3e20, "-3e20"), (999.6e6, "1G"), (1e-7, "1e-07")),
    ],
)
def test_large_numbers(value, text):
    assert number(value) == text


def test_marks_of_far_decades():
    assert decade(1e57) == "1e57"
    assert decade(1e-4) == "1e-4"
    assert decade(1e9) == "1G"


def test_figures_and_tables_tell_the_same_numbers(tmp_path):
    """Each number is estimated once: what is drawn is what the tables hold."""
    study = several(tmp_path, (20, 1), (40, 1), (20, 2))

    def make(run):
        return made_up(run, 5 + 3 * run.run, gradients=run.run)

    tables = Tables(write(study, make))
    by = ["task", "searcher"]
    summary = tables["summary"].set_index(by)
    best = draw(tables, "restarts", None).data.groupby(by).first()
    assert len(best) == len(summary)
    for end in ("", "_low", "_high"):
        expected = summary[f"best_cutoff_trials{end}"]
        assert best[f"best_cutoff{end}"].equals(expected.loc[best.index])
    ratios = draw(tables, "speedup", None).data.set_index(by)
    assert len(ratios)
    for name in ratios.filter(like="speedup").columns:
        assert ratios[name].equals(summary.loc[ratios.index, name])
    part, results = tables.of_task("task0"), tables.results
    assert set(part["summary"].task) == {"task0"}
    own = draw(part, "speedup", None).data.set_index(by)
    alone = draw(Tables(results.only(["task0"], [])), "speedup", None).data
    assert own.equals(alone.set_index(by))
