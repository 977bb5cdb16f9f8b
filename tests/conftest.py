import sys
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from gfsearch.study.comparing import make_study
from tests.good_suite import GOOD

# Kernels compile at their first use: examples have no deadline.
settings.register_profile(
    "gfsearch",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gfsearch")


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Call `main` as a process would; in a folder, with an exit code to expect."""
    from gfsearch.cli.main import main

    def call(*arguments, cwd=tmp_path, code=0):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["gfsearch", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        stdout, stderr = capsys.readouterr()
        assert end.value.code == code, stderr
        return SimpleNamespace(stdout=stdout, stderr=stderr)

    return call


@pytest.fixture
def study(tmp_path):
    """Ten runs each of guessing and `slow` on one task, none made yet."""
    (tmp_path / "mine.toml").write_text(GOOD.replace("runs = 3", "runs = 10"))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    return study
