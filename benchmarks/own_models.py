"""Cost of an on-line pass: on a compiled model of a searcher's own, and without.

    python benchmarks/own_models.py

`gradient` shows one sequence after another to the task's network: ask, evaluate, tell,
100 times. `pseudo-newton` and `discrete-error` make their pass in one compiled call,
the first with two backward passes for each sequence, the second with units that are
threshold units. All learn; none is solved on the way. Ratios are of seconds per pass of
100 parity sequences to those of a gradient pass.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from timing import heading, interleaved, pin, seconds

from gfsearch.fitness.criteria import Criterion
from gfsearch.fitness.fitness import Fitness
from gfsearch.fitness.space import Space
from gfsearch.networks import A1, A2, Network, TanhUnit
from gfsearch.problems import Parity
from gfsearch.searchers import Searcher, make_searcher

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


def main() -> None:
    pin()
    heading("network", "steps", *(f"{n} / gradient" for n in list(SEARCHERS)[1:]))
    for name, network in NETWORKS.items():
        for length in ((25, 50), (500, 600)):
            taken = passes(network, length)
            figures = " | ".join(
                f"{taken[searcher] / taken['gradient']:.2f}"
                for searcher in list(SEARCHERS)[1:]
            )
            print(f"| {name} | {length[0]}-{length[1]} | {figures} |")


def passes(network: Network, length: tuple[int, int]) -> dict[str, float]:
    """Seconds per pass of each searcher."""
    structure = network.build(1, 1)
    rng = np.random.default_rng(0)
    train, test = Parity(length=length, train=100, test=1).draw(rng)
    d = structure.dimension
    space = Space(np.full(d, -100.0), np.full(d, 100.0))
    fitness = Fitness(structure, train, test, space, Criterion(tolerance=0.1))
    searchers = {
        name: make_searcher(name, fitness.space, seed=0, **parameters)
        for name, parameters in SEARCHERS.items()
    }
    return interleaved(
        {
            name: partial(seconds, partial(one_pass, fitness, searcher))
            for name, searcher in searchers.items()
        }
    )


def one_pass(fitness: Fitness, searcher: Searcher) -> None:
    """Ask, evaluate and tell until every sequence was shown once."""
    shown = 0
    while shown < len(fitness.train):
        proposal = searcher.ask()
        rows, sequences = proposal.weights, proposal.sequences
        if sequences is None:
            shown += proposal.presentations
            evaluation = fitness.evaluate(rows[:0], searcher.need)
            if searcher.need == "loss":  # what it is told after the pass is not timed
                continue
        else:
            shown += len(sequences)
            evaluation = fitness.evaluate(rows, searcher.need, sequences)
        searcher.tell(proposal, evaluation)


if __name__ == "__main__":
    main()
