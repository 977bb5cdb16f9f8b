"""Kinds of problems: the built-in ones by name, and those of others."""

from __future__ import annotations

from typing import Any

from gfsearch.problems.adding import Adding, Multiplication
from gfsearch.problems.bengio1994 import MinimalLatch, TwoKeys
from gfsearch.problems.counters import AnBn, AnBnCn
from gfsearch.problems.counting import Counting
from gfsearch.problems.delayed import Copy, DelayedXor
from gfsearch.problems.digits import Digits
from gfsearch.problems.file import FromFile
from gfsearch.problems.gap import DelayedKey, Gap, RandomGap, Trigger
from gfsearch.problems.latch import Latch
from gfsearch.problems.parity import Parity
from gfsearch.problems.protocol import Problem
from gfsearch.problems.reber import EmbeddedReber, Reber
from gfsearch.problems.series import Series
from gfsearch.problems.temporal_order import TemporalOrder
from gfsearch.problems.tomita import Tomita
from gfsearch.problems.two_sequence import TwoSequence
from gfsearch.specs.kinds import Kinds

PROBLEMS: dict[str, type[Any]] = {
    kind.kind: kind
    for kind in (
        Adding,
        AnBn,
        AnBnCn,
        Copy,
        Counting,
        DelayedKey,
        DelayedXor,
        Digits,
        EmbeddedReber,
        FromFile,
        Gap,
        Latch,
        MinimalLatch,
        Multiplication,
        Parity,
        RandomGap,
        Reber,
        Series,
        TemporalOrder,
        Tomita,
        Trigger,
        TwoKeys,
        TwoSequence,
    )
}


PROBLEM_KINDS: Kinds[Any] = Kinds(
    what="problem",
    built_in=PROBLEMS,
    base=Problem,
    own=("inputs", "outputs", "class_targets", "draw"),
    instead=("dimension", "evaluate"),
)
