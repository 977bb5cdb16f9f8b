"""A pole on a cart, as a problem of others: episodes in an environment."""

from dataclasses import dataclass

import numpy as np

from gfsearch import Data, Episodes, Size, Spec

TRACK, FALL, STEP = 2.4, 0.2094384, 0.02


class Cart:
    """Barto, Sutton and Anderson (1983): a pole of 0.5 m on a cart, Euler steps."""

    def __init__(self, fault=""):
        self.fault = fault

    def observe(self, states):
        if self.fault == "observe":
            return states[:, :2]
        return states / [TRACK, 1.0, FALL, 1.0]

    def step(self, states, actions):
        if self.fault == "raises":
            raise ArithmeticError("the motor burns")
        x, v, angle, rate = states.T
        force = 10.0 * np.clip(2.0 * actions[:, 0] - 1.0, -1.0, 1.0)
        sine, cosine = np.sin(angle), np.cos(angle)
        pushed = (force + 0.05 * rate**2 * sine) / 1.1
        turning = (9.8 * sine - cosine * pushed) / (
            0.5 * (4.0 / 3.0 - 0.1 * cosine**2 / 1.1)
        )
        moving = pushed - 0.05 * turning * cosine / 1.1
        after = np.stack(
            [
                x + STEP * v,
                v + STEP * moving,
                angle + STEP * rate,
                rate + STEP * turning,
            ],
            axis=1,
        )
        over = (np.abs(after[:, 0]) > TRACK) | (np.abs(after[:, 2]) > FALL)
        if self.fault == "over":
            over = over.astype(float)
        return after, np.ones(len(states)), over


@dataclass(frozen=True, kw_only=True)
class Pole(Spec):
    """Keep a pole upright on a cart, seen with its velocities."""

    kind, revision, source = "pole", 1, "Barto, Sutton and Anderson (1983)"
    inputs, outputs, class_targets = 4, 1, None
    episodes: Size = 5
    steps: Size = 500
    fault: str = ""

    @property
    def environment(self):
        return Cart(self.fault)

    def draw(self, rng):
        train, test = rng.uniform(-0.05, 0.05, (2, self.episodes, 4))
        made = (Episodes(self.environment, part, self.steps) for part in (train, test))
        return Data(*made)


SUITE = """
runs = 3
budget = 4_000

[[task]]
name      = "pole"
problem   = { kind = "tests.extensions.carts:Pole" }
network   = { kind = "elman", hidden = 2 }
weights   = { low = -10, high = 10 }
criterion = { survive = 500 }

[searchers]
guessing  = {}
annealing = {}
genetic   = {}
adam      = {}
gnarl     = {}
"""
