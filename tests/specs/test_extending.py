"""docs/extending.md works as it stands there; what is wrong is told in one line."""

import json
import os
import re
import subprocess
import sys
import tomllib
from itertools import count
from pathlib import Path

import pytest

import gfsearch
from gfsearch.specs.errors import InputError
from gfsearch.study.records import read_records
from gfsearch.suites.reading import load_suite, suite_from_dict
from tests.good_suite import GOOD

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILES = re.findall(r"`(\w+\.py)`:", TEXT)
CODES = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
SUITE, REGISTERED = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.S)
INSTALLED_SUITE = re.sub(r'"\w+:(\w+)"', lambda m: f'"{m[1].lower()}"', SUITE)


def call(*command, cwd, code=0, path=()):
    """Run a command as a user would, with folders on Python's path."""
    environment = dict(os.environ)
    places = [*map(str, path), str(ROOT)]
    environment["PYTHONPATH"] = os.pathsep.join(places)
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def program(*arguments, **where):
    return call(sys.executable, "-m", "gfsearch", *arguments, **where)


def write_modules(folder):
    folder.mkdir(exist_ok=True)
    for name, code in zip(FILES, CODES, strict=True):
        (folder / name).write_text(code)


def install(folder, groups=None):
    """What an installer leaves of a package: its metadata beside its modules."""
    info = folder / "x-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n")
    if groups is None:
        groups = tomllib.loads(REGISTERED)["project"]["entry-points"]
    lines = []
    for group, entries in groups.items():
        lines.append(f"[{group}]")
        lines += [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


def keys(study):
    return set(read_records(study / "records").by_key)


def test_each_is_fifteen_lines_long_at_most():
    assert FILES == ["majority.py", "ring.py", "climber.py"]
    assert len(CODES) == 3
    for code in CODES:
        assert len([line for line in code.splitlines() if line.strip()]) <= 15


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A study made with --allow-imports, in two worker processes."""
    folder = tmp_path_factory.mktemp("imported")
    write_modules(folder)
    (folder / "mine.toml").write_text(SUITE)
    done = program("compare", "mine.toml", "--allow-imports", "--jobs", "2", cwd=folder)
    return folder, done


def test_imported_classes_run_in_worker_processes(imported):
    folder, done = imported
    assert "16 of 16" not in done.stderr  # they were all still to do
    assert re.search(r"climber +\d/4", done.stdout)
    records = read_records(folder / "runs/mine/records").by_key.values()
    assert len(records) == 16
    assert {record.status for record in records} <= {"solved", "censored"}
    assert any(record.status == "solved" for record in records)
    climbers = [r for r in records if r.searcher == "climber"]
    assert {record.parameters["kind"] for record in climbers} == {"climber"}


def test_a_study_keeps_where_its_classes_are(imported):
    folder, _ = imported
    suite = json.loads((folder / "runs/mine/study.json").read_text())["suite"]
    assert suite["searchers"]["climber"]["kind"] == "climber:Climber"
    assert {t["problem"]["kind"] for t in suite["task"]} == {"majority:Majority"}
    assert {t["network"]["kind"] for t in suite["task"]} == {"ring:Ring"}
    for command in ("status", "report"):
        program(command, "runs/mine", "--allow-imports", cwd=folder)
    again = program("run", "mine.toml", "--allow-imports", cwd=folder)
    assert "16 of 16 runs found" in again.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        *(["compare", "mine.toml"], ["run", "mine.toml"], ["status", "runs/mine"]),
        *(["report", "runs/mine"], ["gradient-flow", "x", "--suite", "mine.toml"]),
    ],
    ids=" ".join,
)
def test_without_the_flag_nothing_is_imported(imported, tmp_path, arguments):
    folder, _ = imported
    (tmp_path / "mine.toml").write_text(SUITE)
    (tmp_path / "runs/mine").mkdir(parents=True)
    study = (folder / "runs/mine/study.json").read_bytes()
    (tmp_path / "runs/mine/study.json").write_bytes(study)
    for name in FILES:
        (tmp_path / name).write_text("open('imported', 'w').close()")
    done = program(*arguments, cwd=tmp_path, code=2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "--allow-imports" in done.stderr
    assert not (tmp_path / "imported").exists()


def test_the_console_script_finds_modules_of_the_current_folder(imported, tmp_path):
    """Its sys.path begins with the folder of the script, not with the current one."""
    folder, _ = imported
    script = tmp_path / "gfsearch-script.py"
    script.write_text("from gfsearch.cli.main import main\nmain()\n")
    done = call(
        *(sys.executable, script, "run", "mine.toml", "--allow-imports"),
        *("--jobs", "2", "--out", tmp_path / "study"),
        cwd=folder,
    )
    assert "16 to do" in done.stderr
    assert keys(tmp_path / "study") == keys(folder / "runs/mine")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder for Python's path: the modules, and the metadata of their package."""
    folder = tmp_path_factory.mktemp("installed")
    write_modules(folder)
    install(folder)
    return folder


def test_installed_names_work_like_built_in_ones(imported, installed, tmp_path):
    (tmp_path / "mine.toml").write_text(INSTALLED_SUITE)
    where = {"cwd": tmp_path, "path": [installed]}
    program("run", "mine.toml", "--jobs", "2", **where)
    # The same runs as those of the imported classes, under the names alone.
    assert keys(tmp_path / "runs/mine") == keys(imported[0] / "runs/mine")
    suite = json.loads((tmp_path / "runs/mine/study.json").read_text())["suite"]
    assert suite["searchers"]["climber"]["kind"] == "climber"
    program("status", "runs/mine", **where)

    listed = json.loads(program("list", "--json", **where).stdout)
    assert listed["searchers"]["climber"].startswith("Draw around the best point")
    assert listed["networks"]["ring"].startswith("Each hidden unit sees")
    assert listed["problems"]["majority"].startswith("Tell at the end")
    assert "length: a whole number >= 1" in program("show", "majority", **where).stdout
    assert "Fields" in program("show", "ring", **where).stdout
    assert "searcher climber: Draw" in program("show", "climber", **where).stdout
    known = program("show", "climbr", **where, code=2).stderr
    assert "did you mean 'climber'" in known

    select = ["--tasks", "tomita1/A1", "--searchers", "climber", "--dry-run"]
    assert "20 to do" in program("compare", "quick", *select, **where).stderr


def test_installed_names_work_from_python(installed, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import gfsearch\n"
        "task = gfsearch.load_suite('quick').tasks['tomita1/A1']\n"
        "print(gfsearch.run(task, 'climber', budget=20).trials)\n"
        "space = task.fitness().space\n"
        "print(gfsearch.make_searcher('climber', space).ask().weights.shape)\n"
    )
    done = call(sys.executable, script, cwd=tmp_path, path=[installed])
    assert done.stdout.splitlines() == ["20", "(1, 23)"]


def test_an_installed_class_may_not_be_imported_a_second_time(installed, tmp_path):
    """Under the same kind, two classes would share their keys."""
    (tmp_path / "other.py").write_text(CODES[2].replace("Climber", "Other"))
    text = GOOD.replace('kind = "annealing", cooling = 0.95', 'kind = "other:Other"')
    (tmp_path / "mine.toml").write_text(text)
    arguments = ("compare", "mine.toml", "--allow-imports")
    done = program(*arguments, cwd=tmp_path, path=[installed], code=2)
    assert "kind: 'climber' is that of an installed searcher" in done.stderr


def test_nothing_installed_is_loaded_before_it_is_wanted(tmp_path):
    packages = tmp_path / "packages"
    groups = {"gfsearch.searchers": {"broken": "broken:X", "guessing": "broken:Y"}}
    install(packages, groups)
    code = "open('imported', 'w').close()\nraise RuntimeError('no\\nway')\n"
    (packages / "broken.py").write_text(code)
    where = {"cwd": tmp_path, "path": [packages]}
    program("show", "guessing", **where)
    program("compare", "quick", "--searchers", "guessing", "--dry-run", **where)
    assert not (tmp_path / "imported").exists()
    # A broken package does not hide the others, nor replace what is built in.
    listed = json.loads(program("list", "searchers", "--json", **where).stdout)
    assert listed["broken"].startswith("cannot be used: searcher 'broken' (broken:X)")
    assert listed["guessing"].startswith("Random weight guessing")
    done = program("compare", "quick", "--searchers", "broken", **where, code=2)
    assert done.stderr.count("\n") == 1
    assert "cannot be imported: RuntimeError: no way" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_what_is_registered_must_be_clear(tmp_path):
    packages = tmp_path / "packages"
    write_modules(packages)
    install(packages, {"gfsearch.searchers": {"hill": "climber:Climber"}})
    where = {"cwd": tmp_path, "path": [packages], "code": 2}
    done = program("compare", "quick", "--searchers", "hill", **where)
    assert "kind: expected 'hill', got 'climber'" in done.stderr
    other = tmp_path / "other"
    info = other / "y-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: y\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gfsearch.searchers]\nhill = y:Hill\n")
    where["path"] = [packages, other]
    done = program("compare", "quick", "--searchers", "hill", **where)
    assert "is registered twice: climber:Climber and y:Hill" in done.stderr


