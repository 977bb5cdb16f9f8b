"""Docstrings as `list`, `show` and the page tell them."""

from __future__ import annotations

import inspect
import re
from typing import Any


def first_sentence(thing: object) -> str:
    """First paragraph of a class's docstring, in one line; empty without one."""
    # Not `inspect.getdoc`, which would take a base class's for a missing one.
    text = inspect.cleandoc(thing.__doc__ or "")
    return text.split("\n\n")[0].replace("\n", " ")


def without_attributes(kind: type[Any]) -> str:
    """A class's docstring up to the list of its attributes, or its example."""
    text = inspect.cleandoc(kind.__doc__ or "")
    return text.split("\n\nAttributes:")[0].split("\n\nExample:")[0]


def meanings(kind: type[Any]) -> dict[str, str]:
    """Meaning of each attribute, from the docstrings of a class and of its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        _, _, text = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
        for entry in re.split(r"\n {4}(?=\w)", "\n" + text.split("\n\n")[0])[1:]:
            name, _, meaning = entry.partition(": ")
            found[name] = " ".join(meaning.split())
    return found
