"""Problems: generators of sequences with targets. Data only: they know no network.

A problem is an immutable spec with `kind`, `revision` and `source` on its class, the
properties `inputs`, `outputs` (numbers of lines) and `class_targets`, and a method
`draw(rng)` that returns a training set and a test set.
"""

from gfsearch.problems.adding import Adding, Multiplication
from gfsearch.problems.bengio1994 import MinimalLatch, TwoKeys
from gfsearch.problems.counters import AnBn, AnBnCn
from gfsearch.problems.counting import Counting
from gfsearch.problems.data import Data
from gfsearch.problems.delayed import Copy, DelayedXor
from gfsearch.problems.digits import Digits
from gfsearch.problems.file import FromFile
from gfsearch.problems.gap import DelayedKey, Gap, RandomGap, Trigger
from gfsearch.problems.kinds import PROBLEM_KINDS, PROBLEMS
from gfsearch.problems.latch import Latch
from gfsearch.problems.parity import Parity
from gfsearch.problems.protocol import Problem
from gfsearch.problems.reber import EmbeddedReber, Reber
from gfsearch.problems.sequences import Sequences
from gfsearch.problems.series import Series
from gfsearch.problems.temporal_order import TemporalOrder
from gfsearch.problems.tomita import Tomita
from gfsearch.problems.two_sequence import TwoSequence

__all__ = [
    "PROBLEMS",
    "PROBLEM_KINDS",
    "Adding",
    "AnBn",
    "AnBnCn",
    "Copy",
    "Counting",
    "Data",
    "DelayedKey",
    "DelayedXor",
    "Digits",
    "EmbeddedReber",
    "FromFile",
    "Gap",
    "Latch",
    "MinimalLatch",
    "Multiplication",
    "Parity",
    "Problem",
    "RandomGap",
    "Reber",
    "Sequences",
    "Series",
    "TemporalOrder",
    "Tomita",
    "Trigger",
    "TwoKeys",
    "TwoSequence",
]
