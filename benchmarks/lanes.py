"""On-line passes of several runs side by side: what lanes that are runs could save.

    python benchmarks/lanes.py

A learner that moves the weights after each sequence fills one lane of a block. A block
could hold as many runs of one cell, each with weights and sequences of its own. Both
ways show a block's number of weight vectors 100 sequences by the kernel of `gradient`:
one vector after the other, or all in one block, on the same sequences. Runs would have
different ones, and a block lasts as long as its longest: "with lengths" takes that into
account. It is the most that a pass could gain: what moves the weights, draws the orders
and judges each run comes on top. Microseconds per presentation.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from on_line import CRITERION, NETWORKS, arguments, one_by_one
from timing import heading, interleaved, pin, seconds

from gfsearch.fitness.criteria import Scoring
from gfsearch.networks import Network
from gfsearch.problems import Parity
from gfsearch.searchers.online.batches import BatchGradients
from gfsearch.searchers.online.shown import Shown

LENGTHS, SEQUENCES = ((25, 50), (500, 600)), 100


def main() -> None:
    pin()
    heading(
        "network", "steps", "lanes", "one by one, us", "in lanes, us", "with lengths"
    )
    for name, network in NETWORKS.items():
        for length in LENGTHS:
            lanes, alone, together, longest = measure(network, length)
            print(
                f"| {name} | {length[0]}-{length[1]} | {lanes} | {alone:.2f} | "
                f"{together:.2f} | {alone / together / longest:.1f} times |"
            )


def measure(
    network: Network, length: tuple[int, int]
) -> tuple[int, float, float, float]:
    """Lanes of a block, the costs of both ways, and longest over mean length."""
    structure = network.build(1, 1)
    rng = np.random.default_rng(0)
    train, _ = Parity(length=length, train=SEQUENCES, test=1).draw(rng)
    shown = Shown.of(train)
    batches = BatchGradients(structure, shown, Scoring.of(structure, CRITERION, "mse"))
    lanes = batches.kernel.lanes
    weights = rng.uniform(-0.3, 0.3, (lanes, structure.dimension))
    order = rng.permutation(SEQUENCES)
    show = partial(one_by_one, *arguments(batches))

    def one_after_the_other() -> None:
        for vector in weights:
            show(vector[None], order)

    taken = interleaved(
        {
            "alone": partial(seconds, one_after_the_other),
            "together": partial(seconds, partial(show, weights, order)),
        }
    )
    orders = [rng.permutation(SEQUENCES) for _ in range(lanes)]
    together = shown.duration[np.array(orders)].max(axis=0).mean()
    alone, block = (1e6 * taken[k] / lanes / SEQUENCES for k in ("alone", "together"))
    return lanes, alone, block, together / shown.duration.mean()


if __name__ == "__main__":
    main()
