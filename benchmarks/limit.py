"""The machine's own limit: sigmoids and multiply-adds that wait for nothing.

Two loops over vectors that fit the first-level cache. One does nothing but logistic
functions, as the kernels compute them; the other nothing but multiply-adds, many for
each number loaded. What a network needs of both, at these speeds, is the least time
that its evaluation can take with this sigmoid, one after the other. (A kernel that
does both at the same time can come out slightly ahead of it.)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from gfsearch.fitness.cpu.compiled import forward_kernel
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64, Precision
from gfsearch.fitness.cpu.vectors import load, multiply_add, splat, store
from gfsearch.networks import A1
from gfsearch.networks.structure import Structure

NUMBERS = 512
CHAIN = 32
ROUNDS = 2000


class Limit:
    """The two loops in one precision."""

    def __init__(self, precision: Precision) -> None:
        # The module of a kernel holds the functions that it uses.
        kernel: Any = forward_kernel(A1().build(1, 1), precision)
        self._dtype = np.dtype(precision.name)
        functions = kernel.py_func.__globals__
        self._sigmoids = _sigmoids(
            functions["logistic"], functions["constants"], precision
        )
        self._products = _products(precision)
        self.seconds(1, 1, 1)

    def seconds(
        self, sigmoids: float, products: float, rounds: int | None = None
    ) -> float:
        """Seconds for so many sigmoids and multiply-adds, measured now."""
        rounds = rounds or ROUNDS
        one_sigmoid = self._time(self._sigmoids, rounds, rounds * NUMBERS)
        one_product = self._time(self._products, rounds, rounds * NUMBERS * CHAIN)
        return sigmoids * one_sigmoid + products * one_product

    def _time(self, loop: Callable[..., None], rounds: int, operations: int) -> float:
        numbers = np.linspace(-30.0, 30.0, NUMBERS).astype(self._dtype)
        began = time.perf_counter()
        loop(numbers, rounds)
        return (time.perf_counter() - began) / operations


def work(structure: Structure, steps: int) -> tuple[int, int]:
    """Sigmoids and multiply-adds of one weight vector on so many steps in all."""
    links = [link for unit in structure.units for link in unit.links]
    products = sum(link.origin != "bias" for link in links)
    return len(structure.units) * steps, products * steps


def _sigmoids(logistic: Any, constants: Any, precision: Precision) -> Any:
    width = precision.lanes

    @njit(error_model="numpy")
    def loop(numbers, rounds):
        c = constants()
        for _ in range(rounds):
            for i in range(0, NUMBERS, width):
                store(logistic(load(numbers, i), c), numbers, i)

    return loop


def _products(precision: Precision) -> Any:
    width = precision.lanes
    number = np.dtype(precision.name).type
    half = number(0.5)

    @njit(error_model="numpy")
    def loop(numbers, rounds):
        for _ in range(rounds):
            for i in range(0, NUMBERS, width):
                a = load(numbers, i)
                for _ in range(CHAIN):
                    a = multiply_add(a, splat(half), splat(half))
                store(a, numbers, i)

    return loop


def main() -> None:
    for precision in (FLOAT32, FLOAT64):
        limit = Limit(precision)
        rates = [1e-9 / limit.seconds(*one) for one in ((1, 0), (0, 1))]
        print(f"{precision.name}: {rates[0]:.2f} G sigmoids/s, {rates[1]:.1f} G FMA/s")


if __name__ == "__main__":
    main()
