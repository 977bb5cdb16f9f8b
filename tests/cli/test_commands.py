"""The command line, as a user meets it: output and exit codes, of real processes.

Mistakes, which end before any work starts, are mostly made in this process: see
`tests/conftest.py`.
"""

import csv
import json
import os
import re
import subprocess
import sys

import msgspec
import pytest

from gfsearch.searchers import SEARCHERS
from gfsearch.study.records import Record, read_records
from gfsearch.suites.reading import load_suite
from gfsearch.suites.run import Run
from tests.good_suite import GOOD

TINY = ["--tasks", "tomita1/A1", "--runs", "3", "--budget", "300", "--jobs", "1"]


def gfsearch(*arguments, cwd, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    return folder, gfsearch("compare", "quick", *TINY, cwd=folder)


def test_compare_prints_its_table_and_names_its_files(compared):
    folder, done = compared
    for searcher in SEARCHERS:
        if searcher == "discrete-error":  # A1's output has no bias
            assert re.search(rf"{searcher}\s+not applicable", done.stdout)
            continue
        assert re.search(rf"{searcher}\s+\d/3", done.stdout)
    assert "95 %" in done.stdout
    (line,) = [x for x in done.stdout.splitlines() if x.startswith("wrote ")]
    named, _, drawn = line.removeprefix("wrote runs/quick/report: ").partition("; ")
    figures = drawn.removeprefix("figures (png, svg, pdf, csv): ").split(", ")
    assert {"survival", "speedup", "loss", "final-error"} <= set(figures)
    files = named.split(", ")
    files += [f"{n}.{e}" for n in figures for e in ("png", "svg", "pdf", "csv")]
    report = folder / "runs/quick/report"
    (page,) = [x for x in done.stdout.splitlines() if x.startswith("page: ")]
    assert page == "page: runs/quick/report/index.html"
    files.append("index.html")
    assert sorted(files) == sorted(f.name for f in report.iterdir())
    assert all((report / name).stat().st_size > 80 for name in files)
    # Progress goes to standard error: one plain line per finished cell.
    assert "0 of 24 runs found, 24 to do" in done.stderr
    assert len(re.findall(r"tomita1/A1 [\w-]+: \d of 3 solved", done.stderr)) == 8
    assert "not applicable: discrete-error to tomita1/A1: unit 3 sees" in done.stderr


def test_summary_csv_is_in_long_form(compared):
    folder, _ = compared
    text = (folder / "runs/quick/report/summary.csv").read_text()
    columns = "task,searcher,runs,solved,success_rate,ert_trials,ert_presentations"
    assert text.startswith(columns)
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["runs"] for row in rows if not row["not_applicable"]] == ["3"] * 8
    (other,) = [row for row in rows if row["not_applicable"]]
    assert (other["searcher"], other["runs"]) == ("discrete-error", "0")


def test_a_second_compare_runs_nothing(compared):
    folder, first = compared
    again = gfsearch("compare", "quick", *TINY, cwd=folder)
    assert "24 of 24 runs found, 0 to do" in again.stderr
    assert again.stdout == first.stdout


def test_json_goes_to_standard_output_alone(compared):
    folder, _ = compared
    done = gfsearch("report", "runs/quick", "--json", cwd=folder)
    tables = json.loads(done.stdout)
    searchers = [row["searcher"] for row in tables["summary"]]
    assert searchers == list(load_suite("quick").searchers)
    status = json.loads(gfsearch("status", "runs/quick", "--json", cwd=folder).stdout)
    planned = [3 * (name != "discrete-error") for name in searchers]
    assert [row["done"] for row in status] == planned
    table = gfsearch("status", "runs/quick", cwd=folder).stdout
    assert "24 of 24 runs done, 0 running, 0 failed" in table


def test_one_figure_with_its_numbers(compared, tmp_path):
    folder, _ = compared
    study = folder / "runs/quick"
    part = ["--searchers", "guessing,annealing", "--cost", "presentations"]
    out = ["--out", tmp_path / "sub" / "figure.pdf"]
    done = gfsearch("plot", study, "survival", *part, *out, cwd=tmp_path)
    # One line: what embeds the fonts has nothing to tell.
    assert "figure.pdf" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "sub/figure.pdf").read_bytes().startswith(b"%PDF")
    with (tmp_path / "sub/figure.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["searcher"] for row in rows} == {"guessing", "annealing"}
    gfsearch("plot", study, "loss", cwd=tmp_path)
    assert (tmp_path / "loss.png").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["survivla"], "did you mean 'survival'"),
        (["time-lag"], "three tasks or more differ in length"),
        (["survival", "--searchers", "nobody"], "nobody"),
        (["survival", "--tasks", "x*"], "x*"),
        (["survival", "--cost", "seconds"], "'seconds'"),
        (["survival", "--out", "figure.gif"], "expected .png, .svg or .pdf"),
    ],
)
def test_what_cannot_be_plotted_is_one_line(compared, command, arguments, complaint):
    folder, _ = compared
    done = command("plot", "runs/quick", *arguments, cwd=folder, code=2)
    assert len(done.stderr.splitlines()) == 1
    assert complaint in done.stderr


