"""Files that a suite names: what belongs to identities is their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gfsearch.specs.errors import InputError


class File:
    """A file that a problem, network or searcher reads, as a field of its class.

    A suite gives its path, relative to the suite's own folder. Its content belongs to
    the identity of runs, its path does not: a changed file makes them anew, a moved one
    does not.

    Args:
        path: The path, relative to the working directory.
        digest: The hash of its content, if that is known; else it is read when it is
            first needed.

    Attributes:
        path: The path, absolute.
    """

    __slots__ = ("_digest", "path")

    def __init__(self, path: str | Path, digest: str | None = None) -> None:
        self.path = Path(path).expanduser().absolute()
        self._digest = digest

    @property
    def digest(self) -> str:
        """The hash (32 hexadecimal digits) of its content.

        Raises:
            InputError: It cannot be read.
        """
        if self._digest is None:
            self._digest = self._read()
        return self._digest

    def check(self) -> None:
        """Refuse a file whose content is not what the digest says.

        Raises:
            InputError: It is another, or cannot be read.
        """
        if self._digest is None:
            self._digest = self._read()
        elif self._read() != self._digest:
            raise InputError(
                f"{self.path}: its content has changed since the study was made: give "
                "the suite again, and its runs are made anew; or put the file back"
            )

    def _read(self) -> str:
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(
                    file, lambda: hashlib.blake2b(digest_size=16)
                ).hexdigest()
        except OSError as error:
            raise InputError(f"{self.path}: {error.strerror}") from None

    @classmethod
    def given(cls, value: Any, folder: Path) -> File:
        """A file as a suite or a study gives it.

        Args:
            value: Its path; or, in a study, its path and its digest.
            folder: What the path is relative to.

        Raises:
            InputError: It is neither.
        """
        digest = None
        if isinstance(value, Mapping) and value.keys() == {"path", "digest"}:
            value, digest = value["path"], value["digest"]
        known = digest is None or isinstance(digest, str)
        if not isinstance(value, str) or not value or "\0" in value or not known:
            raise InputError(f"expected the path of a file, got {value!r}")
        return cls(folder / Path(value).expanduser(), digest)

    def content(self) -> dict[str, str]:
        """Its path and digest, as a study keeps them."""
        return {"path": str(self.path), "digest": self.digest}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"File({str(self.path)!r})"

    def __str__(self) -> str:
        return f"{self.path.name} ({self.digest[:6]})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process must not take what the file holds by then for its content.
        return File, (str(self.path), self.digest)
