"""Kinds of networks: the built-in ones by name, and those of others."""

from __future__ import annotations

from typing import Any

from gfsearch.networks.first_order import A1, A2, Elman
from gfsearch.networks.masked import Masked
from gfsearch.networks.protocol import Network
from gfsearch.networks.tanh_unit import TanhUnit
from gfsearch.specs.kinds import Kinds

NETWORKS = {kind.kind: kind for kind in (A1, A2, Elman, Masked, TanhUnit)}


NETWORK_KINDS: Kinds[Any] = Kinds(
    what="network", built_in=NETWORKS, base=Network, own=("build",)
)
