"""Tables from records that are made up to be easy to check."""

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy import stats
from scipy.stats import CensoredData, beta, logrank

from gfsearch.cli.printing import print_across, print_summary, published_table
from gfsearch.report.numbers import number, with_interval
from gfsearch.report.tables import (
    Tables,
    differs_from_guessing,
    smallest,
    to_latex,
    verdict_counts,
)
from gfsearch.report.verdicts import verdicts_in_words
from gfsearch.report.wording import remarks, summary_texts
from gfsearch.report.writing import write_report
from gfsearch.specs.errors import InputError
from gfsearch.statistics import expected_running_time
from gfsearch.study.comparing import make_study
from tests.good_suite import GOOD
from tests.made_up import made_up, two_searchers, write
from tests.report.bare import bare_report


def test_summary_by_hand(study):
    table = Tables(write(study, two_searchers))["summary"].set_index("searcher")
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

    row = Tables(write(study, make))["summary"].iloc[0]
    assert row.ert_trials == pytest.approx((6 * 5 + 4 * 50) / 4)
    assert row.single_median_trials == math.inf


def test_failed_runs_count_for_nothing(study):
    def make(run):
        if run.run == 0:
            return made_up(run, 0, "failed", stop_reason="boom")
        return made_up(run, 7) if run.run < 5 else None

    results = write(study, make)
    row = Tables(results)["summary"].iloc[0]
    assert (row.runs, row.solved, row.failed, row.planned) == (4, 4, 1, 10)
    assert row.ert_trials == 7.0
    report = bare_report(study)
    told = "\n".join(remarks(report.results))
    assert "10 of 20 runs are still missing" in told
    assert "2 runs failed" in told
    assert "fewer than 10 runs" in told


def test_adding_an_unrelated_searcher_changes_no_number(study):
    alone = Tables(
        write(study, lambda r: two_searchers(r) if r.searcher.label == "slow" else None)
    )["summary"]
    both = Tables(write(study, two_searchers))["summary"]
    kept = [c for c in alone.columns if not c.startswith("speedup")]
    row, other = (t[t.searcher == "slow"].iloc[0] for t in (alone, both))
    assert row[kept].equals(other[kept])


def test_unsolved_cells_show_bounds_and_never_blanks(study):
    results = write(study, lambda run: made_up(run, 100, "censored"))
    for row in Tables(results)["summary"].itertuples():
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
        (90, r"differs by a factor of 9\.05 \[4\.43, 18\.5\]"),
        (1, r"differs by a factor of 0\.15 \["),
    ],
)
def test_verdicts(study, trials, verdict):
    spread = lambda run: made_up(run, trials + run.run % 2)  # noqa: E731
    row = Tables(write(study, spread))["published"].iloc[0]
    assert row.published == 10
    assert row.assumed
    assert row.runs == 10
    assert re.match(verdict, row.verdict), row.verdict


def test_verdicts_without_a_comparison(study):
    results = write(study, lambda run: None)
    assert "0 of our runs" in Tables(results)["published"].iloc[0].verdict
    results = write(study, lambda run: made_up(run, 100, "censored"))
    assert (
        "differs by a factor of more than"
        in Tables(results)["published"].iloc[0].verdict
    )
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
        verdict = Tables(replace(results, cells=cells))["published"].iloc[0].verdict
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
    cost, error = Tables(replace(results, cells=cells))["published"].itertuples()
    assert (cost.cost, error.cost) == ("trials", "error")
    assert error.verdict == verdict
    if None not in wrong:
        assert error.ours == pytest.approx((3 * sum(wrong) + wrong[0]) / 100)
        row = Tables(results)["summary"].iloc[0]
        assert row.final_error == error.ours
        assert row.final_error_low == error.ours_low <= error.ours
    console = Console(width=200)
    console.print(published_table(Tables(replace(results, cells=cells))["published"]))


def published_rows(results, **fields):
    """The table for one published figure, all of whose fields are given."""
    task = results.cells[0].task
    empty = {"trials": None, "searcher": "guessing"}
    changed = replace(
        task, published=(replace(task.published[0], **{**empty, **fields}),)
    )
    cells = [replace(cell, task=changed) for cell in results.cells]
    return Tables(replace(results, cells=cells))["published"]


