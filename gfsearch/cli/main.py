"""The command line: `python -m gfsearch`."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from typing import Any, NoReturn

import click

from gfsearch.cli.cluster import cluster
from gfsearch.cli.gradient_flow import gradient_flow
from gfsearch.cli.report import plot, report, status
from gfsearch.cli.run import compare, run
from gfsearch.cli.show import list_, show
from gfsearch.cli.terminal import DONE, INTERRUPTED, MISTAKE, printable
from gfsearch.specs.errors import InputError, UnwritableError


class _Commands(click.Group):
    """The commands; one whose output nobody reads any more has done its work."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and what it printed to its reader."""
        try:
            code = super().invoke(ctx)
            if sys.stdout is not None:  # It may be closed.
                sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output, `head` for instance, has gone. click would exit
            # with 1.
            _read_by_nobody()
            return DONE
        return code


def _read_by_nobody() -> None:
    """Drop what is still to be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="gfsearch")
@click.pass_context
def cli(context: click.Context) -> None:
    """Gfsearch compares gradient-free searches with random weight guessing."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    compare,
    run,
    cluster,
    status,
    report,
    plot,
    gradient_flow,
    list_,
    show,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line and exit with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of folders need not be text.
        sys.stdout.reconfigure(errors="backslashreplace")
    # It would complain of settings that no figure here uses.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        code = cli.main(standalone_mode=False)
    except UnwritableError as error:
        _fail(f"--out: {error}")
    except InputError as error:
        _fail(str(error))
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except OSError as error:
        if error.filename is not None or error.errno != errno.ENOSPC:
            raise
        _read_by_nobody()
        _fail(f"cannot write the output: {error.strerror}")
    sys.exit(code)


def _fail(message: str) -> NoReturn:
    """Say what the user did wrong, in one line, and exit."""
    click.echo(f"error: {printable(' '.join(message.split()))}", err=True)
    sys.exit(MISTAKE)
