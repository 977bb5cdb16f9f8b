"""The command line: `python -m gfsearch`."""

from __future__ import annotations

import json
import os
import shlex
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich import box
from rich.console import Console
from rich.table import Table

from gfsearch.errors import InputError
from gfsearch.options import SELECTION, options

if TYPE_CHECKING:
    from gfsearch.plan import Run
    from gfsearch.study import Study

DONE, SOME_FAILED, MISTAKE, INTERRUPTED = 0, 1, 2, 130

# Where output is no terminal, its tables take the width they need.
_LOG_WIDTH = 240


def _console(*, error: bool = False) -> Console:
    stream = sys.stderr if error else sys.stdout
    return Console(
        stderr=error, width=None if stream.isatty() else _LOG_WIDTH, highlight=False
    )


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="gfsearch")
@click.pass_context
def cli(context: click.Context) -> None:
    """How far beyond random weight guessing do gradient-free searches get?"""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command()
@click.argument("suite", default="quick")
@options(*SELECTION, "jobs", "retry_failed", "quiet", "json")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and stop.")
def compare(
    suite: str,
    jobs: int,
    retry_failed: bool,
    quiet: bool,
    as_json: bool,
    dry_run: bool,
    **selection: Any,
) -> int:
    """Run what is missing of SUITE, then report.

    SUITE is a shipped suite's name or the path of a TOML file.
    """
    study, missing = _prepare(suite, jobs, retry_failed, selection)
    if dry_run:
        _announce(study, missing, quiet=False)
        return DONE
    _save(study)
    _announce(study, missing, quiet)
    _make(study, missing, jobs, quiet)
    return _report(study, as_json, quiet)


@cli.command()
@click.argument("suite")
@options(*SELECTION, "jobs", "retry_failed", "quiet")
@click.option("--key", help="Make the one run with this key, and print its record.")
def run(
    suite: str,
    jobs: int,
    retry_failed: bool,
    quiet: bool,
    key: str | None,
    **selection: Any,
) -> int:
    """Run what is missing of SUITE, without a report."""
    study, missing = _prepare(suite, jobs, retry_failed, selection)
    if key is not None:
        return _print_run(study, key)
    _save(study)
    _announce(study, missing, quiet)
    _make(study, missing, jobs, quiet)
    failed = study.missing(retry_failed=True)
    return SOME_FAILED if failed else DONE


@cli.command()
@click.argument("study", type=click.Path(path_type=Path))
@options("allow_imports", "json")
def status(study: Path, allow_imports: bool, as_json: bool) -> int:
    """Say what of the study in the folder STUDY is done."""
    from gfsearch.study import Study

    results = Study.open(study, allow_imports=allow_imports).results()
    rows = [
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "planned": cell.planned,
            "done": len(cell.results),
            "solved": int(cell.solved.sum()),
            "failed": len(cell.failed),
        }
        for cell in results.cells
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return DONE
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in rows[0]:
        text = name in ("task", "searcher")
        table.add_column(name, justify="left" if text else "right")
    for row in rows:
        table.add_row(*map(str, row.values()))
    _console().print(table)
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
    failed = sum(len(cell.failed) for cell in results.cells)
    click.echo(f"{done} of {planned} runs done, {failed} failed")
    reasons = {str(r.stop_reason) for cell in results.cells for r in cell.failed}
    for reason in sorted(reasons):
        click.echo(f"failed: {reason}")
    for cell in results.cells:
        if cell.not_applicable:
            click.echo(
                f"not applicable: {cell.searcher.label} to {cell.task.name}: "
                f"{cell.not_applicable}"
            )
    return DONE


@cli.command()
@click.argument("study", type=click.Path(path_type=Path))
@options("allow_imports", "quiet", "json")
def report(study: Path, allow_imports: bool, quiet: bool, as_json: bool) -> int:
    """Write tables and figures of the study in the folder STUDY."""
    from gfsearch.study import Study

    return _report(Study.open(study, allow_imports=allow_imports), as_json, quiet)


@cli.command("gradient-flow")
@click.argument("task")
@click.option("--suite", help="Where the task is [default: quick, then the others].")
@click.option(
    "--searcher",
    default="gradient",
    show_default=True,
    help="One that follows the gradient, by its name or a suite's label.",
)
@click.option("--run", default=0, show_default=True, help="Number of its run.")
@options("seed", "one_budget", "ranges", "allow_imports")
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
    type=click.Path(path_type=Path),
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
        print_flow(_console(), made)
    if not quiet:
        click.echo("wrote " + " ".join(map(str, made.files)), err=as_json)
    return DONE


_WHATS = ("suites", "tasks", "problems", "networks", "searchers", "figures")


@cli.command("list")
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


