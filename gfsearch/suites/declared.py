"""The numbers of lines and the targets that a problem declares."""

from __future__ import annotations

import math
from numbers import Integral

from gfsearch.problems import Problem
from gfsearch.specs.errors import in_a_line

_MOST_LINES = 10_000
"""Input lines, or outputs, of a problem."""


def declared_targets(problem: Problem) -> tuple[float, float] | None:
    """The targets of a problem's two classes, if all that it declares can be.

    None if it says so: its targets may be any numbers.

    Raises:
        ValueError: Numbers of lines or targets that cannot be.
    """
    called = f"problem {problem.kind!r}"
    try:
        inputs, outputs = problem.inputs, problem.outputs
        classes = problem.class_targets
        high, low = (1.0, 0.0) if classes is None else map(float, classes)
    except (Exception, SystemExit) as error:
        raise ValueError(
            f"{called}: expected inputs, outputs and two class_targets: "
            f"{in_a_line(error)}"
        ) from None
    for name, value in (("inputs", inputs), ("outputs", outputs)):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not (whole and 1 <= value <= _MOST_LINES):
            raise ValueError(
                f"{called}: {name}: expected a whole number from 1 to {_MOST_LINES}, "
                f"got {value!r}"
            )
    if not (math.isfinite(high) and math.isfinite(low) and high != low):
        raise ValueError(
            f"{called}: class_targets: expected two finite numbers that differ, "
            f"got {high:g} and {low:g}"
        )
    return None if classes is None else (high, low)
