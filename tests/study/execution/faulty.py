"""A searcher that takes 20 ms, and what goes wrong with it if the environment says so.

Nothing of a fault enters the run's key: a faulty study must end like a sound one.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from gfsearch.searchers.protocol import Proposal, Searcher

FAULT, FLAGS = "GFSEARCH_TEST_FAULT", "GFSEARCH_TEST_FLAGS"

SUITE = """
runs = 30
budget = 4

[searchers]
steady = {{ kind = "tests.study.execution.faulty:Steady" }}
{more}

[[task]]
name = "tomita4"
problem = {{ kind = "tomita", grammar = 4 }}
network = {{ kind = "A1" }}
weights = {{ low = -1, high = 1 }}
criterion = {{ tolerance = 0.1 }}

[[task]]
name = "tomita2"
problem = {{ kind = "tomita", grammar = 2 }}
network = {{ kind = "A1" }}
weights = {{ low = -1, high = 1 }}
criterion = {{ tolerance = 0.1 }}
"""


def fault(kind, number):
    """Go wrong; `number` tells runs apart."""
    if kind == "exception":
        raise ZeroDivisionError("a searcher's bug")
    if kind == "exit":
        sys.exit("enough")
    if kind == "memory":
        hoard = []
        while True:
            hoard.append(np.ones(10**6))
    if kind == "hang":
        while True:
            pass
    if kind == "hold":
        ctypes.PyDLL(None).sleep(1000)  # With the interpreter's lock.
    if kind == "kill-always" or (kind == "kill-once" and first_time(number)):
        os.kill(os.getpid(), signal.SIGKILL)


def first_time(number):
    try:
        (Path(os.environ[FLAGS]) / str(number)).open("x").close()
    except FileExistsError:
        return False
    return True


class Steady(Searcher):
    kind = "steady"
    revision = 1
    source = "tests"

    def __init__(self, space, parameters, seed):
        self._space = space
        self._rng = np.random.default_rng(seed)
        self._number = int(self._rng.integers(10**9))

    def ask(self):
        time.sleep(0.005)
        if FAULT in os.environ and self._number % 12 == 0:
            fault(os.environ[FAULT], self._number)
        return Proposal(self._space.sample(1, self._rng))

    def tell(self, proposal, evaluation):
        pass

    def stop_reason(self):
        return None


class Long(Steady):
    kind = "long"

    def ask(self):
        time.sleep(0.02)
        return Proposal(self._space.sample(1, self._rng))


class Late(Steady):
    """Goes wrong in its fourth proposal."""

    kind = "late"
    asked = 0

    def ask(self):
        self.asked += 1
        if FAULT in os.environ and self.asked == 4:
            fault(os.environ[FAULT], self._number)
        return Proposal(self._space.sample(1, self._rng))
