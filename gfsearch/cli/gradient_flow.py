"""The command gradient-flow: error flow on a task, measured and drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from gfsearch.cli.options import PathType, options
from gfsearch.cli.terminal import DONE, console
from gfsearch.specs.errors import UnwritableError

if TYPE_CHECKING:
    from gfsearch.error_flow.report import FlowReport


@click.command("gradient-flow")
@click.argument("task")
@click.option("--suite", help="Where the task is [default: quick, then the others].")
@click.option(
    "--searcher",
    default="gradient",
    show_default=True,
    help="One that follows the gradient, by its name or a suite's label.",
)
@click.option("--run", default=0, show_default=True, help="Number of its run.")
@options("one_seed", "one_budget", "ranges", "allow_imports")
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Random networks per range.",
)
@click.option(
    "--lags",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Largest time lag.",
)
@click.option(
    "--out",
    type=PathType(),
    help="Where the files go [default: runs/gradient-flow/<task>].",
)
@options("quiet", "json")
def gradient_flow(
    task: str,
    ranges: list[float],
    draws: int,
    lags: int,
    out: Path | None,
    quiet: bool,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Measure how errors flow back in time on TASK, and draw it.

    For random weights of several ranges, with the theory's bound; along a run that
    follows the gradient, from its start to its end; and, if the network is a single
    tanh unit, for the latch in closed form.
    """
    from gfsearch.error_flow.report import find_run, write_flow

    run = find_run(task, **chosen)
    folder = out or Path("runs") / "gradient-flow" / task.replace("/", "_")
    if not quiet:
        click.echo(
            f"{task}: {len(ranges)} x {draws} random networks, then run {run.run} of "
            f"{run.searcher.label}, {run.budget}",
            err=True,
        )
    try:
        made = write_flow(run, ranges, lags, draws, folder)
    except OSError as error:
        raise UnwritableError(f"cannot write to {folder}: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps(made.to_dict(), indent=2))
    else:
        _print_flow(console(), made)
    if not quiet:
        click.echo("wrote " + " ".join(map(str, made.files)), err=as_json)
    return DONE


def _print_flow(console: Console, made: FlowReport) -> None:
    """Print how errors flow: for random weights, and along the run."""
    from gfsearch.report.numbers import number

    for rows, first, prefix in (
        (made.ranges, "random weights in", "±"),
        (made.snapshots, f"{made.flow.record.searcher}, trial", ""),
    ):
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        columns = (
            "factor per step",
            f"left at lag {rows.lag.max()}",
            "grown",
            "bound per step",
        )
        for name in (first, *columns):
            table.add_column(name, justify="right", overflow="fold")
        for _, row in rows.iterrows():
            table.add_row(
                prefix + number(row.iloc[0]),
                number(row.per_step),
                number(row["median"]),
                f"{100 * row.grown:.0f} %",
                number(row.bound_per_step),
            )
        console.print(table)
    record = made.flow.record
    console.print(
        f"run {record.run} of {record.searcher}: {record.status}, {record.trials:,} "
        f"trials, {len(record.restarts)} fresh starts\n"
        "[dim]Scaling factor of the error from the output unit to the unit where it is "
        "largest: median over networks and sequences. Grown: above 1 at the largest "
        f"lag. Bound: {made.bound}.[/dim]"
    )
