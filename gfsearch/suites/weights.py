"""The range of a task's weights, and how they are drawn from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from gfsearch.fitness.space import Space
from gfsearch.networks.own_forward import Built
from gfsearch.specs.errors import unknown
from gfsearch.specs.fields import Positive, Spec

_WIDTH = 10.0
"""Standard deviations that weights are searched within."""

_LARGEST = 1e6


@dataclass(frozen=True, kw_only=True)
class Range(Spec):
    """A range of weights, and how guessing draws them.

    Attributes:
        low: Least weight; 10 standard deviations below 0 if only `sd` is given.
        high: Largest weight.
        sd: Standard deviation of the normal distribution around 0, cut at both ends,
            from which weights are drawn; None: they are drawn uniformly.
    """

    added_later: ClassVar[frozenset[str]] = frozenset(("sd", "groups"))

    low: float | None = None
    high: float | None = None
    sd: Positive | None = None

    def __post_init__(self) -> None:
        # From Python, whole numbers are given for floats.
        for name in ("low", "high", "sd"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, float(value))
        if self.sd is not None:
            for name, sign in (("low", -1.0), ("high", 1.0)):
                if getattr(self, name) is None:
                    object.__setattr__(self, name, sign * _WIDTH * self.sd)
        if self.low is None or self.high is None:
            raise ValueError("give low and high, or sd")
        if not self.low < self.high:
            raise ValueError(f"low: {self.low:g} is not below high: {self.high:g}")
        if max(-self.low, self.high) > _LARGEST:
            also = "" if self.sd is None else ", sd at most 1e5"
            raise ValueError(f"low, high: expected weights within [-1e6, 1e6]{also}")
        if self.sd is not None and not self.low < 0.0 < self.high:
            raise ValueError("low, high: expected a range around 0 with sd")

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest weight."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high


@dataclass(frozen=True, kw_only=True)
class Weights(Range):
    """The range of all weights, and those of groups of them.

    Attributes:
        low, high, sd: See `Range`.
        groups: Ranges of groups of weights by name: those that the network names, and
            those of all weights from an origin ("input", "past-input", "bias", "past",
            "now").
    """

    groups: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, values in self.groups.items():
            try:
                _range(values)
            except (TypeError, ValueError) as error:
                raise ValueError(f"groups: {name}: {error}") from None

    @property
    def ranges(self) -> dict[str, Range]:
        """The ranges of groups, by name."""
        return {name: _range(values) for name, values in self.groups.items()}

    def space(self, structure: Built) -> Space:
        """The box of a network's weight vectors, with its prior.

        Args:
            structure: The network.

        Raises:
            ValueError: A group that the network does not have, or a weight in two.
        """
        count, (low, high) = structure.dimension, self.ends
        if not self.groups:
            return Space(np.full(count, low), np.full(count, high), sd=self.sd)
        bounds = np.tile([[low], [high]], count)
        sd = np.full(count, math.inf if self.sd is None else self.sd)
        owner: dict[int, str] = {}
        for name, own in self.ranges.items():
            if name not in structure.weight_groups:
                mistake = unknown("group", name, structure.weight_groups)
                raise ValueError(f"weights: groups: {mistake}")
            for weight in structure.weight_groups[name]:
                if weight in owner:
                    raise ValueError(
                        f"weights: groups: {name} and {owner[weight]} have weights in "
                        "common"
                    )
                owner[weight] = name
                bounds[:, weight] = own.ends
                sd[weight] = math.inf if own.sd is None else own.sd
        normal = bool(np.isfinite(sd).any())
        return Space(bounds[0], bounds[1], sd=sd if normal else None)


def _range(values: Mapping[str, float]) -> Range:
    """The range of a group.

    Raises:
        ValueError: Its fields are none, or no range.
    """
    for name, value in values.items():
        if name not in ("low", "high", "sd") or not math.isfinite(value):
            raise ValueError(
                f"expected finite low and high, or sd; got {name} = {value}"
            )
    if values.get("sd", 1.0) <= 0.0:
        raise ValueError(f"sd: expected a number > 0, got {values['sd']:g}")
    return Range(**values)
