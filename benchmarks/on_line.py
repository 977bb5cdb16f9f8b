"""On-line passes: against the kernel alone, and against ask, evaluate and tell.

    python benchmarks/on_line.py

A pass shows 100 parity sequences one after the other, each moving the weights. "Kernel"
is the compiled gradient of the same sequences one by one, called by compiled code that
does nothing else. "Step by step" asks for each sequence's gradient by itself: proposal,
`evaluate(weights, "gradient", [sequence])`, step in NumPy. All learn; none is
solved on the way. Microseconds per presentation; ratios to the kernel, or to a pass of
`gradient`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from timing import heading, interleaved, pin, seconds

from gfsearch.fitness.cpu.calling import call_backward
from gfsearch.fitness.cpu.jit import jit
from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.fitness.sequences import SequenceFitness
from gfsearch.fitness.space import Space
from gfsearch.networks import A1, A2, Network, TanhUnit
from gfsearch.problems import Parity
from gfsearch.searchers import make_searcher
from gfsearch.searchers.online.batches import BatchGradients
from gfsearch.searchers.online.shown import Shown

NETWORKS: dict[str, Network] = {
    "tanh unit": TanhUnit(),
    "A1(1), biased": A1(output_bias=True),
    "A2(10)": A2(),
}
# Steps too small to lead anywhere, so that every pass costs the same.
SEARCHERS = {
    "gradient": {"rate": 1e-9, "patience": 0},
    "pseudo-newton": {"rate": 1e-9, "patience": 0},
    "discrete-error": {"rate": 1e-9, "noise": 0.0},
}


LENGTHS, TURNS = ((25, 50), (500, 600)), 21

CRITERION = Criterion(tolerance=0.1)


def main() -> None:
    pin()
    heading(
        *("network", "steps", "kernel, us", "gradient, us", "gradient / kernel"),
        *("step by step / gradient", "pseudo-newton / gradient"),
        "discrete-error / gradient",
    )
    for name, network in NETWORKS.items():
        for length in LENGTHS:
            taken = {k: 1e4 * v for k, v in passes(network, length).items()}
            ours = taken["gradient"]
            ratios = [
                ours / taken["kernel"],
                *(taken[k] / ours for k in ("step by step", *list(SEARCHERS)[1:])),
            ]
            figures = [f"{taken['kernel']:.2f}", f"{ours:.2f}"]
            figures += [f"{ratio:.2f}" for ratio in ratios]
            print(f"| {name} | {length[0]}-{length[1]} | {' | '.join(figures)} |")


def passes(network: Network, length: tuple[int, int]) -> dict[str, float]:
    """Seconds per pass of each way."""
    structure = network.build(1, 1)
    rng = np.random.default_rng(0)
    train, test = Parity(length=length, train=100, test=1).draw(rng)
    d = structure.dimension
    space = Space(np.full(d, -100.0), np.full(d, 100.0))
    fitness = SequenceFitness(structure, train, test, space, CRITERION)
    ways: dict[str, Any] = {
        name: make_searcher(name, fitness.space, seed=0, **parameters).ask
        for name, parameters in SEARCHERS.items()
    }
    batches = BatchGradients(
        structure, Shown.of(train), Scoring.of(structure, CRITERION, "mse")
    )
    weights = rng.uniform(-0.3, 0.3, (1, d))
    order = rng.permutation(100)
    ways["kernel"] = partial(one_by_one, *arguments(batches), weights, order)
    ways["step by step"] = partial(step_by_step, fitness, weights.copy(), order)
    return interleaved(
        {name: partial(seconds, way) for name, way in ways.items()}, TURNS
    )


def arguments(batches: BatchGradients) -> tuple[Any, ...]:
    """What `one_by_one` is given first."""
    kernel, shown, scoring = batches.kernel, batches.shown, batches.scoring
    return kernel.address, kernel.outputs, shown, scoring.ranges


@jit()
def one_by_one(
    address: int,
    outputs: int,
    shown: Shown,
    ranges: Any,
    weights: Any,
    order: Any,
) -> None:
    """Call the kernel for one sequence after the other; weights (P, D)."""
    gradient, chosen = np.empty_like(weights), np.zeros(1, np.int64)
    none, lanes = np.zeros(1, np.int64), np.zeros((1, 1))
    for s in order:
        chosen[0] = s
        count = shown.first_target[s + 1] - shown.first_target[s]
        call_backward(
            address,
            (
                weights,
                chosen,
                True,
                shown.inputs,
                shown.first_target,
                shown.target_step,
                lanes,
                none,
                none,
                none,
                none,
                none,
                shown.target,
                False,
                ranges,
                np.empty((len(weights), count, outputs)),
                gradient,
            ),
        )


def step_by_step(fitness: SequenceFitness, weights: Any, order: Any) -> None:
    """A pass of gradient descent with momentum, one evaluation after the other."""
    step = np.zeros_like(weights)
    for s in order:
        found = fitness.evaluate(weights, "gradient", np.array([s]))
        if np.isfinite(found.gradient).all():
            step = 0.9 * step - 1e-9 * found.gradient
            weights = np.clip(weights + step, fitness.low, fitness.high)


if __name__ == "__main__":
    main()
