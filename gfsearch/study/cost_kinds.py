"""The costs that searchers are compared in: one table, which everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

# The command line reads the table: NumPy would slow down `--help`.
if TYPE_CHECKING:
    from gfsearch.specs.arrays import FloatArray

Cost = Literal["trials", "presentations", "forward_equivalents", "environment_steps"]

BACKWARD = 2.0
"""Cost of a backward pass, in presentations.

The operations of back-propagation through time are about twice those of the forward
pass; `benchmarks/backward.py` measures what they take.
"""


class _Columns(Protocol):
    """Columns of records, by the names of their fields."""

    def __getitem__(self, name: str, /) -> Any: ...


class CostKind(NamedTuple):
    """A cost.

    Attributes:
        label: Its name in tables, figures and options.
        marker: Its marker in figures.
        needs: The column without which it is not shown; empty: it always is.
        everywhere: Whether every searcher on every task must have some of it to be
            compared in it.
        drawn_as: The cost whose random numbers its statistics take: the same numbers
            where both may be equal, so that what is equal is shown equal.
        of: The costs of runs from the columns of their records.
    """

    label: str
    marker: str
    needs: str
    everywhere: bool
    drawn_as: Cost
    of: Callable[[_Columns], FloatArray]


def _forward_equivalents(columns: _Columns) -> FloatArray:
    shown: FloatArray = columns["presentations"].astype(float)
    backward: FloatArray = columns["gradients"].astype(float)
    return shown + BACKWARD * backward


def _counted(name: str) -> Callable[[_Columns], FloatArray]:
    def counted(columns: _Columns) -> FloatArray:
        found: FloatArray = columns[name].astype(float)
        return found

    return counted


COST_KINDS: Mapping[Cost, CostKind] = {
    "trials": CostKind("trials", "o", "", False, "trials", _counted("trials")),
    "presentations": CostKind(
        "presentations", "s", "", False, "presentations", _counted("presentations")
    ),
    "forward_equivalents": CostKind(
        "forward-equivalents",
        "D",
        "gradients",
        False,
        "presentations",
        _forward_equivalents,
    ),
    "environment_steps": CostKind(
        "environment steps",
        "^",
        "environment_steps",
        True,
        "trials",
        _counted("environment_steps"),
    ),
}

COSTS: tuple[Cost, ...] = tuple(COST_KINDS)
