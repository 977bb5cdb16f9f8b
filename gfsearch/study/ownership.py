"""Refusal of links and special files in a study's folder."""

from __future__ import annotations

import os
from pathlib import Path

from gfsearch.specs.errors import InputError


def check_own(folder: Path) -> None:
    """Refuse a study that would be read, or written, elsewhere than in its folder.

    Args:
        folder: The study's, which may come from anywhere; it need not exist.

    Raises:
        InputError: Something in it is a link, or is not what its name says, such as a
            pipe, which would be read for ever; or it cannot be looked into.
    """
    only_files = [folder / name for name in ("records", "inflight", "checkpoints")]
    others = [folder / name for name in ("cluster", "report")]
    try:
        for part in (folder, *only_files, *others):
            if part.is_dir():
                with os.scandir(part) as entries:
                    for entry in entries:
                        _check(entry, only_files=part in only_files)
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}") from None


def _check(entry: os.DirEntry[str], only_files: bool) -> None:
    if entry.is_symlink():
        raise InputError(f"{entry.path}: a link: what a study holds must be its own")
    folder = entry.is_dir() and not only_files
    # What is neither may also have gone in between.
    if not (entry.is_file() or folder) and Path(entry.path).exists():
        expected = "a file" if only_files else "a file or a folder"
        raise InputError(f"{entry.path}: expected {expected}")