MODULES = count()
CODE = dict(zip(("problem", "network", "searcher"), CODES, strict=True))
CLASS = {"problem": "Majority", "network": "Ring", "searcher": "Climber"}


def load(what, code, folder, monkeypatch, name=None):
    """Load a suite with a class from some code as its problem, network or searcher."""
    module = f"extension{next(MODULES)}"
    (folder / f"{module}.py").write_text(code)
    monkeypatch.syspath_prepend(folder)
    old = {
        "problem": 'kind = "parity", length = [5, 9], train = 10, test = 10',
        "network": 'kind = "A1"',
        "searcher": 'kind = "annealing", cooling = 0.95',
    }[what]
    path = folder / "mine.toml"
    path.write_text(GOOD.replace(old, f'kind = "{module}:{name or CLASS[what]}"'))
    return load_suite(path, allow_imports=True)


def complain(complaint, what, *arguments):
    """Loading fails with one line that names the file, the field and the class."""
    with pytest.raises(InputError, match=re.escape(complaint)) as caught:
        load(what, *arguments)
    message = str(caught.value)
    assert re.search(rf"mine\.toml: .*kind: {what} 'extension\d+:", message)
    assert "\n" not in message


@pytest.mark.parametrize("what", CODE)
def test_they_load_and_are_written_by_their_place(what, tmp_path, monkeypatch):
    suite = load(what, CODE[what], tmp_path, monkeypatch)
    assert re.search(rf"'kind': 'extension\d+:{CLASS[what]}'", str(suite.to_dict()))
    again = suite_from_dict(suite.to_dict(), "mine", "here", allow_imports=True)
    assert again == suite


