"""Cost of a gradient: forward and back through time, against the forward pass alone.

    python benchmarks/backward.py

Both in float64, for the same weight vectors on 100 parity sequences, outputs equal
bit for bit. "Gradient / forward" is the whole of it, the forward pass included, so
that the backward pass alone is one less.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from timing import heading, interleaved, pin, seconds

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.gradients import Gradients
from gfsearch.fitness.cpu.lanes import Lanes
from gfsearch.fitness.cpu.precision import FLOAT64
from gfsearch.fitness.criteria import TOLERANCE, Scoring
from gfsearch.networks import A1, A2, Network, TanhUnit
from gfsearch.problems import Parity
from gfsearch.specs.arrays import FloatArray

NETWORKS: dict[str, Network] = {
    "tanh unit": TanhUnit(),
    "A1(1)": A1(),
    "A1(3)": A1(hidden=3),
    "A1(10)": A1(hidden=10),
    "A2(10)": A2(),
}
LENGTHS, VECTORS = ((25, 50), (500, 600)), (1, 64)
WORK = 40_000_000
"""Weights times steps in one measurement: long enough to be timed."""

SCORING = Scoring(
    tolerance=0.1, rule=TOLERANCE, graded=False, ranges=np.array([[0.0, 1.0]])
)


def main() -> None:
    pin()
    heading("steps", "vectors", *(f"{name}: gradient / forward" for name in NETWORKS))
    for length in LENGTHS:
        for vectors in VECTORS:
            figures = " | ".join(
                f"{ratio(network, length, vectors):.2f}"
                for network in NETWORKS.values()
            )
            print(f"| {length[0]}-{length[1]} | {vectors} | {figures} |")


def ratio(network: Network, length: tuple[int, int], vectors: int) -> float:
    """Seconds for outputs and gradients over seconds for outputs."""
    structure = network.build(1, 1)
    rng = np.random.default_rng(0)
    train, _ = Parity(length=length, train=100, test=1).draw(rng)
    arrays = SequenceArrays.of(train)
    weights = rng.uniform(-3.0, 3.0, (vectors, structure.dimension))
    forward = Lanes(structure, arrays, FLOAT64)
    gradients = Gradients(structure, arrays, SCORING)
    assert np.array_equal(forward.all(weights), gradients.all(weights)[0])
    turns = max(1, WORK // (vectors * structure.dimension * int(arrays.duration.sum())))

    def repeated(action: Callable[[FloatArray], object]) -> None:
        for _ in range(turns):
            action(weights)

    taken = interleaved(
        {
            "forward": partial(seconds, partial(repeated, forward.all)),
            "gradient": partial(seconds, partial(repeated, gradients.all)),
        }
    )
    return taken["gradient"] / taken["forward"]


if __name__ == "__main__":
    main()
