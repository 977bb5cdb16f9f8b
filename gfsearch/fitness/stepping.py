"""Networks run step by step, where each input depends on the outputs before it."""

from __future__ import annotations

import numpy as np

from gfsearch.networks.lowering import lowered
from gfsearch.networks.structure import Structure
from gfsearch.specs.arrays import BoolArray, FloatArray


class Stepper:
    """L copies of a network, each with its weights and its state; float64 NumPy.

    Args:
        structure: The network.
        weights: (L, D) the weights of each copy.
    """

    def __init__(self, structure: Structure, weights: FloatArray) -> None:
        self._structure = lowered(structure)
        self._weights = np.ascontiguousarray(weights.T)
        starts = np.array([unit.start for unit in self._structure.units])
        first = np.repeat(starts[:, None], len(weights), axis=1)
        # The step before comes first.
        self._history = [first] * max(self._structure.memory)
        self._step = 0

    def step(self, inputs: FloatArray) -> FloatArray:
        """(L, O) outputs at the next step.

        Args:
            inputs: (L, I) what each copy sees.
        """
        structure, lines = self._structure, inputs.T
        now = np.zeros_like(self._history[0])
        for u, unit in enumerate(structure.units):
            if self._step % unit.period != unit.phase:
                now[u] = self._history[0][u]
                continue
            total = np.zeros(now.shape[1])
            for link in unit.links:
                weight = (
                    link.fixed if link.weight is None else self._weights[link.weight]
                )
                if link.origin == "input":
                    weight = weight * lines[link.index]
                elif link.origin == "past":
                    weight = weight * self._history[link.delay - 1][link.index]
                elif link.origin == "now":
                    weight = weight * now[link.index]
                total += weight if link.gate is None else weight * now[link.gate]
            now[u] = unit.kind.function(total)
        self._history = [now, *self._history[:-1]]
        self._step += 1
        return np.ascontiguousarray(now[structure.output_units.start :].T)

    def keep(self, which: BoolArray) -> None:
        """Go on with some of the copies.

        Args:
            which: (L,) which.
        """
        self._weights = self._weights[:, which]
        self._history = [each[:, which] for each in self._history]
