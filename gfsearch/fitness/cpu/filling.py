"""Preparation of a sequence for kernels, the same for all networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from gfsearch.fitness.cpu.jit import jit
from gfsearch.fitness.cpu.vectors import BYTES, PAGE, splat, store
from gfsearch.specs.arrays import Array, FloatArray


@jit()
def aligned(count: int, frame: int, width: int, number: Any) -> Array:
    """Space for numbers that begins where the stack frame does, within a page.

    So it is at a distance from the frame that is always the same (see `stack_frame`),
    and no vector straddles two cache lines.

    Args:
        count: How many numbers.
        frame: Address of the kernel's stack frame.
        width: Numbers in a vector.
        number: Their type.
    """
    size = BYTES // width
    space = np.empty(count + PAGE // size, number)
    start = frame // BYTES * BYTES
    return space[(start - space.ctypes.data) % PAGE // size :]


@jit()
def spread(inputs: FloatArray, steps: int, x: Array, width: int, number: Any) -> None:
    """Put each number of one sequence, which all lanes see, into a vector."""
    lines = inputs.shape[1]
    for t in range(steps):
        for line in range(lines):
            store(splat(number(inputs[t, line])), x, width * (lines * t + line))
