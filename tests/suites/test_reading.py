import tomllib

import pytest

import gfsearch
from gfsearch.report.wording import remarks
from gfsearch.searchers import SEARCHERS
from gfsearch.specs.errors import InputError
from gfsearch.study.comparing import make_study
from gfsearch.study.study import Study
from gfsearch.suites.reading import load_suite, shipped_suites, suite_from_dict
from tests.good_suite import GOOD, load


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "runs = 3",
            "runs = 0",
            "runs: expected a whole number >= 1 and <= 1000000, got 0",
        ),
        (
            'name = "parity/A1"',
            'name = "parity/A1"\ngroup = "a plateau"',
            "group: expected letters, digits and . _ = -, got 'a plateau'",
        ),
        ('network = { kind = "A1" }\n', "", "network: missing; expected a table"),
        ("budget = 100\n", "", "budget: missing; expected"),
        ("runs = 3", "rusn = 3", "unknown field 'rusn': did you mean 'runs'"),
        ("runs = 3", "", "runs"),
        (
            "budget = 100",
            "budget = -5",
            "budget: expected a whole number >= 1 and <= 1000000000000, got -5",
        ),
        ("budget = 100", "budget = nan", "budget: expected finite numbers, got nan"),
        ("budget = 100", "budget = 1.5", "budget: expected a whole number"),
        ("low = -100", "low = nan", "weights: low: expected finite numbers"),
        ("low = -100", "low = -inf", "weights: low: expected finite numbers"),
        ("low = -100", "low = 200", "weights: low: 200 is not below high: 100"),
        ("low = -100, ", "", "weights: .*low"),
        ("low = -100", "low = -1e308", r"expected weights within \[-1e6, 1e6\]"),
        (
            'kind = "A1"',
            'kind = "A1", hidden = 100000',
            "hidden: expected a whole number",
        ),
        (
            "guessing = {}",
            'g = { kind = "guessing", budget = 100 }\nguessing = {}',
            "same",
        ),
        (
            "[5, 9]",
            "[9, 5]",
            r"task 'parity/A1': problem: length: \[9, 5\] is reversed",
        ),
        ("tolerance = 0.1", "tolerance = 0", "criterion: tolerance: expected a number"),
        ("tolerance = 0.1", "sign = true", "criterion: sign: the target 0 has no sign"),
        ("{ tolerance = 0.1 }", "{}", "give one of { tolerance = x }"),
        (
            '"parity", ',
            '"party", ',
            "kind: unknown problem 'party': did you mean 'par",
        ),
        ('kind = "A1"', 'kind = "A3"', "network: kind: unknown network 'A3'"),
        ('kind = "A1"', 'kind = "A1", hiden = 2', "did you mean 'hidden'"),
        ('kind = "A1"', "hidden = 2", "network: kind: expected one of A1, A2"),
        ("guessing = {}", "gessing = {}", "unknown searcher 'gessing': did you mean"),
        ("guessing = {}", '"os:system" = {}', "unknown searcher 'os:system'"),
        ("guessing = {}", "guessing = 3", "searchers: expected a table of tables"),
        ("slow", "'' ", "searcher '': expected letters"),
        ("slow", "'[bold]x'", "expected letters"),
        ("[5, 9]", "[1, 1000000000000]", "length: 1000000000000 steps, give at most"),
        ("[5, 9]", "[5]", r"length: expected a whole number or \[a whole number, a"),
        ("published = [{", "published = [3, {", "a list, each entry a table, got"),
        ("criterion", "targets = ['a']\ncriterion", "each entry a number >= 0"),
        (
            "cooling = 0.95",
            "cooling = 2",
            "searcher 'slow': cooling: expected a number",
        ),
        ("cooling = 0.95", "budget = -1", "searcher 'slow': budget: expected"),
        ("cooling = 0.95", "restarts = 1", "searcher 'slow': restarts: expected true"),
        ("cooling = 0.95", "cooling = 0.85 }\nannealing = {", "are the same"),
        ('"parity/A1"', '"../A1"', "name: expected letters"),
        ('"parity/A1"', '"parity A1"', "name: expected letters"),
        ('"parity/A1"', '"<script>"', "name: expected letters"),
        ('"parity/A1"', "3", "name: expected a string, got 3"),
        (
            "trials = 10",
            "trials = -1",
            r"published\[0\]: trials: expected a number > 0",
        ),
        ("trials = 10, ", "", "give trials, presentations, stopped, solved or error"),
        ('searcher = "guessing", t', "t", "give either searcher or method"),
        ('searcher = "guessing", t', 'searcher = "x", t', "unknown searcher 'x'"),
        ("criterion", "targets = [0.1, 0.2]\ncriterion", "descending order"),
        ("criterion", 'loss = "mae"\ncriterion', "loss: expected 'graded' or 'mse'"),
        ("[[task]]", "[[task", "not valid TOML"),
        ("[searchers]", "searchers = 3\n[x]", "unknown field 'x'"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_field(tmp_path, old, new, complaint):
    assert GOOD.count(old) >= 1
    with pytest.raises(InputError, match=complaint) as caught:
        load(GOOD.replace(old, new, 1), tmp_path)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "mine.toml"))
    assert "\n" not in message


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"gone\.toml: No such file"):
        load_suite(tmp_path / "gone.toml")
    with pytest.raises(InputError, match="did you mean 'quick'"):
        load_suite("quik")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a text file"):
        load_suite(binary)
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        load_suite(tmp_path / "folder.toml")


