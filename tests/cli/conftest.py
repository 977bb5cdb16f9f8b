"""The command line in this process: its output, and its exit code."""

import sys
from types import SimpleNamespace

import pytest

from gfsearch.cli.main import main


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Call `main` as a process would; in a folder, with an exit code to expect."""

    def call(*arguments, cwd=tmp_path, code=0):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["gfsearch", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        stdout, stderr = capsys.readouterr()
        assert end.value.code == code, stderr
        return SimpleNamespace(stdout=stdout, stderr=stderr)

    return call
