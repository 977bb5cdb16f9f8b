"""Tables and figures from records that are made up to be easy to check."""

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.console import Console

from gfsearch.catalogue import FIGURES
from gfsearch.figures import write_figures
from gfsearch.figures.look import looks
from gfsearch.records import Meta, Record, RecordFile
from gfsearch.report import print_summary, published_table, remarks, write_report
from gfsearch.statistics import expected_running_time
from gfsearch.study import make_study
from gfsearch.style import number, with_interval
from gfsearch.tables import published, summary
from tests.test_suite import GOOD


def made_up(run, trials, status="solved", **fields):
    """The record of a run as it might have gone."""
    values = {
        "status": status,
        "stop_reason": None,
        "trials": trials,
        "presentations": 10 * trials,
        "gradients": 0,
        "restarts": [],
        "loss": 0.1,
        "test_errors": 0,
        **fields,
    }
    return Record(
        **run.header(),
        trace=[],
        targets=[],
        test_size=10,
        weights=None,
        meta=Meta(
            wall_seconds=1,
            cpu_seconds=1,
            host="h",
            pid=1,
            started="2026-01-01",
            versions={},
        ),
        **values,
    )


@pytest.fixture
def study(tmp_path):
    """Ten runs each of guessing and `slow` on one task, none made yet."""
    (tmp_path / "mine.toml").write_text(GOOD.replace("runs = 3", "runs = 10"))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    return study


def write(study, make):
    """Write the record that `make(run)` returns for each planned run, if any."""
    file = RecordFile(study.folder / "records")
    for run in study.plan():
        record = make(run)
        if record is not None:
            file.append(record)
    return study.results()


def two_searchers(run):
    """Guessing: 10..55, two censored; slow: 2..11, every other one after a restart."""
    if run.searcher.label == "guessing":
        if run.run < 2:
            return made_up(run, 100, "censored", test_errors=None)
        return made_up(run, 10 + 5 * run.run, test_errors=run.run % 2)
    return made_up(run, 2 + run.run, restarts=[(1, 10)] if run.run % 2 else [])


def test_summary_by_hand(study):
    table = summary(write(study, two_searchers)).set_index("searcher")
    guessing, slow = table.loc["guessing"], table.loc["slow"]
    spent = 200 + sum(10 + 5 * i for i in range(2, 10))
    assert (guessing.runs, guessing.solved, guessing.success_rate) == (10, 8, 0.8)
    assert guessing.ert_trials == pytest.approx(spent / 8)
    assert guessing.ert_presentations == pytest.approx(10 * spent / 8)
    assert guessing.speedup_trials == 1.0
    assert slow.ert_trials == pytest.approx(sum(range(2, 12)) / 10)
    assert slow.speedup_trials == pytest.approx((spent / 8) / 6.5)
    assert slow.speedup_trials_low < slow.speedup_trials < slow.speedup_trials_high
    # Without the restarts half of the runs would have stayed unsolved.
    assert (slow.solved, slow.single_solved) == (10, 5)
    assert slow.single_median_trials == 10.0
    assert slow.restarts_per_run == 0.5
    # Of the eight solved, four are right on the test set, four wrong on 1 of 10.
    assert guessing.test_right == 4
    assert guessing.test_error == pytest.approx(0.05)


def test_a_run_that_gave_up_stays_unsolved(study):
    """It costs what it spent for the ERT, and never solves for the median."""

    def make(run):
        if run.run < 6:
            return made_up(run, 5, "gave up", stop_reason="stagnated")
        return made_up(run, 50)

    row = summary(write(study, make)).iloc[0]
    assert row.ert_trials == pytest.approx((6 * 5 + 4 * 50) / 4)
    assert row.single_median_trials == math.inf


