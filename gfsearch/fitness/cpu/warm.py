"""Compiling what evaluating a network needs, before its first run, and saying so."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from gfsearch.fitness.cpu.arrays import SequenceArrays
from gfsearch.fitness.cpu.compiled import backward_is_kept, cache_folder, is_kept
from gfsearch.fitness.cpu.evaluator import Evaluator
from gfsearch.fitness.cpu.jit import everything_is_kept
from gfsearch.fitness.cpu.precision import FLOAT32, FLOAT64
from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import Sequences


def announcements(
    structures: Collection[Structure], differentiated: Collection[Structure]
) -> Iterator[str]:
    """Yield lines on what will be compiled on the way, and on what cannot be kept.

    Args:
        structures: The networks of some runs.
        differentiated: Those of them whose gradient is needed.
    """
    new = [s for s in structures if not (is_kept(s, FLOAT32) and is_kept(s, FLOAT64))]
    new_gradients = [s for s in differentiated if not backward_is_kept(s)]
    if new or new_gradients:
        seconds = sum(map(_seconds, new)) + sum(map(_gradient_seconds, new_gradients))
        yield (
            f"compiling {len({*new, *new_gradients})} of {len(structures)} networks "
            f"before their first runs: about {seconds} s of one core"
        )
    if not (everything_is_kept() and _can_keep(cache_folder())):
        yield (
            f"nothing can be kept in {cache_folder()}: every process compiles anew, "
            "in memory"
        )


def _can_keep(folder: Path) -> bool:
    """True if kernels can be kept in a folder."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.W_OK)
    return False


def warm(structure: Structure, differentiated: bool) -> None:
    """Compile, or load from the cache, all that evaluating a network needs.

    Args:
        structure: The network.
        differentiated: Whether its gradient is needed.
    """
    with contextlib.suppress(Exception):  # A network of others: its runs say why.
        scoring = Scoring.of(structure, Criterion(tolerance=0.1), "mse")
        arrays = SequenceArrays.of(two_sequences(structure))
        evaluator = Evaluator(structure, arrays, scoring)
        weights = np.zeros((1, structure.dimension))
        evaluator.full(weights)
        evaluator.early_rejecting(weights)
        evaluator.exact(weights)
        if differentiated:
            evaluator.gradient(weights)


def two_sequences(structure: Structure) -> Sequences:
    """Two short sequences of zeros that a network can be shown, one of each class."""
    steps = np.zeros((2, 2, structure.inputs))
    targets = np.zeros((2, 2, structure.outputs))
    targets[0] = 1.0
    mask = np.array([[False, True], [False, True]])
    return Sequences(steps, np.array([2, 2]), targets, mask)


def _seconds(structure: Structure) -> int:
    """Seconds to compile both kernels of a network, on an ordinary machine of 2026."""
    return 3 + len(structure.links) // 33


def _gradient_seconds(structure: Structure) -> int:
    """The same for the kernel of its gradient."""
    return 2 + len(structure.links) // 33
