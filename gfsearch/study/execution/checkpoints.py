"""Checkpoints: where long runs stand, so that their next attempt goes on from there.

A checkpoint is a pickle, and reading a pickle runs what it says. So one is read only if
this user made it: it is signed with a secret that lies in the user's own folder, not in
the study. A study from elsewhere may hold what it likes: its runs begin afresh.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import pickle
import platform
import secrets
import stat
from functools import cache
from pathlib import Path

import msgspec
import platformdirs

from gfsearch.study.records import library_versions
from gfsearch.study.runner import State

_DIGEST = hashlib.blake2b
_SIGNATURE = _DIGEST().digest_size

_FORM = 4
"""Raised when the state of a run, or of a searcher of ours, changes its form."""


class Checkpoint:
    """The checkpoint of one run.

    Args:
        folder: The study's folder of checkpoints; made when one is saved.
        key: The run's key.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._path = folder / key
        self._key = key

    def load(self) -> State | None:
        """Load the state of the run; None to start it from its beginning.

        None too if another user could have written the checkpoint, if other versions
        of the libraries did, or if it is damaged.
        """
        if not self._path.exists() or not _private(self._folder):
            return None
        try:
            content = self._path.read_bytes()
            secret = _secret()
        except OSError:
            return None
        signature, pickled = content[:_SIGNATURE], content[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(pickled, secret)):
            return None
        try:
            state = pickle.loads(pickled)
        except (ImportError, AttributeError):  # Of an earlier layout of the modules.
            return None
        assert isinstance(state, State)
        return state

    def save(self, state: State) -> bool:
        """Keep where the run stands; tell whether that was possible.

        A run goes on without a checkpoint, for instance on a full disk.
        """
        temporary = self._folder / f"{self._key}.{secrets.token_hex(4)}"
        try:
            pickled = pickle.dumps(state)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not _private(self._folder):
                return False
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                file.write(self._sign(pickled, _secret()) + pickled)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        # Searchers of others may hold what cannot be pickled.
        except (OSError, pickle.PicklingError, TypeError, AttributeError):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False
        return True

    def remove(self) -> None:
        """The run has ended."""
        self._path.unlink(missing_ok=True)

    def _sign(self, pickled: bytes, secret: bytes) -> bytes:
        """The signature of a pickle of this run, made with these libraries."""
        made_with = {"python": platform.python_version(), **library_versions()}
        about = msgspec.json.encode([self._key, made_with, _FORM], order="sorted")
        return hmac.digest(secret, about + pickled, _DIGEST)


def _private(folder: Path) -> bool:
    """True if only this user can write to a folder, and it is no link to another."""
    about = folder.lstat()
    others = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not others


@cache
def _secret() -> bytes:
    """The secret that signs this user's checkpoints; created when first needed."""
    folder = platformdirs.user_state_path("gfsearch")
    path = folder / "checkpoint-secret"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{path.name}.{secrets.token_hex(4)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    if not path.exists():
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        # Of several processes that make one, the first counts.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
    return path.read_bytes()
