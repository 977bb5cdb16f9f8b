"""Seeds and keys: every random stream is a hash of what it is for.

Nothing positional enters: not the order of tasks, searchers or runs, not a label, not
the number of processes. So adding a task or a searcher changes nothing else, and a
larger budget continues the same run.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import numpy as np


def canonical_json(content: Any) -> bytes:
    """Plain values, and such JSON inside them, in the form that is hashed."""
    return msgspec.json.encode(content, order="sorted")


def digest(content: Any) -> str:
    """The hash (32 hexadecimal digits) of plain values in canonical JSON."""
    text = canonical_json(content)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def seed_sequence(content: Any, spawn: int = 0) -> np.random.SeedSequence:
    """An independent random stream for each content and spawn number."""
    return np.random.SeedSequence(int(digest(content), 16), spawn_key=(spawn,))
