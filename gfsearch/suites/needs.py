"""Needs of searchers that a task cannot meet."""

from __future__ import annotations

from gfsearch.searchers import Searcher


def not_on_weights_alone(
    kind: type[Searcher], what: str, on_line: bool = False, gradient: bool = False
) -> str | None:
    """The reason why a searcher cannot work where weights alone are known.

    Args:
        kind: The searcher.
        what: What is evaluated, as the beginning of the reason.
        on_line: Whether its weights move within a pass.
        gradient: Whether there is a gradient by the weights.

    Returns:
        None if it can: it needs no units, and no gradient that there is not.
    """
    enough = gradient and not on_line and getattr(kind, "gradient_alone", False)
    if enough:
        return None
    if getattr(kind, "fresh", False):
        return f"{what}, without new sequences"
    if getattr(kind, "white_box", False):
        return f"{what}, not a network of units"
    if getattr(kind, "need", "loss") == "gradient" and not gradient:
        return f"{what}, without a gradient"
    return None
