"""Answers that are right on many sequences whatever these are."""

from __future__ import annotations

from collections import Counter

import numpy as np

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks.structure import OutputRange
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray

_MOST_TRIED = 500
"""Vectors of constant outputs that are tried."""


def constant_solution(
    sequences: Sequences, criterion: Criterion, shows: tuple[OutputRange, ...]
) -> str | None:
    """A constant answer that meets a criterion, in words; None if none is found.

    Args:
        sequences: The sequences.
        criterion: The criterion.
        shows: (O,) the activations of the output units.
    """
    targets = sequences.targets[sequences.mask]
    if criterion.loss_below is not None:
        value = float(((targets - targets.mean(axis=0)) ** 2).mean())
        if value >= criterion.loss_below:
            return None
        return f"the targets' mean has a loss of {value:.3g}, which is enough"
    if criterion.mean_error is not None:
        value = float(np.abs(targets - np.median(targets, axis=0)).mean())
        if value >= criterion.mean_error:
            return None
    answer, right = best_answer(sequences, criterion, shows)
    count = len(sequences)
    if right < count - criterion.allowed(count):
        return None
    return (
        f"{answer} is right on {right} of {count} training sequences, which is enough; "
        f"expected at most {max(count - right - 1, 0)} that may be wrong"
    )


def best_answer(
    sequences: Sequences, criterion: Criterion, shows: tuple[OutputRange, ...]
) -> tuple[str, int]:
    """The constant answer that is right on the most sequences, as far as is found.

    Of several outputs, the answers that one of the sequences asks for are tried.

    Args:
        sequences: The sequences.
        criterion: When one is correct.
        shows: (O,) the activations of the output units, which say what they can show.

    Returns:
        The answer in words, and on how many sequences it is right.
    """
    if criterion.by_rank:
        return _best_ranking(sequences, all_of_them=criterion.possible)
    if len(shows) == 1:
        output, right = best_constant(sequences, criterion, shows[0])
        return f"a constant output of {output:g}", right
    low, high = _limits(sequences, criterion)
    tried = np.stack(
        [_within(low[:, o], high[:, o], kind) for o, kind in enumerate(shows)], axis=1
    )
    common = Counter(map(tuple, tried.tolist())).most_common(_MOST_TRIED)
    answers = np.array([answer for answer, _ in common])[:, None]
    met = ((low < answers) & (answers < high)).all(axis=-1).sum(axis=1)
    best = int(np.argmax(met))
    told = ", ".join(f"{value:g}" for value in common[best][0])
    return f"the constant outputs {told}", int(met[best])


def _best_ranking(sequences: Sequences, all_of_them: bool) -> tuple[str, int]:
    """The outputs that may be largest throughout on the most sequences."""
    wanted = sequences.targets == sequences.targets.max(axis=-1, keepdims=True)
    asked: Counter[tuple[bool, ...]] = Counter()
    for i in range(len(sequences)):
        steps = wanted[i, sequences.mask[i]]
        if all_of_them:
            if (steps == steps[0]).all():
                asked[tuple(steps[0].tolist())] += 1
        else:
            outputs = range(steps.shape[1])
            asked.update(
                tuple(o == p for p in outputs) for o in outputs if steps[:, o].all()
            )
    if not asked:
        return "no answer", 0
    answer, right = asked.most_common(1)[0]
    told = ", ".join(str(o + 1) for o, largest in enumerate(answer) if largest)
    return f"the largest output always at {told}", right


def _within(low: FloatArray, high: FloatArray, shows: OutputRange) -> FloatArray:
    """(N,) values of one output within limits, where it can show any there."""
    if shows.two_valued:
        return np.where((low < shows.high) & (shows.high < high), shows.high, shows.low)
    least, most = np.maximum(low, shows.low), np.minimum(high, shows.high)
    infinite = ~np.isfinite(least) | ~np.isfinite(most)
    with np.errstate(invalid="ignore"):
        middle = 0.5 * (least + most)
    ends = np.where(np.isfinite(least), least + 1.0, most - 1.0)
    return np.asarray(np.where(infinite, ends, middle))


def _limits(
    sequences: Sequences, criterion: Criterion
) -> tuple[FloatArray, FloatArray]:
    """(N, O) limits between which a constant output meets all of a sequence's targets.

    The lower one is above the upper one where there is none.
    """
    targets = [sequences.targets[i, sequences.mask[i]] for i in range(len(sequences))]
    least = np.array([t.min(axis=0) for t in targets])
    most = np.array([t.max(axis=0) for t in targets])
    if criterion.tolerance is not None:
        return most - criterion.tolerance, least + criterion.tolerance
    # One side of 0; neither where a sequence has targets on both.
    low = np.where(least > 0.0, 0.0, np.where(most < 0.0, -np.inf, np.inf))
    return low, np.where(least > 0.0, np.inf, 0.0)


def best_constant(
    sequences: Sequences, criterion: Criterion, shows: OutputRange
) -> tuple[float, int]:
    """The constant output that is right on the most sequences.

    Args:
        sequences: Sequences with one output.
        criterion: When one is correct.
        shows: The activation of the output unit, which says what it can show.

    Returns:
        The output, and on how many it is right.
    """
    low, high = (limits[:, 0] for limits in _limits(sequences, criterion))
    if shows.two_valued:
        tried = np.array([shows.low, shows.high])
    else:
        # Between two neighbouring ends of intervals it makes no difference where.
        ends = np.concatenate([low, high, [shows.low, shows.high]])
        ends = np.unique(ends[np.isfinite(ends)])
        ends = np.concatenate([[ends[0] - 1.0], ends, [ends[-1] + 1.0]])
        tried = 0.5 * (ends[1:] + ends[:-1])
        tried = tried[(tried > shows.low) & (tried < shows.high)]
    right = ((low < tried[:, None]) & (tried[:, None] < high)).sum(axis=1)
    best = int(np.argmax(right))
    return float(tried[best]), int(right[best])