def test_failed_runs_count_for_nothing(study):
    def make(run):
        if run.run == 0:
            return made_up(run, 0, "failed", stop_reason="boom")
        return made_up(run, 7) if run.run < 5 else None

    results = write(study, make)
    row = summary(results).iloc[0]
    assert (row.runs, row.solved, row.failed, row.planned) == (4, 4, 1, 10)
    assert row.ert_trials == 7.0
    report = write_report(study)
    told = "\n".join(remarks(report))
    assert "10 of 20 runs are still missing" in told
    assert "2 runs failed" in told
    assert "fewer than 10 runs" in told


def test_adding_an_unrelated_searcher_changes_no_number(study):
    alone = summary(
        write(study, lambda r: two_searchers(r) if r.searcher.label == "slow" else None)
    )
    both = summary(write(study, two_searchers))
    kept = [c for c in alone.columns if not c.startswith("speedup")]
    row, other = (t[t.searcher == "slow"].iloc[0] for t in (alone, both))
    assert row[kept].equals(other[kept])


def test_unsolved_cells_show_bounds_and_never_blanks(study):
    results = write(study, lambda run: made_up(run, 100, "censored"))
    for row in summary(results).itertuples():
        assert row.ert_trials == math.inf
        assert row.ert_trials_low == pytest.approx(1000 / -math.log(0.05))
        assert row.single_median_trials == math.inf
    shown = [with_interval(math.inf, 333.8, math.inf), number(1_234_567)]
    assert shown == ["> 334", "1.23M"]
    assert write_report(study).files


@pytest.mark.parametrize(
    ("trials", "verdict"),
    [
        (11, "consistent"),
        (90, r"differs by a factor of 9\.1 \[4\.4, 19\]"),
        (1, r"differs by a factor of 0\.15 \["),
    ],
)
def test_verdicts(study, trials, verdict):
    spread = lambda run: made_up(run, trials + run.run % 2)  # noqa: E731
    row = published(write(study, spread)).iloc[0]
    assert row.published == 10
    assert row.assumed
    assert row.runs == 10
    assert re.match(verdict, row.verdict), row.verdict


def test_verdicts_without_a_comparison(study):
    results = write(study, lambda run: None)
    assert "0 of our runs" in published(results).iloc[0].verdict
    results = write(study, lambda run: made_up(run, 100, "censored"))
    assert "differs by a factor of more than" in published(results).iloc[0].verdict
    task = results.cells[0].task
    entries = {
        "not one of our searchers": {"searcher": None, "method": "IOHMM"},
        "searcher not in this study": {"searcher": "genetic"},
        "with its defaults": {"searcher": "annealing"},  # `slow` is a variant
        "a single published run": {"runs": 1},
    }
    for reason, fields in entries.items():
        entry = replace(task.published[0], **fields)
        changed = replace(task, published=(entry,))
        cells = [replace(cell, task=changed) for cell in results.cells]
        verdict = published(replace(results, cells=cells)).iloc[0].verdict
        assert verdict.startswith("not comparable: ")
        assert reason in verdict


@pytest.mark.parametrize(
    ("wrong", "published_error", "verdict"),
    [
        ([0, 0, 1], 0.05, "consistent"),
        ([0, 0, 0], 0.0, "consistent"),
        ([0, 0, 0], 0.004, "consistent"),  # papers give two digits
        ([0, 0, 0], 0.06, "ours is lower"),
        ([5, 4, 5], 0.06, "ours is higher"),
        ([0, None, 0], 0.06, "not comparable: unsolved runs keep no weights"),
    ],
)
def test_verdicts_on_final_errors(study, wrong, published_error, verdict):
    """Of ten test sequences each; beside the verdict on the cost, in its own row."""

    def make(run):
        return replace(made_up(run, 11 + run.run), test_errors=wrong[run.run % 3])

    results = write(study, make)
    task = results.cells[0].task
    entry = replace(task.published[0], error=published_error)
    changed = replace(task, published=(entry,))
    cells = [replace(cell, task=changed) for cell in results.cells]
    cost, error = published(replace(results, cells=cells)).itertuples()
    assert (cost.cost, error.cost) == ("trials", "error")
    assert error.verdict == verdict
    if None not in wrong:
        assert error.ours == pytest.approx((3 * sum(wrong) + wrong[0]) / 100)
        row = summary(results).iloc[0]
        assert row.final_error == error.ours
        assert row.final_error_low == error.ours_low <= error.ours
    console = Console(width=200)
    console.print(published_table(published(replace(results, cells=cells))))


