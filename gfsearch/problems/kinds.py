"""Kinds of problems: the built-in ones by name, and those of others."""

from __future__ import annotations

from typing import Any

from gfsearch.problems.digits import Digits
from gfsearch.problems.file import FromFile
from gfsearch.problems.latch import Latch
from gfsearch.problems.parity import Parity
from gfsearch.problems.protocol import Problem
from gfsearch.problems.series import Series
from gfsearch.problems.tomita import Tomita
from gfsearch.problems.two_sequence import TwoSequence
from gfsearch.specs.kinds import Kinds

PROBLEMS = {
    kind.kind: kind
    for kind in (Digits, FromFile, Latch, Parity, Series, Tomita, TwoSequence)
}


PROBLEM_KINDS: Kinds[Any] = Kinds(
    what="problem",
    built_in=PROBLEMS,
    base=Problem,
    own=("inputs", "outputs", "class_targets", "draw"),
    instead=("dimension", "evaluate"),
)
