"""The only counter of what a run costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gfsearch.searchers import Proposal
from gfsearch.specs.arrays import FloatArray

if TYPE_CHECKING:
    from gfsearch.fitness.evaluation import Evaluation


class Costs:
    """Costs and findings of a run; the rules of counting stand here only.

    A trial is one weight vector shown the whole training set (or shown it until its
    first wrong sequence); a presentation is one sequence shown; a gradient is one
    backward pass over one presentation. Partial evaluations
    cost their presentations, and one trial per started pass through the training set.
    Counting stops at the first vector that solves the task, in the order asked.

    Args:
        budget: Trials that may be spent.
        training_set: Number of training sequences.
        targets: Losses whose first attainment is recorded.
    """

    def __init__(
        self, budget: int, training_set: int, targets: Sequence[float] = ()
    ) -> None:
        self.trials = 0
        self.presentations = 0
        self.gradients = 0
        self.best_loss = math.inf
        self.best: FloatArray | None = None
        self.trace: list[tuple[int, float]] = []
        self.reached: list[int | None] = [None] * len(targets)
        self._budget = budget
        self._training_set = training_set
        self._targets = targets
        self._full = 0
        self._partial = 0
        self._since_full = 0

    @property
    def left(self) -> int:
        """Trials that may still be started."""
        return self._budget - self.trials

    @property
    def presentations_left(self) -> int:
        """Presentations that may still be made one by one.

        More than none while there are trials left, and until the last trial that
        partial evaluations have started is over.
        """
        return (self._budget - self._full) * self._training_set - self._partial

    @property
    def pass_is_over(self) -> bool:
        """True if partial evaluations made up a pass since the last full one."""
        return self._since_full >= self._training_set

    def cut(self, proposal: Proposal) -> Proposal | None:
        """The part of a proposal that the budget leaves; None if it leaves it whole."""
        # As `presentations_left`; this is called at every trial.
        left = (self._budget - self._full) * self._training_set - self._partial
        own = min(proposal.presentations, left)
        if proposal.sequences is None:
            rows = self._budget - self._trials(own)
        else:
            rows = (left - own) // len(proposal.sequences)
        if rows >= len(proposal.weights) and own == proposal.presentations:
            return None
        gradients = proposal.gradients * own // max(proposal.presentations, 1)
        return Proposal(proposal.weights[:rows], proposal.sequences, own, gradients)

    def count_own(self, proposal: Proposal) -> None:
        """Count what a searcher showed to a model of its own."""
        self.gradients += proposal.gradients
        self._count_shown(proposal.presentations)

    def count_partial(self, evaluation: Evaluation) -> None:
        """Count vectors that were shown part of the training set."""
        shown = int(evaluation.presentations.sum())
        self.gradients += shown if evaluation.gradient is not None else 0
        self._count_shown(shown)

    def _count_shown(self, presentations: int) -> None:
        """Count sequences that were shown one by one."""
        self.presentations += presentations
        self._partial += presentations
        self._since_full += presentations
        self.trials = self._trials()

    def _trials(self, more: int = 0) -> int:
        """Trials so far, with further presentations made one by one."""
        return self._full - (-(self._partial + more) // self._training_set)

    def count_full(self, weights: FloatArray, evaluation: Evaluation) -> bool:
        """Count vectors that were shown the training set; tell whether one solves it.

        If one does, it becomes `best`.
        """
        assert evaluation.solved is not None
        # Lists: for the one row of most searchers, arrays would take longer to count
        # than many a network to run.
        solved = evaluation.solved.tolist()
        shown = evaluation.presentations.tolist()
        losses = [] if evaluation.loss is None else evaluation.loss.tolist()
        any_solves = True in solved
        if any_solves:
            counted = solved.index(True) + 1
            del shown[counted:], losses[counted:]
        if losses and min(losses) < self.best_loss:
            self._follow(weights, losses)
        self.presentations += sum(shown)
        self.gradients += sum(shown) if evaluation.gradient is not None else 0
        self._full += len(shown)
        self.trials += len(shown)
        self._since_full = 0
        if any_solves:
            self.best = weights[counted - 1].copy()
        return any_solves

    def _follow(self, weights: FloatArray, losses: list[float]) -> None:
        """Note each new best loss with the number of its trial.

        The weights are copied: their searcher may go on using its array.
        """
        best = None
        for row, loss in enumerate(losses):
            if loss < self.best_loss:
                self.best_loss = loss
                best = row
                trial = self.trials + row + 1
                self.trace.append((trial, self.best_loss))
                for i, target in enumerate(self._targets):
                    if self.reached[i] is None and self.best_loss <= target:
                        self.reached[i] = trial
        if best is not None:
            self.best = weights[best].copy()
