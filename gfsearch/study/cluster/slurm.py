"""Scripts that Slurm runs: an array of the parts of a study, then its report."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gfsearch.specs.errors import InputError

_WARNING = 60
"""Seconds before the end of a job's time at which its runs leave checkpoints."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Resources that Slurm is asked for.

    Attributes:
        time: Time of each part, as Slurm writes it; None for the partition's default.
        mem: Memory of each part; None for the partition's default.
        cpus: Cores, and runs at a time, of each part.
        partition: Where; None for the cluster's default.
        throttle: Parts at a time; None for as many as there is room for.
        further: Further options of sbatch, as they stand after #SBATCH.
    """

    time: str | None
    mem: str | None
    cpus: int
    partition: str | None
    throttle: int | None
    further: Sequence[str]


def array_script(
    job: Job, name: str, folder: Path, plan: Path, parts: int, options: Sequence[str]
) -> str:
    """The script of the array.

    Args:
        job: What Slurm is asked for.
        name: The study's name.
        folder: The study's folder, absolute.
        plan: The plan whose parts are run: a copy that no later command changes.
        parts: Number of parts. It stands literally in the script: Slurm's own count
            changes when part of the array is submitted again.
        options: Options of `run` that all parts have in common.
    """
    throttle = "" if job.throttle is None else f"%{job.throttle}"
    lines = [
        f"--job-name=gfsearch-{name}",
        f"--array=1-{parts}{throttle}",
        f"--cpus-per-task={job.cpus}",
        *_asked(job),
        f"--output={_quoted(folder / 'cluster' / '%A_%a.log')}",
        f"--signal=B:TERM@{_WARNING}",
        *job.further,
    ]
    # In the place of the shell: the signal before the end of its time is for it.
    run = _command("run", plan, "--out", folder, *options, "--jobs", job.cpus)
    return _script(
        f"Part i of {parts} of a study, for i = 1 to {parts}. Submitted again, a part\n"
        "# finishes what it has not finished; parts 3 and 7 alone:\n"
        "#     sbatch --array=3,7 array.sh",
        lines,
        f'exec {run} --shard "$SLURM_ARRAY_TASK_ID/{parts}"',
    )


def report_script(job: Job, name: str, folder: Path, options: Sequence[str]) -> str:
    """The script of the job that makes the report; see `array_script`."""
    lines = [
        f"--job-name=gfsearch-{name}-report",
        "--cpus-per-task=2",
        *_asked(job),
        f"--output={_quoted(folder / 'cluster' / 'report_%j.log')}",
        *job.further,
    ]
    return _script(
        "Tables, figures and the page of what the study has so far.",
        lines,
        _command("report", folder, *options),
    )


def submit(array: Path, report: Path) -> tuple[str, str]:
    """Submit the array, and the report to follow it however its parts end.

    Returns:
        The numbers of the two jobs.

    Raises:
        InputError: There is no sbatch, or it refuses.
    """
    first = _sbatch(str(array))
    return first, _sbatch(f"--dependency=afterany:{first}", str(report))


def _sbatch(*arguments: str) -> str:
    command = ["sbatch", "--parsable", *arguments]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError("--submit: there is no sbatch on this machine") from None
    except subprocess.CalledProcessError as error:
        raise InputError(f"--submit: {error.stderr.strip()}") from None
    # With several clusters, its name follows.
    return done.stdout.strip().partition(";")[0]


def _asked(job: Job) -> list[str]:
    wanted = {"time": job.time, "mem": job.mem, "partition": job.partition}
    return [f"--{name}={value}" for name, value in wanted.items() if value is not None]


def _command(*arguments: object) -> str:
    return shlex.join([sys.executable, "-m", "gfsearch", *map(str, arguments)])


def _quoted(path: Path) -> str:
    return f'"{path}"'


def _script(about: str, lines: Sequence[str], command: str) -> str:
    directives = "\n".join(f"#SBATCH {line}" for line in lines)
    return f"""#!/bin/bash
# {about}
{directives}
cd {shlex.quote(str(Path.cwd()))}
{command}
"""
