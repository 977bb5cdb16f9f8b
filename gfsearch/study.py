"""A study: everything of one comparison on disk, and the grid of its runs."""

from __future__ import annotations

import json
import os
import platform
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gfsearch.cells import Results
from gfsearch.collecting import collect
from gfsearch.errors import InputError
from gfsearch.execution import NO_LIMITS, Engine, Limits, Local, run_all
from gfsearch.execution.attempts import Marker, clear, markers
from gfsearch.plan import Run, Suite
from gfsearch.records import (
    RESULTS,
    Outcomes,
    Records,
    library_versions,
    read_records,
    sync_folder,
)
from gfsearch.searchers import start
from gfsearch.seeds import digest
from gfsearch.suite import load_suite, read_plan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Study:
    """One comparison: a suite, a root seed, and the folder that holds its records.

    Attributes:
        folder: Where everything of the study is.
        suite: What is compared.
        seed: Root seed.
    """

    folder: Path
    suite: Suite
    seed: int = 0

    @classmethod
    def open(cls, folder: str | Path, *, allow_imports: bool = False) -> Study:
        """Read a study from disk.

        Args:
            folder: The study's folder.
            allow_imports: Whether a kind may be "module:Class", see `compare`.

        Raises:
            InputError: There is no study in the folder, its plan is damaged, or
                something in it is not its own.
        """
        check_own(Path(folder))
        path = Path(folder) / "study.json"
        suite, seed = read_plan(path, allow_imports=allow_imports)
        return cls(Path(folder), suite, seed)

    def save(self) -> None:
        """Write the plan, the versions and the machine to `study.json`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {
            "name": self.suite.name,
            "seed": self.seed,
            "suite": self.suite.to_dict(),
            "saved": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {"python": platform.python_version(), **library_versions()},
            "machine": {
                "system": platform.platform(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
            },
        }
        # Parts of a study are begun on many machines at the same time.
        temporary = self.folder / f"study.json.{secrets.token_hex(8)}"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / "study.json")
        sync_folder(self.folder)

    def plan(self) -> list[Run]:
        """Every run of the study."""
        return self.suite.plan(self.seed)

    def records(self) -> Records:
        """Everything on disk, whether of the current plan or not."""
        return read_records(self.folder / "records")

    def part(self, shard: tuple[int, int] | None) -> list[Run]:
        """Every N-th run of the plan, from the i-th (counted from 1); None for all.

        Of the whole plan, not of what is missing: a part stays the same part.
        """
        return self.suite.plan(self.seed, shard)

    def name_of_part(self, shard: tuple[int, int] | None) -> str:
        """What the names of a part's record files begin with; empty for the whole.

        Other parts of the same plan need not read them: see
        `gfsearch.records.of_another_part`.
        """
        if shard is None:
            return ""
        # The first run of each cell, in their order: the others follow from them.
        first = [run.key for run in replace(self.suite, runs=1).plan(self.seed)]
        plan = digest([self.suite.runs, first])[:8]
        return f"{plan}.{shard[0]}of{shard[1]}."

    def missing(
        self, retry_failed: bool = False, shard: tuple[int, int] | None = None
    ) -> list[Run]:
        """The runs that are still to be done.

        Args:
            retry_failed: Failed and timed-out runs are to be done again.
            shard: Of which part, see `part`.
        """
        runs = {run.key: run for run in self.part(shard)}
        found = Outcomes(self.folder / "records", runs, self.name_of_part(shard))
        for key, status in found.by_key.items():
            if status in RESULTS or not retry_failed:
                del runs[key]
        return list(runs.values())

    def begun(self) -> tuple[dict[str, Marker], set[str]]:
        """The runs that are being made now, by key.

        Returns:
            Them, and the keys of those whose process died and that nobody has begun
            again.
        """
        found = list(markers(self.folder / "inflight"))
        running = {key: marker for key, marker, lives in found if lives}
        return running, {key for key, *_ in found} - running.keys()

    def tidy(self, shard: tuple[int, int] | None = None) -> None:
        """Remove what processes have left that died when their record was written.

        Args:
            shard: In which part, see `part`.
        """
        folder = self.folder / "inflight"
        if not any(folder.glob("*")):
            return
        runs = {run.key: run for run in self.part(shard)}
        lost = {key: runs[key] for key, _, lives in markers(folder, runs) if not lives}
        if lost:
            for key in Outcomes(self.folder / "records", lost).by_key:
                clear(folder, key)

    def results(self) -> Results:
        """The records on disk by task and searcher."""
        return collect(self.suite, self.seed, self.folder / "records")

    def summary(self) -> pd.DataFrame:
        """One row per task and searcher; see `gfsearch.tables.summary`."""
        # Here and not above: running studies must not cost the import of pandas.
        from gfsearch.tables import summary

        return summary(self.results())


def compile_kernels(runs: Sequence[Run], say: Callable[[str], None]) -> None:
    """Compile what the runs need, once, so that workers find it in the cache.

    Args:
        runs: What is going to be run.
        say: Told what is done, if it takes long or has to be done again next time.
    """
    # Here and not above: listing and reporting must not cost the import of numba.
    from gfsearch.kernels.warm import warm

    warm(
        {run.task.structure for run in runs},
        {run.task.structure for run in runs if run.searcher.kind.need == "gradient"},
        say,
    )
    # Those that learn on a model of their own compile it when they are first asked;
    # it is the same for all networks.
    for run in {run.searcher.kind: run for run in runs}.values():
        if run.searcher.kind.white_box:
            space = run.task.fitness(run.run, run.seed).space
            seed = np.random.SeedSequence(0)
            start(run.searcher.kind, space, run.searcher.parameters, seed).ask()


def compare(
    suite: str | Path | Suite = "quick",
    *,
    tasks: Sequence[str] = (),
    searchers: Sequence[str] = (),
    runs: int | None = None,
    budget: int | None = None,
    seed: int = 0,
    jobs: int = -1,
    engine: Engine | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    out: str | Path | None = None,
    allow_imports: bool = False,
) -> Study:
    """Make the runs of a suite that are not on disk yet.

    Args:
        suite: A shipped suite's name, the path of a TOML file, or a suite.
        tasks: Names or globs of tasks; none for all.
        searchers: Labels or globs of searchers, or names of known searchers that the
            suite lacks; none for all.
        runs: Runs per task and searcher, if not the suite's.
        budget: Trials per run, if not the suite's.
        seed: Root seed.
        jobs: Number of processes on this machine; -1 for one per core.
        engine: Where else the runs are to be made, for instance
            `gfsearch.execution.dask.Cluster`.
        timeout: Seconds that each run may take.
        memory: Bytes that each run may take beyond what its process holds.
        out: The study's folder; default `runs/` and the suite's name.
        allow_imports: Whether a kind in the suite may be "module:Class": importing a
            module runs its code.

    Returns:
        The study, complete but for failed runs.

    Raises:
        InputError: Anything given is wrong; nothing was begun.
    """
    study = make_study(
        suite,
        tasks=tasks,
        searchers=searchers,
        runs=runs,
        budget=budget,
        seed=seed,
        out=out,
        allow_imports=allow_imports,
    )
    check_jobs(jobs)
    limits = Limits(timeout=timeout, memory=memory)
    missing = study.missing()
    study.save()
    if engine is None:
        compile_kernels(missing, say=lambda line: None)
        engine = Local(jobs, isolated=limits != NO_LIMITS)
    run_all(study.folder, missing, engine, limits=limits)
    study.tidy()
    return study


def make_study(
    suite: str | Path | Suite,
    *,
    tasks: Sequence[str] = (),
    searchers: Sequence[str] = (),
    runs: int | None = None,
    budget: int | None = None,
    seed: int = 0,
    out: str | Path | None = None,
    allow_imports: bool = False,
) -> Study:
    """Check everything that describes a study; see `compare`. Writes nothing."""
    if not isinstance(suite, Suite):
        suite = load_suite(suite, allow_imports=allow_imports)
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed: expected a whole number >= 0, got {seed!r}")
    chosen = suite.select(tasks, searchers, runs, budget)
    folder = Path(out or Path("runs") / suite.name)
    check_own(folder)
    return Study(folder, chosen, seed)


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
            for entry in os.scandir(part) if part.is_dir() else ():
                if entry.is_symlink():
                    why = "a link: what a study holds must be its own"
                    raise InputError(f"{entry.path}: {why}")
                folders = entry.is_dir() and part not in only_files
                # What is neither may also have gone in between.
                if not (entry.is_file() or folders) and Path(entry.path).exists():
                    what = "a file" if part in only_files else "a file or a folder"
                    raise InputError(f"{entry.path}: expected {what}")
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}") from None


def check_jobs(jobs: int) -> None:
    """Refuse a number of processes that means nothing."""
    if jobs < 1 and jobs != -1:
        raise InputError(f"jobs: expected a number >= 1, or -1 for all, got {jobs}")
