"""A small suite that is in order, for tests to change."""

import tomllib

from gfsearch.suites.reading import load_suite

GOOD = """
title = "t"
runs = 3
budget = 100

[searchers]
guessing = {}
slow = { kind = "annealing", cooling = 0.95 }

[[task]]
name = "parity/A1"
problem = { kind = "parity", length = [5, 9], train = 10, test = 10 }
network = { kind = "A1" }
weights = { low = -100, high = 100 }
criterion = { tolerance = 0.1 }
published = [{ searcher = "guessing", trials = 10, source = "s" }]
"""


def load(text, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return load_suite(path)


TABLE = tomllib.loads(GOOD)
TABLE["task"][0]["targets"] = [0.3, 0.2]
