"""The tables of a report as terminals of different widths show them."""

import re

import pytest
from rich.console import Console

from gfsearch.cli.printing import print_across, print_summary, published_table
from gfsearch.report.tables import Tables
from gfsearch.study.comparing import make_study
from tests.good_suite import GOOD
from tests.made_up import made_up, two_searchers, write
from tests.report.bare import bare_report


def test_the_terminal_sorts_marks_and_names_its_test(study):
    write(study, two_searchers)
    console = Console(width=200, record=True)
    print_summary(console, "t", bare_report(study))
    text = console.export_text(styles=True)
    lines = text.splitlines()
    slow, guessing = (
        next(i for i, line in enumerate(lines) if f"  {name} " in line)
        for name in ("slow", "guessing")
    )
    assert slow < guessing  # though the suite has them the other way round
    assert "\x1b[1m6.5 [" in lines[slow]
    assert "9.62 [" in lines[slow]
    assert "] *" in lines[slow]
    assert "log-rank test" in text


def printed(report, width):
    console = Console(width=width, record=True)
    print_summary(console, "t", report)
    return console.export_text().splitlines()


def row_of(lines, searcher):
    """All that stands beside a searcher, in one table or in several."""
    found = [line.split("  ") for line in lines if line.startswith(f"   {searcher} ")]
    return [
        cell.strip() for cells in found for cell in cells if cell.strip() != searcher
    ]


ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100, 120])
def test_a_narrow_terminal_shows_the_first_columns_and_names_the_others(study, width):
    """No figure is cut; at 80 columns stand the expected cost and the ratio."""
    write(study, two_searchers)
    report = bare_report(study)
    wide, narrow = printed(report, 250), printed(report, width)
    assert not any("No room for" in line for line in wide)
    assert max(map(len, narrow)) <= width
    assert ELLIPSIS not in "".join(narrow)
    for searcher in ("guessing", "slow"):
        cells = [*filter(None, row_of(narrow, searcher))]
        assert cells == [*filter(None, row_of(wide, searcher))][: len(cells)]
        assert len(cells) >= (3 if width >= 80 else 1)
    told = " ".join(" ".join(narrow).split())
    (left_out,) = re.findall(r"No room for: (.*?)\. They stand in", told)
    shown = [
        name for name in left_out.split("; ") if f" {name} " in " ".join(narrow[:4])
    ]
    assert shown == []
    assert left_out.endswith("success rate; single run; test")
    assert "summary.csv and on the page" in told.replace("summary. csv", "summary.csv")


def test_what_cannot_work_widens_no_column(tmp_path):
    """Eighty columns are enough for names as long as those of quick."""
    more = "guessing = {}\ndiscrete-error = {}"
    (tmp_path / "mine.toml").write_text(GOOD.replace("guessing = {}", more))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    write(study, lambda run: made_up(run, 21_345 + run.run))
    lines = printed(bare_report(study), 80)
    head = next(line for line in lines if "task / searcher" in line)
    assert "x guessing, trials" in head
    (row,) = [line for line in lines if "discrete-error" in line and "No " not in line]
    assert row.split()[-2:] == ["not", "applicable"]


@pytest.mark.parametrize("width", [40, 60, 90])
def test_a_narrow_terminal_says_of_which_cost_a_column_is(study, width):
    """Also where the speed-up in this cost stands in another table."""
    console = Console(width=width, record=True)
    table = Tables(write(study, two_searchers))["across"]
    print_across(console, table)
    text = console.export_text()
    assert ELLIPSIS not in text
    heads = [line for line in text.splitlines() if line.startswith(" searcher ")]
    assert len(heads) > (width < 90)
    for head in heads:
        bare = re.search(r" (within|p) ", head) is not None
        assert not bare or " x guessing, " in head
    assert sum(" within" in head for head in heads) in (1, 2)


def test_over_all_tasks_each_searcher_has_a_row_but_guessing(study):
    console = Console(width=250, record=True)
    print_across(console, Tables(write(study, two_searchers))["across"])
    lines = console.export_text().splitlines()
    assert lines[0].startswith("Over all tasks")
    assert sum(line.startswith(" slow ") for line in lines) == 1
    assert not any(line.startswith(" guessing ") for line in lines)
    # The speed-up is 62.5 / 6.5; within the smaller budget it is 50 / 6.5.
    assert re.search(r"slow +1 +1 +9\.62 \[.*\] +7\.69 ", "\n".join(lines))


def test_words_of_a_suite_are_no_markup(tmp_path):
    """A source may hold brackets, and what would move a terminal's cursor."""
    odd = r'"[bold]A\u001b[2J, 1999[/bold]"'
    text = GOOD.replace('source = "s"', f"source = {odd}")
    (tmp_path / "mine.toml").write_text(text)
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    results = write(study, lambda run: made_up(run, 10 + run.run))
    console = Console(width=250, record=True)
    console.print(published_table(Tables(results)["published"]))
    shown = console.export_text()
    assert "[bold]A" in shown
    assert "[/bold]" in shown
    assert "\x1b" not in shown
