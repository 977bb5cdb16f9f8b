"""The shape of a network."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from gfsearch.networks.structure import Structure


@runtime_checkable
class Network(Protocol):
    """A recurrent architecture."""

    kind: ClassVar[str]
    revision: ClassVar[int]
    source: ClassVar[str]

    def build(self, inputs: int, outputs: int) -> Structure:
        """The structure for given numbers of input lines and outputs."""
