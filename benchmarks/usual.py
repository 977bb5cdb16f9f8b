"""The same networks as users write them today: matrices and a loop over time.

One step, written once, serves NumPy (one candidate or many), JAX and PyTorch. No work
is done for connections that a network does not have. One input line, one output, one
target at the end of each sequence, logistic units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gfsearch.networks import Structure
from gfsearch.problems import Sequences

CHUNK = 64
"""Candidates that batched NumPy evaluates together: more would leave the cache."""


@dataclass(frozen=True)
class Matrices:
    """Positions of each group of connections in the weight vector.

    Index arrays, None for a group that the network does not have: into the hidden
    units from input (H, 1), hidden units (H, H) or only themselves (H, 1), output
    (H, 1), bias (H, 1); into the output from input (1, 1), hidden units (1, H),
    itself (1, 1), bias (1, 1).
    """

    hidden_input: Any
    hidden_hidden: Any
    hidden_self: Any
    hidden_output: Any
    hidden_bias: Any
    output_input: Any
    output_hidden: Any
    output_self: Any
    output_bias: Any
    sequential: bool

    @classmethod
    def of(cls, structure: Structure) -> Matrices:
        n = len(structure.units) - 1

        def group(units: range, origin: str, sources: range) -> Any:
            table = {
                (u, link.index): link.weight
                for u in units
                for link in structure.units[u].links
                if link.origin in origin.split() and link.index in sources
            }
            if len(table) == len(units) * len(sources):
                return np.array([[table[u, s] for s in sources] for u in units])
            if len(table) == len(units) == len(sources):
                return np.array([[table[u, u]] for u in units])
            assert not table
            return None

        hidden, output, one = range(n), range(n, n + 1), range(1)
        among = group(hidden, "past", hidden)
        full = among is not None and among.shape[1] == n
        seen = {k.origin for k in structure.units[n].links if k.index < n}
        return cls(
            hidden_input=group(hidden, "input", one),
            hidden_hidden=among if full else None,
            hidden_self=None if full else among,
            hidden_output=group(hidden, "past", output),
            hidden_bias=group(hidden, "bias", one),
            output_input=group(output, "input", one),
            output_hidden=group(output, "past now", hidden),
            output_self=group(output, "past", output),
            output_bias=group(output, "bias", one),
            sequential="now" in seen,
        )

    def step(self, w: Any, sigmoid: Callable[[Any], Any]) -> Callable[..., Any]:
        """The step of weights (..., D): x (N,), h (..., H, N), o (..., 1, N)."""

        def pick(where: Any) -> Any:
            return None if where is None else w[..., where]

        u, a, d, v, b = map(
            pick,
            (
                self.hidden_input,
                self.hidden_hidden,
                self.hidden_self,
                self.hidden_output,
                self.hidden_bias,
            ),
        )
        p, q, r, c = map(
            pick,
            (self.output_input, self.output_hidden, self.output_self, self.output_bias),
        )

        def step(x: Any, h: Any, o: Any) -> tuple[Any, Any]:
            total = u * x + v * o + b
            total = total + (a @ h if d is None else d * h)
            fresh = sigmoid(total)
            total = q @ (fresh if self.sequential else h) + r * o
            if p is not None:
                total = total + p * x
            if c is not None:
                total = total + c
            return fresh, sigmoid(total)

        return step


def _data(train: Sequences) -> tuple[Any, Any, Any]:
    """(T, N) inputs, (N,) last steps, (N,) targets."""
    ends = train.lengths - 1
    return train.inputs[:, :, 0].T, ends, train.targets[np.arange(len(ends)), ends, 0]


def _logistic(a: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-a))


def numpy_losses(
    structure: Structure, train: Sequences, dtype: str
) -> Callable[[Any], Any]:
    """Losses of (D,) or (P, D) weights in NumPy."""
    matrices = Matrices.of(structure)
    inputs, ends, targets = _data(train)
    inputs, targets = inputs.astype(dtype), targets.astype(dtype)
    hidden, n = len(structure.units) - 1, len(train)
    columns = [np.flatnonzero(ends == t) for t in range(len(inputs))]

    def losses(weights: Any) -> Any:
        w = weights.astype(dtype)
        h = np.zeros((*w.shape[:-1], hidden, n), dtype)
        o = np.zeros((*w.shape[:-1], 1, n), dtype)
        shown = np.empty((*w.shape[:-1], n), dtype)
        step = matrices.step(w, _logistic)
        with np.errstate(over="ignore"):
            for x, ended in zip(inputs, columns, strict=True):
                h, o = step(x, h, o)
                if len(ended):
                    shown[..., ended] = o[..., 0, ended]
        return ((shown - targets) ** 2).mean(axis=-1)

    return losses


def batched(losses: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same by chunks of candidates."""

    def chunks(weights: Any) -> Iterator[Any]:
        for start in range(0, len(weights), CHUNK):
            yield losses(weights[start : start + CHUNK])

    return lambda weights: np.concatenate(list(chunks(weights)))


def jax_losses(
    structure: Structure, train: Sequences, dtype: str
) -> Callable[[Any], Any]:
    """Losses of (P, D) weights by jit(vmap(scan)), as fast as we could make it."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    matrices = Matrices.of(structure)
    inputs, ends, targets = _data(train)
    hidden, n = len(structure.units) - 1, len(train)
    steps = jnp.asarray(inputs, dtype), jnp.arange(len(inputs))
    ends, targets = jnp.asarray(ends), jnp.asarray(targets, dtype)

    def loss(w: Any) -> Any:
        step = matrices.step(w, jax.nn.sigmoid)

        def body(state: Any, at: Any) -> tuple[Any, None]:
            h, o, shown = state
            x, t = at
            h, o = step(x, h, o)
            return (h, o, jnp.where(ends == t, o[0], shown)), None

        start = (
            jnp.zeros((hidden, n), dtype),
            jnp.zeros((1, n), dtype),
            jnp.zeros(n, dtype),
        )
        (_, _, shown), _ = jax.lax.scan(body, start, steps)
        return jnp.mean((shown - targets) ** 2)

    compiled = jax.jit(jax.vmap(loss))
    return lambda weights: np.asarray(compiled(jnp.asarray(weights, dtype)))


def torch_losses(
    structure: Structure, train: Sequences, dtype: str
) -> Callable[[Any], Any]:
    """Losses of (P, D) weights by eager PyTorch, batched over candidates."""
    import torch

    torch.set_num_threads(1)
    matrices = Matrices.of(structure)
    inputs, ends, targets = _data(train)
    kind = getattr(torch, dtype)
    steps = torch.tensor(inputs.copy(), dtype=kind)
    wanted = torch.tensor(targets, dtype=kind)
    columns = [torch.tensor(np.flatnonzero(ends == t)) for t in range(len(inputs))]
    hidden, n = len(structure.units) - 1, len(train)

    def losses(weights: Any) -> Any:
        w = torch.tensor(weights, dtype=kind)
        h = torch.zeros((len(w), hidden, n), dtype=kind)
        o = torch.zeros((len(w), 1, n), dtype=kind)
        shown = torch.zeros((len(w), n), dtype=kind)
        step = matrices.step(w, torch.sigmoid)
        with torch.no_grad():
            for x, ended in zip(steps, columns, strict=True):
                h, o = step(x, h, o)
                if len(ended):
                    shown[:, ended] = o[:, 0, ended]
        return ((shown - wanted) ** 2).mean(dim=-1).numpy()

    return losses
