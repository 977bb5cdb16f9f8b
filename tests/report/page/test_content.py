"""What the page lists, and how its table is sorted."""

import pytest

from gfsearch.report.page.content import colours_of, columns, rows, runs
from gfsearch.report.tables import Tables
from tests.made_up import made_up, two_searchers, write


def test_of_many_runs_the_first_are_listed(study):
    results = write(study, two_searchers)
    guessing, _ = runs(results.cells, 3, colours_of(results))
    assert [run.run for run in guessing.listed] == [0, 1, 2]
    assert guessing.left_out == 7
    assert guessing.told == "8 of 10 runs solved"
    assert guessing.listed[0].status == "censored"
    assert guessing.listed[0].figures == ["100", "1,000", "0", "0"]
    assert (guessing.listed[0].tested, guessing.listed[2].tested) == ("-", "0/10")


def test_failed_and_missing_runs_are_told(study):
    def make(run):
        if run.run > 5:
            return None
        failed = run.run == 5
        return made_up(
            run,
            7,
            "failed" if failed else "solved",
            stop_reason="E" if failed else None,
        )

    results = write(study, make)
    guessing, _ = runs(results.cells, 100, colours_of(results))
    assert guessing.told == "5 of 5 runs solved, 1 failed, 4 missing"
    assert [(run.status, run.why) for run in guessing.listed][-1] == ("failed", "E")
    tables = Tables(results)
    assert [row.missing for row in rows(tables)] == [
        "4 of 10 runs missing, 1 failed"
    ] * 2


@pytest.mark.parametrize("solver", ["guessing", "slow"])
def test_bounds_are_sorted_behind_estimates(study, solver):
    """Who never solved it stands behind who did, however little it spent."""

    def make(run):
        if run.searcher.label == solver:
            return made_up(run, 90 + run.run)
        return made_up(run, 2, "censored")

    results = write(study, make)
    tables = Tables(results)
    titles = [column.title for column in columns(results, tables["summary"])]
    orders = {
        row.searcher: dict(zip(titles, row.entries, strict=True))
        for row in rows(tables)
    }
    other = {"guessing": "slow", "slow": "guessing"}[solver]
    for cost in ("trials", "presentations"):
        solved, not_solved = (
            float(orders[name][f"ERT, {cost}"].order) for name in (solver, other)
        )
        assert solved < not_solved
        assert orders[solver][f"ERT, {cost}"].best
        assert not orders[other][f"ERT, {cost}"].best
        ratio = orders["slow"][f"x guessing, {cost}"]
        assert ratio.text.startswith(">" if solver == "slow" else "<")
        assert float(ratio.order) == pytest.approx(
            float(
                tables["summary"].set_index("searcher")[
                    f"speedup_{cost}_{'low' if solver == 'slow' else 'high'}"
                ]["slow"]
            )
        )
    assert orders[other]["test"].order == ""