@pytest.mark.parametrize(
    ("stopped", "verdict"),
    [
        (1500, "consistent"),
        (200, r"differs by a factor of 7\.2"),
        (20_000, r"differs by a factor of 0\.072"),
    ],
)
def test_presentations_until_it_stopped_count_failed_runs(study, stopped, verdict):
    """Half of the runs fail: their presentations count as they are, not per success."""

    def make(run):
        failed = run.run % 2
        return made_up(run, 100 + 10 * run.run, "gave up" if failed else "solved")

    results = write(study, make)
    cell = results.cells[0]
    spent = cell.results["presentations"]
    (row,) = published_rows(results, stopped=stopped, runs=20).itertuples()
    assert row.cost == "stopped"
    assert row.ours == pytest.approx(spent.mean())
    assert re.match(verdict, row.verdict), row.verdict
    # Student's interval of the mean, on the scale of logarithms.
    error = spent.std(ddof=1) / spent.mean() / math.sqrt(len(spent))
    factor = math.exp(stats.t.ppf(0.975, len(spent) - 1) * error)
    assert row.ours_high == pytest.approx(spent.mean() * factor)


def test_a_run_that_was_restarted_stopped_there(study):
    def make(run):
        restarts = [(30, 300), (60, 600)] if run.run % 2 else []
        return made_up(run, 100, restarts=restarts)

    (cell, *_) = write(study, make).cells
    assert cell.until_stopped.tolist() == [1000, 300] * 5


@pytest.mark.parametrize(
    ("solved", "published", "verdict"),
    [
        (10, 1.0, "consistent"),
        (10, 0.5, "ours is higher"),
        (5, 0.6, "consistent"),
        (0, 0.6, "ours is lower"),
        (0, 0.0, "consistent"),
    ],
)
def test_verdicts_on_shares_of_solved_runs(study, solved, published, verdict):
    def make(run):
        return made_up(run, 50, "solved" if run.run < solved else "censored")

    results = write(study, make)
    (row,) = published_rows(results, solved=published, runs=18).itertuples()
    assert (row.cost, row.verdict) == ("solved", verdict)
    assert row.ours == solved / 10
    theirs = round(18 * published)
    table = np.array([[solved, 10 - solved], [theirs, 18 - theirs]])
    assert (stats.fisher_exact(table).pvalue < 0.05) == (verdict != "consistent")


def test_the_error_of_published_errors_counts_where_their_runs_are_known(study):
    """Ours 0.1 with a spread of 0.1 over ten runs; theirs 0.21 over twenty."""

    def make(run):
        return replace(made_up(run, 11), test_errors=2 * (run.run % 2))

    results = write(study, make)
    known = published_rows(results, error=0.19, runs=20).iloc[0]
    assert known.verdict == "consistent"
    alone = published_rows(results, error=0.19, runs=None).iloc[0]
    assert alone.verdict == "ours is lower"


def test_a_published_figure_may_name_a_label(study):
    """The variant's own label comes before the searcher of that kind."""
    results = write(study, lambda run: made_up(run, 30 + run.run % 3))
    table = published_rows(results, searcher="slow", trials=30)
    assert table.iloc[0].verdict.startswith("consistent")
    assert table.iloc[0].searcher == "slow"


def test_verdicts_are_counted(study):
    results = write(study, lambda run: made_up(run, 30 + run.run % 3))
    task = results.cells[0].task
    entry = replace(task.published[0], runs=40)
    others = [
        replace(entry, trials=31),
        replace(entry, trials=3),
        replace(entry, trials=300),
        replace(entry, trials=299),
        replace(entry, searcher=None, method="IOHMM"),
    ]
    changed = replace(task, published=tuple(others))
    cells = [replace(cell, task=changed) for cell in results.cells]
    table = Tables(replace(results, cells=cells))["published"]
    assert verdict_counts(table) == {
        "consistent": 1,
        "ours is higher": 1,
        "ours is lower": 2,
        "not comparable": 1,
    }
    assert verdicts_in_words(table) == (
        "Of 4 published figures, 1 is consistent with ours; ours is higher than 1 and "
        "lower than 2. 1 more cannot be compared."
    )
    assert verdicts_in_words(table.iloc[4:]) == ""


