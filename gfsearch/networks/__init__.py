"""Networks: recurrent architectures. They know no problem.

A network is an immutable spec with `kind`, `revision` and `source` on its class and
a method `build(inputs, outputs)` that returns its `Structure`.
"""

from gfsearch.networks.first_order import A1, A2, Elman
from gfsearch.networks.kinds import NETWORK_KINDS, NETWORKS
from gfsearch.networks.masked import Masked
from gfsearch.networks.protocol import Network
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
