"""Needs of searchers that a task cannot meet."""

from __future__ import annotations

from gfsearch.searchers import Searcher


def not_on_weights_alone(kind: type[Searcher], what: str) -> str | None:
    """The reason why a searcher cannot work where weights alone are known.

    Args:
        kind: The searcher.
        what: What is evaluated, as the beginning of the reason.

    Returns:
        None if it can: it needs neither units nor a gradient.
    """
    if getattr(kind, "fresh", False):
        return f"{what}, without new sequences"
    if getattr(kind, "white_box", False):
        return f"{what}, not a network of units"
    if getattr(kind, "need", "loss") == "gradient":
        return f"{what}, without a gradient"
    return None
