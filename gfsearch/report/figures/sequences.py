"""Example sequences of a task, with their targets."""

from __future__ import annotations

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gfsearch.problems import Sequences
from gfsearch.report.figures.look import headline

_LONG = 100
"""Steps above which a line shows more than stairs."""

_MANY = 4
"""Input lines above which they are shown as shades, not as lines on one another."""

_MOST_AREAS = 2_000
"""Shades of a sequence; of longer ones, steps are left out."""

_MOST_NUMBERS = 3
"""Targets of a step that are written out."""


def example_sequences(sequences: Sequences) -> Figure:
    """Sequences of a training set, one below the other: short ones, longer ones.

    In the training-set order the first two are the shortest of two classes; with them
    stand two of the longer ones.

    Args:
        sequences: Of one instance.
    """
    longer = 3 * len(sequences) // 4 // 2 * 2
    chosen = [i for i in (0, 1, longer, longer + 1) if i < len(sequences)]
    shown = list(dict.fromkeys(chosen))
    tall = 0.9 + 0.6 * len(shown)
    figure = Figure(figsize=(5.0, tall))
    # Places that are known: to find them would take longer than to draw.
    figure.subplots_adjust(0.08, 0.55 / tall, 0.84, 1.0 - 0.35 / tall, hspace=0.25)
    rows = figure.subplots(len(shown), 1, squeeze=False, sharex=True, sharey=True)
    values = [sequences.inputs[shown], sequences.targets[shown]]
    low, high = min(v.min() for v in values), max(v.max() for v in values)
    margin = 0.12 * max(high - low, 1e-9)
    for i, axes in zip(shown, rows[:, 0], strict=True):
        if sequences.inputs.shape[2] > _MANY:
            _shades(axes, sequences, i)
        else:
            _lines(axes, sequences, i)
            axes.set_ylim(low - margin, high + margin)
        _say_targets(axes, sequences, i)
        axes.tick_params(labelsize=7.5)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    many = sequences.inputs.shape[2] > _MANY
    what = "rows: inputs, as shades" if many else "line: input, dot: target"
    rows[-1, 0].set_xlabel(f"step ({what})")
    headline(figure, "Training sequences of run 0")
    return figure


def _shades(axes: Axes, sequences: Sequences, i: int) -> None:
    """Show the inputs of a sequence as shades, a row for each line.

    As areas and not as an image: a page takes no pictures from elsewhere.
    """
    length, lines = int(sequences.lengths[i]), sequences.inputs.shape[2]
    every = -(-length * lines // _MOST_AREAS)
    shown = sequences.inputs[i, :length:every].T
    edges = np.minimum(np.arange(shown.shape[1] + 1) * every, length) + 0.5
    axes.pcolormesh(edges, np.arange(lines + 1) + 0.5, shown, cmap="gray_r")
    axes.set_ylim(lines + 0.5, 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True))


def _lines(axes: Axes, sequences: Sequences, i: int) -> None:
    """Show the inputs of a sequence as lines, and its targets as dots."""
    length = int(sequences.lengths[i])
    steps = np.arange(1, length + 1)
    palette = sns.color_palette("colorblind", 10)
    for line in range(sequences.inputs.shape[2]):
        inputs = sequences.inputs[i, :length, line]
        colour = palette[[0, 2, 4, 7][line % 4]]
        if length <= _LONG:
            edges = np.arange(length + 1) + 0.5
            axes.stairs(inputs, edges, baseline=None, linewidth=1.2, color=colour)
        else:
            axes.plot(steps, inputs, linewidth=0.6, color=colour)
    mask = sequences.mask[i, :length]
    targets = sequences.targets[i, :length][mask]
    for output in range(targets.shape[1]):
        at = steps[mask]
        axes.plot(at, targets[:, output], "o", color=palette[3], markersize=4.5)


def _say_targets(axes: Axes, sequences: Sequences, i: int) -> None:
    """Write the targets beside a sequence that has them at one step alone."""
    targets = sequences.targets[i, sequences.mask[i]]
    if len(targets) != 1:
        return
    (wanted,) = targets
    if len(wanted) > 1 and sorted(wanted) == [0.0] * (len(wanted) - 1) + [1.0]:
        told = f"class {int(np.argmax(wanted)) + 1}"
    elif len(wanted) <= _MOST_NUMBERS:
        told = "target " + ",\n".join(f"{target:g}" for target in wanted)
    else:
        return
    axes.annotate(
        told,
        (1.0, 0.5),
        xycoords="axes fraction",
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=sns.color_palette("colorblind", 10)[3],
    )
