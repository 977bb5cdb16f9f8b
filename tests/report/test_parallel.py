"""Work shared with another process, which may die."""

import os
import signal
import time
from functools import partial

import pytest

from gfsearch.report.parallel import Draughtsman
from tests.made_up import two_searchers, write


def where(results, parent, name, dies):
    """Who did it, and with what; in the other process it may end at once."""
    if os.getpid() != parent:
        if name in dies:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2)
    return name, os.getpid() == parent, len(results.cells)


@pytest.mark.parametrize("dies", ["", "a", "b"])
def test_every_piece_is_done_whatever_becomes_of_the_other_process(study, dies):
    results = write(study, two_searchers)
    me = os.getpid()
    work = {name: partial(where, parent=me, name=name, dies=dies) for name in "abcd"}
    with Draughtsman(results, work) as draughtsman:
        # Until the other process has begun, and ended what it can.
        while not draughtsman._begun["a"].done():
            time.sleep(0.05)
        time.sleep(0.3)
        done = draughtsman.done()
    assert [(key, name, cells) for key, (name, _, cells) in done.items()] == [
        (name, name, 2) for name in "abcd"
    ]
    at_home = [here for _, here, _ in done.values()]
    assert at_home[0] == (dies == "a")
    if dies:
        assert at_home["abcd".index(dies)]


def test_a_mistake_in_a_piece_is_not_hidden(study):
    results = write(study, two_searchers)
    with (
        pytest.raises(ZeroDivisionError),
        Draughtsman(results, {"a": _mistaken}) as draughtsman,
    ):
        draughtsman.done()


def _mistaken(results):
    return 1 / 0
