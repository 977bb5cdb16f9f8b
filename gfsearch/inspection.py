"""The commands that show what there is and what was found; they run no study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from gfsearch.errors import InputError
from gfsearch.options import PathType, options
from gfsearch.terminal import DONE, console


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
    from gfsearch.error_flow.report import find_run, print_flow, write_flow

    run = find_run(task, **chosen)
    folder = out or Path("runs") / "gradient-flow" / task.replace("/", "_")
    if not quiet:
        click.echo(
            f"{task}: {len(ranges)} x {draws} random networks, then run {run.run} of "
            f"{run.searcher.label}, {run.budget} trials",
            err=True,
        )
    try:
        made = write_flow(run, ranges, lags, draws, folder)
    except OSError as error:
        raise InputError(f"--out: cannot write to {folder}: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps(made.to_dict(), indent=2))
    else:
        print_flow(console(), made)
    if not quiet:
        click.echo("wrote " + " ".join(map(str, made.files)), err=as_json)
    return DONE


_WHATS = ("suites", "tasks", "problems", "networks", "searchers", "figures")


@click.command("list")
@click.argument("what", type=click.Choice(_WHATS), required=False)
@options("json")
def list_(what: str | None, as_json: bool) -> int:
    """List what there is: suites, tasks, problems, networks, searchers, figures."""
    from gfsearch.catalogue import LISTS

    chosen = {name: dict(LISTS[name]()) for name in ([what] if what else _WHATS)}
    if as_json:
        click.echo(json.dumps(chosen[what] if what else chosen, indent=2))
        return DONE
    for name, entries in chosen.items():
        if what is None:
            click.echo(f"{name}:")
        width = max(map(len, entries))
        for entry, text in entries.items():
            indent = "" if what else "  "
            click.echo(f"{indent}{entry:{width}}  {text}".rstrip())
    return DONE


@click.command()
@click.argument("name")
@click.option(
    "--study",
    type=PathType(),
    help="A study's folder: show the network that a run on the task NAME found.",
)
@click.option("--searcher", help="Whose run, with --study.")
@click.option(
    "--run",
    type=click.IntRange(min=0),
    help="Which run, with --study [default: the first that was solved].",
)
@click.option(
    "--out",
    type=PathType(),
    help="Draw that network into this file (.png, .svg or .pdf).",
)
@options("allow_imports")
def show(
    name: str,
    allow_imports: bool,
    study: Path | None,
    searcher: str | None,
    run: int | None,
    out: Path | None,
) -> int:
    """Show all that is known of a suite, task, problem, network or searcher.

    With --study and --searcher: the network that a run found on the task NAME.
    """
    if study is None:
        given = {"searcher": searcher, "run": run, "out": out}
        given["allow-imports"] = allow_imports or None
        for option, value in given.items():
            if value is not None:
                raise InputError(f"--{option}: goes with --study")
        from gfsearch.catalogue import describe

        click.echo(describe(name))
        return DONE
    from gfsearch.found import found
    from gfsearch.study import Study

    if searcher is None:
        raise InputError("--study: give --searcher as well")
    opened = Study.open(study, allow_imports=allow_imports)
    network = found(opened, name, searcher, run)
    for line in network.lines():
        click.echo(line)
    if out is not None:
        network.draw(out)
        click.echo(f"wrote {out}", err=True)
    return DONE
