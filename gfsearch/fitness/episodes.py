"""Fitness on episodes: a network acts on an environment, from fixed start states."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.evaluation import Losses, Need, Verdicts
from gfsearch.fitness.fitness import Validate
from gfsearch.fitness.space import Space
from gfsearch.fitness.stepping import Stepper
from gfsearch.networks.structure import Structure
from gfsearch.problems.episodes import Episodes, episodes_digest
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.errors import ExtensionError, InputError

_MOST_WEIGHTS = 2**22
"""Weights of all copies of a network that run side by side."""


class EpisodeFitness:
    """Evaluates weight vectors by the rewards of episodes; a presentation is one.

    Everything is float64. The loss is 1 - the mean sum of rewards / the best possible.

    Args:
        structure: The network.
        train: The training episodes.
        test_set: The test episodes.
        space: The weight vectors a searcher may propose.
        criterion: When a vector solves them.
        called: What error messages begin with.

    Raises:
        InputError: No episode can be as long, or score as much, as the criterion asks.

    Attributes:
        train: The training episodes.
        test_set: The test episodes.
        space: The weight vectors a searcher may propose.
        validate: None: there is no further set.
        noisy: False: the same vector always has the same loss.
    """

    validate: Validate | None = None
    noisy = False

    def __init__(
        self,
        structure: Structure,
        train: Episodes,
        test_set: Episodes,
        space: Space,
        criterion: Criterion,
        called: str,
    ) -> None:
        for name, limit in (("survive", train.steps), ("score", train.best)):
            wanted = getattr(criterion, name)
            if wanted is not None and wanted > limit:
                raise InputError(
                    f"criterion: {name}: expected at most {limit:g}, as an episode "
                    f"has, got {wanted:g}"
                )
        self.train, self.test_set, self.space = train, test_set, space
        self._structure, self._criterion, self._called = structure, criterion, called
        self._allowed = criterion.allowed(len(train))

    @property
    def presentations(self) -> int:
        """Number of training episodes."""
        return len(self.train)

    @property
    def test_size(self) -> int:
        """Number of test episodes."""
        return len(self.test_set)

    @cached_property
    def digest(self) -> str:
        """The hash (32 hexadecimal digits) of the episodes and their environment."""
        lines, outputs = self._structure.inputs, self._structure.outputs
        return episodes_digest([self.train, self.test_set], lines, outputs)

    def begin(self, presentations: int) -> None:
        """Nothing: no evaluation needs random numbers."""

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """(count, D) weight vectors from the task's prior."""
        return self.space.sample(count, rng)

    def evaluate(
        self,
        weights: FloatArray,
        need: Need = "loss",
        sequences: IntArray | None = None,
    ) -> Losses | Verdicts:
        """Run training episodes with P weight vectors.

        Args:
            weights: (P, D) float64.
            need: "loss": run all episodes. "solved": a vector leaves at its first
                episode that is one wrong too many; loss and errors are then None.
            sequences: Numbers of the episodes to run instead of all; `solved` is then
                None.

        Raises:
            ExtensionError: A gradient is asked for, or the environment fails.
            ValueError: Weights of a wrong shape, or `need="solved"` on a part.
        """
        if need == "gradient":
            raise ExtensionError(f"{self._called}: episodes have no gradient")
        if weights.ndim != 2 or weights.shape[1] != self.space.dimension:
            raise ValueError(
                f"weights: expected shape (P, {self.space.dimension}), got "
                f"{weights.shape}"
            )
        if need == "solved" and self._criterion.survive is not None:
            if sequences is not None:
                raise ValueError("need='solved' takes all episodes")
            return self._early_rejecting(weights)
        count = len(self.train)
        chosen = np.arange(count) if sequences is None else np.asarray(sequences)
        rewards, lasted = self.run(weights, self.train, chosen)
        loss, errors = self._judged(rewards, lasted, self.train)
        value = self._value(rewards)
        whole = sequences is None
        solved = self._criterion.meets(errors, np.full(len(weights), count), value)
        return Losses(
            loss,
            errors,
            solved & np.isfinite(weights).all(axis=1) if whole else None,
            np.full(len(weights), len(chosen)),
            steps=lasted.sum(axis=1),
        )

    def run(
        self, weights: FloatArray, episodes: Episodes, chosen: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Run episodes with P weight vectors.

        Args:
            weights: (P, D).
            episodes: The episodes.
            chosen: (K,) numbers of those to run.

        Returns:
            (P, K) sums of rewards, and (P, K) steps taken.

        Raises:
            ExtensionError: The environment fails.
        """
        most = max(_MOST_WEIGHTS // (self.space.dimension * len(chosen)), 1)
        parts = [
            self._run(weights[first : first + most], episodes, chosen)
            for first in range(0, len(weights), most)
        ] or [(np.zeros((0, len(chosen))), np.zeros((0, len(chosen)), np.int64))]
        rewards, lasted = zip(*parts, strict=True)
        return np.concatenate(rewards), np.concatenate(lasted)

    def _run(
        self, weights: FloatArray, episodes: Episodes, chosen: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """The same for so many vectors as run side by side; a lane is an episode."""
        lanes = len(weights) * len(chosen)
        stepper = Stepper(self._structure, np.repeat(weights, len(chosen), axis=0))
        states = np.tile(episodes.starts[chosen], (len(weights), 1))
        rewards, lasted = np.zeros(lanes), np.zeros(lanes, np.int64)
        alive = np.arange(lanes)
        for _ in range(episodes.steps):
            seen = episodes.observed(states, self._structure.inputs, self._called)
            actions = stepper.step(seen)
            states, gained, over = episodes.stepped(states, actions, self._called)
            rewards[alive] += gained
            lasted[alive] += 1
            if over.any():
                alive, states = alive[~over], states[~over]
                if not len(alive):
                    break
                stepper.keep(~over)
        shape = len(weights), len(chosen)
        return rewards.reshape(shape), lasted.reshape(shape)

    def evaluate_fresh(
        self, weights: FloatArray, need: Need, start: int, count: int
    ) -> Losses:
        """Refuse: there are no new sequences."""
        raise ExtensionError(f"{self._called}: episodes are no new sequences")

    def test(self, weights: FloatArray) -> int:
        """Number of test episodes that one (D,) weight vector gets wrong."""
        rewards, lasted = self._tested(weights)
        return int(self._judged(rewards, lasted, self.test_set)[1][0])

    def test_value(self, weights: FloatArray) -> float | None:
        """Minus the mean score on the test episodes; None without a limit on it."""
        if self._criterion.score is None:
            return None
        return float(self._value(self._tested(weights)[0])[0])

    def test_sides(self, weights: FloatArray) -> int | None:
        """None: there is no threshold."""
        return None

    def _tested(self, weights: FloatArray) -> tuple[FloatArray, IntArray]:
        chosen = np.arange(len(self.test_set))
        return self.run(np.asarray(weights)[None], self.test_set, chosen)

    def _judged(
        self, rewards: FloatArray, lasted: IntArray, episodes: Episodes
    ) -> tuple[FloatArray, IntArray]:
        """(P,) losses, and (P,) numbers of wrong episodes."""
        with np.errstate(invalid="ignore"):
            loss = 1.0 - rewards.mean(axis=1) / episodes.best
        loss[~np.isfinite(loss)] = np.inf
        return loss, (~self._right(rewards, lasted)).sum(axis=1)

    def _right(
        self, rewards: FloatArray, lasted: IntArray
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(P, K) whether each episode is right."""
        if self._criterion.survive is not None:
            return np.asarray(lasted >= self._criterion.survive)
        assert self._criterion.score is not None
        return np.asarray(rewards >= self._criterion.score)

    @staticmethod
    def _value(rewards: FloatArray) -> FloatArray:
        """(P,) minus the mean score, as `Criterion.meets` takes it."""
        return np.asarray(-rewards.mean(axis=1))

    def _early_rejecting(self, weights: FloatArray) -> Verdicts:
        """Run episode by episode, and leave at the first wrong one too many."""
        count, p = len(self.train), len(weights)
        shown, steps = np.full(p, count), np.zeros(p, np.int64)
        left, alive = np.full(p, self._allowed), np.arange(p)
        for number in range(count):
            if not len(alive):
                break
            rewards, lasted = self.run(weights[alive], self.train, np.array([number]))
            steps[alive] += lasted[:, 0]
            left[alive] -= ~self._right(rewards, lasted)[:, 0]
            shown[alive[left[alive] < 0]] = number + 1
            alive = alive[left[alive] >= 0]
        solved = (left >= 0) & np.isfinite(weights).all(axis=1)
        return Verdicts(None, None, solved, shown, steps=steps)
