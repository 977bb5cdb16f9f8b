"""Tasks: problem, network, weight range and success criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from gfsearch.fitness import revision
from gfsearch.fitness.criteria import Criterion, Loss
from gfsearch.fitness.space import Space
from gfsearch.networks import Network, Structure
from gfsearch.networks.own_forward import Built
from gfsearch.problems import Problem, Sequences
from gfsearch.problems.data import Data
from gfsearch.problems.drawing import draws_fresh
from gfsearch.problems.episodes import Episodes
from gfsearch.problems.sequences import digest
from gfsearch.searchers import Searcher
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.fields import identifying, require_kind
from gfsearch.specs.seeds import canonical_json
from gfsearch.suites.budget import Budget
from gfsearch.suites.building import built
from gfsearch.suites.declared import declared_targets
from gfsearch.suites.instances import Instance, identity_of
from gfsearch.suites.judged import (
    check_classes,
    check_episodic,
    constant_output,
)
from gfsearch.suites.needs import not_on_weights_alone
from gfsearch.suites.published import Published
from gfsearch.suites.weights import Weights

if TYPE_CHECKING:
    from gfsearch.fitness.episodes import EpisodeFitness
    from gfsearch.fitness.sequences import SequenceFitness

Until = Literal["training", "validation"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One row of a suite.

    Attributes:
        name: The task's name in its suite.
        problem: What is to be learned.
        network: The network that is to learn it.
        weights: The range of its weights.
        criterion: When a sequence is correct.
        loss: "mse" or "graded", see `gfsearch.fitness.sequences.SequenceFitness`.
        targets: Losses whose first attainment is recorded, in descending order.
        until: "training": a run ends at a vector that is right on the training set.
            "validation": it must then be right on a further set, too, which is drawn
            like the test set; else the run goes on. What is shown of it is charged.
        published: Published results to compare with.
        group: The tasks that it is shown with, apart from the others; empty for none.
        budget: What each run may spend, if not the suite's; a searcher may have its
            own.
        budgets: What each run of a searcher may spend on this task, by its label.
    """

    name: str
    problem: Problem
    network: Network
    weights: Weights
    criterion: Criterion
    loss: Loss = "mse"
    targets: Sequence[float] = ()
    until: Until = "training"
    published: Sequence[Published] = ()
    group: str = ""
    budget: Budget | None = None
    budgets: Mapping[str, Budget] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what problem and network say of themselves.

        Raises:
            ValueError: They do not fit each other, the criterion or the loss; or one of
                others says something that cannot be.
        """
        require_kind("weights", self.weights, Weights)
        require_kind("criterion", self.criterion, Criterion)
        self.weights.space(self.built)
        classes = declared_targets(self.problem)
        if self.episodic:
            check_episodic(self.built, self.criterion, self.loss, self.until)
            return
        check_classes(self.built, classes, self.criterion, self.loss)
        held_out = getattr(self.problem, "validation", None)
        if self.until == "validation" and self.recorded and held_out is None:
            raise ValueError(
                "until: 'validation' needs sequences that are held out: give the "
                f"problem {self.problem.kind!r} a share for validation"
            )

    @cached_property
    def built(self) -> Built:
        """The network for the problem's numbers of input lines and outputs.

        Raises:
            ValueError: There is none.
        """
        return built(self.network, self.problem)

    @property
    def structure(self) -> Structure:
        """The network's units and links.

        Raises:
            ValueError: It has a forward pass of its own.
        """
        if not isinstance(self.built, Structure):
            raise ValueError(f"{self.built.called} has no units: a pass of its own")
        return self.built

    @property
    def dimension(self) -> int:
        """D, the number of weights."""
        return self.built.dimension

    @property
    def called(self) -> str:
        """The name of its problem in error messages."""
        return f"problem {self.problem.kind!r}"

    @property
    def in_words(self) -> str:
        """Problem and network, or function, in short."""
        return f"{self.problem.kind} on {self.network.kind}"

    @property
    def judged(self) -> str:
        """The criterion in words."""
        return str(self.criterion)

    @property
    def tested(self) -> bool:
        """True: there is a test set."""
        return True

    @property
    def revisions(self) -> dict[str, int]:
        """Revisions of what it is made of."""
        return {"problem": self.problem.revision, "network": self.network.revision}

    def why_not(self, kind: type[Searcher], on_line: bool = False) -> str | None:
        """The reason why a searcher cannot work on it; None if it can.

        Args:
            kind: The searcher.
            on_line: Whether its weights move within a pass.
        """
        if self.episodic:
            return not_on_weights_alone(kind, "it is run in episodes")
        if not isinstance(self.built, Structure):
            what, gradient = "it is a model of its own", self.built.has_gradient
            return not_on_weights_alone(kind, what, on_line, gradient)
        if getattr(kind, "fresh", False) and not draws_fresh(self.problem):
            return "its problem draws no new sequences"
        return kind.not_applicable(self.built, self.space)

    def changed(self, instance: int) -> str:
        """The message where an instance has other data than records saw."""
        return (
            "its problem draws other data now than its records saw (instance "
            f"{instance}): take other data for another study: go on in another folder, "
            "or raise the problem's revision"
        )

    def digest(self, instance: int = 0, seed: int = 0) -> str:
        """The hash of an instance's training set and test set."""
        if self.episodic:
            return self.fitness(instance, seed).digest
        return digest(*self.sequences(instance, seed))

    @property
    def space(self) -> Space:
        """The weight vectors a searcher may propose."""
        return self.weights.space(self.built)

    @property
    def constant_output(self) -> float | None:
        """An output that meets the criterion whatever the sequence; None if none does.

        Such a criterion says nothing of what a network has learned.
        """
        if self.episodic:
            return None
        classes = declared_targets(self.problem)
        return constant_output(self.built, classes, self.criterion)

    @property
    def episodic(self) -> bool:
        """True if its data are episodes in an environment, as the problem says."""
        return getattr(self.problem, "environment", None) is not None

    @property
    def recorded(self) -> bool:
        """True if there are only so many sequences, as the problem says."""
        return bool(getattr(self.problem, "recorded", False))

    @property
    def one_training_set(self) -> bool:
        """True if all instances share their training set, as the problem says."""
        return bool(getattr(self.problem, "one_training_set", False))

    def sequences(
        self, instance: int = 0, seed: int = 0
    ) -> tuple[Sequences, Sequences]:
        """Draw an instance's training set and test set.

        Tasks with the same problem see the same sequences, whatever their network.

        Args:
            instance: Number of the instance, from 0.
            seed: Root seed of the study.

        Raises:
            ExtensionError: The problem draws what it should not.
            ValueError: It has episodes, and no sequences.
        """
        if self.episodic:
            raise ValueError(f"{self.called} has episodes, and no sequences")
        return self._instance(instance, seed).sequences()[:2]

    def episodes(self, instance: int = 0, seed: int = 0) -> Data[Episodes]:
        """Draw an instance's training and test episodes, if it has some.

        Args:
            instance: Number of the instance, from 0.
            seed: Root seed of the study.

        Raises:
            ExtensionError: The problem draws what it should not.
        """
        return self._instance(instance, seed).episodes()

    def validation(self, instance: int = 0, seed: int = 0) -> Sequences | None:
        """Draw the set on which a run's solution must be right, too, if there is one.

        It is the test set of another drawing; of recorded data, what is held out.

        Args:
            instance: Number of the instance, from 0.
            seed: Root seed of the study.
        """
        if self.until == "training":
            return None
        drawn = self._instance(instance, seed)
        if self.recorded:
            return drawn.sequences().validation
        return drawn.sequences(set="validation").test

    def _instance(self, number: int, seed: int) -> Instance:
        return Instance(self.problem, self.built, number, seed)

    def fresh(
        self, start: int, count: int, instance: int = 0, seed: int = 0
    ) -> Sequences:
        """Draw new sequences of an instance, for learning on-line.

        They are numbered, and the same whoever asks, for as many at a time as he likes.

        Args:
            start: Number of the first one, from 0.
            count: How many.
            instance: Number of the instance, from 0.
            seed: Root seed of the study.

        Raises:
            ExtensionError: The problem draws what it should not.
        """
        return self._instance(instance, seed).fresh(start, count)

    def fitness(
        self, instance: int = 0, seed: int = 0
    ) -> SequenceFitness | EpisodeFitness:
        """Join an instance's training and test set with the network.

        Args:
            instance: Number of the instance, from 0.
            seed: Root seed of the study.
        """
        # Here and not above: listing tasks must not cost the import of numba.
        from gfsearch.fitness.episodes import EpisodeFitness
        from gfsearch.fitness.sequences import SequenceFitness

        if self.episodic:
            episodes = self.episodes(instance, seed)
            assert isinstance(self.built, Structure)
            return EpisodeFitness(
                self.built,
                episodes.train,
                episodes.test,
                self.space,
                self.criterion,
                self.called,
            )
        train, test = self.sequences(instance, seed)
        return SequenceFitness(
            self.built,
            train,
            test,
            self.space,
            self.criterion,
            self.loss,
            self.validation(instance, seed),
            partial(self.fresh, instance=instance, seed=seed)
            if draws_fresh(self.problem)
            else None,
        )

    def replay(
        self, weights: npt.ArrayLike, inputs: npt.ArrayLike, *, units: bool = False
    ) -> FloatArray:
        """Show inputs to the network with some weights: in plain NumPy, step by step.

        For looking at what a run has found: in the precision in which solutions are
        confirmed, but not by the compiled kernels.

        Args:
            weights: (D,) a weight vector, for instance `record.weights`.
            inputs: (T, I) the input lines at each step, or (N, T, I) of N sequences.
            units: Return the outputs of all units, hidden ones first.

        Returns:
            (T, O) outputs, or (N, T, O); with `units` (T, U), or (N, T, U).

        Raises:
            ValueError: A wrong shape, a value that is not finite, or `units` of a
                network that has none.
        """
        from gfsearch.fitness.reference import replay

        return replay(self.built, weights, inputs, units=units)

    def identity(self) -> dict[str, Any]:
        """Identity of the task, in canonical form: no name, targets or figures."""
        content: dict[str, Any] = {
            "problem": identity_of(self.problem),
            "network": identity_of(self.network),
            "weights": identifying(self.weights),
            "criterion": identifying(self.criterion),
            "loss": self.loss,
        }
        # What is added later enters identities only where it is not as it always was.
        if self.until != "training":
            content["until"] = self.until
        return revision.with_revision(content, self.built)

    @cached_property
    def hashed(self) -> bytes:
        """The identity as canonical JSON: keys are made by the million."""
        return canonical_json(self.identity())
