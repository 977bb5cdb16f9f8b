"""What commands share: exit codes and the terminal."""

from __future__ import annotations

import sys

from rich.console import Console

DONE, SOME_FAILED, MISTAKE, INTERRUPTED = 0, 1, 2, 130

# Where output is no terminal, its tables take the width they need.
_LOG_WIDTH = 240


def console(*, error: bool = False) -> Console:
    """Where tables and progress are printed, as wide as the terminal."""
    stream = sys.stderr if error else sys.stdout
    return Console(
        stderr=error, width=None if stream.isatty() else _LOG_WIDTH, highlight=False
    )


def printable(text: str) -> str:
    """A text from a file of somebody, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
