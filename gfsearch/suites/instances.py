"""Instances of a problem: the data of one run, drawn by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gfsearch.networks.own_forward import Built
from gfsearch.problems import Problem, Sequences
from gfsearch.problems.data import Data
from gfsearch.problems.drawing import draw, draw_episodes, draw_fresh, folds_of
from gfsearch.problems.episodes import Episodes
from gfsearch.problems.sequences import joined
from gfsearch.specs.fields import Spec, identifying
from gfsearch.specs.seeds import seed_sequence
from gfsearch.suites.declared import declared_targets
from gfsearch.suites.judged import in_reach

BLOCK = 64
"""New sequences that are drawn together, whoever asks for how many."""


@dataclass(frozen=True)
class Instance:
    """An instance of a problem.

    Attributes:
        problem: The problem.
        network: The network, whose outputs say which targets they can show.
        number: Number of the instance, from 0.
        seed: Root seed of the study.
    """

    problem: Problem
    network: Built
    number: int
    seed: int

    def sequences(self, **more: str) -> Data[Sequences]:
        """Draw all sets; those of one cross-validation share a split.

        Args:
            **more: What tells this drawing from others of the instance.

        Raises:
            ExtensionError: The problem draws what it should not.
        """
        repetition, fold = divmod(self.number, folds_of(self.problem))
        drawn = draw(self.problem, self._rng(repetition, **more), fold)
        return self._in_reach(drawn)

    def episodes(self) -> Data[Episodes]:
        """Draw training and test episodes.

        Raises:
            ExtensionError: The problem draws what it should not.
        """
        return draw_episodes(self.problem, self._rng(self.number))

    def fresh(self, start: int, count: int) -> Sequences:
        """Draw new sequences, by their numbers.

        Args:
            start: Number of the first one, from 0.
            count: How many.

        Raises:
            ExtensionError: The problem draws what it should not.
        """
        parts = []
        for block in range(start // BLOCK, (start + count - 1) // BLOCK + 1):
            rng = self._rng(self.number, set=f"fresh {block}")
            drawn = draw_fresh(self.problem, BLOCK, rng)
            first = max(start - block * BLOCK, 0)
            last = min(start + count - block * BLOCK, BLOCK)
            reached = self._in_reach(Data(drawn, drawn)).train
            parts.append(reached.some(np.arange(first, last)))
        return joined(parts)

    def _in_reach(self, data: Data[Sequences]) -> Data[Sequences]:
        return in_reach(data, self.network, declared_targets(self.problem))

    def _rng(self, number: int, **more: str) -> np.random.Generator:
        content = {
            "data": self.seed,
            "problem": identity_of(self.problem),
            "instance": number,
            **more,
        }
        return np.random.default_rng(seed_sequence(content))


def identity_of(part: Any) -> dict[str, Any]:
    """Identity of a problem or network: its kind, revision and fields.

    Args:
        part: The problem or network.
    """
    assert isinstance(part, Spec)
    kind: Any = part
    return {"kind": kind.kind, "revision": kind.revision, **identifying(part)}
