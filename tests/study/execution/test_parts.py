"""Parts of a study make the whole."""

import pytest

from gfsearch.study.study import Study
from tests.study.execution.studies import (
    contents,
    run,
)


def test_parts_make_the_whole_and_stay_the_same_parts(serial, suite, tmp_path):
    out = tmp_path / "out"
    told = run(suite, out, "--jobs", "1", "--shard", "2/7")
    assert "part 2 of 7: 0 of 9 runs found, 9 to do" in told
    second = set(contents(out))
    for number in (1, 3, 5, 6, 7):
        run(suite, out, "--jobs", "1", "--shard", f"{number}/7")
    told = run(suite, out, "--jobs", "1", "--shard", "2/7")
    assert "9 of 9 runs found, 0 to do" in told
    run(suite, out, "--jobs", "1", "--shard", "4/7")
    assert contents(out) == serial
    # Other parts, and the whole, know what these have done.
    told = run(suite, out, "--jobs", "1", "--shard", "1/2")
    assert "30 of 30 runs found, 0 to do" in told
    assert "60 of 60 runs found, 0 to do" in run(suite, out, "--jobs", "1")
    order = [r.key for r in Study.open(out, allow_imports=True).plan()]
    assert second == set(order[1::7])


@pytest.mark.parametrize("shard", ["0/4", "5/4", "1", "a/b", "1/0", "-1/4"])
def test_a_part_that_is_none_is_refused(suite, tmp_path, shard):
    told = run(suite, tmp_path / "out", "--shard", shard, expect=2)
    assert "expected i/N with 1 <= i <= N" in told
    assert not (tmp_path / "out").exists()
