"""Selection and variation of a real-coded genetic algorithm, in compiled code.

DEAP's operators `selTournament`, `varAnd`, `cxBlend` and `mutGaussian` on arrays. Every
number is drawn in DEAP's order from the generator of Python's `random`, so populations
are those that DEAP's own functions make of the same seed, bit for bit.
"""

from __future__ import annotations

import math
import random

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.specs.arrays import BoolArray, FloatArray, IntArray


def mersenne_twister(seed: int) -> np.random.Generator:
    """The generator whose `random` gives the numbers of `random.Random(seed)`."""
    _, (*key, position), _ = random.Random(seed).getstate()
    twister = np.random.MT19937()
    twister.state = {
        "bit_generator": "MT19937",
        "state": {"key": np.array(key, dtype=np.uint32), "pos": position},
    }
    return np.random.Generator(twister)


@jit()
def tournaments(
    rng: np.random.Generator, losses: FloatArray, count: int, size: int
) -> IntArray:
    """(count,) winners of tournaments: the lowest of `size` losses drawn at random.

    Args:
        rng: From `mersenne_twister`.
        losses: (P,) losses of the population.
        count: Number of tournaments.
        size: Individuals per tournament, drawn with replacement.
    """
    winners = np.empty(count, np.int64)
    for i in range(count):
        winner = _choice(rng, len(losses))
        for _ in range(size - 1):
            other = _choice(rng, len(losses))
            if losses[other] < losses[winner]:
                winner = other
        winners[i] = winner
    return winners


@jit()
def vary(
    rng: np.random.Generator,
    spare: FloatArray,
    children: FloatArray,
    crossover: float,
    blend: float,
    mutation: float,
    genes: float,
    deviation: FloatArray,
) -> BoolArray:
    """Blend neighbouring children in pairs, then mutate each child.

    Args:
        rng: From `mersenne_twister`.
        spare: (1,) the second number of the last pair of Gaussian numbers; nan if it
            was used. Changed in place.
        children: (K, D) copies of the selected parents; changed in place.
        crossover: Probability that a pair is blended.
        blend: Alpha of BLX-alpha (Eshelman and Schaffer, 1993).
        mutation: Probability that a child is mutated.
        genes: Probability that a mutation changes a weight.
        deviation: (D,) standard deviation of a change.

    Returns:
        (K,) whether each child was blended or mutated.
    """
    varied = np.zeros(len(children), np.bool_)
    for i in range(1, len(children), 2):
        if rng.random() < crossover:
            varied[i - 1] = varied[i] = True
            for d in range(children.shape[1]):
                first, second = children[i - 1, d], children[i, d]
                gamma = (1.0 + 2.0 * blend) * rng.random() - blend
                children[i - 1, d] = (1.0 - gamma) * first + gamma * second
                children[i, d] = gamma * first + (1.0 - gamma) * second
    for i in range(len(children)):
        if rng.random() < mutation:
            varied[i] = True
            for d in range(children.shape[1]):
                if rng.random() < genes:
                    children[i, d] += _gauss(rng, spare) * deviation[d]
    return varied


@jit(forceinline=True)
def _choice(rng: np.random.Generator, count: int) -> int:
    """Index drawn uniformly, as by Python's `random.choice`: bits, until one fits."""
    bits = 0
    while count >> bits:
        bits += 1
    while True:
        # Python keeps the highest bits of a 32-bit word.
        found = np.int64(rng.integers(0, 4294967296, dtype=np.uint32)) >> (32 - bits)
        if found < count:
            return int(found)


@jit(forceinline=True)
def _gauss(rng: np.random.Generator, spare: FloatArray) -> float:
    """A standard Gaussian number as Python's `random.gauss` makes them, in pairs."""
    if not math.isnan(spare[0]):
        z = float(spare[0])
        spare[0] = math.nan
        return z
    angle = rng.random() * (2.0 * math.pi)
    radius = math.sqrt(-2.0 * math.log(1.0 - rng.random()))
    spare[0] = math.sin(angle) * radius
    return math.cos(angle) * radius
