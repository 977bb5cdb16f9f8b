"""A study: everything of one comparison on disk, and the grid of its runs."""

from __future__ import annotations

import json
import os
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from gfsearch.specs.errors import InputError
from gfsearch.specs.seeds import digest
from gfsearch.study.collecting import collect
from gfsearch.study.continuing import continued
from gfsearch.study.execution.attempts import Marker, clear, markers
from gfsearch.study.ownership import check_own
from gfsearch.study.records import (
    RESULTS,
    Outcomes,
    Records,
    library_versions,
    read_records,
    sync_folder,
)
from gfsearch.study.results import Results
from gfsearch.study.staleness import has_changed
from gfsearch.suites.reading import read_plan
from gfsearch.suites.run import Run
from gfsearch.suites.suite import Suite


@dataclass(frozen=True)
class Study:
    """One comparison: a suite, a root seed, and the folder that holds its records.

    Attributes:
        folder: Where everything of the study is.
        suite: What is compared.
        seed: Root seed.
        kept: What was kept of the study that was in the folder before, in a line; None
            if nothing was.
        renewed: Lines on tasks that are other than the study in the folder had them
            under their names, so that their runs are made anew.
        imports: Whether kinds may be "module:Class".
    """

    folder: Path
    suite: Suite
    seed: int = 0
    kept: str | None = field(default=None, compare=False)
    renewed: tuple[str, ...] = field(default=(), compare=False)
    imports: bool = field(default=False, compare=False)

    @classmethod
    def open(cls, folder: str | Path, *, allow_imports: bool = False) -> Self:
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
        # Parts of a study start on many machines at the same time.
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
        """Prefix of the names of a part's record files; empty for the whole.

        Other parts of the same plan need not read them: see
        `gfsearch.study.records.of_another_part`.
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
                changed = self.suite.tasks[task].changed(instance)
                raise InputError(f"{self.folder}: task {task!r}: {changed}")

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


def _knowing(data: Mapping[tuple[str, int], str], run: Run) -> Run:
    """A run that knows the digest of its instance, if there is one."""
    digest = data.get((run.task.name, run.run))
    return run if digest is None else replace(run, data=digest)
