"""Timing variants against each other: interleaved, so that disturbances meet all."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date

ROUNDS = 7


def pin(cores: int = 1) -> None:
    """Keep this process on so many cores, where the system can do that."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def interleaved(
    variants: Mapping[str, Callable[[], float]], rounds: int | None = None
) -> dict[str, float]:
    """Median of what each variant returns, called in turn; the first turn is lost."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for turn in range((rounds or ROUNDS) + 1):
        for name, variant in variants.items():
            value = variant()
            if turn:
                taken[name].append(value)
    return {name: statistics.median(values) for name, values in taken.items()}


def heading(*columns: str) -> None:
    """The machine and the head of a table."""
    print(f"{date.today()}, {processor()}, Python {platform.python_version()}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))


def processor() -> str:
    """The processor's name and what its vectors can do, as far as known."""
    facts = {}
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as file:  # noqa: PTH123
        for line in file:
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    flags = facts.get("flags", "").split()
    width = next((f for f in ("avx512f", "avx2", "sse2") if f in flags), "unknown")
    return f"{facts.get('model name', platform.machine())} ({width})"
