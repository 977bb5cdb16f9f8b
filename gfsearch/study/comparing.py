"""Comparing searchers: what is missing of a study is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from gfsearch.specs.errors import InputError, UnwritableError
from gfsearch.specs.fields import whole
from gfsearch.study.continuing import continued, kept, renewed
from gfsearch.study.execution.engine import Engine, Local
from gfsearch.study.execution.limits import NO_LIMITS, Limits
from gfsearch.study.execution.preparing import announced, in_turn
from gfsearch.study.execution.rounds import OnDone, run_all
from gfsearch.study.ownership import check_own
from gfsearch.study.study import Study
from gfsearch.study.usable import (
    check_classes,
    check_functions,
    check_places,
    check_readable,
)
from gfsearch.suites.budget import BudgetLike
from gfsearch.suites.checking import check_criterion
from gfsearch.suites.given import SearcherLike
from gfsearch.suites.objective import AnyTask
from gfsearch.suites.reading import load_suite
from gfsearch.suites.run import Run
from gfsearch.suites.suite import Suite

_BLACK_BOXES = ("guessing", "annealing", "multigrid", "genetic")
"""Searchers that work on every task."""


def compare(
    suite: str | Path | Suite | AnyTask | Sequence[AnyTask] = "quick",
    *,
    tasks: Sequence[str] = (),
    searchers: Sequence[str] | Mapping[str, SearcherLike] = (),
    runs: int | None = None,
    budget: BudgetLike | None = None,
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
        suite: A shipped suite's name, the path of a TOML file, a suite, or tasks; of
            tasks alone 20 runs of 100,000 trials, of the searchers named or of
            guessing, annealing, multigrid and genetic.
        tasks: Names or globs of tasks; none for all.
        searchers: Labels or globs of searchers, or names of known searchers that the
            suite lacks; none for all. Of tasks alone: as of `Suite`.
        runs: Runs per task and searcher; default the suite's, or the study's if it has
            more.
        budget: Trials per run, or {"presentations": N}; default the suite's, or the
            study's if it is larger.
        seed: Root seed; default the study's, 0 for a new one.
        exactly: Leave what the study holds out of account: the suite and what is given
            alone say what it is to be.
        jobs: Number of processes on this machine; -1 for one per core.
        engine: Where else the runs are to be made, for instance
            `gfsearch.study.execution.dask.Cluster`.
        timeout: Seconds that each run may take.
        memory: Bytes that each run may take beyond what its process holds.
        out: The study's folder; default `runs/` and the suite's name.
        allow_imports: Whether a kind in the suite may be "module:Class": importing a
            module runs its code.

    Returns:
        The study, complete but for failed runs.

    Raises:
        InputError: Anything given is wrong, or a problem draws other data now than
            records on disk saw; nothing was started.
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
    engine = engine or Local(jobs, isolated=limits != NO_LIMITS)
    run_missing(study, nullcontext(engine), limits=limits)
    return study


class Listener:
    """A listener to the progress of a comparison; this one ignores it.

    Subclasses report it.
    """

    def found(self, study: Study, missing: Sequence[Run]) -> None:
        """The plan is on disk, and these of its runs are still to be done."""

    def said(self, line: str) -> None:
        """Something takes long, or has to be done again next time."""

    def following(self, missing: Sequence[Run]) -> AbstractContextManager[OnDone]:
        """While the runs are made: what is called when one of them has ended."""
        return nullcontext(lambda run, status: None)


def run_missing(
    study: Study,
    engine: AbstractContextManager[Engine],
    *,
    shard: tuple[int, int] | None = None,
    retry_failed: bool = False,
    limits: Limits = NO_LIMITS,
    listener: Listener | None = None,
) -> list[Run]:
    """Run what is missing of a study, or of a part of it.

    Args:
        study: The study; its plan is written before anything is run.
        engine: Where the runs are made; entered only if there are any.
        shard: Which part, see `Study.part`; None for all.
        retry_failed: Repeat failed and timed-out runs.
        limits: What each run may take.
        listener: Told how it goes.

    Returns:
        Runs that were left to other processes that are at them.

    Raises:
        InputError: A problem draws other data now than records saw, or the folder
            cannot be written.
        OSError: A record could not be written.
        BrokenExecutor: Worker processes die before they begin a run.
        UnfitWorkerError: A process of a cluster cannot work on the study.
    """
    listener = listener or Listener()
    missing = study.missing(retry_failed, shard, check_data=True)
    check_functions(study, missing)
    left: list[Run] = []
    with engine if missing else nullcontext() as found:
        try:
            study.save(part=shard is not None)
        except OSError as error:
            raise UnwritableError(
                f"cannot write to {study.folder}: {error.strerror}"
            ) from None
        listener.found(study, missing)
        if found is not None:
            if not found.here:
                check_places(missing)
            if found.here:
                for line in announced(missing):
                    listener.said(line)
            with listener.following(missing) as on_done:
                part = study.name_of_part(shard)
                left = run_all(
                    study.folder, in_turn(missing), found, on_done, limits, part
                )
        study.tidy(shard)
    return left


def make_study(
    suite: str | Path | Suite | AnyTask | Sequence[AnyTask],
    *,
    tasks: Sequence[str] = (),
    searchers: Sequence[str] | Mapping[str, SearcherLike] = (),
    runs: int | None = None,
    budget: BudgetLike | None = None,
    seed: int | None = None,
    exactly: bool = False,
    out: str | Path | None = None,
    allow_imports: bool = False,
) -> Study:
    """Check everything that describes a study; see `compare`. Writes nothing."""
    if isinstance(searchers, Mapping) and isinstance(suite, str | Path | Suite):
        raise InputError(
            "searchers: expected names; searchers of your own stand in a suite: "
            "gfsearch.Suite(tasks=[...], searchers={...})"
        )
    made_in_python = not isinstance(suite, str | Path)
    if isinstance(suite, str | Path):
        suite = load_suite(suite, allow_imports=allow_imports)
    elif not isinstance(suite, Suite):
        given = [suite] if isinstance(suite, AnyTask) else suite
        suite = Suite(tasks=given, searchers=searchers or _BLACK_BOXES)
        searchers = ()
    labels: Any = searchers
    for name, value in (("tasks", tasks), ("searchers", labels)):
        if isinstance(value, str) or not all(isinstance(v, str) for v in value):
            raise InputError(f"{name}: expected a list of names, got {value!r}")
    seed = None if seed is None else whole("seed", seed)
    folder = Path("runs") / suite.name if out is None else Path(out)
    if out is not None and not str(out).strip():
        raise InputError("out: expected a folder, got nothing")
    check_own(folder)
    _check_place(folder)
    held = None if exactly else _held(folder, allow_imports)
    available = suite if held is None else continued(suite, held.suite)
    chosen = available.select(tasks, labels, runs, budget)
    for task in chosen.tasks.values():
        check_criterion(task)
    check_classes(chosen)
    if made_in_python:
        check_readable(chosen)
    if seed is None:
        seed = 0 if held is None else held.seed
    remark = None
    if held is not None:
        # Globs may match nothing in the suite alone; what is given is no remark.
        alone = suite.select((), (), runs, budget)
        remark = kept(chosen, alone, bool(tasks), bool(searchers))
        if held.seed == seed and seed:
            remark = ", ".join(filter(None, [remark, f"root seed {seed}"]))
    new = () if held is None else tuple(renewed(chosen, held.suite))
    return Study(folder, chosen, seed, remark, new, allow_imports)


def _check_place(folder: Path) -> None:
    """Refuse a study's folder that there is a file in the place of.

    Raises:
        UnwritableError: It, or a folder above it, is no folder.
    """
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise UnwritableError(f"cannot write to {folder}: {place} is not a folder")


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


def check_jobs(jobs: int) -> None:
    """Refuse a number of processes that means nothing."""
    if jobs < 1 and jobs != -1:
        raise InputError(f"jobs: expected a number >= 1, or -1 for all, got {jobs}")
