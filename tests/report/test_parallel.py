"""Work shared with another process, which may die."""

import os
import signal
import time
from functools import partial

import pytest

from gfsearch.report.parallel import Draughtsman


def where(subject, parent, name, dies):
    """Who did it, and with what; in the other process it may end at once."""
    if os.getpid() != parent:
        (subject / name).touch()
        if name == dies:
            os.kill(os.getpid(), signal.SIGKILL)
    elif name == "d":
        # This process is first here: it waits until the other one has begun.
        while not (subject / (dies or "a")).exists():
            time.sleep(0.01)
    return name, os.getpid() == parent


@pytest.mark.parametrize("dies", ["", "a", "b"])
def test_every_piece_is_made_whatever_becomes_of_the_other_process(tmp_path, dies):
    me = os.getpid()
    pieces = [partial(where, parent=me, name=name, dies=dies) for name in "abcd"]
    with Draughtsman() as draughtsman:
        made = draughtsman.make(tmp_path, pieces)
    assert [name for name, _ in made] == list("abcd")
    at_home = dict(made)
    assert at_home["d"]
    if dies:
        assert at_home[dies]
    else:
        assert not at_home["a"]


def test_a_mistake_in_a_piece_is_not_hidden():
    with pytest.raises(ZeroDivisionError), Draughtsman() as draughtsman:
        draughtsman.make("subject", [_mistaken])


def _mistaken(subject):
    return 1 / 0


def test_a_process_that_is_gone_before_it_is_needed_is_no_loss(tmp_path):
    with Draughtsman() as draughtsman:
        future = draughtsman._pool.submit(os.getpid)
        os.kill(future.result(), signal.SIGKILL)
        while not draughtsman._pool._flags.broken:
            time.sleep(0.01)
        assert draughtsman.make(tmp_path, [_name, _name]) == [tmp_path.name] * 2


def _name(subject):
    return subject.name


class Stubborn:
    """A subject that cannot be loaded in another process."""

    name = "here"

    def __reduce__(self):
        return _refuse, ()


def _refuse():
    raise ImportError("not here")


def test_a_subject_that_cannot_be_loaded_there_is_no_loss():
    with Draughtsman() as draughtsman:
        assert draughtsman.make(Stubborn(), [_name] * 3) == ["here"] * 3


def test_many_short_pieces_leave_no_process_behind(capfd):
    """loky's thread died of pieces that were cancelled; the process never ended."""
    for _ in range(5):
        with Draughtsman() as draughtsman:
            made = draughtsman.make("subject", [str.upper] * 200)
        assert made == ["SUBJECT"] * 200
    assert capfd.readouterr().err == ""
