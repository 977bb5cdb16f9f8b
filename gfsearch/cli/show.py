"""The commands that show what there is and what was found; they run no study."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gfsearch.cli.options import PathType, options
from gfsearch.cli.terminal import DONE
from gfsearch.specs.errors import InputError

_WHATS = ("suites", "tasks", "problems", "networks", "searchers", "figures")


@click.command("list")
@click.argument("what", type=click.Choice(_WHATS), required=False)
@options("json")
def list_(what: str | None, as_json: bool) -> int:
    """List what there is: suites, tasks, problems, networks, searchers, figures."""
    from gfsearch.cli.catalogue import LISTS

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
        from gfsearch.cli.catalogue import describe

        click.echo(describe(name))
        return DONE
    from gfsearch.report.solution import found
    from gfsearch.study.study import Study

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
