"""Values of options, as users write them."""

import click
import pytest
from click.testing import CliRunner

from gfsearch.cli.options import options


@pytest.fixture
def given():
    """Parse options; returns the values, or the message that refuses them."""

    def parse(names, *arguments):
        values = {}
        command = click.command()(options(*names)(lambda **found: values.update(found)))
        done = CliRunner().invoke(command, arguments)
        return values if done.exit_code == 0 else done.output

    return parse


def test_names_are_separated_by_commas_or_repeated(given):
    found = given(["tasks"], "--tasks", "a, b", "--tasks", "c/*")
    assert found == {"tasks": ["a", "b", "c/*"]}
    assert given(["tasks"]) == {"tasks": []}
    assert "names nothing" in given(["tasks"], "--tasks", " , ")


@pytest.mark.parametrize(
    ("text", "number"),
    [("40", 40), ("1e6", 1_000_000), ("2.0", 2), ("-3", -3), ("+7", 7)],
)
def test_whole_numbers(given, text, number):
    assert given(["budget"], "--budget", text) == {"budget": number}


@pytest.mark.parametrize("text", ["1.5", "", "inf", "nan", "1e400", "ten", "1e"])
def test_what_is_no_whole_number(given, text):
    assert "expected a whole number" in given(["budget"], "--budget", text)


@pytest.mark.parametrize(
    ("text", "size"), [("5", 5), ("3K", 3072), ("2M", 2 * 2**20), ("1G", 2**30)]
)
def test_sizes(given, text, size):
    assert given(["memory"], "--memory", text) == {"memory": size}


@pytest.mark.parametrize("text", ["0", "0G", "-1", "1T", "1.5G", "G"])
def test_what_is_no_size(given, text):
    assert "expected a size such as" in given(["memory"], "--memory", text)


def test_shards(given):
    assert given(["shard"], "--shard", "3/16") == {"shard": (3, 16)}
    for text in ("0/4", "5/4", "1", "a/b", "1/0"):
        assert "expected i/N" in given(["shard"], "--shard", text)


def test_ranges_are_positive_and_told_once(given):
    assert given(["ranges"], "--ranges", "1,0.3,1") == {"ranges": [1.0, 0.3]}
    for text in ("0", "-1", "inf", "x", ""):
        assert "expected numbers > 0" in given(["ranges"], "--ranges", text)
