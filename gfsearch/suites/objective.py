"""Objectives: tasks made of a function of the weights, without problem and network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np

from gfsearch.fitness import revision
from gfsearch.fitness.space import Space
from gfsearch.searchers import Searcher
from gfsearch.specs.errors import InputError, in_a_line
from gfsearch.specs.fields import LABEL, identifying, whole
from gfsearch.specs.seeds import canonical_json, seed_sequence
from gfsearch.suites.budget import Budget
from gfsearch.suites.instances import identity_of
from gfsearch.suites.needs import not_on_weights_alone
from gfsearch.suites.published import Published
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Range, Weights

if TYPE_CHECKING:
    from gfsearch.fitness.function import FunctionFitness

_MOST_WEIGHTS = 10_000_000


@runtime_checkable
class FunctionProblem(Protocol):
    """A problem of a suite that evaluates weight vectors itself."""

    kind: str
    revision: int
    source: str

    @property
    def dimension(self) -> int:
        """D, the number of weights."""

    def evaluate(self, weights: Any) -> Any:
        """See `Objective`."""


@dataclass(frozen=True)
class Objective:
    """A task that is a function of a weight vector: one's own model or simulator.

    A presentation is a trial: one call for one vector. A searcher that needs a network
    is not applicable.

    Attributes:
        evaluate: Called with weights (P, D) float64, a copy; returns losses (P,), to be
            minimised, or a tuple of losses, solved (P,) booleans and, if it likes,
            errors (P,) whole numbers. A noisy one takes `rng`, a generator of its own
            for each run and proposal. None for one of an earlier session, which can be
            reported but not run.
        dimension: D, the number of weights.
        low: Least value of a weight.
        high: Largest value of a weight.
        name: The task's name; it stands for the function in keys of runs.
        sd: Standard deviation of the normal distribution around 0, cut at low and high,
            from which guessing draws; None: uniformly.
        loss_below: A vector of a smaller loss is a solution, unless the function says
            itself what is solved.
        targets: Losses whose first attainment is recorded, in descending order.
        group: The tasks that it is shown with, apart from the others; empty for none.
        budget: What each run may spend, if not the suite's.
        budgets: What each run of a searcher may spend on this task, by its label.
        problem: Where the function is from, if a suite names it.

    Raises:
        InputError: Something given is out of range.

    Example:
        >>> import gfsearch
        >>> sphere = gfsearch.Objective(
        ...     lambda weights: (weights**2).sum(axis=1),
        ...     dimension=2, low=-1.0, high=1.0, name="sphere", loss_below=0.01,
        ... )
        >>> gfsearch.run(sphere, "annealing", budget=2000).status
        'solved'
    """

    evaluate: Callable[..., Any] | None = field(compare=False)
    _: KW_ONLY
    dimension: int
    low: float
    high: float
    name: str
    loss_below: float | None = None
    sd: float | None = None
    targets: Sequence[float] = ()
    group: str = ""
    budget: Budget | None = None
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    problem: FunctionProblem | None = None

    published: Sequence[Published] = field(default=(), init=False)
    until: Literal["training"] = field(default="training", init=False)

    def __post_init__(self) -> None:
        where = f"objective {self.name!r}"
        if not isinstance(self.name, str) or not all(
            map(LABEL.fullmatch, self.name.split("/"))
        ):
            raise InputError(
                f"{where}: name: expected letters, digits and . _ = - in parts joined "
                "by /"
            )
        if self.evaluate is not None and not callable(self.evaluate):
            got = type(self.evaluate).__name__
            raise InputError(f"{where}: evaluate: expected a function, got {got}")
        dimension = whole(f"{where}: dimension", self.dimension, 1, _MOST_WEIGHTS)
        object.__setattr__(self, "dimension", dimension)
        for name in ("low", "high", "sd", "loss_below"):
            value = getattr(self, name)
            if value is not None or name in ("low", "high"):
                object.__setattr__(self, name, _finite(f"{where}: {name}", value))
        try:
            if self.sd is not None and not self.sd > 0.0:
                raise ValueError(f"sd: expected a number > 0, got {self.sd:g}")
            Weights(low=self.low, high=self.high, sd=self.sd)
        except ValueError as error:
            raise InputError(f"{where}: {error}") from None
        if self.group and not (
            isinstance(self.group, str) and LABEL.fullmatch(self.group)
        ):
            raise InputError(
                f"{where}: group: expected letters, digits and . _ = -, got "
                f"{self.group!r}"
            )
        if self.budget is not None:
            budget = Budget.given(self.budget, f"{where}: budget")
            object.__setattr__(self, "budget", budget)
        if not isinstance(self.budgets, Mapping):
            raise InputError(f"{where}: budgets: expected a budget by label")
        budgets = {
            label: Budget.given(value, f"{where}: budgets: {label}")
            for label, value in self.budgets.items()
        }
        object.__setattr__(self, "budgets", budgets)
        if not isinstance(self.targets, Sequence) or isinstance(self.targets, str):
            raise InputError(f"{where}: targets: expected a list of losses")
        targets = tuple(_finite(f"{where}: targets", value) for value in self.targets)
        if sorted(set(targets), reverse=True) != list(targets):
            raise InputError(f"{where}: targets: expected losses in descending order")
        object.__setattr__(self, "targets", targets)

    @property
    def space(self) -> Space:
        """The weight vectors a searcher may propose."""
        d = self.dimension
        return Space(np.full(d, self.low), np.full(d, self.high), sd=self.sd)

    @property
    def weights(self) -> Weights:
        """The range of its weights."""
        return Weights(low=self.low, high=self.high, sd=self.sd)

    @property
    def place(self) -> str:
        """Module and name of its function, where another process may find it."""
        name = getattr(self.evaluate, "__qualname__", "")
        return f"{getattr(self.evaluate, '__module__', '')}:{name}" if name else ""

    @property
    def is_found_elsewhere(self) -> bool:
        """True if another machine can import the function."""
        if self.problem is not None:
            return True
        module, _, name = self.place.partition(":")
        if not name or module == "__main__" or "<" in name:
            return False
        try:
            return attrgetter(name)(import_module(module)) is self.evaluate
        except (Exception, SystemExit):
            return False

    @property
    def called(self) -> str:
        """Its name in error messages."""
        return f"objective {self.name!r}"

    @property
    def in_words(self) -> str:
        """Problem and network, or function, in short."""
        return "function" if self.problem is None else self.problem.kind

    @property
    def judged(self) -> str:
        """The criterion in words."""
        if self.loss_below is None:
            return "as the function says"
        return f"loss below {self.loss_below:g}, or as the function says"

    @property
    def tested(self) -> bool:
        """False: there is no test set."""
        return False

    @property
    def one_training_set(self) -> bool:
        """True: all runs are on the same function."""
        return True

    @property
    def constant_output(self) -> None:
        """None: there are no outputs."""
        return None

    @property
    def revisions(self) -> dict[str, int]:
        """Revisions of what it is made of."""
        return {"problem": 1 if self.problem is None else self.problem.revision}

    def why_not(self, kind: type[Searcher], on_line: bool = False) -> str | None:
        """The reason why a searcher cannot work on it; None if it can.

        Args:
            kind: The searcher.
            on_line: Whether its weights move within a pass.
        """
        return not_on_weights_alone(kind, "it is a function of its weights")

    def changed(self, instance: int) -> str:
        """The message where the function is not that of earlier records."""
        return (
            "its function gives other losses now than its records saw: go on in "
            "another folder, or under another name"
        )

    def digest(self, instance: int = 0, seed: int = 0) -> str:
        """The hash of its losses of three fixed vectors: of the function as it is."""
        return self.fitness(instance, seed).digest

    def fitness(self, instance: int = 0, seed: int = 0) -> FunctionFitness:
        """Make it concrete for a run: its random numbers are those of this run.

        Args:
            instance: Number of the run.
            seed: Root seed of the study.

        Raises:
            InputError: Its function is not here.
        """
        from gfsearch.fitness.function import FunctionFitness

        if self.evaluate is None:
            raise InputError(f"{self.called}: its function is not here")
        noise = {"noise": seed, "objective": self.identity(), "instance": instance}
        return FunctionFitness(
            self.evaluate,
            self.space,
            self.loss_below,
            seed_sequence(noise),
            self.called,
        )

    def identity(self) -> dict[str, Any]:
        """Identity in canonical form; the name stands for the function."""
        content: dict[str, Any] = {
            "objective": self.name
            if self.problem is None
            else identity_of(self.problem),
            "weights": {
                "dimension": self.dimension,
                **identifying(self.weights),
            },
            "criterion": {"loss_below": self.loss_below},
        }
        return revision.with_revision(content)

    @cached_property
    def hashed(self) -> bytes:
        """The identity as canonical JSON."""
        return canonical_json(self.identity())


AnyTask = Task | Objective
"""A task of either kind."""


def of_problem(
    problem: FunctionProblem, where: str, weights: Range, **fields: Any
) -> Objective:
    """The objective of a problem that evaluates weight vectors itself.

    Args:
        problem: The problem.
        where: What error messages begin with.
        weights: The range of its weights.
        **fields: The other fields.

    Raises:
        InputError: It declares no number of weights.
    """
    try:
        dimension = whole("dimension", problem.dimension, 1, _MOST_WEIGHTS)
    except (Exception, SystemExit) as error:
        raise InputError(f"{where}: problem: {in_a_line(error)}") from None
    return Objective(
        problem.evaluate,
        dimension=dimension,
        low=weights.ends[0],
        high=weights.ends[1],
        sd=weights.sd,
        problem=problem,
        **fields,
    )


def _finite(where: str, value: Any) -> float:
    """A finite number as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"{where}: expected a number, got {value!r}")
    number = float(value)
    if not np.isfinite(number):
        raise InputError(f"{where}: expected a finite number, got {value!r}")
    return number
