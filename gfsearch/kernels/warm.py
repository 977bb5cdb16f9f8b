"""Compiling everything once, before worker processes start.

numba's cache on disk has no lock between processes: workers that all compile the same
kernel would waste each other's time.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gfsearch.kernels.arrays import Scoring, SequenceArrays
from gfsearch.kernels.evaluator import Evaluator
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import classified


def warm(structures: Iterable[Structure]) -> None:
    """Compile, or load from the cache, all that evaluating these networks needs."""
    scoring = Scoring(tolerance=0.1, graded=False, low=0.0, high=1.0)
    for structure in structures:
        inputs = [np.zeros((2, structure.inputs)) for _ in range(2)]
        arrays = SequenceArrays.of(classified(inputs, [1.0, 0.0]))
        evaluator = Evaluator(structure, arrays, scoring)
        weights = np.zeros((1, structure.dimension))
        evaluator.full(weights)
        evaluator.early_rejecting(weights)
        evaluator.exact(weights)
