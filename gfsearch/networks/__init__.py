"""Networks: recurrent architectures. They know no problem.

A network is an immutable spec with `kind`, `revision` and `source` on its class and
a method `build(inputs, outputs)` that returns its `Structure`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from gfsearch.extensions import Kinds
from gfsearch.networks.first_order import A1, A2, Elman
from gfsearch.networks.masked import Masked
from gfsearch.networks.structure import Structure
from gfsearch.networks.tanh_unit import TanhUnit

__all__ = [
    "A1",
    "A2",
    "NETWORKS",
    "NETWORK_KINDS",
    "Elman",
    "Masked",
    "Network",
    "Structure",
    "TanhUnit",
]


@runtime_checkable
class Network(Protocol):
    """What every network offers."""

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]

    def build(self, inputs: int, outputs: int) -> Structure:
        """The structure for given numbers of input lines and outputs."""


NETWORKS = {kind.kind: kind for kind in (A1, A2, Elman, Masked, TanhUnit)}

NETWORK_KINDS: Kinds[Any] = Kinds(
    what="network", built_in=NETWORKS, base=Network, own=("build",)
)
