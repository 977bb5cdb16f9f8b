"""The scripts that docs/cluster.md shows make the study that they promise."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gfsearch
from tests.good_suite import GOOD
from tests.study.execution.studies import ROOT, contents

RECIPES = re.findall(
    r"```bash\n(.*?)```", (ROOT / "docs" / "cluster.md").read_text(), flags=re.S
)


def test_there_are_three():
    assert len(RECIPES) == 3


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_makes_the_whole_study(recipe, tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD)
    (tmp_path / "array.sh").write_text(recipe)
    (variable,) = re.findall(r'"\$(\w+)/4"', recipe)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for number in "1234":
        subprocess.run(
            ["bash", "array.sh"],
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": path,
                "PBS_O_WORKDIR": str(tmp_path),
                variable: number,
            },
            check=True,
            capture_output=True,
        )
    gfsearch.compare(tmp_path / "mine.toml", out=tmp_path / "whole", jobs=1)
    assert contents(tmp_path / "runs" / "mine") == contents(tmp_path / "whole")
