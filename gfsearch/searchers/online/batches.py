"""Gradients of batches of training sequences, for learners in compiled code.

The kernels are those of `evaluate(weights, "gradient", sequences)` of the fitness, the
bits of loss and gradient are the same, and so are the costs; no Python runs between two
batches.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gfsearch.fitness.cpu.backward_source import backward_groups
from gfsearch.fitness.cpu.calling import address_of, call_backward
from gfsearch.fitness.cpu.compiled import backward_kernel
from gfsearch.fitness.cpu.jit import jit
from gfsearch.fitness.cpu.precision import FLOAT64
from gfsearch.fitness.cpu.score import score
from gfsearch.fitness.criteria import Scoring
from gfsearch.networks.structure import Structure
from gfsearch.searchers.online.shown import Shown, count
from gfsearch.specs.arrays import FloatArray, IntArray


class GradientKernel(NamedTuple):
    """A network's backward kernel, as compiled learners call it.

    Attributes:
        address: Where it is, in this process.
        outputs: Number of output units.
        lanes: Lanes of a block.
        width: Lanes of a vector.
    """

    address: int
    outputs: int
    lanes: int
    width: int


class BatchGradients:
    """Training sequences whose gradients compiled learners ask for, batch by batch.

    Attributes:
        structure: The network.
        shown: The training sequences.
        scoring: The loss.
        kernel: The network's kernel.
    """

    def __init__(self, structure: Structure, shown: Shown, scoring: Scoring) -> None:
        self.structure, self.shown, self.scoring = structure, shown, scoring
        function = backward_kernel(structure)
        self.kernel = GradientKernel(
            address=address_of(function),
            outputs=structure.outputs,
            lanes=backward_groups(structure) * FLOAT64.lanes,
            width=FLOAT64.lanes,
        )
        self._alive = function  # As long as its address is used.

    def __reduce__(self) -> tuple[Any, ...]:
        # An address is good in one process only.
        return BatchGradients, (self.structure, self.shown, self.scoring)


@jit()
def gradient_of(
    kernel: GradientKernel,
    shown: Shown,
    scoring: Scoring,
    weights: FloatArray,
    batch: IntArray,
    gradient: FloatArray,
) -> float:
    """The loss of a batch and its gradient by the weights.

    Args:
        kernel: The network's kernel.
        shown: The training sequences; those of the batch are counted.
        scoring: The loss.
        weights: (1, D) the weights.
        batch: (k,) numbers of the sequences.
        gradient: (1, D), filled.

    Returns:
        The loss, in the mean over the targets of the batch.
    """
    count(shown, len(batch), len(batch))
    first_target, target = _targets(shown, batch)
    outputs = np.empty((1, len(target), kernel.outputs))
    done = False
    if len(batch) > 1:
        _side_by_side(
            kernel,
            shown,
            scoring,
            weights,
            batch,
            first_target,
            target,
            outputs,
            gradient,
        )
        # A sequence beside longer ones runs on after its end, where a network may
        # overflow: see `gfsearch.fitness.cpu.gradients`.
        done = bool(np.isfinite(gradient).all())
    if not done:
        none, lanes = np.zeros(1, np.int64), np.zeros((1, 1))
        call_backward(
            kernel.address,
            (
                weights,
                batch,
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
                scoring.graded,
                scoring.ranges,
                outputs,
                gradient,
            ),
        )
    factor = (0.001 if scoring.graded else 1.0) / kernel.outputs / len(target)
    for d in range(gradient.shape[1]):
        gradient[0, d] *= factor
    loss, errors = np.empty(1), np.empty(1, np.int64)
    score(
        outputs,
        target,
        first_target,
        scoring.tolerance,
        scoring.rule,
        scoring.graded,
        scoring.ranges,
        weights,
        loss,
        errors,
    )
    return float(loss[0])


@jit()
def _targets(shown: Shown, batch: IntArray) -> tuple[IntArray, FloatArray]:
    """(k + 1,) first targets, and (m, O) targets, of the sequences of a batch."""
    first_target = np.zeros(len(batch) + 1, np.int64)
    for i, s in enumerate(batch):
        targets = shown.first_target[s + 1] - shown.first_target[s]
        first_target[i + 1] = first_target[i] + targets
    target = np.empty((first_target[-1], shown.target.shape[1]))
    for i, s in enumerate(batch):
        first = shown.first_target[s]
        for m in range(first_target[i + 1] - first_target[i]):
            for o in range(target.shape[1]):
                target[first_target[i] + m, o] = shown.target[first + m, o]
    return first_target, target


@jit()
def _side_by_side(
    kernel: GradientKernel,
    shown: Shown,
    scoring: Scoring,
    weights: FloatArray,
    batch: IntArray,
    first_target: IntArray,
    target: FloatArray,
    outputs: FloatArray,
    gradient: FloatArray,
) -> None:
    """Run the kernel with the sequences in the lanes, as `LaneArrays` lays them.

    The sum of the gradient is that of one sequence after the other.
    """
    k, steps, lines = len(batch), shown.inputs.shape[1], shown.inputs.shape[2]
    last = np.empty(k, np.int64)  # The step of each sequence's last target.
    for i, s in enumerate(batch):
        last[i] = shown.target_step[shown.first_target[s + 1] - 1]
    blocks = -(-k // kernel.lanes)
    lanes = blocks * kernel.lanes
    lane_sequence = np.full(lanes, -1)
    place = np.empty(k, np.int64)
    packed = np.zeros((lanes // kernel.width, steps * lines * kernel.width))
    for rank, i in enumerate(_sorted(last, steps)):
        place[i] = lanes - k + rank
        lane_sequence[place[i]] = i
        vector, lane = divmod(place[i], kernel.width)
        for t in range(last[i] + 1):
            for line in range(lines):
                at = kernel.width * (lines * t + line) + lane
                packed[vector, at] = shown.inputs[batch[i], t, line]
    # Targets by block and step: a kernel stops at each of them.
    owner, step = np.empty(len(target), np.int64), np.empty(len(target), np.int64)
    for i, s in enumerate(batch):
        for m in range(first_target[i + 1] - first_target[i]):
            owner[first_target[i] + m] = place[i]
            step[first_target[i] + m] = shown.target_step[shown.first_target[s] + m]
    events = _sorted((owner // kernel.lanes) * steps + step, blocks * steps)
    first_event = np.zeros(blocks + 1, np.int64)
    for lane_ in owner:
        for block in range(lane_ // kernel.lanes, blocks):
            first_event[block + 1] += 1
    call_backward(
        kernel.address,
        (
            weights,
            np.arange(blocks),
            False,
            shown.inputs,
            first_target,
            step,
            packed,
            first_event,
            step[events],
            owner[events] % kernel.lanes,
            events,
            lane_sequence,
            target,
            scoring.graded,
            scoring.ranges,
            outputs,
            gradient,
        ),
    )


@jit()
def _sorted(keys: IntArray, count: int) -> IntArray:
    """Order of keys below `count`, equal ones in their own order: by counting.

    NumPy's sorts take the compiler a second and more.
    """
    start = np.zeros(count + 1, np.int64)
    for key in keys:
        start[key + 1] += 1
    for key in range(count):
        start[key + 1] += start[key]
    order = np.empty(len(keys), np.int64)
    for i, key in enumerate(keys):
        order[start[key]] = i
        start[key] += 1
    return order
