"""The single tanh unit that latches a bit.

Bengio, Simard and Frasconi (1994), section II; Schmidhuber, Hochreiter and Bengio
(2001), section on the latch problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.specs.fields import Natural, Spec


@dataclass(frozen=True, kw_only=True)
class TanhUnit(Spec):
    """One tanh unit that sees the input lines, itself and (by default) a bias.

    The weights stand in the order free input lines, itself, bias: 3 with one input
    line and a bias, as in latch II; 3 as well with three input lines, the last one
    fixed, and no bias, as in latch I.

    Attributes:
        bias: The unit is biased; default true.
        fixed_inputs: So many of the last input lines enter with a fixed weight of
            1; default 0.
    """

    kind: ClassVar[str] = "tanh-unit"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Bengio, Simard and Frasconi (1994); Schmidhuber, Hochreiter and Bengio (2001)"
    )

    bias: bool = True
    fixed_inputs: Natural = 0

    def build(self, inputs: int, outputs: int) -> Structure:
        """The structure for a given number of input lines and one output.

        Raises:
            ValueError: The problem has several outputs, or fewer input lines than
                are to be fixed.
        """
        if outputs != 1:
            raise ValueError(f"tanh-unit: one output, the problem has {outputs}")
        free = inputs - self.fixed_inputs
        if free < 0:
            raise ValueError(
                f"fixed_inputs: {self.fixed_inputs} of {inputs} input lines"
            )
        links = [Link("input", i, weight=i) for i in range(free)]
        links += [Link("input", i, fixed=1.0) for i in range(free, inputs)]
        links += [Link("past", 0, weight=free)]
        if self.bias:
            links += [Link("bias", weight=free + 1)]
        return Structure(inputs, 1, (Unit("tanh", tuple(links)),))
