"""Asking a searcher, and checking what it hands over.

A searcher of others may return anything. Its proposals and reasons to stop are brought
into one form here, before costs are counted with them and records hold them.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.arrays import IntArray
from gfsearch.specs.errors import ExtensionError

_MOST = 2**40
"""Presentations, or gradients, that a proposal may state."""

_MOST_FRESH = 10**6
"""New sequences that a proposal may ask for."""

_NONE = 0
"""The object that stands where a proposal states no costs: quick to look for."""

_LONGEST = 1_000
"""Characters of a reason to stop."""


def ask(searcher: Searcher, dimension: int) -> Proposal:
    """The next proposal of a searcher; this is called at every trial.

    Args:
        searcher: The searcher.
        dimension: D, the number of weights.

    Returns:
        What it returned if that is in order, else the same with arrays and whole
        numbers in the place of other sequences and other integers.

    Raises:
        ExtensionError: It is no proposal, or one that cannot be evaluated.
    """
    proposal = searcher.ask()
    if proposal.__class__ is not Proposal and not isinstance(proposal, Proposal):
        raise _error(searcher, "ask", "a gfsearch.Proposal", type(proposal).__name__)
    weights, sequences = proposal.weights, proposal.sequences
    # What is right of most proposals; the fitness looks at type and shape of an array.
    if (
        proposal.presentations is _NONE
        and proposal.gradients is _NONE
        and proposal.fresh is _NONE
        and weights.__class__ is np.ndarray
        and (sequences is None or _are_indices(sequences))
    ):
        return proposal
    return _normalised(searcher, proposal, dimension)


def checked_reason(searcher: Searcher, reason: object) -> str:
    """Check a searcher's reason to stop.

    Args:
        searcher: The searcher.
        reason: What its `stop_reason` returned, not None.

    Raises:
        ExtensionError: It is no short word.
    """
    if not isinstance(reason, str):
        raise _error(searcher, "stop_reason", "a string or None", _shown(reason))
    if len(reason) > _LONGEST or not reason.isprintable():
        raise _error(searcher, "stop_reason", "a short word", _shown(reason[:100]))
    return str(reason)


def _normalised(searcher: Searcher, proposal: Proposal, dimension: int) -> Proposal:
    """A proposal with arrays and whole numbers of the types that are wanted."""
    weights = np.asarray(proposal.weights)
    shape = f"real numbers of shape (P, {dimension})"
    if weights.dtype.kind not in "fiu":
        raise _error(searcher, "weights", shape, str(weights.dtype))
    if weights.ndim != 2 or weights.shape[1] != dimension:
        raise _error(searcher, "weights", shape, f"shape {weights.shape}")
    sequences: IntArray | None = None
    if proposal.sequences is not None:
        sequences = np.asarray(proposal.sequences)
        if not _are_indices(sequences):
            expected = "None, or indices of at least one training sequence"
            raise _error(searcher, "sequences", expected, _shown(proposal.sequences))
    fresh = _count(searcher, "fresh", proposal.fresh, _MOST_FRESH)
    if fresh and sequences is not None:
        raise _error(searcher, "fresh", "0 where it names sequences", str(fresh))
    return Proposal(
        np.ascontiguousarray(weights, np.float64),
        sequences,
        _count(searcher, "presentations", proposal.presentations),
        _count(searcher, "gradients", proposal.gradients),
        fresh,
    )


def _are_indices(sequences: Any) -> bool:
    """True if something can be indices; only the fitness knows their range."""
    return (
        sequences.__class__ is np.ndarray
        and sequences.ndim == 1
        and len(sequences) > 0
        and sequences.dtype.kind in "iu"
    )


def _count(searcher: Searcher, name: str, value: Any, most: int = _MOST) -> int:
    """A whole number >= 0 of any integer type."""
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not 0 <= number <= most:
        raise _error(searcher, name, "a whole number >= 0", _shown(value))
    return number


def _error(searcher: Searcher, what: str, expected: str, got: str) -> ExtensionError:
    kind = type(searcher).kind
    return ExtensionError(f"searcher {kind!r}: {what}: expected {expected}, got {got}")


def _shown(value: Any) -> str:
    """The beginning of a value."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # Of an extension, which may do what it likes.
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