@pytest.mark.parametrize(
    ("what", "old", "new", "complaint"),
    [
        ("problem", '"majority"', '"parity"', "kind: 'parity' is that of a built-in"),
        ("problem", '"majority"', "3", "kind: expected a string of its own"),
        ("problem", '"majority"', '"a b"', "kind: expected a string of its own"),
        ("problem", "kind, rev", "king, rev", "kind: expected a string of its own"),
        ("network", '"ring", 1', '"ring", 1.5', "revision: expected a whole number"),
        ("network", '"ring", 1', '"ring", True', "revision: expected a whole number"),
        ("searcher", '"docs/extending.md"', "None", "source: expected a string"),
        ("searcher", '"docs/extending.md"', r'"\ud800"', "source: expected a string"),
        ("searcher", "def tell", "def hear", "tell: missing; a searcher has ask, tell"),
        ("searcher", "def ask", "def ash", "ask: missing"),
        ("searcher", "def stop_r", "def top_r", "stop_reason: missing"),
        ("searcher", "(Searcher)", "", "need: missing; inherit from gfsearch.Searcher"),
        ("problem", "def draw", "def drew", "draw: missing; a problem has inputs, out"),
        ("problem", "inputs, outputs,", "inp, outputs,", "inputs: missing"),
        ("network", "def build", "def bild", "build: missing; a network has build"),
        ("network", "(Spec)", "", "Ring: expected a dataclass that inherits from"),
        ("network", "@dataclass(frozen=True, kw_only=True)", "", "put @dataclass"),
        ("network", "hidden: Size", "hidden: 'Sized'", "Ring: its fields: NameError"),
        ("problem", "class Majority", "class Minority", "AttributeError: module"),
        ("problem", "train, test\n", "3\n\n\nMajority = 3\n", "a class, got int"),
        ("problem", "Majority(Spec):", "Majority(Spec)", "imported: SyntaxError"),
        ("problem", "import numpy as np", "import nonsense", "ModuleNotFoundError"),
        ("problem", "import numpy as np", "raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_what_is_missing_is_named(tmp_path, monkeypatch, what, old, new, complaint):
    assert old in CODE[what]
    code = CODE[what].replace(old, new, 1)
    complain(complaint, what, code, tmp_path, monkeypatch)


def test_parameters_need_a_type_with_defaults(tmp_path, monkeypatch):
    head = "from gfsearch import Spec\nfrom dataclasses import dataclass\n"
    steps = "@dataclass(frozen=True)\nclass Steps(Spec):\n    step: float{}\n"
    code = CODE["searcher"] + "    Parameters = Steps\n"
    where = (tmp_path, monkeypatch)
    required = head + steps.format("") + code
    complain("Steps: step: parameters need defaults", "searcher", required, *where)
    complain("dict: expected", "searcher", "Steps = dict\n" + code, *where)
    assert load("searcher", head + steps.format(" = 0.5") + code, *where)


@pytest.mark.parametrize(
    ("default", "complaint"),
    [
        ("float('inf')", "step: expected finite numbers"),
        ("np.float64(0.5)", "step: expected a plain value"),
        ("'\\ud800'", "step: expected a plain value"),
    ],
)
def test_defaults_are_values_that_a_file_can_keep(
    tmp_path, monkeypatch, default, complaint
):
    head = "from gfsearch import Spec\nfrom dataclasses import dataclass\n"
    head += "import numpy as np\nfrom typing import Any\n"
    steps = f"@dataclass(frozen=True)\nclass Steps(Spec):\n    step: Any = {default}\n"
    code = head + steps + CODE["searcher"] + "    Parameters = Steps\n"
    with pytest.raises(InputError, match=complaint):
        load("searcher", code, tmp_path, monkeypatch)


def test_a_kind_is_not_inherited(tmp_path, monkeypatch):
    code = (
        "from gfsearch.searchers import Annealing\n"
        "class Slower(Annealing):\n"
        "    def stop_reason(self):\n"
        "        return None\n"
        "def make():\n"
        "    class Inner(Annealing):\n"
        "        kind = 'inner'\n"
        "    return Inner\n"
        "Inner = make()\n"
    )
    where = (tmp_path, monkeypatch)
    complain("kind: expected a string of its own", "searcher", code, *where, "Slower")
    # Worker processes could not find this one.
    complain("AttributeError", "searcher", code, *where, "Inner")
    # A built-in class is what it is, wherever it is imported from.
    suite = load("searcher", code, *where, "Annealing")
    assert suite.to_dict()["searchers"]["slow"]["kind"] == "annealing"


def test_a_place_must_be_one(tmp_path):
    path = tmp_path / "mine.toml"
    for kind in ("a:b:c", ":X", "a:", "a b:C"):
        path.write_text(GOOD.replace('"A1" }', f'"{kind}" }}'))
        with pytest.raises(InputError, match="expected 'module:Class'"):
            load_suite(path, allow_imports=True)


def test_public_names_are_those_of_the_docs():
    for name in re.findall(r"gfsearch\.([A-Za-z]+)`", TEXT):
        assert getattr(gfsearch, name) is not None
    assert all(getattr(gfsearch, name) is not None for name in gfsearch.__all__)
