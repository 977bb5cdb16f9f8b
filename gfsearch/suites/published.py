"""Published results that a task is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from gfsearch.specs.fields import Count, Positive, Probability, Spec


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
        solved: Published share of runs that solved the task.
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
    solved: Probability | None = None
    error: Probability | None = None
    runs: Count | None = None
    verified: bool = True

    def __post_init__(self) -> None:
        if (self.searcher is None) == (self.method is None):
            raise ValueError("give either searcher or method")
        names = ("trials", "presentations", "stopped", "solved", "error")
        if all(getattr(self, name) is None for name in names):
            raise ValueError("give trials, presentations, stopped, solved or error")
