"""What commands share: exit codes and the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from gfsearch.study.study import Study

DONE, SOME_FAILED, MISTAKE, INTERRUPTED = 0, 1, 2, 130

# Where output is no terminal, its tables take the width they need.
_LOG_WIDTH = 240


def console(*, error: bool = False) -> Console:
    """Where tables and progress are printed, as wide as the terminal."""
    stream = sys.stderr if error else sys.stdout
    return Console(
        stderr=error, width=None if stream.isatty() else _LOG_WIDTH, highlight=False
    )


def say_what_was_kept(study: Study) -> None:
    """Say what a command takes over from the study that is in the folder."""
    if study.kept is not None:
        line = f"kept what {study.folder} holds: {study.kept}; --exactly leaves it out"
        print(printable(line), file=sys.stderr)


def printable(text: str) -> str:
    """A text from a file of somebody, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
