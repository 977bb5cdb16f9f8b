"""The commands for clusters."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gfsearch.cli.options import SELECTION, PathType, options
from gfsearch.cli.terminal import DONE, say_what_was_kept
from gfsearch.specs.errors import InputError, UnwritableError
from gfsearch.study.cluster.slurm import Job, array_script, report_script, submit

if TYPE_CHECKING:
    from gfsearch.study.study import Study


class _Matching(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A word of a certain form: it goes into a script."""

    name = "text"

    def __init__(self, form: str, such_as: str) -> None:
        self._form = re.compile(form)
        self._such_as = such_as

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if not self._form.fullmatch(value):
            self.fail(f"expected such as {self._such_as}, got {value!r}", param, ctx)
        return value


@click.group()
def cluster() -> None:
    """Studies on clusters; see docs/cluster.md."""


@cluster.command()
@click.argument("suite")
@options(*SELECTION, "timeout", "memory")
@click.option(
    "--shards",
    type=click.IntRange(1, 10**6),
    required=True,
    help="Number of parts, each a job of the array.",
)
@click.option(
    "--time",
    type=_Matching(r"(\d+-)?\d+(:\d+){0,2}", "90, 2:00:00 or 1-12:00:00"),
    help="Time of each part.",
)
@click.option(
    "--mem", type=_Matching(r"\d+[KMGT]?", "4000M or 4G"), help="Memory of each part."
)
@click.option(
    "--cpus",
    type=click.IntRange(1, 10**4),
    default=1,
    show_default=True,
    help="Cores of each part.",
)
@click.option(
    "--partition", type=_Matching(r"[\w.,-]+", "short,long"), help="Partition."
)
@click.option(
    "--throttle", type=click.IntRange(1, 10**6), help="Parts at a time at the most."
)
@click.option(
    "--sbatch",
    "further",
    type=_Matching(r"-[^\n\r]+", "'--account=lab'"),
    multiple=True,
    help="A further option of sbatch; repeat for more.",
)
@click.option("--submit", "submits", is_flag=True, help="Submit the scripts.")
def slurm(
    suite: str,
    shards: int,
    time: str | None,
    mem: str | None,
    cpus: int,
    partition: str | None,
    throttle: int | None,
    further: Sequence[str],
    submits: bool,
    timeout: float | None,
    memory: int | None,
    **selection: Any,
) -> int:
    """Write scripts that run SUITE as an array of Slurm jobs, then report."""
    from gfsearch.study.comparing import make_study
    from gfsearch.study.execution import Limits

    Limits(timeout=timeout, memory=memory)
    study = make_study(suite, **selection)
    say_what_was_kept(study)
    planned = len(study.plan())
    if shards > planned:
        raise InputError(
            f"--shards: expected at most one for each of the {planned} runs, "
            f"got {shards}"
        )
    job = Job(
        time=time,
        mem=mem,
        cpus=cpus,
        partition=partition,
        throttle=throttle,
        further=further,
    )
    imports = ["--allow-imports"] if selection["allow_imports"] else []
    limits = [f"--timeout={timeout:g}"] if timeout is not None else []
    limits += [f"--memory={memory}"] if memory is not None else []
    array, report = _write_scripts(study, job, shards, imports, limits)
    if submits:
        first, second = submit(array, report)
        click.echo(f"submitted {array}: job {first}, {shards} parts of {planned} runs")
        click.echo(f"submitted {report}: job {second}, when all parts have ended")
    else:
        click.echo(f"wrote {array} ({shards} parts of {planned} runs) and {report}")
        click.echo("submit them with")
        job_id = f"$(sbatch --parsable {shlex.quote(str(array))})"
        click.echo(
            f"  sbatch --dependency=afterany:{job_id} {shlex.quote(str(report))}"
        )
    folder = shlex.quote(str(study.folder))
    click.echo(f"follow with\n  python -m gfsearch status {folder}")
    return DONE


def _write_scripts(
    study: Study, job: Job, parts: int, imports: list[str], limits: list[str]
) -> tuple[Path, Path]:
    folder = study.folder.resolve()
    scripts = folder / "cluster"
    array, report = scripts / "array.sh", scripts / "report.sh"
    name = re.sub(r"[^\w.-]", "_", study.suite.name)
    if re.search(r"[\n\r\"%\\]", str(folder)):
        raise InputError(f"--out: Slurm cannot write logs to {str(folder)!r}")
    try:
        study.save()
        scripts.mkdir(exist_ok=True)
        plan = scripts / "study.json"
        plan.write_bytes((folder / "study.json").read_bytes())
        options = [f"--seed={study.seed}", "--exactly", *imports, *limits]
        for path, text in (
            (array, array_script(job, name, folder, plan, parts, options)),
            (report, report_script(job, name, folder, imports)),
        ):
            # A shell takes bytes: names of folders need not be text.
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise UnwritableError(
            f"cannot write to {study.folder}: {error.strerror}"
        ) from None
    return array, report


@cluster.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 10**3),
    default=2,
    show_default=True,
    help="Number of workers.",
)
@click.option(
    "--out",
    type=PathType(),
    default="dask-cluster",
    show_default=True,
    help="Folder for the scheduler file and the certificates.",
)
def dask(workers: int, out: Path) -> int:
    """Start a Dask cluster on this machine, until Ctrl-C; to try out."""
    from gfsearch.study.cluster.local_dask import local_cluster

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with local_cluster(out, workers) as connect:
        click.echo(f"{workers} workers; in another terminal:")
        click.echo(f"  python -m gfsearch compare {shlex.join(connect)}")
        try:
            signal.pause()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
    return DONE
