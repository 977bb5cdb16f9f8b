"""Networks with a forward pass of their own, for tests."""

from dataclasses import dataclass

import numpy as np

from gfsearch import Model, Spec


class Forward(Model):
    """An Elman network of two hidden tanh units, by loops over its weights."""

    dimension = 12
    groups = {"out": (9, 10, 11)}  # noqa: RUF012

    def outputs(self, weights, sequences):
        w = weights.T[:, :, None]
        n, steps, _ = sequences.inputs.shape
        shown = np.empty((len(weights), n, steps, 1), weights.dtype)
        one = two = np.zeros((len(weights), n))
        for t in range(steps):
            x = sequences.inputs[:, t, 0]
            one, two = (
                np.tanh(w[0] * x + w[1] * one + w[2] * two + w[3]),
                np.tanh(w[4] * x + w[5] * one + w[6] * two + w[7]),
            )
            shown[:, :, t, 0] = 1.0 / (1.0 + np.exp(-w[9] * one - w[10] * two - w[11]))
        return shown


class Sloped(Forward):
    """The same, and it offers a gradient: by complex steps."""

    def gradient(self, weights, sequences, slopes):
        found = np.empty(weights.shape)
        for d in range(weights.shape[1]):
            moved = weights + 1e-20j * (np.arange(weights.shape[1]) == d)
            change = self.outputs(moved, sequences).imag / 1e-20
            found[:, d] = (slopes * change).sum(axis=(1, 2, 3))
        return found


class Faulty(Forward):
    """It fails, or returns what cannot be."""

    def __init__(self, fault):
        self.fault = fault

    def outputs(self, weights, sequences):
        found = super().outputs(weights, sequences)
        if self.fault == "raises":
            raise RuntimeError("no such state")
        return {"shape": found[..., 0], "text": found.astype(str)}[self.fault]


@dataclass(frozen=True, kw_only=True)
class Own(Spec):
    """A network that computes its outputs itself."""

    kind, revision, source = "own-forward", 1, "tests"
    fault: str = ""
    sloped: bool = False
    low: float = 0.0
    high: float = 1.0

    def build(self, inputs, outputs):
        made = Faulty(self.fault) if self.fault else Forward()
        if self.sloped:
            made = Sloped()
        made.low, made.high = self.low, self.high
        return made
