"""The shape of a network."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from gfsearch.networks.own_forward import Model
from gfsearch.networks.structure import Structure


@runtime_checkable
class Network(Protocol):
    """A recurrent architecture."""

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]

    def build(self, inputs: int, outputs: int) -> Structure | Model:
        """The structure, or the model, for given numbers of input lines and outputs."""