def test_figures_are_drawn_and_only_where_there_is_something(study, tmp_path):
    empty = write(study, lambda run: None)
    assert write_figures(empty, tmp_path) == []
    results = write(study, two_searchers)
    files = write_figures(results, tmp_path)
    assert (
        {f.stem for f in files} == {"survival", "speedup", "final-error"} < set(FIGURES)
    )
    for path in files:
        if path.suffix == ".svg":
            text = path.read_text()
            ElementTree.fromstring(text)
            for word in ("parity/A1", "slow"):
                assert word in text
        else:
            assert path.read_bytes().startswith(b"\x89PNG")


def test_gradients_are_a_cost_of_their_own(study, capsys):
    """Forward-equivalents: presentations plus twice the gradients."""

    def make(run):
        trials = 3 + run.run
        return made_up(run, trials, gradients=10 * trials)

    results = write(study, make)
    assert results.costs == ("trials", "presentations", "forward_equivalents")
    row = summary(results).iloc[0]
    assert row.ert_presentations == pytest.approx(75.0)
    assert row.ert_forward_equivalents == pytest.approx(3 * 75.0)
    report = write_report(study)
    print_summary(Console(width=200), "t", report.summary, results.costs)
    shown = capsys.readouterr().out
    assert "ERT, forward-equivalents" in shown
    assert "presentations + 2 x gradients" in shown
    drawn = (study.folder / "report/speedup.svg").read_text()
    assert "in forward-equivalents" in drawn


def test_without_gradients_two_costs_are_shown(study):
    results = write(study, two_searchers)
    assert results.costs == ("trials", "presentations")
    row = summary(results).iloc[0]
    assert row.ert_forward_equivalents == row.ert_presentations
    report = write_report(study)
    assert "forward" not in (study.folder / "report/speedup.svg").read_text()
    assert len(report.files) == 9


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


def test_what_cannot_work_is_shown_and_not_run(tmp_path, capsys):
    text = GOOD.replace("guessing = {}", "guessing = {}\nadam = {}")
    text = text.replace('kind = "A1"', 'kind = "A1", activation = "sign"')
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    assert {run.searcher.label for run in study.plan()} == {"guessing", "slow"}
    study.save()
    write(study, lambda run: made_up(run, 7))
    report = write_report(study)
    row = report.summary.set_index("searcher").loc["adam"]
    assert (row.runs, row.planned) == (0, 0)
    assert "threshold units" in row.not_applicable
    told = list(remarks(report))
    assert "fewer than 10 runs" in told[-1]
    assert told[0].startswith("not applicable: adam to parity/A1: no gradient flows")
    print_summary(Console(width=200), "t", report.summary, report.results.costs)
    assert "not applicable" in capsys.readouterr().out


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.04123, "0.0412"),
        (1.0, "1"),
        (25.13, "25.1"),
        (318.4, "318"),
        (999.6, "1k"),
        (4790.0, "4.79k"),
        (999_900, "1M"),
        (math.inf, "inf"),
        (math.nan, "-"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


def test_intervals_as_text():
    assert with_interval(2.0, 1.0, 4.0) == "2 [1, 4]"
    assert with_interval(math.nan, 0.0, 0.31) == "< 0.31"
    assert with_interval(math.nan, 0.0, math.inf) == "-"
    assert with_interval(7.0, math.nan, math.nan) == "7 (1 run)"
    bound = expected_running_time([100.0] * 3, [False] * 3)
    assert with_interval(bound.estimate, bound.low, bound.high) == "> 100"
