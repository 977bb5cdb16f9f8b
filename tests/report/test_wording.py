"""Words beside tables: remarks, failures, notes."""

from dataclasses import replace

import pytest

from gfsearch.report.numbers import median, number, with_interval
from gfsearch.report.tables import Tables
from gfsearch.report.wording import failures, methods, nothing, remarks, summary_note
from tests.made_up import made_up, two_searchers, write


def broken(run, reason, status="failed", trials=0):
    return replace(
        made_up(run, 1),
        status=status,
        stop_reason=reason,
        trials=trials,
        targets=[],
        test_errors=None,
    )


def test_failures_that_differ_in_numbers_are_one_line(study):
    def make(run):
        if run.searcher.label == "guessing":
            return made_up(run, 5)
        if run.run < 8:
            return broken(
                run, f"took more than 3 s, at trial {run.run}", "timed out", 7
            )
        return broken(run, "ValueError: no", trials=run.run) if run.run < 9 else None

    results = write(study, make)
    assert list(failures(results)) == [
        "slow on parity/A1: 8 runs timed out after 7 trials: took more than 3 s, at "
        "trial 0",
        "slow on parity/A1: 1 run failed after 8 trials: ValueError: no",
    ]
    told = list(remarks(results))
    assert "1 of 20 runs are still missing" in told
    assert any(line.startswith("9 runs failed and count for nothing") for line in told)
    table = Tables(results)["summary"]
    assert nothing(table[table.searcher == "slow"].iloc[0]) == "9 failed"


def test_many_reasons_are_cut(study):
    words = "abcdefghijklmnopqrst"
    results = write(study, lambda run: broken(run, words[: 1 + run.run]))
    lines = list(failures(results))
    assert len(lines) == 20
    assert lines[0] == "guessing on parity/A1: 1 run failed: a"


def test_what_is_told_of_a_whole_study(study):
    results = write(study, two_searchers)
    assert list(remarks(results)) == []
    assert "Forward-equivalents" not in summary_note(results.costs, True)
    assert "x guessing" not in summary_note(results.costs, False)


def test_methods_name_what_is_not_the_default(study):
    lines = list(methods(Tables(study.results())["searchers"]))
    assert any(line.startswith("slow: Corana") and "cooling" in line for line in lines)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ((12.0, 9.0, 16.0), "12 [9, 16]"),
        ((float("inf"), 300.0, float("inf")), "> 300"),
        ((float("nan"), 0.0, 0.25), "< 0.25"),
        ((float("nan"), 0.0, float("inf")), "-"),
        ((5.0, float("nan"), float("nan")), "5 (1 run)"),
    ],
)
def test_intervals(interval, text):
    assert with_interval(*interval) == text


def test_numbers():
    assert [number(x) for x in (0.4123, 25.06, 999.6, 4812, 1.264e6)] == [
        *("0.412", "25.1", "1k", "4.81k", "1.26M")
    ]
    assert median(float("inf"), 30_000) == "> 30k"
