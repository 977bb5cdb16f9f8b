"""Files of recorded sequences that several tests read."""

import numpy as np
import pandas as pd

SUITE = """
runs = 4
budget = 2_000

[[task]]
name      = "gestures"
problem   = { kind = "file", path = "gestures.csv", label = "gesture" }
network   = { kind = "A1", hidden = 1 }
weights   = { low = -10.0, high = 10.0 }
criterion = { largest = true, share = 0.9 }

[searchers]
guessing  = {}
adam      = {}
"""

CLASSES = ("down", "still", "up")


def recorded(count=90, mislabelled=5, seed=0):
    """Sequences of three lines, one of which is high at the first step; five are wrong.

    The line that is high tells the class; one label in eighteen is wrong.
    """
    rng = np.random.default_rng(seed)
    wrong = set(rng.choice(count, mislabelled, replace=False).tolist())
    rows = []
    for s in range(count):
        x = rng.normal(0.0, 0.3, (int(rng.integers(5, 12)), 3))
        x[0, s % 3] += 3.0
        label = CLASSES[(s + (s in wrong)) % 3]
        rows += [(f"s{s}", *step, label) for step in x.round(4).tolist()]
    return pd.DataFrame(rows, columns=["sequence", "x", "y", "z", "gesture"])


def write_suite(folder, text=SUITE):
    """A suite on the recorded sequences; returns its path."""
    recorded().to_csv(folder / "gestures.csv", index=False)
    (folder / "gestures.toml").write_text(text)
    return folder / "gestures.toml"
