"""Exit codes, and the terminal that commands write to."""

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
    """The console for tables and progress, as wide as the terminal."""
    stream = sys.stderr if error else sys.stdout
    return Console(
        stderr=error, width=None if stream.isatty() else _LOG_WIDTH, highlight=False
    )


def say_what_was_kept(study: Study) -> None:
    """Print what a command keeps of a study on disk, and what it makes anew."""
    if study.kept is not None:
        line = f"kept what {study.folder} holds: {study.kept}; --exactly leaves it out"
        print(printable(line), file=sys.stderr)
    for line in study.renewed:
        print(printable(line), file=sys.stderr)


def printable(text: str) -> str:
    """Replace control characters in untrusted text."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
