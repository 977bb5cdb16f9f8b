"""Episodes: a network acts on an environment, and sees what comes of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gfsearch.specs.arrays import BoolArray, FloatArray
from gfsearch.specs.errors import ExtensionError, in_a_line

_PROBED = 5
"""Steps that tell which environment it is."""


class Environment(Protocol):
    """An environment without a memory of its own: its state is all there is.

    It works on L states at a time, each by itself, and keeps none of them.
    """

    def observe(self, states: FloatArray) -> FloatArray:
        """(L, I) what a network sees of (L, S) states."""

    def step(
        self, states: FloatArray, actions: FloatArray
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Take one step from (L, S) states with (L, O) actions, a network's outputs.

        Returns:
            (L, S) the next states, (L,) the rewards of the step, and (L,) whether the
            episode is over.
        """


@dataclass(frozen=True, eq=False)
class Episodes:
    """N episodes in an environment, from one start state each.

    Attributes:
        environment: The environment.
        starts: (N, S) float64, the start states; read-only.
        steps: Steps after which an episode ends.
        best: The largest possible sum of rewards of an episode; default one for each
            step.
    """

    environment: Environment
    starts: FloatArray
    steps: int
    best: float = 0.0

    def __post_init__(self) -> None:
        """Bring all to their types.

        Raises:
            ValueError: No start state, one that is not finite, or no step.
        """
        starts = np.array(self.starts, dtype=np.float64, ndmin=2)
        if starts.ndim != 2 or len(starts) == 0 or not np.isfinite(starts).all():
            raise ValueError(
                "Episodes: starts: expected finite numbers of shape (N, S), got shape "
                f"{starts.shape}"
            )
        if isinstance(self.steps, bool) or int(self.steps) != self.steps:
            raise ValueError(f"Episodes: steps: expected a whole number: {self.steps}")
        if self.steps < 1:
            raise ValueError(f"Episodes: steps: expected at least 1, got {self.steps}")
        best = float(self.best or self.steps)
        if not 0.0 < best < np.inf:
            raise ValueError(f"Episodes: best: expected a number > 0, got {self.best}")
        starts.flags.writeable = False
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "steps", int(self.steps))
        object.__setattr__(self, "best", best)

    def __len__(self) -> int:
        return len(self.starts)

    def observed(self, states: FloatArray, inputs: int, called: str) -> FloatArray:
        """(L, I) what a network sees of (L, S) states, checked.

        Args:
            states: The states.
            inputs: Number of input lines.
            called: What error messages begin with.

        Raises:
            ExtensionError: The environment fails, or returns something else.
        """
        try:
            seen = self.environment.observe(states)
        except (Exception, SystemExit) as error:
            raise ExtensionError(f"{called}: observe: {in_a_line(error)}") from error
        checked: FloatArray = _checked(
            seen, (len(states), inputs), f"{called}: observe"
        )
        return checked

    def stepped(
        self, states: FloatArray, actions: FloatArray, called: str
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Take one step, checked; see `Environment.step`.

        Args:
            states: (L, S) the states.
            actions: (L, O) the network's outputs.
            called: What error messages begin with.

        Raises:
            ExtensionError: The environment fails, or returns something else.
        """
        where = f"{called}: step"
        try:
            after, rewards, over = self.environment.step(states, actions)
        except (Exception, SystemExit) as error:
            raise ExtensionError(f"{where}: {in_a_line(error)}") from error
        count = len(states)
        return (
            _checked(after, states.shape, where),
            _checked(rewards, (count,), where),
            _checked(over, (count,), where, "b").astype(np.bool_),
        )


def episodes_digest(parts: list[Episodes], inputs: int, outputs: int) -> str:
    """The hash (32 hexadecimal digits) of sets of episodes, and of what happens there.

    A few steps from the first start state, with fixed actions, say which environment
    it is. Numbers are rounded to float32, as those of sequences are.

    Args:
        parts: The sets.
        inputs: Number of input lines.
        outputs: Number of outputs.
    """
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(repr((part.starts.shape, part.steps, part.best)).encode())
        told = [part.starts]
        at = part.starts[:1].copy()
        for t in range(_PROBED):
            action = np.full((1, outputs), 0.5 * (-1.0) ** t)
            told.append(part.observed(at, inputs, "environment"))
            at, rewards, over = part.stepped(at, action, "environment")
            told += [rewards, over.astype(np.float64)]
        for values in told:
            with np.errstate(over="ignore", invalid="ignore"):
                state.update((values + 0.0).astype("<f4").tobytes())
    return state.hexdigest()


def _checked(
    found: Any, shape: tuple[int, ...], where: str, kinds: str = "fiub"
) -> Any:
    """An array as it should be, as float64 if it holds numbers.

    Raises:
        ExtensionError: It is not.
    """
    array = np.asarray(found)
    if array.shape != shape or array.dtype.kind not in kinds:
        wanted = "true or false" if kinds == "b" else "real numbers"
        raise ExtensionError(
            f"{where}: expected {wanted} of shape {shape}, got {array.dtype} of shape "
            f"{array.shape}"
        )
    return array if kinds == "b" else array.astype(np.float64)
