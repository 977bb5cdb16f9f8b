"""Progress on standard error: a line per cell, or a bar on a terminal."""

import io

from rich.console import Console

from gfsearch.cli.progress import follow
from gfsearch.suites.reading import load_suite
from tests.good_suite import GOOD


def runs(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD.replace("parity/A1", "red/A1"))
    return load_suite(tmp_path / "mine.toml").plan()


def test_a_line_for_each_cell_when_its_last_run_has_ended(tmp_path):
    planned, out = runs(tmp_path), io.StringIO()
    with follow(planned, Console(file=out, width=20), quiet=False) as on_done:
        for number, run in enumerate(planned):
            on_done(run, "solved" if number == 0 else "censored")
            said = out.getvalue().splitlines()
            lines = [line for line in said if "left" not in line]
            assert len(lines) == (number + 1) // 3
    assert lines[0].startswith("[3/6, ")
    assert lines[0].endswith("red/A1 guessing: 1 of 3 solved")
    assert lines[1].endswith("red/A1 slow: 0 of 3 solved")


def test_the_time_left_at_each_tenth(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD.replace("runs = 3", "runs = 50"))
    planned, out = load_suite(tmp_path / "mine.toml").plan(), io.StringIO()
    with follow(planned, Console(file=out), quiet=False) as on_done:
        for run in planned[::2] + planned[1::2]:
            on_done(run, "solved")
    lines = [line for line in out.getvalue().splitlines() if "left" in line]
    assert [line.partition(",")[0] for line in lines] == [
        f"[{done}/100" for done in (10, 20, 30, 40, 50, 60, 70, 80, 90)
    ]
    assert all(line.endswith("about 0 s left") for line in lines)


def test_nothing_if_quiet(tmp_path):
    planned, out = runs(tmp_path), io.StringIO()
    with follow(planned, Console(file=out), quiet=True) as on_done:
        on_done(planned[0], "solved")
    assert out.getvalue() == ""


def test_a_bar_on_a_terminal(tmp_path):
    planned, out = runs(tmp_path), io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    with follow(planned, console, quiet=False) as on_done:
        for run in planned:
            on_done(run, "solved")
    assert "6/6" in out.getvalue()
