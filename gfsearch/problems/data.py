"""Data: the sets of cases that a problem draws for one instance."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from gfsearch.problems.episodes import Episodes
from gfsearch.problems.sequences import Sequences

Case = TypeVar("Case", Sequences, Episodes)


class Data(NamedTuple, Generic[Case]):
    """The sets that a problem draws for one instance; all are of one kind.

    Attributes:
        train: The training set.
        test: The test set.
        validation: A set on which solutions must be right, too, where a task asks for
            that; None where another drawing's test set serves.
    """

    train: Case
    test: Case
    validation: Case | None = None
