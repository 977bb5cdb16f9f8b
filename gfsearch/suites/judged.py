"""Targets of a problem as the outputs of a network can show them, and be judged."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gfsearch.fitness.criteria import Criterion, Loss
from gfsearch.networks.own_forward import Built
from gfsearch.networks.structure import OutputRange, Structure
from gfsearch.problems import Data, Sequences

Classes = tuple[float, float]
"""The targets of two classes, the larger first."""


def check_classes(
    structure: Built, classes: Classes | None, criterion: Criterion, loss: Loss
) -> None:
    """Refuse a criterion or a loss that does not fit what a problem declares.

    Args:
        structure: The network.
        classes: The declared targets; None if targets may be any numbers.
        criterion: When a sequence is correct.
        loss: What is minimised.

    Raises:
        ValueError: It does not fit.
    """
    if criterion.of_episodes:
        raise ValueError("criterion: survive, score: the problem has no episodes")
    if criterion.loss_below is not None and loss != "mse":
        raise ValueError(f"criterion: loss_below: expected loss 'mse', got {loss!r}")
    if criterion.by_rank and structure.outputs == 1:
        raise ValueError(
            "criterion: largest, possible: they compare outputs, and there is one"
        )
    for shows in structure.shows:
        if classes is None and shows.two_valued:
            raise ValueError(
                "a threshold unit shows two values, and targets may be any numbers"
            )
        if loss == "graded" and not (
            math.isfinite(shows.low) and math.isfinite(shows.high)
        ):
            raise ValueError("loss: 'graded' needs outputs of a finite range")
        if classes is not None:
            _check_targets(np.array(_shown(shows, classes)), shows, criterion, loss)


def check_episodic(
    network: Built, criterion: Criterion, loss: Loss, until: str
) -> None:
    """Refuse what does not fit a problem with episodes.

    Args:
        network: The network.
        criterion: When episodes are solved.
        loss: What is minimised.
        until: When a run ends.

    Raises:
        ValueError: It does not fit.
    """
    if not criterion.of_episodes:
        raise ValueError("criterion: expected survive or score: the data are episodes")
    if loss != "mse" or until != "training":
        raise ValueError("loss, until: episodes have neither: leave them out")
    if not isinstance(network, Structure):
        raise ValueError(
            f"{network.called}: episodes need a network of units, which steps"
        )


def check_drawn(
    sequences: Sequences, structure: Built, criterion: Criterion, loss: Loss
) -> None:
    """Refuse a criterion or a loss that does not fit targets that were drawn.

    Args:
        sequences: The sequences.
        structure: The network.
        criterion: When a sequence is correct.
        loss: What is minimised.

    Raises:
        ValueError: It does not fit.
    """
    for o, shows in enumerate(structure.shows):
        targets = sequences.targets[sequences.mask][:, o]
        _check_targets(targets, shows, criterion, loss)
        if sequences.noise is not None:
            aims = sequences.aims[sequences.mask][:, o]
            _check_range(aims, shows, loss)


def _check_targets(
    targets: np.ndarray[tuple[int], np.dtype[np.float64]],
    shows: OutputRange,
    criterion: Criterion,
    loss: Loss,
) -> None:
    """Refuse targets of one output that cannot be judged as wanted."""
    if criterion.sign and (targets == 0.0).any():
        raise ValueError("criterion: sign: the target 0 has no sign")
    _check_range(targets, shows, loss)


def _check_range(
    targets: np.ndarray[tuple[int], np.dtype[np.float64]],
    shows: OutputRange,
    loss: Loss,
) -> None:
    """Refuse targets outside the range of an output, where the loss is graded."""
    if loss == "graded" and not (
        shows.low <= targets.min() and targets.max() <= shows.high
    ):
        raise ValueError("loss: 'graded' needs targets within the range of the outputs")


def _shown(shows: OutputRange, classes: Classes) -> Classes:
    """The targets of two classes as an output can show them."""
    return (shows.high, shows.low) if shows.two_valued else classes


def in_reach(
    data: Data[Sequences], structure: Built, classes: Classes | None
) -> Data[Sequences]:
    """The data with targets that the output units can show.

    A threshold unit answers with one of two values: the targets of the two classes
    become these.

    Args:
        data: The sets of sequences.
        structure: The network.
        classes: The declared targets.
    """
    hard = np.array([shows.two_valued for shows in structure.shows])
    if classes is None or not hard.any():
        return data
    low = np.array([shows.low for shows in structure.shows])
    high = np.array([shows.high for shows in structure.shows])
    middle = 0.5 * sum(classes)

    def reached(part: Sequences) -> Sequences:
        two_valued = np.where(part.targets > middle, high, low)
        return replace(part, targets=np.where(hard, two_valued, part.targets))

    train, test, validation = data
    return Data(
        reached(train),
        reached(test),
        None if validation is None else reached(validation),
    )


def constant_output(
    structure: Built, classes: Classes | None, criterion: Criterion
) -> float | None:
    """An output that meets the criterion whatever the sequence; None if none does.

    Of several outputs, each must have one; it is that of the last.

    Args:
        structure: The network.
        classes: The declared targets.
        criterion: When a sequence is correct.
    """
    if classes is None or criterion.by_rank or criterion.limit is not None:
        return None
    found = [_constant(shows, classes, criterion) for shows in structure.shows]
    return None if None in found else found[-1]


def _constant(
    shows: OutputRange, classes: Classes, criterion: Criterion
) -> float | None:
    """A value of one output that meets both classes' targets; None if none does."""
    high, low = _shown(shows, (max(classes), min(classes)))
    tolerance = criterion.tolerance
    if tolerance is None:
        return high if low * high > 0.0 else None
    if shows.two_valued:
        return shows.low if high - low < tolerance else None
    least = max(shows.low, high - tolerance)
    most = min(shows.high, low + tolerance)
    return 0.5 * (least + most) if least < most else None
