"""The commands that make runs: compare, and run for a part of a study."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gfsearch.cli.options import EXECUTION, SELECTION, options
from gfsearch.cli.report import report_on
from gfsearch.cli.terminal import (
    DONE,
    INTERRUPTED,
    SOME_FAILED,
    console,
    printable,
    say_what_was_kept,
)
from gfsearch.specs.errors import InputError

if TYPE_CHECKING:
    from gfsearch.study.comparing import Listener
    from gfsearch.study.execution import Engine, Limits, OnDone
    from gfsearch.study.study import Study
    from gfsearch.suites.run import Run


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Options of execution, checked together; fields have the names of the options."""

    jobs: int
    backend: str
    scheduler: str | None
    tls_ca: Path | None
    tls_cert: Path | None
    tls_key: Path | None
    insecure: bool
    timeout: float | None
    grace: float
    memory: int | None
    retry_failed: bool
    quiet: bool

    def check(self) -> None:
        """Refuse options that mean nothing, or nothing together."""
        from gfsearch.study.comparing import check_jobs

        check_jobs(self.jobs)
        self.limits()
        of_dask = {
            "--scheduler": self.scheduler,
            "--tls-ca": self.tls_ca,
            "--tls-cert": self.tls_cert,
            "--tls-key": self.tls_key,
            "--insecure": self.insecure or None,
        }
        if self.backend == "dask":
            if self.scheduler is None:
                raise InputError("--backend dask: needs --scheduler FILE_OR_ADDRESS")
            if self.jobs != -1:
                raise InputError("--jobs: a Dask cluster uses all its workers")
            return
        for option, value in of_dask.items():
            if value is not None:
                raise InputError(f"{option}: needs --backend dask")

    def limits(self) -> Limits:
        """The limits of each run."""
        from gfsearch.study.execution import Limits

        return Limits(timeout=self.timeout, memory=self.memory, grace=self.grace)

    def engine(self) -> AbstractContextManager[Engine]:
        """The engine that the options ask for."""
        from gfsearch.study.execution import Local

        if self.backend == "loky":
            limited = self.timeout is not None or self.memory is not None
            return nullcontext(Local(self.jobs, isolated=limited))
        from gfsearch.study.execution.dask import Cluster, Tls

        assert self.scheduler is not None
        tls = Tls(ca=self.tls_ca, cert=self.tls_cert, key=self.tls_key)
        return Cluster(self.scheduler, tls, insecure=self.insecure)


@click.command()
@click.argument("suite", default="quick")
@options(*SELECTION, *EXECUTION, "json")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and stop.")
def compare(suite: str, as_json: bool, dry_run: bool, **given: Any) -> int:
    """Run what is missing of SUITE, then report.

    SUITE is a shipped suite's name, the path of a TOML file, or that of a study's
    study.json, which holds the suite that was compared.
    """
    study, execution = _prepare(suite, given)
    if dry_run:
        missing = study.missing(execution.retry_failed, check_data=True)
        _announce(study, missing, None, quiet=False)
        return DONE
    _make(study, execution)
    return report_on(study, as_json=as_json, quiet=execution.quiet)


@click.command()
@click.argument("suite")
@options(*SELECTION, *EXECUTION, "shard")
@click.option("--key", help="Make the one run with this key, and print its record.")
def run(
    suite: str, shard: tuple[int, int] | None, key: str | None, **given: Any
) -> int:
    """Run what is missing of SUITE, or of a part of it, without a report."""
    if key is not None or shard is not None:
        # One run is printed; or a part stays the same part whatever the study holds.
        given["exactly"] = True
    study, execution = _prepare(suite, given)
    if key is not None:
        return _print_run(study, key)
    _make(study, execution, shard)
    missing = study.missing(retry_failed=True, shard=shard)
    if missing:
        _say_what_failed(study, shard, len(missing))
    return SOME_FAILED if missing else DONE


