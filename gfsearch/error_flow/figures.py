"""Pictures of error flow: against the lag, along a run, and in the minimal latch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gfsearch.error_flow import latch
from gfsearch.error_flow.curves import Flow
from gfsearch.report.numbers import number

_FLOOR, _CEILING = 1e-24, 1e6
"""Limits beyond which scaling factors are drawn as vanished or exploded."""

_WIDTHS = (1.1, 1.25, 1.5, 2.0, 3.0)


def random_weights(table: pd.DataFrame, task: str, bound: str) -> Figure:
    """Scaling factor of the error against lag, for random weights of several ranges.

    Args:
        table: Of `gfsearch.error_flow.curves.random_weights`.
        task: The task's name.
        bound: What the dashed lines are.
    """
    figure = Figure(figsize=(8.2, 4.6), layout="constrained")
    axes = figure.subplots()
    ranges = list(dict.fromkeys(table.range))
    colours = sns.color_palette("viridis", len(ranges))
    for half_width, colour in zip(ranges, colours, strict=True):
        rows = table[table.range == half_width]
        _curve(axes, rows, f"weights in ±{number(half_width)}", colour)
        inside = rows[rows.bound.between(_FLOOR, _CEILING)]
        axes.plot(inside.lag, inside.bound, color=colour, linestyle=(0, (4, 2)))
    axes.plot([], [], color="0.3", linestyle=(0, (4, 2)), label=bound)
    _finish(axes, f"{task}: what is left of an error q steps back (median, deciles)")
    return figure


def run(flow: Flow, task: str, searcher: str) -> Figure:
    """The loss of a run, and the scaling factors of the networks on its way."""
    figure = Figure(figsize=(12.0, 4.7), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.0, 1.35, 1.0))
    trials = list(dict.fromkeys(flow.factors.trial))
    colours = sns.color_palette("flare", len(trials))
    trace = flow.record.trace
    if trace:
        x, y = zip(*trace, strict=True)
        left.step(
            [*x, flow.record.trials], [*y, y[-1]], where="post", color="0.3", zorder=1
        )
    for trial, colour in zip(trials, colours, strict=True):
        left.axvline(trial, color=colour, linewidth=1.2)
        _curve(
            middle,
            flow.factors[flow.factors.trial == trial],
            f"trial {number(trial)}",
            colour,
            band=False,
        )
        if trial in (trials[0], trials[-1]):
            rows = flow.jacobians[flow.jacobians.trial == trial]
            label = f"trial {number(trial)}"
            right.plot(rows.step, rows.radius, color=colour, label=f"{label}: radius")
            right.plot(
                rows.step,
                rows.norm,
                color=colour,
                linewidth=0.8,
                linestyle=(0, (2, 1)),
                label=f"{label}: norm",
            )
    left.set_xscale("log")
    left.set_xlabel("trials")
    left.set_ylabel("best loss so far")
    for restart, _ in flow.record.restarts:
        left.axvline(restart, color="0.5", linewidth=0.8, linestyle=(0, (2, 2)))
    left.set_title(
        "Loss" + (" (dashed: fresh starts)" if flow.record.restarts else ""),
        fontsize=10,
    )
    _finish(middle, "Error, q steps back")
    figure.suptitle(
        f"{task}, run {flow.record.run} of {searcher}: {_outcome(flow)}",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    right.axhline(1.0, color="0.25", linewidth=1.0)
    right.set_yscale("log")
    low, high = right.get_ylim()
    right.set_ylim(max(low, 1e-8), max(high, 2.0))
    right.set_xlabel("step of the longest sequence")
    right.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    right.set_title("Jacobian of the state map", fontsize=10)
    right.legend(fontsize=8)
    return figure


def minimal_latch(noise: float) -> Figure:
    """Attractors, basins, where a bit is safe, and what that does to the gradient.

    Args:
        noise: Magnitude up to which inputs are to be survived, for the second panel.
    """
    figure = Figure(figsize=(10.4, 8.0), layout="constrained")
    (attractors, basins), (price, gradient) = figure.subplots(2, 2)
    _attractors(attractors)
    _basins(basins, noise)
    _price(price, noise)
    _decay(gradient)
    return figure


def _attractors(axes: Axes) -> None:
    w = np.linspace(0.5, 3.0, 251)
    x = np.array([latch.attractor(v) for v in w])
    edge = np.array([latch.contracting_from(v) for v in w])
    latching = w > 1.0
    for sign in (1, -1):
        label = "attractors" if sign > 0 else None
        axes.plot(w, sign * x, color="C0", linewidth=2, label=label)
        axes.fill_between(
            w[latching],
            sign * edge[latching],
            sign * 1.0,
            color="C2",
            alpha=0.18,
            linewidth=0,
            label="|M'| < 1: a bit can be latched" if sign > 0 else None,
        )
    axes.plot(w[latching], 0 * w[latching], color="C3", linestyle=(0, (4, 2)))
    axes.plot([], [], color="C3", linestyle=(0, (4, 2)), label="repeller, M' = w > 1")
    axes.set_xlabel("self-weight w")
    axes.set_ylabel("state x")
    axes.set_ylim(-1.15, 1.45)
    axes.set_title("x(t) = tanh(w x(t - 1))", fontsize=10)
    axes.legend(fontsize=8, loc="upper left", framealpha=0.95)


def _basins(axes: Axes, noise: float) -> None:
    w = np.linspace(1.001, 3.0, 400)
    axes.plot(
        w, [latch.attractor(v) for v in w], color="C0", linewidth=2, label="attractor"
    )
    safe = [v for v in w if latch.threshold(v) >= noise]
    lower = [latch.boundary(v, noise) for v in safe]
    axes.fill_between(
        safe,
        lower,
        1.0,
        color="C2",
        alpha=0.25,
        linewidth=0,
        label=f"safe from any inputs within ±{noise:g}",
    )
    axes.plot(safe, lower, color="C2")
    axes.plot(
        safe,
        [latch.worst_attractor(v, noise) for v in safe],
        color="C0",
        linestyle=(0, (4, 2)),
        label=f"attractor under a constant input of -{noise:g}",
    )
    axes.axhspan(-0.35, 0.0, color="0.5", alpha=0.1, linewidth=0)
    axes.text(1.04, -0.17, "basin of the other bit", fontsize=8)
    axes.set_xlim(1.0, 3.0)
    axes.set_ylim(-0.35, 1.1)
    axes.set_xlabel("self-weight w")
    axes.set_ylabel("state x")
    axes.set_title("Where the bit 'plus' is stored safely", fontsize=10)
    axes.legend(fontsize=8, loc="lower right", framealpha=0.95)


def _price(axes: Axes, noise: float) -> None:
    """Share of an error that survives a step, against inputs that a bit survives."""
    w = np.linspace(1.0, 4.0, 300)
    axes.plot([latch.threshold(v) for v in w], [latch.decay(v) for v in w], color="0.3")
    colours: Any = sns.color_palette("viridis", len(_WIDTHS))
    for v, colour in zip(_WIDTHS, colours, strict=True):
        point = latch.threshold(v), latch.decay(v)
        axes.plot(*point, "o", color=colour)
        axes.annotate(
            f"w = {v:g}", point, (7, 3), textcoords="offset points", fontsize=8
        )
    if noise:
        axes.axvline(noise, color="C2", linestyle=(0, (4, 2)))
        axes.text(noise, 1.02, f" inputs of {noise:g}", color="C2", fontsize=8)
    axes.set_xlim(0.0, latch.threshold(3.2))
    axes.set_ylim(0.0, 1.1)
    axes.set_xlabel("largest input that the bit survives, h*")
    axes.set_ylabel("left of an error per step, M'")
    axes.set_title("The price of safety", fontsize=10)


def _decay(axes: Axes) -> None:
    lags = np.arange(0, 101)
    colours: Any = sns.color_palette("viridis", len(_WIDTHS))
    for w, colour in zip(_WIDTHS, colours, strict=True):
        left = latch.decay(w) ** lags
        label = f"w = {w:g}: M' = {latch.decay(w):.3g}, h* = {latch.threshold(w):.3g}"
        axes.plot(lags, left, color=colour, label=label)
    axes.plot(lags, 1.1**lags, color="C3", linestyle=(0, (4, 2)))
    axes.plot(
        [], [], color="C3", linestyle=(0, (4, 2)), label="on the repeller, w = 1.1"
    )
    axes.set_yscale("log")
    axes.set_ylim(1e-16, 1e4)
    axes.set_xlabel("steps q")
    axes.set_ylabel("dx(t) / dx(t - q)")
    axes.set_title("The safer the bit, the faster its gradient vanishes", fontsize=10)
    axes.legend(fontsize=8)


def _curve(
    axes: Axes, rows: pd.DataFrame, label: str, colour: Any, band: bool = True
) -> None:
    """A median with its deciles, down to where it has vanished."""
    shown = rows[rows["median"] > _FLOOR]
    axes.plot(shown.lag, shown["median"], color=colour, linewidth=1.8, label=label)
    if band:
        axes.fill_between(
            rows.lag,
            rows.low.clip(_FLOOR, _CEILING),
            rows.high.clip(_FLOOR, _CEILING),
            color=colour,
            alpha=0.13,
            linewidth=0,
        )


def _finish(axes: Axes, title: str) -> None:
    axes.axhline(1.0, color="0.25", linewidth=1.0)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, _FLOOR), min(max(high, 30.0), _CEILING))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.set_xlabel("time lag q (steps)")
    axes.set_ylabel("scaling factor of the error")
    axes.set_title(title, fontsize=10)
    axes.legend(fontsize=8)


def _outcome(flow: Flow) -> str:
    record = flow.record
    loss = "" if record.loss is None else f", loss {number(record.loss)}"
    reason = "" if record.stop_reason is None else f" ({record.stop_reason})"
    starts = f", {len(record.restarts)} fresh starts" if record.restarts else ""
    return f"{record.status}{reason}, {number(record.trials)} trials{starts}{loss}"