@cli.command()
@click.argument("name")
@click.option(
    "--study",
    type=click.Path(path_type=Path),
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
    type=click.Path(path_type=Path),
    help="Draw that network into this file (.png, .svg or .pdf).",
)
def show(
    name: str,
    study: Path | None,
    searcher: str | None,
    run: int | None,
    out: Path | None,
) -> int:
    """Show all that is known of a suite, task, problem, network or searcher.

    With --study and --searcher: the network that a run found on the task NAME.
    """
    if study is None:
        for option, value in (("searcher", searcher), ("run", run), ("out", out)):
            if value is not None:
                raise InputError(f"--{option}: goes with --study")
        from gfsearch.catalogue import describe

        click.echo(describe(name))
        return DONE
    from gfsearch.found import found
    from gfsearch.study import Study

    if searcher is None:
        raise InputError("--study: give --searcher as well")
    network = found(Study.open(study), name, searcher, run)
    for line in network.lines():
        click.echo(line)
    if out is not None:
        network.draw(out)
        click.echo(f"wrote {out}", err=True)
    return DONE


def _prepare(
    suite: str, jobs: int, retry_failed: bool, selection: dict[str, Any]
) -> tuple[Study, list[Run]]:
    """Check everything that was given, and find what is to be run."""
    from gfsearch.study import check_jobs, make_study

    check_jobs(jobs)
    study = make_study(suite, **selection)
    return study, study.missing(retry_failed)


def _announce(study: Study, missing: list[Run], quiet: bool) -> None:
    suite = study.suite
    planned = len(study.plan())
    if not quiet:
        click.echo(
            f"{study.folder}: {len(suite.tasks)} tasks x {len(suite.searchers)} "
            f"searchers x {suite.runs} runs: {planned - len(missing)} of {planned} "
            f"runs found, {len(missing)} to do",
            err=True,
        )
        for task, searcher, why_not in suite.cells():
            if why_not is not None:
                click.echo(
                    f"not applicable: {searcher.label} to {task.name}: {why_not}",
                    err=True,
                )


def _save(study: Study) -> None:
    """Write the plan; the first thing that is written."""
    try:
        study.save()
    except OSError as error:
        raise InputError(
            f"--out: cannot write to {study.folder}: {error.strerror}"
        ) from None


def _make(study: Study, missing: list[Run], jobs: int, quiet: bool) -> None:
    """Make the missing runs."""
    if not missing:
        return
    from gfsearch.progress import follow
    from gfsearch.study import compile_kernels, run_all

    def say(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    try:
        compile_kernels(missing, say)
        with follow(missing, _console(error=True), quiet=quiet) as on_done:
            run_all(study, missing, jobs, on_done)
    except KeyboardInterrupt:
        _stop(study, "interrupted", INTERRUPTED)
    except BrokenExecutor:
        _stop(study, "a worker process died", SOME_FAILED)
    except OSError as error:
        _stop(study, f"cannot write records: {error}", SOME_FAILED)


def _stop(study: Study, why: str, code: int) -> NoReturn:
    """Say what is kept and how to go on, and exit."""
    left, planned = len(study.missing()), len(study.plan())
    click.echo(
        f"\n{why}: {planned - left} of {planned} runs are kept in {study.folder}; "
        f"go on with\n  python -m gfsearch {shlex.join(sys.argv[1:])}",
        err=True,
    )
    sys.exit(code)


def _report(study: Study, as_json: bool, quiet: bool) -> int:
    """Write the report, print its tables, and name its files."""
    from gfsearch.report import (
        methods,
        print_summary,
        published_table,
        remarks,
        write_report,
    )
    from gfsearch.tables import to_records

    try:
        made = write_report(study)
    except OSError as error:
        raise InputError(
            f"cannot write the report to {study.folder}: {error.strerror}"
        ) from None
    if as_json:
        tables = {"summary": to_records(made.summary)}
        tables["published"] = to_records(made.published)
        click.echo(json.dumps(tables, indent=2))
    else:
        console = _console()
        title = study.suite.title or study.suite.name
        print_summary(console, title, made.summary, made.results.costs)
        if len(made.published):
            console.print(published_table(made.published))
        for line in methods(made.searchers):
            console.print(f"[dim]{line}[/dim]")
    for remark in remarks(made):
        click.echo(f"note: {remark}", err=True)
    if not quiet:
        click.echo("wrote " + " ".join(map(str, made.files)), err=as_json)
    failed = any(cell.failed for cell in made.results.cells)
    return SOME_FAILED if failed else DONE


def _print_run(study: Study, key: str) -> int:
    """Make one run of the plan and print its record."""
    import msgspec

    from gfsearch.runner import execute

    for planned in study.plan():
        if planned.key == key:
            click.echo(msgspec.json.encode(execute(planned)).decode())
            return DONE
    raise InputError(
        f"--key: no run of this suite, with these options, has the key {key!r}"
    )


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(standalone_mode=False)
    except InputError as error:
        _fail(str(error))
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output, `head` for instance, has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code)


def _fail(message: str) -> NoReturn:
    """Say what the user did wrong, in one line, and exit."""
    click.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(MISTAKE)
