"""Real-time recurrent learning in NumPy: gradients that nothing is propagated back for.

Williams and Zipser, "A learning algorithm for continually running fully recurrent
neural networks", Neural Computation 1 (1989): forward in time, the derivative of every
unit by every weight is carried along with the unit.
"""

from __future__ import annotations

import numpy as np

SLOPES = {
    "logistic": lambda y: y * (1.0 - y),
    "tanh": lambda y: 1.0 - y**2,
    "identity": np.ones_like,
}
FUNCTIONS = {
    "logistic": lambda a: 0.5 + 0.5 * np.tanh(0.5 * a),
    "tanh": np.tanh,
    "identity": lambda a: a,
}


def gradient(structure, weights, sequences, memory=True):
    """(D,) the gradient of the mean squared error, summed forward in time.

    Args:
        structure: The network.
        weights: (D,).
        sequences: N sequences with their targets.
        memory: False: what units showed at earlier steps counts as given; the
            gradient is cut off after one step.
    """
    n, steps, _ = sequences.inputs.shape
    units, d = len(structure.units), len(weights)
    shown = np.zeros((units, n))
    slopes = np.zeros((units, n, d))
    history = [(shown, slopes)] * max(structure.memory)
    total = np.zeros(d)
    for t in range(steps):
        shown, slopes = np.zeros((units, n)), np.zeros((units, n, d))
        for u, unit in enumerate(structure.units):
            a, da = np.zeros(n), np.zeros((n, d))
            for link in unit.links:
                seen, dseen = np.ones(n), np.zeros((n, d))
                if link.origin == "input":
                    seen = sequences.inputs[:, t, link.index]
                elif link.origin == "now":
                    seen, dseen = shown[link.index], slopes[link.index]
                elif link.origin == "past":
                    before, dbefore = history[link.delay - 1]
                    seen = before[link.index]
                    dseen = dbefore[link.index] if memory else dseen
                if link.gate is not None:
                    gate, dgate = shown[link.gate], slopes[link.gate]
                    dseen = gate[:, None] * dseen + seen[:, None] * dgate
                    seen = gate * seen
                free = link.weight is not None
                weight = weights[link.weight] if free else link.fixed
                a = a + weight * seen
                da = da + weight * dseen
                if free:
                    da[:, link.weight] += seen
            shown[u] = FUNCTIONS[unit.activation](a)
            slopes[u] = SLOPES[unit.activation](shown[u])[:, None] * da
        history = [(shown, slopes), *history[:-1]]
        now = sequences.mask[:, t]
        for o, u in enumerate(structure.output_units):
            error = shown[u] - sequences.targets[:, t, o]
            total += 2.0 * (error[now, None] * slopes[u][now]).sum(axis=0)
    return total / (sequences.mask.sum() * structure.outputs)
