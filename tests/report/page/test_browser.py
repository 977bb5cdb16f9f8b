"""The page in a real browser, made by real commands from real runs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from gfsearch.report.numbers import number, with_interval
from gfsearch.study.comparing import make_study
from gfsearch.study.records import Record, RecordFile, read_records
from tests.made_up import made_up, write

axe_playwright_python = pytest.importorskip("axe_playwright_python.sync_playwright")
playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.page

SUITE = """
title = "A small study"
source = "After Schmidhuber, Hochreiter and Bengio (2001)"
runs = 4
budget = 300

[searchers]
guessing = {}
annealing = {}
adam = { budget = 20 }
discrete-error = {}

[[task]]
name = "two-sequence/A2"
problem = { kind = "two-sequence", length = [5, 10], train = 20, test = 20 }
network = { kind = "A2", hidden = 2 }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }
published = [
    { searcher = "guessing", trials = 10, source = "RG2001" },
    { method = "theirs", trials = 9, source = "https://example.org/x" },
]

[[task]]
name = "tomita4/A1"
problem = { kind = "tomita", grammar = 4 }
network = { kind = "A1", hidden = 3 }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }

[[task]]
name = "tomita1/A1"
problem = { kind = "tomita", grammar = 1 }
network = { kind = "A1" }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }
"""

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]


def gfsearch(*arguments, code=0, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "gfsearch", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A finished study of real runs, with its report."""
    folder = tmp_path_factory.mktemp("page") / "a study"
    folder.mkdir()
    (folder / "small.toml").write_text(SUITE)
    out = folder / "out"
    made = gfsearch("compare", folder / "small.toml", "--out", out, "--jobs", 2)
    assert f"page: {out / 'report' / 'index.html'}" in made.stdout
    return out


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    assert path, "these tests need chromium: apt-get install chromium"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens the page of a study; at the end, nothing may have gone wrong in it."""
    opened = []

    def open_page(study, width=1280, height=900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, **options
        )
        page = context.new_page()
        trouble, asked = [], []
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        address = (Path(study) / "report" / "index.html").resolve().as_uri()
        page.goto(address)
        opened.append((context, address, trouble, asked))
        return page

    yield open_page
    for context, address, trouble, asked in opened:
        context.close()
        assert trouble == []
        # No request leaves the file.
        assert [a for a in asked if not a.startswith("data:")] == [address]


def shown_rows(page):
    """The texts of the visible rows of the table of results."""
    rows = page.locator("#table tbody tr:visible").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def headings(page):
    texts = page.locator("#table thead th").all_inner_texts()
    return [text.strip() for text in texts]


def test_the_numbers_are_those_of_summary_csv(study, visit):
    page = visit(study)
    page.locator("#cost-forward_equivalents").check()
    page.evaluate(
        "document.querySelectorAll('[class*=cost-]').forEach(e => "
        "e.className = e.className.replace(/cost-\\S*/, ''))"
    )
    names, table = headings(page), pd.read_csv(study / "report" / "summary.csv")
    compared = pd.read_csv(study / "report" / "comparisons.csv")
    marked = compared[compared.against_guessing & (compared.p_holm < 0.05)]
    rows = {(r[0], r[1]): dict(zip(names, r, strict=True)) for r in shown_rows(page)}
    assert len(rows) == len(table) == 12
    for _, row in table.iterrows():
        shown = rows[row.task, row.searcher]
        if not row.runs:
            assert shown["solved"] == "not applicable"
            continue
        assert shown["solved"] == f"{row.solved}/{row.runs}"
        for cost in ("trials", "presentations", "forward_equivalents"):
            for name, title in (("ert", "ERT"), ("speedup", "x guessing")):
                column = f"{name}_{cost}"
                numbers = (row[column], row[f"{column}_low"], row[f"{column}_high"])
                text = shown[f"{title}, {cost.replace('_', '-')}"]
                if name == "speedup" and row.searcher == "guessing":
                    assert text == "1"
                    continue
                if name == "speedup" and cost == "trials" and row.on_line:
                    assert text == "-"
                    continue
                of = (marked.task == row.task) & (marked.searcher == row.searcher)
                star = " *" if (of & (marked.cost == cost)).any() else ""
                star = "" if name == "ert" else star
                assert text == with_interval(*numbers) + star
        rate = [row[f"success_rate{end}"] for end in ("", "_low", "_high")]
        assert shown["success rate"] == with_interval(*rate)
        assert shown["single run"].startswith(f"{row.single_solved}/{row.runs}, ")
        if row.solved:
            wrong = f"{row.test_right}/{row.solved}, {100 * row.test_error:.1f} %"
            assert shown["test"] == wrong


def test_the_first_screen_answers(study, visit):
    page = visit(study)
    across = pd.read_csv(study / "report" / "across.csv")
    answer = page.locator("#answer")
    assert answer.inner_text().startswith("Over 3 tasks, counted in trials, ")
    trials = across[(across.cost == "trials") & ~across.on_line]
    best = trials[trials.speedup_joint_low > 1.0]
    if len(best):
        assert any(name in answer.inner_text() for name in best.searcher)
    for part in (answer, page.locator(".headline .on-desk svg")):
        assert part.bounding_box()["y"] < 900
    assert page.locator(".headline .on-desk svg").get_attribute("role") == "img"
    assert page.title() == "A small study"
    table = page.locator("#across").inner_text()
    for value in trials.mean_ratio:
        assert number(value) in table


def test_sorting(study, visit):
    """By every column, both ways, by mouse and keyboard; what is not known is last."""
    page = visit(study)
    orders = "rows => rows.map(r => r.cells[{}].dataset.order)"
    for column, heading in enumerate(page.locator("#table thead th").all()):
        if not heading.is_visible():
            continue
        button = heading.get_by_role("button")
        button.focus()
        page.keyboard.press("Enter")
        first = heading.get_attribute("aria-sort")
        found = {}
        for direction in (first, {"ascending": "descending"}.get(first, "ascending")):
            assert heading.get_attribute("aria-sort") == direction
            assert page.locator("#table th[aria-sort]").count() == 1
            order = page.locator("#table tbody tr").evaluate_all(orders.format(column))
            known = [value for value in order if value != ""]
            assert order == known + [""] * (len(order) - len(known))
            if column > 1:
                known = [float(value) for value in known]
            assert known == sorted(known, reverse=direction == "descending")
            found[direction] = known
            button.click()
        assert sorted(found["ascending"]) == sorted(found["descending"])
    # Small costs are good, and large ratios.
    costs = page.locator("#table th", has_text="ERT, trials")
    costs.get_by_role("button").click()
    assert costs.get_attribute("aria-sort") == "ascending"
    shown = [row[headings(page).index("ERT, trials")] for row in shown_rows(page)]
    bounds = [text.startswith(">") for text in shown if text]
    assert bounds == sorted(bounds)


def test_filters(study, visit):
    page = visit(study)
    assert page.locator("#shown").inner_text() == "12 of 12 rows"
    page.get_by_label("Task", exact=True).select_option("tomita4/A1")
    assert {row[0] for row in shown_rows(page)} == {"tomita4/A1"}
    assert page.locator("#shown").inner_text() == "4 of 12 rows"
    page.get_by_label("Searcher", exact=True).select_option("adam")
    assert [row[:2] for row in shown_rows(page)] == [["tomita4/A1", "adam"]]
    page.get_by_role("button", name="Show all").click()
    assert len(shown_rows(page)) == 12
    page.locator("a[data-task='tomita1/A1']").click()
    assert {row[0] for row in shown_rows(page)} == {"tomita1/A1"}
    assert page.locator("#results").bounding_box()["y"] < 900


def test_the_cost_is_switched(study, visit):
    page = visit(study)
    costs = ("trials", "presentations", "forward-equivalents")

    def seen():
        visible = [h for h in page.locator("#table thead th").all() if h.is_visible()]
        told = " ".join(heading.inner_text() for heading in visible)
        return [f"ERT, {cost}" in told for cost in costs]

    def curves():
        kinds = [cost.replace("-", "_") for cost in costs]
        return [page.locator(f"figure.cost-{kind}:visible").count() for kind in kinds]

    assert seen() == [True, True, False]
    assert curves() == [3, 3, 0]
    for i, cost in enumerate(costs):
        page.get_by_label(cost, exact=True).check()
        assert seen() == [i == j for j in range(3)]
        assert curves() == [3 * (i == j) for j in range(3)]
    page.get_by_label("trials and presentations").check()
    assert seen() == [True, True, False]


def test_without_scripts(study, visit):
    """All numbers in the order of the suite; what needs scripts is not there."""
    page = visit(study, java_script_enabled=False)
    assert page.locator("#table tbody tr").count() == 12
    assert page.locator("#table thead th").first.inner_text() == "task"
    assert not page.locator("#filter-task").is_visible()
    page.locator("#cost-presentations").check()
    heading = page.locator("#table thead th", has_text="ERT, trials")
    assert not heading.is_visible()


def test_links_and_files(study, visit):
    page = visit(study)
    targets = page.locator("a[href]").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )
    for target in targets:
        if target.startswith("#"):
            assert page.locator(target).count() == 1, target
        else:
            assert re.match("https://|data:", target), target
    assert "https://example.org/x" in targets
    assert "https://people.idsia.ch/~juergen/guessing2001/node1.html" in targets
    own = {"summary.csv": study / "report", "study.json": study}
    for name, folder in own.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.suggested_filename == name
        assert Path(download.value.path()).read_bytes() == (folder / name).read_bytes()


def test_the_command_of_a_run_repeats_it(study, visit):
    page = visit(study)
    shown = page.locator("#task-1 ~ details").nth(1)
    shown.locator("summary").click()
    command = shlex.split(shown.locator("code").first.inner_text())
    assert command[:3] == ["python", "-m", "gfsearch"]
    again = msgspec.json.decode(gfsearch(*command[3:]).stdout, type=Record)
    found = read_records(study / "records").by_key[command[-1]]
    assert {**vars(again), "meta": None} == {**vars(found), "meta": None}
    cells = shown.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert cells[0] == str(found.run)
    assert cells[1] == f"{found.trials:,}"
    assert cells[6].startswith(found.status)
    # Every run is listed.
    assert page.locator("table.runs tbody tr").count() == 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessibility(study, visit, scheme, width):
    page = visit(study, width=width, color_scheme=scheme)
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    response = axe_playwright_python.Axe().run(page).response
    told = [
        (v["id"], v["impact"], [node["html"][:200] for node in v["nodes"][:3]])
        for v in response["violations"]
    ]
    assert told == []
    passed = {rule["id"] for rule in response["passes"]}
    assert {"color-contrast", "svg-img-alt", "scrollable-region-focusable"} <= passed


def test_a_phone_shows_all_of_it(study, visit):
    """Nothing but tables and figures is wider than the screen, and those scroll."""
    page = visit(study, width=360, height=700)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    region = page.locator("#table").locator("..")
    wide = region.evaluate("e => [e.scrollWidth > e.clientWidth, e.tabIndex]")
    assert wide == [True, 0]


def test_a_phone_shows_the_figure_of_the_answer_without_scrolling(study, visit):
    page = visit(study, width=390, height=800)
    assert not page.locator(".headline .on-desk").is_visible()
    figure = page.locator(".headline .in-hand svg")
    box = figure.bounding_box()
    assert box["x"] >= 0.0
    assert box["x"] + box["width"] <= 390
    region = figure.locator("..").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert region[0] <= region[1]
    # Its numbers are in it, and legible.
    across = pd.read_csv(study / "report" / "across.csv")
    row = across[(across.searcher == "annealing") & (across.cost == "trials")].iloc[0]
    told = with_interval(row.speedup, row.speedup_low, row.speedup_high)
    text = figure.locator("text", has_text=told).first
    assert text.bounding_box()["height"] >= 8
    assert text.bounding_box()["x"] + text.bounding_box()["width"] <= 390


def test_print(study, visit):
    page = visit(study, color_scheme="dark")
    page.emulate_media(media="print")
    for part in ("nav", "#controls"):
        assert not page.locator(part).is_visible()
    assert page.locator("#table").is_visible()
    colours = page.locator("body").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    # On paper nothing scrolls: A4 between usual margins shows the whole table.
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.locator("#table").bounding_box()["width"] <= 718
    assert page.locator(".headline .on-desk svg").bounding_box()["width"] <= 718


def test_a_study_in_progress_says_so(tmp_path, visit):
    (tmp_path / "small.toml").write_text(SUITE)
    study = make_study(tmp_path / "small.toml", out=tmp_path / "out")
    study.save()

    def make(run):
        if run.run == 3 or run.task.name == "tomita1/A1":
            return None
        status = "failed" if run.run == 2 and run.searcher.label == "adam" else "solved"
        return made_up(run, 10 + run.run, status)

    write(study, make)
    gfsearch("report", study.folder, code=1)
    page = visit(study.folder)
    told = page.locator("#unfinished").inner_text()
    # Of 4 x 10 runs (discrete-error works on one task alone), 3 x 7 are there.
    assert "19 of 40 runs (48%) are missing" in told
    assert "2 runs failed" in told
    rows = {(row[0], row[1].split(" (")[0]): row for row in shown_rows(page)}
    assert "1 of 4 runs missing" in rows["tomita4/A1", "guessing"][1]
    assert "1 failed" in rows["tomita4/A1", "adam"][1]
    assert rows["tomita1/A1", "guessing"][2] == "no runs yet"


def test_a_finished_study_says_nothing_of_it(study, visit):
    assert visit(study).locator("#unfinished").count() == 0


EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_data_are_no_markup(tmp_path, visit):
    """Whatever a stranger's study and records hold is shown as text."""
    (tmp_path / "small.toml").write_text(
        SUITE.replace("A small study", EVIL)
        .replace("After ", EVIL)
        .replace('"theirs"', f'"{EVIL}"')
        .replace("https://example.org/x", f"javascript:alert(3) {EVIL}")
    )
    study = make_study(tmp_path / "small.toml", out=tmp_path / "out")
    study.save()
    plan = study.folder / "study.json"
    content = json.loads(plan.read_text())
    plan.write_text(
        json.dumps(
            {
                **content,
                "saved": EVIL,
                "machine": {EVIL: EVIL},
                "versions": {EVIL: EVIL},
            }
        )
    )
    file = RecordFile(study.folder / "records")
    for run in study.plan():
        record = made_up(run, 5, "gave up", stop_reason=EVIL)
        hostile = msgspec.json.decode(msgspec.json.encode(record))
        hostile |= {"task": EVIL, "searcher": EVIL}
        hostile["meta"] |= {"host": EVIL, "started": EVIL, "versions": {EVIL: EVIL}}
        file.append(msgspec.convert(hostile, Record))
    gfsearch("report", study.folder)
    page = visit(study.folder)
    assert page.title() == EVIL
    assert page.locator("h1").inner_text() == EVIL
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert EVIL in page.locator("body").inner_text()
    assert "javascript:alert(3)" in page.locator("body").inner_text()
    links = page.locator("a[href]").evaluate_all("a => a.map(x => x.protocol)")
    assert set(links) <= {"file:", "https:", "data:"}
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    assert page.locator("table.runs td", has_text=EVIL).count() == 40


def test_a_task_named_like_markup_is_refused(tmp_path, study):
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    plan = copy / "study.json"
    plan.write_text(plan.read_text().replace("tomita4/A1", "<script>alert(1)</script>"))
    told = gfsearch("report", copy, code=2).stderr
    assert "name: expected letters, digits" in told
    assert "Traceback" not in told


def test_open(tmp_path, study):
    """The browser of the user's choice is given the page's address."""
    seen, command = tmp_path / "seen", tmp_path / "browser"
    command.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    command.chmod(0o755)
    gfsearch("report", study, "--open", BROWSER=f"{command} %s")
    assert seen.read_text().strip() == (study / "report/index.html").resolve().as_uri()
