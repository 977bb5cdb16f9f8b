"""The options that commands share."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _ParamType = click.ParamType[list[str]]
else:  # generic only in click's newest releases
    _ParamType = click.ParamType


class PathType(click.Path):
    """A path; an empty one is a mistake, not the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The path."""
        if not str(value).strip():
            self.fail("expected a path, got nothing", param, ctx)
        return super().convert(value, param, ctx)


class _Names(_ParamType):
    """Names or globs, separated by commas."""

    name = "names"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        names = [part.strip() for part in value.split(",") if part.strip()]
        return names or self.fail(f"{value!r} names nothing", param, ctx)


class _Positive(_ParamType):
    """Numbers above 0, separated by commas."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            numbers = [float(part) for part in value.split(",")]
        except ValueError:
            numbers = []
        if not numbers or not all(0.0 < number < math.inf for number in numbers):
            self.fail(f"expected numbers > 0, got {value!r}", param, ctx)
        return list(dict.fromkeys(numbers))


class _Whole(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A whole number, which may be written 1e6, as in a suite."""

    name = "integer"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        text = str(value)
        try:
            return int(text)
        except ValueError:
            pass
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not number.is_integer():
            self.fail(f"expected a whole number, got {value!r}", param, ctx)
        return int(number)


class _Budget(_Whole):
    """A number of trials, or presentations=N."""

    name = "budget"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        unit, equals, amount = str(value).rpartition("=")
        if not equals:
            return super().convert(value, param, ctx)
        if unit not in ("trials", "presentations"):
            self.fail(
                f"expected N, trials=N or presentations=N, got {value!r}", param, ctx
            )
        return {unit: super().convert(amount, param, ctx)}


class _Size(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Bytes, as a number with K, M or G."""

    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        found = re.fullmatch(r"(\d{1,12})([KMG]?)", str(value))
        if found is None or int(found[1]) == 0:
            self.fail(f"expected a size such as 500M or 2G, got {value!r}", param, ctx)
        return int(found[1]) * 1024 ** " KMG".index(found[2] or " ")


class _Shard(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Part i of N."""

    name = "i/n"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", str(value))
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"expected i/N with 1 <= i <= N, got {value!r}", param, ctx)
        return int(found[1]), int(found[2])


def _flattened(ctx: Any, param: Any, value: Sequence[Sequence[str]]) -> list[str]:
    return [name for names in value for name in names]


def _with_this_folder(ctx: Any, param: Any, value: bool) -> bool:
    """Find modules in the current folder, as `python -m gfsearch` does by itself."""
    here = str(Path.cwd())
    if value and here not in sys.path:
        sys.path.insert(0, here)
    return value


def _tls(name: str, what: str) -> Callable[[Any], Any]:
    return click.option(
        f"--tls-{name}",
        type=PathType(),
        help=f"Dask: {what}, a PEM file [default: as Dask is configured].",
    )


_AVAILABLE: dict[str, Callable[[Any], Any]] = {
    "tasks": click.option(
        "--tasks",
        type=_Names(),
        multiple=True,
        callback=_flattened,
        help="Names or globs of tasks, separated by commas or repeated.",
    ),
    "searchers": click.option(
        "--searchers",
        type=_Names(),
        multiple=True,
        callback=_flattened,
        help="Labels or globs of searchers, or names of known searchers.",
    ),
    "runs": click.option(
        "--runs",
        type=_Whole(),
        help="Runs per task and searcher [default: the suite's, or the study's].",
    ),
    "budget": click.option(
        "--budget",
        type=_Budget(),
        help="Trials per run, or presentations=N [default: the suite's, or the "
        "study's].",
    ),
    "seed": click.option(
        "--seed",
        type=_Whole(),
        help="Root seed [default: the study's; 0 for a new one].",
    ),
    "exactly": click.option(
        "--exactly",
        is_flag=True,
        help="Take the suite and the options alone, whatever the study holds.",
    ),
    "one_seed": click.option(
        "--seed", type=_Whole(), default=0, show_default=True, help="Root seed."
    ),
    "one_budget": click.option(
        "--budget", type=_Whole(), default=1000, show_default=True, help="Trials."
    ),
    "ranges": click.option(
        "--ranges",
        type=_Positive(),
        default="0.3,1,3,10,100",
        show_default=True,
        help="Half-widths of the ranges of random weights, separated by commas.",
    ),
    "jobs": click.option(
        "--jobs",
        type=int,
        default=-1,
        show_default=True,
        help="Number of processes; -1: one per core.",
    ),
    "backend": click.option(
        "--backend",
        type=click.Choice(["loky", "dask"]),
        default="loky",
        show_default=True,
        help="Where runs are made: processes of this machine, or a Dask cluster.",
    ),
    "scheduler": click.option(
        "--scheduler",
        help="Dask: the scheduler's address or the path of its scheduler file.",
    ),
    "tls_ca": _tls("ca", "The authority's certificate"),
    "tls_cert": _tls("cert", "Our certificate"),
    "tls_key": _tls("key", "Our certificate's key"),
    "insecure": click.option(
        "--insecure",
        is_flag=True,
        help="Dask: allow an unencrypted connection to another machine.",
    ),
    "timeout": click.option(
        "--timeout", type=float, metavar="SECONDS", help="What each run may take."
    ),
    "grace": click.option(
        "--grace",
        type=float,
        metavar="SECONDS",
        default=5.0,
        show_default=True,
        help="Time that a run has to end its evaluation when its own time is over.",
    ),
    "memory": click.option(
        "--memory", type=_Size(), help="What each run may take, for instance 2G."
    ),
    "shard": click.option(
        "--shard",
        type=_Shard(),
        help="Make every N-th run of the plan, from the i-th (counted from 1).",
    ),
    "out": click.option(
        "--out",
        type=PathType(),
        help="The study's folder [default: runs/<suite>].",
    ),
    "allow_imports": click.option(
        "--allow-imports",
        is_flag=True,
        callback=_with_this_folder,
        help='Let kinds "module:Class" in the suite import code, and run it.',
    ),
    "retry_failed": click.option(
        "--retry-failed",
        is_flag=True,
        help="Repeat runs that failed or timed out.",
    ),
    "quiet": click.option("--quiet", is_flag=True, help="No progress."),
    "json": click.option(
        "--json", "as_json", is_flag=True, help="Print the table as JSON."
    ),
}


def options(*names: str) -> Callable[[Any], Any]:
    """The options of these names, which several commands share."""

    def decorate(command: Any) -> Any:
        for name in reversed(names):
            command = _AVAILABLE[name](command)
        return command

    return decorate


EXECUTION = (
    "jobs",
    "backend",
    "scheduler",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "insecure",
    "timeout",
    "grace",
    "memory",
    "retry_failed",
    "quiet",
)
SELECTION = (
    "tasks",
    "searchers",
    "runs",
    "budget",
    "seed",
    "exactly",
    "out",
    "allow_imports",
)