def test_two_tasks_with_one_content_are_refused(tmp_path):
    task = GOOD[GOOD.index("[[task]]") :].replace("parity/A1", "again")
    with pytest.raises(InputError, match="'parity/A1' and 'again' are the same"):
        load(GOOD + task, tmp_path)
    with pytest.raises(InputError, match="task 'parity/A1': name: given twice"):
        load(GOOD + task.replace("again", "parity/A1"), tmp_path)


def test_a_group_is_how_a_task_is_shown_and_no_part_of_it(tmp_path):
    plain = load(GOOD, tmp_path)
    name = 'name = "parity/A1"'
    grouped = load(GOOD.replace(name, f'{name}\ngroup = "plateau"'), tmp_path)
    assert grouped.tasks["parity/A1"].group == "plateau"
    assert [r.key for r in grouped.plan()] == [r.key for r in plain.plan()]
    assert "group" not in plain.to_dict()["task"][0]
    assert grouped.to_dict()["task"][0]["group"] == "plateau"


@pytest.mark.parametrize("name", sorted(shipped_suites()))
def test_shipped_suites_survive_being_written_and_read(name):
    assert name in shipped_suites()
    suite = load_suite(name)
    again = suite_from_dict(suite.to_dict(), name, "study.json")
    assert again == suite
    assert [r.key for r in again.plan()] == [r.key for r in suite.plan()]


def test_guessing2001_has_the_papers_tasks():
    suite = load_suite("guessing2001")
    assert list(suite.tasks) == [
        "latch/I",
        "latch/II",
        "two-sequence/A1",
        "two-sequence/A2",
        "parity/A1",
        "parity/A2",
        "parity/A2-noself",
        "noisy-parity/A1",
        "noisy-parity/A2-noself",
        "tomita1/A1",
        "tomita1/A2",
        "tomita2/A1",
        "tomita2/A2",
        "tomita4/A1",
        "tomita4/A2",
    ]
    for task in suite.tasks.values():
        assert task.problem.length == (500, 600)
        assert (task.problem.train, task.problem.test) == (100, 100)
        assert (task.weights.low, task.weights.high) == (-100.0, 100.0)
    unverified = {
        name
        for name, task in suite.tasks.items()
        for entry in task.published
        if not entry.verified
    }
    assert unverified == {
        name for name in suite.tasks if name.startswith(("two-sequence", "tomita"))
    }


def test_quick_compiles_few_networks():
    suite = load_suite("quick")
    assert len({task.structure for task in suite.tasks.values()}) <= 4
    assert len(suite.tasks) >= 6
    assert {s.kind.kind for s in suite.searchers.values()} == set(SEARCHERS)
    assert suite.runs == 20