def _prepare(suite: str, given: dict[str, Any]) -> tuple[Study, Execution]:
    """Check everything that was given."""
    from gfsearch.study.comparing import make_study

    names = Execution.__dataclass_fields__
    execution = Execution(**{name: given.pop(name) for name in names})
    execution.check()
    study = make_study(suite, **given)
    if not execution.quiet:
        say_what_was_kept(study)
    return study, execution


def _make(
    study: Study, execution: Execution, shard: tuple[int, int] | None = None
) -> None:
    """Run what is missing of a study, or of a part of it."""
    from gfsearch.study.comparing import run_missing
    from gfsearch.study.execution import UnfitWorkerError

    listener = _listener(execution.quiet, shard)
    try:
        left = run_missing(
            study,
            execution.engine(),
            shard=shard,
            retry_failed=execution.retry_failed,
            limits=execution.limits(),
            listener=listener,
        )
    except KeyboardInterrupt:
        _stop(study, shard, "interrupted", INTERRUPTED)
    except UnfitWorkerError as error:
        raise InputError(str(error)) from None
    except ConnectionError as error:
        _stop(study, shard, str(error), SOME_FAILED)
    except BrokenExecutor:
        why = "worker processes die before they begin a run"
        _stop(study, shard, why, SOME_FAILED)
    except OSError as error:
        _stop(study, shard, f"cannot write records: {error}", SOME_FAILED)
    if left:
        listener.said(f"{len(left)} runs were left to other processes that are at them")


def _listener(quiet: bool, shard: tuple[int, int] | None) -> Listener:
    """A listener that reports the progress of a comparison on standard error."""
    from gfsearch.cli.progress import follow
    from gfsearch.study.comparing import Listener

    class Told(Listener):
        def found(self, study: Study, missing: Sequence[Run]) -> None:
            _announce(study, missing, shard, quiet)

        def said(self, line: str) -> None:
            if not quiet:
                click.echo(line, err=True)

        def following(self, missing: Sequence[Run]) -> AbstractContextManager[OnDone]:
            return follow(missing, console(error=True), quiet=quiet)

    return Told()


def _announce(
    study: Study, missing: Sequence[Run], shard: tuple[int, int] | None, quiet: bool
) -> None:
    from gfsearch.suites.suite import reasons

    if quiet:
        return
    suite = study.suite
    planned = len(study.part(shard))
    part = "" if shard is None else f", part {shard[0]} of {shard[1]}"
    click.echo(
        f"{study.folder}: {len(suite.tasks)} tasks x {len(suite.searchers)} searchers "
        f"x {suite.runs} runs{part}: {planned - len(missing)} of {planned} runs found, "
        f"{len(missing)} to do",
        err=True,
    )
    for line in reasons(suite.cells()):
        click.echo(line, err=True)


def _say_what_failed(study: Study, shard: tuple[int, int] | None, number: int) -> None:
    """Say why runs failed; of a part, where this is said: it does not read all."""
    from gfsearch.report.wording import failures

    if shard is None:
        lines = list(failures(study.results()))
    else:
        lines = [
            f"{number} runs have no result: python -m gfsearch status "
            f"{shlex.quote(str(study.folder))} says why"
        ]
    for line in lines:
        click.echo(printable(line), err=True)


def _stop(study: Study, shard: tuple[int, int] | None, why: str, code: int) -> NoReturn:
    """Say what is kept and how to go on, and exit."""
    left, planned = len(study.missing(shard=shard)), len(study.part(shard))
    click.echo(
        f"\n{why}: {planned - left} of {planned} runs are kept in {study.folder}; "
        f"go on with\n  python -m gfsearch {shlex.join(sys.argv[1:])}",
        err=True,
    )
    sys.exit(code)


def _print_run(study: Study, key: str) -> int:
    """Make one run of the plan and print its record."""
    import msgspec

    from gfsearch.study.runner import execute

    for planned in study.plan():
        if planned.key == key:
            click.echo(msgspec.json.encode(execute(planned)).decode())
            return DONE
    raise InputError(
        f"--key: no run of this suite, with these options, has the key {key!r}"
    )
