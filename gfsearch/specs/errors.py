"""The exceptions that stand for a mistake: a user's, an extension's."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one line that names the place (file and field, option or
    argument), what is wrong there and what is accepted. The command line prints
    it without a traceback and exits with code 2.
    """


class UnwritableError(InputError):
    """The folder that a user gave cannot be written to."""


class ExtensionError(RuntimeError):
    """A problem, network or searcher handed over something that cannot be used.

    The message names what handed it over, what was expected and what was found. It
    ends the run that met it, and no other.
    """


def unknown(what: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not known, with the close matches first.

    Args:
        what: What kind of thing was named ("searcher", "task", ...).
        name: The name that was given.
        known: All names that would have been accepted.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return InputError(f"unknown {what} {name!r}: {hint}known are {', '.join(names)}")


def in_a_line(error: BaseException) -> str:
    """An exception's type and message, without line ends."""
    try:
        message = str(error)
    except Exception:  # Of an extension, which may do what it likes.
        message = "its message cannot be shown"
    return " ".join(f"{type(error).__name__}: {message}".split())
