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
        searcher: Our name of the method that was published, if we have it.
        method: The paper's name of it otherwise.
        trials: Published mean number of trials to solution.
        presentations: Published mean number of presentations to solution.
        error: Published final error, if no cost to solution is given.
        runs: Number of runs that were averaged, if known.
        source: Where it stands.
        verified: Read in the primary source; false prints as "unverified".
    """

    source: str
    searcher: str | None = None
    method: str | None = None
    trials: Positive | None = None
    presentations: Positive | None = None
    error: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    runs: Count | None = None
    verified: bool = True

    def __post_init__(self) -> None:
        if (self.searcher is None) == (self.method is None):
            raise ValueError("give either searcher or method")
        if self.trials is None and self.presentations is None and self.error is None:
            raise ValueError("give trials, presentations or error")
