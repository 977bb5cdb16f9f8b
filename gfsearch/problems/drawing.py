"""Drawing from a problem, and checking what it hands over.

Compiled kernels read as many lines and steps as a problem declares, wherever these
lie in memory. So what a problem of others draws is checked here, once for each
instance, before anything else sees it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gfsearch.problems.data import Data
from gfsearch.problems.episodes import Episodes
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.errors import ExtensionError

if TYPE_CHECKING:
    from gfsearch.problems import Problem


def folds_of(problem: Problem) -> int:
    """The number of folds of a problem's cross-validation; 1 if there is none."""
    return (getattr(problem, "folds", None) or 1) if _has_folds(problem) else 1


def _has_folds(problem: Problem) -> bool:
    return hasattr(problem, "draw_fold")


def draw(problem: Problem, rng: np.random.Generator, fold: int = 0) -> Data[Sequences]:
    """Draw a training set and a test set, and what is held out for validation.

    Args:
        problem: The problem.
        rng: Its random numbers; the same ones for all folds of a cross-validation.
        fold: Number of the fold that is the test set, if it has folds.

    Raises:
        ExtensionError: It did not return two `Sequences`, or they have other numbers
            of lines or outputs than it declares.
        ValueError: They are not what `Sequences` are, see there.
    """
    parts: Any = problem
    drawn = parts.draw_fold(rng, fold) if _has_folds(problem) else problem.draw(rng)
    called = f"problem {problem.kind!r}: draw"
    held_out = None
    if isinstance(drawn, Data):
        *drawn, held_out = drawn
    if not isinstance(drawn, tuple | list) or len(drawn) != 2:
        raise ExtensionError(
            f"{called}: expected a training set and a test set, got {_told(drawn)}"
        )
    sets = []
    named = list(zip(("training set", "test set"), drawn, strict=True))
    if held_out is not None:
        named.append(("validation set", held_out))
    for what, part in named:
        if not isinstance(part, Sequences):
            raise ExtensionError(
                f"{called}: {what}: expected gfsearch.Sequences, got {_told(part)}"
            )
        sets.append(_of_declared_size(part, problem, f"{called}: {what}"))
    return Data(*sets)


def _of_declared_size(drawn: Sequences, problem: Problem, called: str) -> Sequences:
    """Sequences with as many lines and outputs as a problem declares.

    Raises:
        ExtensionError: They have others.
    """
    # Made anew: they may have been changed since, or come out of a pickle.
    made = replace(drawn)
    for name, array, declared in (
        ("inputs", made.inputs, problem.inputs),
        ("outputs", made.targets, problem.outputs),
    ):
        if array.shape[2] != declared:
            raise ExtensionError(
                f"{called}: expected {declared} {name}, as the problem declares, got "
                f"{array.shape[2]}"
            )
    return made


def draws_fresh(problem: Problem) -> bool:
    """True if a problem draws new sequences for ever."""
    return callable(getattr(problem, "fresh", None))


def draw_fresh(problem: Problem, count: int, rng: np.random.Generator) -> Sequences:
    """Draw new sequences, in the order in which they are to be shown.

    Args:
        problem: A problem that draws them.
        count: Their number.
        rng: Random numbers.

    Raises:
        ExtensionError: It returned something else.
    """
    own: Any = problem
    drawn = own.fresh(count, rng)
    called = f"problem {problem.kind!r}: fresh"
    if not isinstance(drawn, Sequences) or len(drawn) != count:
        raise ExtensionError(
            f"{called}: expected {count} gfsearch.Sequences, got {_told(drawn)}"
        )
    return _of_declared_size(drawn, problem, called)


def draw_episodes(problem: Problem, rng: np.random.Generator) -> Data[Episodes]:
    """Draw training and test episodes.

    Args:
        problem: The problem.
        rng: Its random numbers.

    Raises:
        ExtensionError: It did not return two `Episodes`.
    """
    drawn: Any = problem.draw(rng)
    called = f"problem {problem.kind!r}: draw"
    if not isinstance(drawn, tuple | list) or len(drawn[:2]) != 2:
        raise ExtensionError(
            f"{called}: expected training and test episodes, got {_told(drawn)}"
        )
    sets = []
    for what, part in zip(("training", "test"), drawn[:2], strict=True):
        if not isinstance(part, Episodes):
            raise ExtensionError(
                f"{called}: {what}: expected gfsearch.Episodes, got {_told(part)}"
            )
        # Made anew: it may have been changed since, or come out of a pickle.
        sets.append(Episodes(part.environment, part.starts, part.steps, part.best))
    return Data(*sets)


def _told(value: object) -> str:
    """A value of a wrong type, in short."""
    number = f" of {len(value)}" if isinstance(value, tuple | list) else ""
    return f"{type(value).__name__}{number}"