def test_the_page_counts_verdicts(study):
    write(study, lambda run: made_up(run, 30 + run.run % 3))
    text = write_report(study).page.read_text()
    assert (
        "Of 1 published figure, 0 are consistent with ours; ours is higher than 1."
        in text
    )


def test_readings_are_tasks_of_a_group_that_share_a_published_figure(study):
    results = write(study, lambda run: made_up(run, 30 + run.run % 3))
    (cell, *_) = results.cells
    tasks = {
        name: replace(cell.task, name=name, group=group)
        for name, group in (
            ("net/bias", "net"),
            ("net/no-bias", "net"),
            ("other/bias", "other"),
            ("alone", ""),
        )
    }
    cells = [replace(cell, task=task) for task in tasks.values()]
    table = Tables(replace(results, cells=cells))["readings"]
    assert list(table.task) == ["net/bias", "net/no-bias"]
    assert list(table.reading) == ["bias", "no-bias"]
    assert (table.ratio > 1.0).all()
    assert len(Tables(results)["readings"]) == 0
    # Without any published figure, too.
    bare = [replace(cell, task=replace(cell.task, published=())) for cell in cells]
    assert len(Tables(replace(results, cells=bare))["readings"]) == 0
    # Tasks with figures of their own are no readings of one experiment.
    other = replace(tasks["net/bias"].published[0], trials=99)
    changed = replace(tasks["net/bias"], published=(other,))
    mixed = [replace(cells[0], task=changed), *cells[1:]]
    assert len(Tables(replace(results, cells=mixed))["readings"]) == 0


def test_gradients_are_a_cost_of_their_own(study, capsys):
    """Forward-equivalents: presentations plus twice the gradients."""

    def make(run):
        trials = 3 + run.run
        return made_up(run, trials, gradients=10 * trials)

    results = write(study, make)
    assert results.costs == ("trials", "presentations", "forward_equivalents")
    row = Tables(results)["summary"].iloc[0]
    assert row.ert_presentations == pytest.approx(75.0)
    assert row.ert_forward_equivalents == pytest.approx(3 * 75.0)
    report = write_report(study)
    print_summary(Console(width=200), "t", report)
    shown = capsys.readouterr().out
    assert "ERT, forward-equivalents" in shown
    assert "presentations + 2 x gradients" in shown
    drawn = (study.folder / "report/speedup.svg").read_text()
    assert "forward-equivalents" in drawn


def test_a_study_without_guessing_says_so(tmp_path):
    text = GOOD.replace("guessing = {}", "genetic = {}")
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    write(study, lambda run: made_up(run, 5 + run.run))
    report = bare_report(study)
    assert report.tables["across"].empty
    assert len(report.tables["comparisons"]) == 2
    assert report.summary.speedup_trials.isna().all()
    assert any("without guessing" in line for line in remarks(report.results))


def test_without_gradients_two_costs_are_shown(study):
    results = write(study, two_searchers)
    assert results.costs == ("trials", "presentations")
    row = Tables(results)["summary"].iloc[0]
    assert row.ert_forward_equivalents == row.ert_presentations
    report = write_report(study)
    assert "forward" not in (study.folder / "report/speedup.svg").read_text()
    assert report.contents().startswith("summary.csv, comparisons.csv, across.csv")


def test_what_was_learned_has_costs_of_its_own(study):
    """Of guessing four of eight solutions are right, of the other all ten."""
    results = write(study, two_searchers)
    tables = Tables(results)
    guessing, slow = (row for _, row in tables["summary"].iterrows())
    assert (guessing.solved, guessing.generalising, guessing.test_right) == (8, 4, 4)
    assert guessing.generalising_rate == 0.5
    assert guessing.generalising_rate_low < 0.5 < guessing.generalising_rate_high
    spent = 200 + sum(10 + 5 * run for run in range(2, 10))
    assert guessing.ert_generalising_trials == spent / 4
    assert guessing.ert_generalising_presentations == 10 * spent / 4
    assert slow.ert_generalising_trials == slow.ert_trials
    row = tables["across"].iloc[0]
    assert row.speedup_generalising == pytest.approx(2.0 * row.speedup)
    assert row.speedup_generalising_low > row.speedup_low


