"""Published results that a task is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from gfsearch.specs.fields import Count, Positive, Spec


@dataclass(frozen=True, kw_only=True)
class Published(Spec):
    """A published result to compare with.

    Attributes:
        searcher: Our name of the method that was published, if we have it: that of a
            searcher with its defaults, or the label of one of the suite's.
        method: The paper's name of it otherwise.
        trials: Published mean number of trials to solution.
        presentations: Published mean number of presentations to solution.
        stopped: Published mean number of presentations until the method stopped, runs
            that failed included.
        error: Published final error: the share of sequences on the wrong side of the
            threshold, over all runs.
        runs: Number of runs that were averaged, if known.
        source: Where it stands.
        verified: Read in the primary source; false prints as "unverified".
    """

    source: str
    searcher: str | None = None
    method: str | None = None
    trials: Positive | None = None
    presentations: Positive | None = None
    stopped: Positive | None = None
    error: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    runs: Count | None = None
    verified: bool = True

    def __post_init__(self) -> None:
        if (self.searcher is None) == (self.method is None):
            raise ValueError("give either searcher or method")
        figures = (self.trials, self.presentations, self.stopped, self.error)
        if all(figure is None for figure in figures):
            raise ValueError("give trials, presentations, stopped or error")
