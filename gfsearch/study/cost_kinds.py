"""The costs that searchers are compared in: one table, which everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from gfsearch.specs.arrays import FloatArray

Cost = Literal["trials", "presentations", "forward_equivalents"]

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
        always: Shown in every study; false: in those with gradients only.
        of: The costs of runs from the columns of their records.
    """

    label: str
    marker: str
    always: bool
    of: Callable[[_Columns], FloatArray]


def _forward_equivalents(columns: _Columns) -> FloatArray:
    return np.asarray(columns["presentations"] + BACKWARD * columns["gradients"])


def _counted(name: str) -> Callable[[_Columns], FloatArray]:
    return lambda columns: np.asarray(columns[name], dtype=np.float64)


COST_KINDS: Mapping[Cost, CostKind] = {
    "trials": CostKind("trials", "o", True, _counted("trials")),
    "presentations": CostKind("presentations", "s", True, _counted("presentations")),
    "forward_equivalents": CostKind(
        "forward-equivalents", "D", False, _forward_equivalents
    ),
}

COSTS: tuple[Cost, ...] = tuple(COST_KINDS)