def test_on_line_searchers_are_marked_best_in_presentations_only(tmp_path, capsys):
    more = "guessing = {}\ngradient = {}\nadam = { batch = 5 }"
    text = GOOD.replace("guessing = {}", more).replace("= 3", "= 10")
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    costs = {"guessing": 50, "slow": 20, "gradient": 4, "adam": 60}
    write(study, lambda run: made_up(run, costs[run.searcher.label] + run.run))
    report = bare_report(study)
    table = report.summary.set_index("searcher")
    assert table.on_line.to_dict() == {
        "guessing": False,
        "gradient": True,
        "adam": True,
        "slow": False,
    }
    assert smallest(report.summary, "ert_trials") == set()
    (best,) = smallest(report.summary, "ert_presentations")
    assert report.summary.searcher[best] == "gradient"
    across = report.tables["across"].set_index(["searcher", "cost"])
    assert math.isnan(across.speedup_joint_low["gradient", "trials"])
    assert across.speedup_joint_low["gradient", "presentations"] > 1.0
    marks = differs_from_guessing(report.tables["comparisons"])
    told = {
        row.searcher: summary_texts(row, marks)["x guessing, trials"]
        for _, row in report.summary.iterrows()
    }
    assert told["gradient"] == told["adam"] == "-"
    assert told["slow"].startswith("2.2")
    print_summary(Console(width=200), "t", report)
    printed = " ".join(capsys.readouterr().out.split())
    assert "it is compared in presentations" in printed


def test_it_is_told_what_would_turn_a_bound_into_a_number(study):
    def make(run):
        status = "censored" if run.searcher.label == "guessing" else "solved"
        return made_up(run, 100, status)

    (line,) = [x for x in remarks(write(study, make)) if "bounded" in x]
    assert line == (
        "guessing never solved parity/A1 in 1k trials: what others gain there is only "
        "bounded; with 10 times its budget, which takes about 100 s of one core, it "
        "may be a number"
    )


def test_errors_by_the_threshold_are_those_of_the_papers(study):
    """Of ten test sequences three are outside the tolerance, one on the wrong side."""

    def make(run):
        known = (
            {}
            if run.run == 9 and run.searcher.label == "slow"
            else {"threshold_errors": 1}
        )
        return made_up(run, 5 + run.run, test_errors=3, **known)

    guessing, slow = (
        row for _, row in Tables(write(study, make))["summary"].iterrows()
    )
    assert guessing.final_error == pytest.approx(0.3)
    assert guessing.threshold_error == pytest.approx(0.1)
    assert guessing.threshold_error_low <= 0.1 <= guessing.threshold_error_high
    # One record is of an earlier version.
    assert math.isnan(slow.threshold_error)
    assert slow.final_error == pytest.approx(0.3)


def test_costs_that_are_equal_are_shown_equal(tmp_path):
    """Beside a searcher with gradients: of the others both costs are one."""
    (tmp_path / "mine.toml").write_text(
        GOOD.replace("guessing = {}", "guessing = {}\nadam = {}").replace("= 3", "= 12")
    )
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()

    def make(run):
        gradients = 50 if run.searcher.label == "adam" else 0
        return made_up(run, 20 + run.run**2, gradients=gradients)

    tables = Tables(write(study, make))
    across = tables["across"].set_index(["searcher", "cost"]).loc["slow"]
    joint = [column for column in across if "_joint_" in column]
    across = across.drop(columns=[*joint, "p_joint", "p_holm"])
    shown, equivalents = across.loc["presentations"], across.loc["forward_equivalents"]
    assert shown.equals(equivalents)
    both = [
        tables.restart_profiles(c) for c in ("presentations", "forward_equivalents")
    ]
    assert both[0]["parity/A1", "slow"].best == both[1]["parity/A1", "slow"].best


