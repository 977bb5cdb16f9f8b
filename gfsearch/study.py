"""A study: everything of one comparison on disk, and the grid of its runs."""

from __future__ import annotations

import json
import os
import platform
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gfsearch.cells import Results
from gfsearch.collecting import collect
from gfsearch.continuing import continued, kept
from gfsearch.errors import InputError
from gfsearch.execution import NO_LIMITS, Engine, Limits, Local, run_all
from gfsearch.execution.attempts import Marker, clear, markers
from gfsearch.fields import whole
from gfsearch.plan import Run, Suite, check_criterion
from gfsearch.records import (
    RESULTS,
    Outcomes,
    Records,
    library_versions,
    read_records,
    sync_folder,
)
from gfsearch.searchers import SEARCHERS, start
from gfsearch.seeds import digest
from gfsearch.space import NetworkSpace
from gfsearch.staleness import has_changed
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
        kept: What was kept of the study that was in the folder before, in a line; None
            if nothing was.
        imports: Whether kinds may be "module:Class".
    """

    folder: Path
    suite: Suite
    seed: int = 0
    kept: str | None = field(default=None, compare=False)
    imports: bool = field(default=False, compare=False)

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
        return cls(Path(folder), suite, seed, imports=allow_imports)

    def save(self, *, part: bool = False) -> None:
        """Write the plan, the versions and the machine to `study.json`.

        Args:
            part: Only a part of the plan is to be run, which stays the same part
                whatever the study holds: keep what it holds beyond this plan.
        """
        suite = self._with_held() if part else self.suite
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {
            "name": suite.name,
            "seed": self.seed,
            "suite": suite.to_dict(),
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

    def _with_held(self) -> Suite:
        """The suite with what the plan on disk holds beyond it."""
        try:
            held = Study.open(self.folder, allow_imports=self.imports)
            if held.seed == self.seed:
                return continued(self.suite, held.suite)
        except InputError:  # There is none yet, or none that can be read.
            pass
        return self.suite

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
        self,
        retry_failed: bool = False,
        shard: tuple[int, int] | None = None,
        check_data: bool = False,
    ) -> list[Run]:
        """The runs that are still to be done.

        Args:
            retry_failed: Failed and timed-out runs are to be done again.
            shard: Of which part, see `part`.
            check_data: Draw one instance of each task that has records, and hold it
                against the data that these saw.

        Raises:
            InputError: A problem draws other data now than records of this plan saw.
        """
        runs = {run.key: run for run in self.part(shard)}
        found = Outcomes(self.folder / "records", runs, self.name_of_part(shard))
        if check_data:
            self._check_data(found.data)
        for key, status in found.by_key.items():
            if status in RESULTS or not retry_failed:
                del runs[key]
        return [_knowing(found.data, run) for run in runs.values()]

    def _check_data(self, known: Mapping[tuple[str, int], str]) -> None:
        """Refuse to go on with data that have changed.

        Args:
            known: Digests of the data that records saw, by task and instance.
        """
        first: dict[str, int] = {}
        for task, instance in known:
            first[task] = min(instance, first.get(task, instance))
        for task, instance in first.items():
            saw = known[task, instance]
            if has_changed(self.suite.tasks[task], instance, self.seed, saw):
                raise InputError(
                    f"{self.folder}: task {task!r}: its problem draws other data now "
                    f"than its records saw (instance {instance}): take other data for "
                    "another study: go on in another folder, or raise the problem's "
                    "revision"
                )

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


def _knowing(data: Mapping[tuple[str, int], str], run: Run) -> Run:
    """A run that knows the digest of its instance, if there is one."""
    digest = data.get((run.task.name, run.run))
    return run if digest is None else replace(run, data=digest)


def compile_kernels(runs: Sequence[Run], say: Callable[[str], None]) -> None:
    """Compile what the runs need, once, so that workers find it in the cache.

    Nothing is drawn from a problem, and nothing asked of a searcher of others: what
    fails there fails its own runs.

    Args:
        runs: What is going to be run.
        say: Told what is done, if it takes long or has to be done again next time.
    """
    # Here and not above: listing and reporting must not cost the import of numba.
    from gfsearch.kernels.warm import two_sequences, warm

    warm(
        {run.task.structure for run in runs},
        {run.task.structure for run in runs if run.searcher.kind.need == "gradient"},
        say,
    )
    # Those that learn on a model of their own compile it when they are first asked;
    # it is the same for all networks.
    for run in {run.searcher.kind: run for run in runs}.values():
        kind = run.searcher.kind
        if kind.white_box and kind in SEARCHERS.values():
            box, structure = run.task.space, run.task.structure
            space = NetworkSpace(box.low, box.high, structure, two_sequences(structure))
            seed = np.random.SeedSequence(0)
            start(kind, space, run.searcher.parameters, seed).ask()


def compare(
    suite: str | Path | Suite = "quick",
    *,
    tasks: Sequence[str] = (),
    searchers: Sequence[str] = (),
    runs: int | None = None,
    budget: int | None = None,
    seed: int | None = None,
    exactly: bool = False,
    jobs: int = -1,
    engine: Engine | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    out: str | Path | None = None,
    allow_imports: bool = False,
) -> Study:
    """Make the runs of a suite that are not on disk yet.

    A study that is on disk does not shrink: its tasks and searchers stay, and of
    numbers of runs and budgets that are not given the larger one counts.

    Args:
        suite: A shipped suite's name, the path of a TOML file, or a suite.
        tasks: Names or globs of tasks; none for all.
        searchers: Labels or globs of searchers, or names of known searchers that the
            suite lacks; none for all.
        runs: Runs per task and searcher; default the suite's, or the study's if it has
            more.
        budget: Trials per run; default the suite's, or the study's if it is larger.
        seed: Root seed; default the study's, 0 for a new one.
        exactly: Leave what the study holds out of account: the suite and what is given
            alone say what it is to be.
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
        InputError: Anything given is wrong, or a problem draws other data now than
            records on disk saw; nothing was begun.
    """
    study = make_study(
        suite,
        tasks=tasks,
        searchers=searchers,
        runs=runs,
        budget=budget,
        seed=seed,
        exactly=exactly,
        out=out,
        allow_imports=allow_imports,
    )
    check_jobs(jobs)
    limits = Limits(timeout=timeout, memory=memory)
    missing = study.missing(check_data=True)
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
    seed: int | None = None,
    exactly: bool = False,
    out: str | Path | None = None,
    allow_imports: bool = False,
) -> Study:
    """Check everything that describes a study; see `compare`. Writes nothing."""
    if not isinstance(suite, Suite):
        suite = load_suite(suite, allow_imports=allow_imports)
    seed = None if seed is None else whole("seed", seed)
    folder = Path("runs") / suite.name if out is None else Path(out)
    if out is not None and not str(out).strip():
        raise InputError("out: expected a folder, got nothing")
    check_own(folder)
    held = None if exactly else _held(folder, allow_imports)
    available = suite if held is None else continued(suite, held.suite)
    chosen = available.select(tasks, searchers, runs, budget)
    for task in chosen.tasks.values():
        check_criterion(task)
    if seed is None:
        seed = 0 if held is None else held.seed
    remark = None
    if held is not None:
        # Globs may match nothing in the suite alone; what is given is no remark.
        alone = suite.select((), (), runs, budget)
        remark = kept(chosen, alone, bool(tasks), bool(searchers))
        if held.seed == seed and seed:
            remark = ", ".join(filter(None, [remark, f"root seed {seed}"]))
    return Study(folder, chosen, seed, remark, allow_imports)


def _held(folder: Path, allow_imports: bool) -> Study | None:
    """The study that is in a folder already; None if there is none.

    Raises:
        InputError: What is there cannot be read.
    """
    if not (folder / "study.json").exists():
        return None
    try:
        return Study.open(folder, allow_imports=allow_imports)
    except InputError as error:
        raise InputError(
            f"{error}; exactly (on the command line: --exactly) leaves the study's "
            "plan out of account"
        ) from None


def check_own(folder: Path) -> None:
    """Refuse a study that would be read, or written, elsewhere than in its folder.

    Args:
        folder: The study's, which may come from anywhere; it need not exist.

    Raises:
        InputError: Something in it is a link, or is not what its name says, such as a
            pipe, which would be read for ever; or it cannot be looked into.
    """
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise InputError(f"{place}: expected a folder")
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