def test_vanishing_varies_the_lag_and_nothing_else():
    suite = load_suite("vanishing")
    assert suite.runs >= 30
    lags = [task.problem.length for task in suite.tasks.values()]
    assert lags == [(n // 2, n) for n in (10, 20, 50, 100, 200, 500)]
    same = {
        str({**task.identity(), "problem": {"length": None}})
        for task in suite.tasks.values()
    }
    assert len(same) == 1
    for label in ("gradient", "gradient-online"):
        searcher = suite.searchers[label]
        assert not searcher.restarts
        assert searcher.parameters.initial == 0.3
        assert searcher.parameters.patience == 0


def test_keys_are_unique_and_nothing_positional_enters_them(tmp_path):
    suite = load(GOOD, tmp_path)
    plan = suite.plan()
    assert len({r.key for r in plan}) == len(plan) == 6
    table = tomllib.loads(GOOD)
    table["searchers"] = dict(reversed(table["searchers"].items()))
    table["searchers"]["genetic"] = {}
    table["task"].insert(0, {**table["task"][0], "name": "x", "loss": "graded"})
    larger = {r.key for r in suite_from_dict(table, "m", "m").plan()}
    assert {r.key for r in plan} < larger


def test_values_that_mean_the_same_have_the_same_key(tmp_path):
    same = GOOD.replace("-100,", "-100.0,").replace("budget = 100", "budget = 1e2")
    same = same.replace(
        'kind = "A1"', 'kind = "A1", hidden = 1.0, update = "sequential"'
    )
    same = same.replace("guessing = {}", "guessing = { restarts = true }")
    keys = [[r.key for r in load(text, tmp_path).plan()] for text in (GOOD, same)]
    assert keys[0] == keys[1]


def test_selecting(tmp_path):
    suite = load_suite("quick")
    chosen = suite.select(["parity/A*", "tomita1/A1"], ["guess*", "genetic"], 2, 50)
    assert list(chosen.tasks) == ["parity/A1", "parity/A2", "tomita1/A1"]
    assert list(chosen.searchers) == ["guessing", "genetic"]
    assert len(chosen.plan()) == 12
    assert {r.budget.amount for r in chosen.plan()} == {50}
    mine = load(GOOD.replace("cooling = 0.95", "budget = 7"), tmp_path)
    assert {r.budget.amount for r in mine.plan()} == {100, 7}
    assert {r.budget.amount for r in mine.select(budget=9).plan()} == {9}
    # A known searcher that the suite lacks comes with its defaults.
    added = mine.select(searchers=["slow", "multigrid"])
    assert list(added.searchers) == ["slow", "multigrid"]
    assert added.searchers["multigrid"].parameters.shrink == 0.9
    for arguments in (
        {"tasks": ["nothing*"]},
        {"searchers": ["simplex"]},
        {"runs": 0},
        {"budget": -1},
    ):
        with pytest.raises(InputError):
            mine.select(**arguments)


def test_twins_that_a_selection_makes_are_refused(tmp_path):
    twins = 'guessing = { budget = 40 }\nagain = { kind = "guessing", budget = 50 }'
    suite = load(GOOD.replace("guessing = {}", twins), tmp_path)
    with pytest.raises(InputError, match="'guessing' and 'again' are the same"):
        suite.select(budget=30)
    mine = load(GOOD.replace("cooling = 0.95", "cooling = 0.85"), tmp_path)
    with pytest.raises(InputError, match="'slow' and 'annealing' are the same"):
        mine.select(searchers=["slow", "annealing"])


def test_a_mask_of_ones_own_in_a_suite(tmp_path):
    """A1 by its mask: another network by name, the same structure."""
    a1 = 'kind = "first-order", hidden = 1, mask = [[1, 1, 1, 1], [1, 1, 1, 0]]'
    suite = load(GOOD.replace('kind = "A1"', a1), tmp_path)
    (task,), (plain,) = (s.tasks.values() for s in (suite, load(GOOD, tmp_path)))
    assert task.structure == plain.structure
    assert suite_from_dict(suite.to_dict(), "mine", "study.json") == suite
    with pytest.raises(InputError, match=r"task 'parity/A1': .*mask: expected 3 rows"):
        load(GOOD.replace('kind = "A1"', a1.replace("1, mask", "2, mask")), tmp_path)


def test_more_runs_than_memory_holds_are_refused(tmp_path):
    text = GOOD.replace("runs = 3", "runs = 1_000_000")
    each = "each = [" + ", ".join(map(str, range(1, 12))) + "]"
    text = text.replace('kind = "A1"', f'kind = "A1", hidden = {{ {each} }}')
    with pytest.raises(InputError) as caught:
        load(text, tmp_path)
    told = "runs: 22,000,000 in all: expected at most 20,000,000"
    assert str(caught.value) == f"{tmp_path / 'mine.toml'}: {told}"
    suite = load(text.replace("1_000_000", "900_000"), tmp_path)
    with pytest.raises(InputError, match="22,000,000 in all"):
        suite.select(runs=1_000_000)


def test_single_brackets_are_recognised(tmp_path):
    with pytest.raises(InputError, match=r"task: expected \[\[task\]\] with double br"):
        load(GOOD.replace("[[task]]", "[task]"), tmp_path)
    text = GOOD.replace("[searchers]", "[[searchers]]")
    with pytest.raises(
        InputError, match=r"expected \[searchers\] with single brackets"
    ):
        load(text, tmp_path)


TOLERANCE = "criterion = { tolerance = 0.1 }"


@pytest.mark.parametrize(
    ("network", "criterion", "output"),
    [
        ("", "tolerance = 0.6", 0.5),
        ("", "tolerance = 0.5001", 0.5),
        ("", "tolerance = 0.5", None),
        (', output_activation = "tanh"', "tolerance = 0.6", 0.5),
        # A threshold unit has no output between its two, whose distance is 2.
        (', output_activation = "sign"', "tolerance = 1.5", None),
        (', output_activation = "sign"', "tolerance = 2.5", -1.0),
    ],
)
def test_a_constant_output_must_not_solve_a_task(tmp_path, network, criterion, output):
    text = GOOD.replace(TOLERANCE, f"criterion = {{ {criterion} }}")
    suite = load(text.replace('kind = "A1"', f'kind = "A1"{network}'), tmp_path)
    task = suite.tasks["parity/A1"]
    assert task.constant_output == output
    out = tmp_path / "out"
    if output is None:
        assert make_study(suite, out=out)
        return
    complaint = f"a constant output of {output:g} meets it"
    with pytest.raises(InputError, match=complaint):
        make_study(suite, out=out)
    with pytest.raises(InputError, match=complaint):
        gfsearch.run(task, "guessing", budget=10)
    # What an older version ran can be reported, with a remark.
    study = Study(out, suite)
    study.save()
    opened = Study.open(out)
    assert any(
        "says nothing of what was learned" in x for x in remarks(opened.results())
    )