def test_what_cannot_work_is_shown_and_not_run(tmp_path, capsys):
    text = GOOD.replace("guessing = {}", "guessing = {}\nadam = {}")
    text = text.replace('kind = "A1"', 'kind = "A1", activation = "sign"')
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    assert {run.searcher.label for run in study.plan()} == {"guessing", "slow"}
    study.save()
    write(study, lambda run: made_up(run, 7))
    report = bare_report(study)
    row = report.summary.set_index("searcher").loc["adam"]
    assert (row.runs, row.planned) == (0, 0)
    assert "threshold units" in row.not_applicable
    told = list(remarks(report.results))
    assert "fewer than 10 runs" in told[-1]
    assert told[0].startswith("not applicable: adam to parity/A1: no gradient flows")
    print_summary(Console(width=200), "t", report)
    assert "not applicable" in capsys.readouterr().out


def test_comparisons_by_hand(study):
    """Slow beats guessing; the pair has guessing second, whatever the suite's order."""
    table = Tables(write(study, two_searchers))["comparisons"].set_index("cost")
    row = table.loc["trials"]
    assert list(table.index) == ["trials", "presentations"]
    assert (row.searcher, row.other) == ("slow", "guessing")
    assert row.against_guessing
    assert row.ert_ratio == pytest.approx((500 / 8) / 6.5)
    # Everything up to 11 trials of slow; guessing has only just begun.
    cost = {"slow": np.arange(2, 12), "guessing": np.r_[100, 100, 20:60:5]}
    solved = {"slow": np.ones(10, bool), "guessing": np.arange(10) > 1}
    oracle = logrank(
        *(
            CensoredData.right_censored(cost[name], ~solved[name])
            for name in ("slow", "guessing")
        )
    )
    assert row.log_rank_p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert row.log_rank_z > 0
    assert row.p_holm == row.log_rank_p  # alone in its family
    assert row.horizon == 100.0
    assert row.mean_ratio == pytest.approx(50.0 / 6.5)
    assert differs_from_guessing(table.reset_index()) == {
        ("parity/A1", "slow", "trials"),
        ("parity/A1", "slow", "presentations"),
    }


def test_where_guessing_never_solves_the_speed_up_is_a_bound(study):
    def make(run):
        if run.searcher.label == "guessing":
            return made_up(run, 100, "censored")
        return made_up(run, 19 + run.run % 3)

    results = write(study, make)
    row = Tables(results)["across"].iloc[0]
    assert (row.tasks, row.solved_tasks, row.bounded) == (1, 1, 1)
    assert math.isnan(row.speedup)
    # 1000 trials in vain: ERT > 1000 / 3.7 with 97.5 %; slow needs 19.9.
    assert 1000 / 3.69 / 21 < row.speedup_low < 1000 / 3.69 / 19.9
    console = Console(width=200, record=True)
    print_across(console, Tables(results)["across"])
    assert f"> {number(row.speedup_low)}" in console.export_text()


MORE = """
other = { kind = "annealing", cooling = 0.5, budget = 70 }
"""


def test_no_number_changes_with_another_searcher_or_its_budget(tmp_path):
    """Not of a row, not of a comparison, not of the means over tasks."""
    text = GOOD.replace("runs = 3", "runs = 10")

    def tables(text, name):
        (tmp_path / f"{name}.toml").write_text(text)
        study = make_study(tmp_path / f"{name}.toml", out=tmp_path / name)
        results = write(study, two_searchers)
        kept = {}
        found = Tables(results)
        for table in ("summary", "comparisons", "across"):
            made = found[table]
            made = made[made.searcher.ne("other")]
            if "other" in made:
                made = made[made.other.ne("other")]
            # What a test is worth among others depends on how many there are.
            company = ["p_holm", "p_joint", "among_fastest"]
            company += [c for c in made if "_joint_" in c]
            # Nor do parameters differ that are all the same.
            company += [c for c in made if "." in c]
            made = made.drop(columns=company, errors="ignore")
            kept[table] = made.reset_index(drop=True)
        return kept

    alone = tables(text, "alone")
    slow = 'slow = { kind = "annealing", cooling = 0.95 }'
    for name, more in (("both", MORE), ("larger", MORE.replace("70", "90"))):
        with_other = tables(text.replace(slow, slow + more), name)
        for table, values in alone.items():
            pd.testing.assert_frame_equal(values, with_other[table], check_exact=True)


