"""The only counter of what a run costs."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING

from gfsearch.searchers import Proposal
from gfsearch.specs.arrays import FloatArray
from gfsearch.suites.budget import Budget

if TYPE_CHECKING:
    from gfsearch.fitness.evaluation import Evaluation, Need
    from gfsearch.fitness.fitness import Validate


def _validated(
    weights: FloatArray, solved: list[bool], validate: Validate
) -> list[int]:
    """Presentations of the validation set to each vector, up to the first right one.

    Args:
        weights: (P, D).
        solved: Which vectors solve the training set; changed to False for those that
            are wrong on the validation set.
        validate: The check of a vector.
    """
    more = [0] * len(solved)
    for row, solves in enumerate(solved):
        if solves:
            solved[row], more[row] = validate(weights[row])
            if solved[row]:
                break
    return more


class Costs:
    """Costs and findings of a run; the rules of counting stand here only.

    A trial is one weight vector shown the whole training set (or shown it until its
    first wrong sequence); a presentation is one sequence shown; a gradient is one
    backward pass over one presentation. Of episodes, a presentation is one, and the
    steps of the environment are counted beside. Partial evaluations
    cost their presentations, and one trial per started pass through the training set.
    Of a budget in presentations, trials are counted that begin within it.
    Counting stops at the first vector that solves the task, in the order asked.

    Args:
        budget: What may be spent.
        training_set: Number of training sequences.
        targets: Losses whose first attainment is recorded.
    """

    def __init__(
        self, budget: Budget, training_set: int, targets: Sequence[float] = ()
    ) -> None:
        self.trials = 0
        self.presentations = 0
        self.gradients = 0
        self.steps = 0
        self.fresh = 0
        self.best_loss = math.inf
        self.best: FloatArray | None = None
        self.trace: list[tuple[int, float]] = []
        self.reached: list[int | None] = [None] * len(targets)
        self._budget = budget.amount
        self._in_trials = budget.unit == "trials"
        self._training_set = training_set
        self._targets = targets
        self._full = 0
        self._partial = 0
        self._since_full = 0

    @property
    def left(self) -> int:
        """Trials that may still be started, if each shows the whole training set."""
        if self._in_trials:
            return self._budget - self.trials
        return -(-self.presentations_left // self._training_set)

    @property
    def presentations_left(self) -> int:
        """Presentations that may still be made one by one.

        Of a budget in trials: more than none while there are trials left, and until the
        last trial that partial evaluations have started is over.
        """
        if self._in_trials:
            return (self._budget - self._full) * self._training_set - self._partial
        return max(self._budget - self.presentations, 0)

    @property
    def pass_is_over(self) -> bool:
        """True if partial evaluations made up a pass since the last full one."""
        return self._since_full >= self._training_set

    def cut(self, proposal: Proposal, need: Need = "loss") -> Proposal | None:
        """The part of a proposal that the budget leaves; None if it leaves it whole.

        Args:
            proposal: What is to be evaluated.
            need: What its searcher needs; with "solved" a vector is left at its first
                wrong sequence.
        """
        if self._in_trials:
            # As `presentations_left`; this is called at every trial.
            left = (self._budget - self._full) * self._training_set - self._partial
        else:
            left = self.presentations_left
        own = min(proposal.presentations, left)
        if proposal.fresh:
            rows = (left - own) // proposal.fresh
        elif proposal.sequences is not None:
            rows = (left - own) // len(proposal.sequences)
        elif self._in_trials:
            rows = self._budget - self._trials(own)
        elif (
            need == "solved"
        ):  # One presentation each at least; `count_full` counts them.
            rows = left - own
        else:  # What has begun is finished.
            rows = -(-(left - own) // self._training_set)
        if rows >= len(proposal.weights) and own == proposal.presentations:
            return None
        gradients = proposal.gradients * own // max(proposal.presentations, 1)
        weights, fresh = proposal.weights[:rows], proposal.fresh
        return Proposal(weights, proposal.sequences, own, gradients, fresh)

    def count_own(self, proposal: Proposal) -> None:
        """Count what a searcher showed to a model of its own."""
        self.gradients += proposal.gradients
        self._count_shown(proposal.presentations)

    def count_partial(self, evaluation: Evaluation) -> None:
        """Count vectors that were shown part of the training set."""
        shown = int(evaluation.presentations.sum())
        self.gradients += shown if evaluation.gradient is not None else 0
        if evaluation.steps is not None:
            self.steps += int(evaluation.steps.sum())
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

    def count_full(
        self,
        weights: FloatArray,
        evaluation: Evaluation,
        validate: Validate | None = None,
    ) -> bool:
        """Count vectors that were shown the training set; tell whether one solves it.

        If one does, it becomes `best`.

        Args:
            weights: (P, D).
            evaluation: What became of them.
            validate: Whether a vector that solves the training set is right on another
                one, too, and how much of it was shown: that is counted as well.
        """
        assert evaluation.solved is not None
        # Lists: for the one row of most searchers, arrays would take longer to count
        # than many a network to run.
        solved = evaluation.solved.tolist()
        shown = evaluation.presentations.tolist()
        losses = [] if evaluation.loss is None else evaluation.loss.tolist()
        more: list[int] = []
        any_solves = True in solved
        if any_solves and validate is not None:
            more = _validated(weights, solved, validate)
            any_solves = True in solved
        if not self._in_trials:
            spent = [a + b for a, b in zip_longest(shown, more, fillvalue=0)]
            begun = self._begun(spent)
            del solved[begun:], shown[begun:], more[begun:], losses[begun:]
            any_solves = True in solved
        if any_solves:
            counted = solved.index(True) + 1
            del shown[counted:], more[counted:], losses[counted:]
        if losses and min(losses) < self.best_loss:
            self._follow(weights, losses)
        self.presentations += sum(shown)
        if more:
            self.presentations += sum(more)
        self.gradients += sum(shown) if evaluation.gradient is not None else 0
        if evaluation.steps is not None:
            self.steps += int(evaluation.steps[: len(shown)].sum())
        self._full += len(shown)
        self.trials += len(shown)
        self._since_full = 0
        if any_solves:
            self.best = weights[counted - 1].copy()
        return any_solves

    def _begun(self, shown: list[int]) -> int:
        """Trials, of some with these presentations, that begin within the budget."""
        ends = list(accumulate(shown, initial=self.presentations))
        return bisect_left(ends, self._budget, hi=len(shown))

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
