"""Studies of the faulty searcher, shared by tests with and without a cluster."""

import pytest

import gfsearch
from tests.study.execution.faulty import SUITE
from tests.study.execution.studies import contents


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    path = tmp_path_factory.mktemp("suite") / "steady.toml"
    path.write_text(SUITE.format(more=""))
    return path


@pytest.fixture(scope="session")
def long_suite(tmp_path_factory):
    """Eight runs of 4 s."""
    path = tmp_path_factory.mktemp("suite") / "long.toml"
    text = SUITE.format(more="").replace("Steady", "Long").replace("steady", "long")
    path.write_text(text.replace("= 30", "= 4").replace("budget = 4", "budget = 200"))
    return path


@pytest.fixture(scope="session")
def serial(suite, tmp_path_factory):
    """What one undisturbed process makes of the suite."""
    out = tmp_path_factory.mktemp("serial")
    study = gfsearch.compare(suite, jobs=1, out=out, allow_imports=True)
    assert study.missing() == []
    return contents(out)
