"""Provenance of a study: machines, versions and times in its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gfsearch.study.results import Results


class _Saved(msgspec.Struct):
    """Fields of `study.json` beside the plan; all of them may be missing."""

    saved: str = ""
    versions: dict[str, str] = {}
    machine: dict[str, Any] = {}


def making(results: Results, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the provenance of a study as pairs of term and text.

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
    begun = [c for cell in results.cells for c in (cell.results, cell.failed) if len(c)]
    if begun:
        started = [started for c in begun for started in c["started"].tolist()]
        first, last = min(started).decode(), max(started).decode()
        hosts = {host for c in begun for host in set(c.told("host"))}
        machines = "1 machine" if len(hosts) == 1 else f"{len(hosts)} machines"
        minutes = sum(float(c["cpu_seconds"].sum()) for c in begun) / 60.0
        yield (
            "Runs",
            f"{sum(map(len, begun)):,} begun between {first} and {last} on "
            f"{machines}; {minutes:,.1f} minutes of processor time",
        )
        made_with = {versions for c in begun for versions in set(c.told("versions"))}
        for versions in sorted(filter(None, made_with)):
            yield "Runs made with", versions


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