def test_one_run_by_its_key_is_the_recorded_one(compared):
    folder, _ = compared
    record = next(iter(read_records(folder / "runs/quick/records").by_key.values()))
    done = gfsearch("run", "quick", *TINY, "--key", record.key, cwd=folder)
    again = msgspec.json.decode(done.stdout, type=Record)
    assert (again.key, again.trials, again.weights) == (
        record.key,
        record.trials,
        record.weights,
    )
    wrong = gfsearch("run", "quick", "--key", "abc", cwd=folder, code=2)
    assert "--key: no run of this suite" in wrong.stderr


def test_run_leaves_no_report(tmp_path):
    gfsearch("run", "quick", *TINY, "--out", "mine", "--quiet", cwd=tmp_path)
    assert {p.name for p in (tmp_path / "mine").iterdir()} == {
        "inflight",
        "records",
        "study.json",
    }
    gfsearch("report", "mine", cwd=tmp_path)
    assert (tmp_path / "mine/report/summary.csv").exists()


def test_dry_run_touches_nothing(tmp_path, command):
    done = command("compare", *TINY, "--dry-run")
    assert "0 of 24 runs found, 24 to do" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_suite_of_ones_own(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD)
    done = gfsearch("compare", "mine.toml", "--jobs", "1", cwd=tmp_path)
    assert (tmp_path / "runs/mine/report/summary.csv").exists()
    assert "Published figures beside ours" in done.stdout
    assert re.search(r"slow: Corana.*\(1987\); cooling = 0.95", done.stdout)


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["show", "genetic"]])
def test_answers_at_once(arguments, tmp_path):
    """Without importing compilers and plotting libraries."""
    script = (
        "import sys\n"
        "sys.argv = ['gfsearch', *sys.argv[1:]]\n"
        "from gfsearch.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    heavy = {'numba', 'pandas', 'seaborn', 'matplotlib'} & set(sys.modules)\n"
        "    print('imported', sorted(heavy), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "imported []" in done.stderr
    assert done.stdout


def test_show_draws_the_network_that_a_run_found(compared, command, tmp_path):
    folder, _ = compared
    found = ["show", "tomita1/A1", "--study", folder / "runs/quick"]
    own = ["--searcher", "gnarl", "--run", 1, "--out", tmp_path / "net.png"]
    done = gfsearch(*found, *own, cwd=tmp_path)
    assert done.stdout.startswith("tomita1/A1, gnarl, run 1: ")
    assert "output 0 = logistic(" in done.stdout
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")
    for arguments, complaint in (
        (found, "--study: give --searcher as well"),
        (["show", "gnarl", "--run", 1], "--run: goes with --study"),
        (["show", "gnarl", "--allow-imports"], "--allow-imports: goes with --study"),
        ([*found, "--searcher", "gnral"], "did you mean 'gnarl'"),
        ([*found, *own[:4], "--out", "net.xyz"], "expected .png, .svg or .pdf"),
    ):
        assert complaint in command(*arguments, code=2).stderr


def test_a_closed_pipe_is_no_accident(tmp_path):
    line = f"{sys.executable} -m gfsearch list tasks | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stderr == ""


def test_keys_do_not_depend_on_the_selection():
    suite = load_suite("quick")
    part = suite.select(["tomita1/A1"], ["genetic"])
    keys = {run.key for run in suite.plan()}
    assert all(isinstance(run, Run) and run.key in keys for run in part.plan())


FLOW = ["--draws", "5", "--lags", "20", "--budget", "50", "--quiet"]


def test_gradient_flow_writes_what_it_prints(tmp_path):
    done = gfsearch("gradient-flow", "parity/A1", *FLOW, "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (told["task"], told["searcher"]) == ("parity/A1", "gradient")
    assert [row["range"] for row in told["ranges"]] == [0.3, 1.0, 3.0, 10.0, 100.0]
    # Small logistic weights: errors vanish, and faster than their bound says.
    small = told["ranges"][0]
    assert small["per_step"] < small["bound_per_step"] < 0.2
    assert small["grown"] == 0.0
    # On-line: the first pass is trial 1, and the trial that judges it is the second.
    assert told["snapshots"][0]["trial"] == 2
    folder = tmp_path / "runs/gradient-flow/parity_A1"
    pictures = [
        f"{n}.{s}" for n in ("random-weights", "run") for s in ("png", "svg", "pdf")
    ]
    tables = ["random-weights.csv", "run.csv", "jacobians.csv"]
    assert sorted(p.name for p in folder.iterdir()) == sorted(pictures + tables)
    with (folder / "random-weights.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * 21
    for row in rows:
        assert float(row["low"]) <= float(row["median"]) <= float(row["high"])
        assert float(row["median"]) <= float(row["bound"]) * (1 + 1e-9)


def test_gradient_flow_draws_the_latch_in_closed_form(tmp_path):
    suite = ["--suite", "vanishing", "--ranges", "0.3,3"]
    done = gfsearch(
        *("gradient-flow", "latch/T=20", *suite, "--searcher", "gradient"),
        *(*FLOW, "--out", "mine"),
        cwd=tmp_path,
    )
    told = " ".join(done.stdout.split())
    assert "which supposes that every unit sees the step before" in told
    assert re.search(r"run 0 of gradient: \w+, \d+ trials", done.stdout)
    names = {p.stem for p in (tmp_path / "mine").iterdir()}
    assert names == {"random-weights", "run", "jacobians", "minimal-latch"}
    assert "self-weight w" in (tmp_path / "mine/minimal-latch.svg").read_text()


def test_gradient_flow_repeats_itself(tmp_path):
    for out in ("one", "two"):
        gfsearch("gradient-flow", "tomita1/A1", *FLOW, "--out", out, cwd=tmp_path)
    for first in (tmp_path / "one").iterdir():
        assert first.read_bytes() == (tmp_path / "two" / first.name).read_bytes()


def test_what_cannot_work_is_announced(tmp_path):
    text = GOOD.replace("guessing = {}", "guessing = {}\nadam = {}")
    text = text.replace('kind = "A1"', 'kind = "A1", activation = "sign"')
    (tmp_path / "mine.toml").write_text(text)
    done = gfsearch("compare", "mine.toml", "--jobs", "1", cwd=tmp_path)
    assert "not applicable: adam to parity/A1: no gradient flows" in done.stderr
    assert "0 of 6 runs found, 6 to do" in done.stderr
    status = gfsearch("status", "runs/mine", cwd=tmp_path).stdout
    assert "6 of 6 runs done, 0 running, 0 failed" in status
    assert "not applicable: adam to parity/A1" in status


def test_budgets_may_be_written_as_in_a_suite(command):
    options = ["--tasks", "tomita1/A1", "--runs", "1e0", "--dry-run"]
    done = command("compare", "quick", "--budget", "1e6", *options)
    assert "1 tasks x 9 searchers x 1 runs" in done.stderr
    for budget in ("1.5", "1e-3", "nan", "inf", "many"):
        done = command("compare", "quick", "--budget", budget, code=2)
        assert f"expected a whole number, got '{budget}'" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        *(["compare", "quick", "--out", ""], ["report", ""], ["status", " "]),
        ["cluster", "slurm", "quick", "--shards", "2", "--out", ""],
        ["gradient-flow", "tomita1/A1", "--out", ""],
    ],
    ids=" ".join,
)
def test_an_empty_path_is_not_the_current_folder(tmp_path, command, arguments):
    done = command(*arguments, code=2)
    assert "expected a path, got nothing" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_failure(tmp_path):
    """`list tasks | head -1`: the reader closes while there is more to say."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "a\n"
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0
    # The command itself: how much is written before the reader leaves is chance.
    line = f"{sys.executable} -m gfsearch list tasks | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


_ENDLESS = """
import sys
import click
from gfsearch.cli import main

@main.cli.command()
def endless():
    while True:
        click.echo("a")

sys.argv = ["gfsearch", "endless"]
main.main()
"""


def test_a_folder_need_not_be_text(tmp_path):
    """Its name is bytes that are no UTF-8; so may be that of a suite."""
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)  # noqa: PTH102
    with open(folder + b"/own\xfa.toml", "w") as file:  # noqa: PTH123
        file.write(GOOD)
    for arguments in (
        [b"run", b"own\xfa.toml", b"--jobs", b"1"],
        [b"compare", b"own\xfa.toml", b"--jobs", b"2", b"--out", b"st\xfbdy"],
        [b"status", b"st\xfbdy"],
        [b"plot", b"st\xfbdy", b"survival", b"--out", b"\xfc.png"],
        [b"run", b"st\xfbdy/study.json", b"--out", b"again"],
        [b"cluster", b"slurm", b"own\xfa.toml", b"--shards", b"2", b"--out", b"\xfd"],
    ):
        done = subprocess.run(
            [os.fsencode(sys.executable), b"-m", b"gfsearch", *arguments],
            cwd=folder,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
    assert os.path.exists(folder + b"/st\xfbdy/report/index.html")  # noqa: PTH110
    assert os.path.exists(folder + b"/\xfc.png")  # noqa: PTH110


def test_a_full_output_is_told(tmp_path):
    line = f"{sys.executable} -m gfsearch list tasks > /dev/full"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_file_is_no_folder_for_a_study(tmp_path, command, below):
    (tmp_path / "file").touch()
    out = tmp_path / "file" / below
    done = command("compare", "quick", "--dry-run", "--out", out, code=2)
    assert done.stderr.startswith("error: --out: cannot write to")
    assert "file is not a folder" in done.stderr


def test_a_closed_standard_output_is_no_traceback(tmp_path):
    line = f"{sys.executable} -m gfsearch list searchers >&-"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_files_as_editors_write_them(tmp_path, command):
    """With a byte order mark, and a name in capitals."""
    (tmp_path / "MINE.TOML").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    done = command("compare", "MINE.TOML", "--dry-run")
    assert "0 of 6 runs found" in done.stderr
