"""The command line: `python -m gfsearch`."""

from __future__ import annotations

import os
import shlex
import sys
from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gfsearch.errors import InputError
from gfsearch.inspection import gradient_flow, list_, show
from gfsearch.options import SELECTION, options
from gfsearch.reporting import plot, report, report_on, status
from gfsearch.terminal import DONE, INTERRUPTED, MISTAKE, SOME_FAILED, console

if TYPE_CHECKING:
    from gfsearch.plan import Run
    from gfsearch.study import Study


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

    SUITE is a shipped suite's name, the path of a TOML file, or that of a study's
    study.json, which holds the suite that was compared.
    """
    study, missing = _prepare(suite, jobs, retry_failed, selection)
    if dry_run:
        _announce(study, missing, quiet=False)
        return DONE
    _save(study)
    _announce(study, missing, quiet)
    _make(study, missing, jobs, quiet)
    return report_on(study, as_json=as_json, quiet=quiet)


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


def _prepare(
    suite: str, jobs: int, retry_failed: bool, selection: dict[str, Any]
) -> tuple[Study, list[Run]]:
    """Check everything that was given, and find what is to be run."""
    from gfsearch.study import check_jobs, make_study

    check_jobs(jobs)
    study = make_study(suite, **selection)
    return study, study.missing(retry_failed)


def _announce(study: Study, missing: list[Run], quiet: bool) -> None:
    from gfsearch.plan import reasons

    suite = study.suite
    planned = len(study.plan())
    if not quiet:
        click.echo(
            f"{study.folder}: {len(suite.tasks)} tasks x {len(suite.searchers)} "
            f"searchers x {suite.runs} runs: {planned - len(missing)} of {planned} "
            f"runs found, {len(missing)} to do",
            err=True,
        )
        for line in reasons(suite.cells()):
            click.echo(line, err=True)


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
        with follow(missing, console(error=True), quiet=quiet) as on_done:
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


for _command in (status, report, plot, gradient_flow, list_, show):
    cli.add_command(_command)


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
