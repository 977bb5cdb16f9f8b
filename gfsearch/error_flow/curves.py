"""Scaling factors of errors measured on a task: random weights, and along a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gfsearch.error_flow.bounds import bounds
from gfsearch.error_flow.linear import (
    Linearised,
    linearise,
    norms,
    scaling_factors,
    spectral_radii,
    state_jacobians,
)
from gfsearch.fitness import reference
from gfsearch.networks.structure import Structure
from gfsearch.problems.sequences import Sequences
from gfsearch.searchers import Proposal
from gfsearch.specs.arrays import FloatArray, IntArray
from gfsearch.specs.seeds import seed_sequence
from gfsearch.study.costs import Costs
from gfsearch.study.records import Record
from gfsearch.study.runner import execute
from gfsearch.suites.run import Run
from gfsearch.suites.task import Task

SEQUENCES = 5
"""So many of the longest training sequences show how errors flow."""

_SNAPSHOTS = 6
_GROWTH = 1.3
"""A snapshot is kept whenever the trials have grown by this factor."""


def random_weights(
    task: Task, ranges: Sequence[float], draws: int, lags: int, seed: int = 0
) -> pd.DataFrame:
    """Scaling factors against lag for random weights of several ranges.

    For each range r and lag: median and deciles, over weights drawn from U[-r, r] and
    sequences, of the factor from the output unit at the last target to whichever unit
    it is largest for; and the median, over the weights, of the bound.

    Columns: range, lag, median, low, high, grown (share of factors above 1), bound
    (empty where none is known).
    """
    structure = task.structure
    train, chosen = _longest(task, seed)
    rows = []
    for half_width in ranges:
        rng = np.random.default_rng(
            seed_sequence({"gradient flow": task.identity(), "range": half_width})
        )
        weights = rng.uniform(-half_width, half_width, (draws, structure.dimension))
        shown = reference.activities(structure, weights, train.inputs[chosen])
        factors = [
            _largest(linearise(structure, w, train.inputs[s, :n], y[:n]), lags)
            for w, of_weights in zip(weights, shown, strict=True)
            for s, n, y in _each(train, chosen, of_weights)
        ]
        limits = [_bound(structure, w, lags) for w in weights]
        rows.append(_by_lag(np.array(factors), np.array(limits), range=half_width))
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True, eq=False)
class Flow:
    """Error flow along a run.

    Attributes:
        factors: Scaling factors against lag at snapshots of the run; columns: trial,
            lag, median, low, high, grown, bound.
        jacobians: The state map along the longest sequence at each snapshot; columns:
            trial, step, norm, radius.
        record: The run's record; its trace has the losses.
    """

    factors: pd.DataFrame
    jacobians: pd.DataFrame
    record: Record


def along_run(run: Run, lags: int) -> Flow:
    """Make a run, and measure its networks from the first to the last.

    Snapshots are spread evenly over the logarithm of the trials.

    Args:
        run: The run.
        lags: Largest lag.
    """
    kept: dict[int, FloatArray] = {}
    last: dict[int, FloatArray] = {}

    def watch(costs: Costs, proposal: Proposal) -> None:
        # A pass in batches belongs to the trial that it is part of.
        if not len(proposal.weights):
            return
        last.clear()
        last[costs.trials] = proposal.weights[-1]
        if not kept or costs.trials >= _GROWTH * max(kept):
            kept.update(last)

    assert isinstance(run.task, Task)
    record = execute(run, watch)
    snapshots = sorted({**kept, **last}.items())
    picked = np.linspace(0, len(snapshots) - 1, _SNAPSHOTS).round().astype(int)
    structure = run.task.structure
    train, chosen = _longest(run.task, run.seed, run.run)
    rows, jacobians = [], []
    for i in sorted(set(picked.tolist())):
        trial, weights = snapshots[i]
        shown = reference.activities(structure, weights, train.inputs[chosen])
        nets = [
            linearise(structure, weights, train.inputs[s, :n], y[:n])
            for s, n, y in _each(train, chosen, shown)
        ]
        factors = np.array([_largest(net, lags) for net in nets])
        limits = _bound(structure, weights, lags)[None]
        rows.append(_by_lag(factors, limits, trial=trial))
        maps = state_jacobians(nets[0])
        jacobians.append(
            pd.DataFrame(
                {
                    "trial": trial,
                    "step": np.arange(1, len(maps) + 1),
                    "norm": norms(maps),
                    "radius": spectral_radii(maps),
                }
            )
        )
    return Flow(
        pd.concat(rows, ignore_index=True),
        pd.concat(jacobians, ignore_index=True),
        record,
    )


def _longest(task: Task, seed: int, instance: int = 0) -> tuple[Sequences, IntArray]:
    """A training set, and its longest sequences, the longest first."""
    train, _ = task.sequences(instance, seed)
    return train, np.argsort(-train.lengths, kind="stable")[:SEQUENCES]


def _each(
    train: Sequences, chosen: IntArray, shown: FloatArray
) -> Iterator[tuple[int, int, FloatArray]]:
    """Number, steps up to the last target, and activities of each chosen sequence."""
    for s, y in zip(chosen, shown, strict=True):
        yield int(s), int(np.flatnonzero(train.mask[s])[-1]) + 1, y


def _largest(net: Linearised, lags: int) -> FloatArray:
    """(lags + 1,) largest magnitude of the factors from the last unit at the end.

    nan where the lag reaches back beyond the first step.
    """
    factors = scaling_factors(net, net.units - 1, net.steps - 1, lags)
    largest = np.full(lags + 1, np.nan)
    largest[: len(factors)] = np.abs(factors).max(axis=1)
    return largest


def _bound(structure: Structure, weights: FloatArray, lags: int) -> FloatArray:
    """(lags + 1,) the bound that holds: the chapter's, or else the general one."""
    known = bounds(structure, weights)
    if known is None:
        return np.full(lags + 1, np.nan)
    q = np.arange(lags + 1.0)
    with np.errstate(over="ignore"):
        return known.chapter(q) if known.synchronous else known.general(q)


def _by_lag(factors: FloatArray, limits: FloatArray, **labels: float) -> pd.DataFrame:
    """Median and deciles at each lag that some sequence is long enough for."""
    there = ~np.isnan(factors).all(axis=0)
    factors, limits = factors[:, there], limits[:, there]
    low, median, high = np.nanquantile(factors, (0.1, 0.5, 0.9), axis=0)
    return pd.DataFrame(
        {
            **labels,
            "lag": np.flatnonzero(there),
            "median": median,
            "low": low,
            "high": high,
            "grown": np.nanmean(factors > 1.0, axis=0),
            "bound": np.median(limits, axis=0),
        }
    )
