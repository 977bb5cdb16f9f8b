"""Listing: suites, tasks, problems, networks, searchers and figures by name."""

import json

import msgspec
import pytest

from gfsearch.cli.catalogue import describe
from gfsearch.searchers import SEARCHERS
from gfsearch.specs.fields import accepted_fields


def test_list_and_show_name_everything(command):
    listed = json.loads(command("list", "--json").stdout)
    assert set(listed) == {
        "suites",
        "tasks",
        "problems",
        "networks",
        "searchers",
        "figures",
    }
    assert set(listed["suites"]) == {
        *("quick", "guessing2001", "vanishing", "bengio1994", "real"),
        *("bptt1994", "latching", "lstm1997", "readings", "reber", "tomita"),
    }
    assert set(listed["searchers"]) == {
        *("guessing", "annealing", "multigrid", "genetic"),
        *("gradient", "adam", "pseudo-newton", "discrete-error", "gnarl"),
    }
    for what, words in (
        ("guessing2001", "20 runs per task"),
        ("parity/A2-noself", "hidden_self = false"),
        ("tomita", 'default "original"'),
        ("A2", "hidden: a whole number >= 1 and <= 200; default 10"),
        ("annealing", "cooling: a number > 0 and < 1; default 0.85"),
        ("survival", "figure survival"),
        ("vanishing", "latch/T=500"),
        ("adam", "clip: a number >= 0"),
        ("latching", "gradient_rate=0.003"),
        ("threshold/parity/T=50", "54,000 stopped, 0.05 error (BF93"),
        ("gnarl", "population: a multiple of 2 >= 2"),
    ):
        assert words in command("show", what).stdout


@pytest.mark.parametrize("name", SEARCHERS)
def test_show_tells_what_is_known_of_a_searcher_and_what_is_ours(name):
    shown = describe(name)
    assert shown.startswith(f"searcher {name}: ")
    assert "Known" in shown
    assert "Ours" in shown
    assert f"Source: {SEARCHERS[name].source}" in shown
    for field, words, default in accepted_fields(SEARCHERS[name].Parameters):
        # Each parameter with its range, its default and, below, its meaning.
        shown_default = msgspec.json.encode(default).decode()
        line = f"\n  {field}: {words}; default {shown_default}\n      "
        assert line in shown
