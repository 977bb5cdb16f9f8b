"""How a study was made: what its files say of machines, versions and time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gfsearch.cells import Results


class _Saved(msgspec.Struct):
    """What `study.json` says beside the plan; all of it may be missing."""

    saved: str = ""
    versions: dict[str, str] = {}
    machine: dict[str, Any] = {}


def making(results: Results, folder: Path) -> Iterator[tuple[str, str]]:
    """What made the study, in terms and texts.

    Args:
        results: Collected results of the study.
        folder: Where the study is.
    """
    try:
        saved = msgspec.json.decode((folder / "study.json").read_bytes(), type=_Saved)
    except (OSError, msgspec.DecodeError):
        saved = _Saved()
    if saved.saved:
        yield "Planned", saved.saved
    if saved.versions:
        yield "With", _listed(saved.versions)
    if saved.machine:
        yield "On", _listed(saved.machine)
    metas = [
        record.meta
        for cell in results.cells
        for record in [*cell.results, *cell.failed]
    ]
    if metas:
        started = sorted(meta.started[:19] for meta in metas)
        hosts = {meta.host for meta in metas}
        machines = "1 machine" if len(hosts) == 1 else f"{len(hosts)} machines"
        minutes = sum(meta.cpu_seconds for meta in metas) / 60.0
        yield (
            "Runs",
            f"{len(metas):,} begun between {started[0]} and {started[-1]} on "
            f"{machines}; {minutes:,.1f} minutes of processor time",
        )
        made_with = {_listed(meta.versions) for meta in metas if meta.versions}
        for versions in sorted(made_with):
            yield "Runs made with", versions


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