@pytest.mark.parametrize("runs", [0, 1, 2])
def test_reports_of_hardly_any_runs(study, runs, capsys):
    """None, one or two runs per cell, solved or not: right, and without a warning."""
    for status in ("solved", "censored"):
        write(study, lambda r, s=status: made_up(r, 50, s) if r.run < runs else None)
        report = write_report(study)
        print_summary(Console(width=200), "t", report)
        assert len(report.summary) == 2
        told = "\n".join(remarks(report.results))
        assert f"{20 - 2 * runs} of 20 runs are still missing" in told
        shown = capsys.readouterr().out
        assert ("no runs yet" in shown) == (runs == 0)
        assert "nan" not in shown


def test_exact_limits_for_guessing_on_one_training_set(tmp_path):
    """Tomita's strings are the same in all instances; parity's are drawn."""
    text = GOOD.replace("runs = 3", "runs = 10")
    tomita = text.replace(
        'problem = { kind = "parity", length = [5, 9], train = 10, test = 10 }',
        'problem = { kind = "tomita", grammar = 1 }',
    )
    rows = {}
    for name, content in (("parity", text), ("tomita", tomita)):
        (tmp_path / f"{name}.toml").write_text(content)
        study = make_study(tmp_path / f"{name}.toml", out=tmp_path / name)
        rows[name] = Tables(write(study, two_searchers))["summary"].set_index(
            "searcher"
        )
    low = {name: table.loc["guessing"].ert_trials_low for name, table in rows.items()}
    # 8 solutions in 500 trials: Clopper and Pearson.
    assert low["tomita"] == pytest.approx(1 / beta.ppf(0.975, 9, 492))
    assert low["parity"] != pytest.approx(low["tomita"], rel=0.01)
    assert rows["tomita"].ert_trials_low.slow == rows["parity"].ert_trials_low.slow
    # Within one instance there is nothing to spread.
    assert math.isnan(rows["tomita"].loc["guessing"].instance_spread)
    assert rows["parity"].loc["guessing"].instance_spread >= 0.0


def test_the_latex_table_is_one(study):
    results = write(study, two_searchers)
    text = to_latex(Tables(results)["summary"], results.costs)
    assert text.startswith("\\begin{tabular}{llrrrrr}")
    assert "\\toprule" in text
    assert "10/10" in text
    # The smallest ERT of the task is bold, once per cost.
    assert text.count("\\textbf{") == 2
    assert "\\textbf{6.5 [" in text
    renamed = Tables(results)["summary"].assign(task="a_b & c")
    assert "a\\_b \\& c" in to_latex(renamed, results.costs)


def test_parquet_files_hold_the_tables_and_all_runs(study):
    write(study, two_searchers)
    report = write_report(study, parquet=True)
    stored = pd.read_parquet(report.folder / "summary.parquet")
    pd.testing.assert_frame_equal(stored, report.summary)
    every = pd.read_parquet(report.folder / "runs.parquet")
    assert len(every) == 20
    assert every.trials.sum() == report.summary.eval("solved * ert_trials").sum()


def test_without_pyarrow_parquet_is_refused_before_anything(study, monkeypatch):
    write(study, two_searchers)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install 'gfsearch\\[parquet\\]'"):
        write_report(study, parquet=True)
    assert not (study.folder / "report").exists()


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


def test_runs_that_a_budget_ended_did_not_stop(study):
    """Below the published count nothing is known; above it, ours is higher."""

    def make(run):
        return made_up(run, 90 + run.run, "censored" if run.run < 4 else "gave up")

    results = write(study, make)
    below = published_rows(results, stopped=50_000, runs=20).iloc[0]
    assert below.verdict == "not comparable: the budget ended 4 of our 10 runs"
    above = published_rows(results, stopped=50, runs=20).iloc[0]
    assert above.verdict.startswith("differs by a factor of 18.9")
