"""First-order recurrent networks and the two architectures of the guessing papers.

Hochreiter and Schmidhuber, "LSTM can solve hard long time lag problems" (1996);
Schmidhuber, Hochreiter and Bengio (2001), section on the common protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Annotated, ClassVar, Literal

import msgspec

from gfsearch.fields import Spec
from gfsearch.networks.structure import Activation, Link, Origin, Structure, Unit


@dataclass(frozen=True, kw_only=True)
class FirstOrder(Spec):
    """The switches of a first-order network with hidden and output units.

    A unit's links, and so its weights in the weight vector, stand in the order
    input lines, hidden units, output units, bias; hidden units come before output
    units.

    Attributes:
        hidden: Number of hidden units, at most 200: each is written out in the
            compiled kernel.
        update: Order of update within a step. "sequential": hidden units first,
            from the outputs of the step before; output units then see the new
            hidden outputs, and their own of the step before. "synchronous": every
            unit sees the step before.
        hidden_self: Hidden units see themselves.
        hidden_bias: Hidden units are biased.
        hidden_sees_output: Hidden units see the output units.
        output_self: Output units see themselves.
        output_bias: Output units are biased.
        output_sees_input: Output units see the input lines.
        activation: Activation of the hidden units.
        output_activation: Activation of the output units.
    """

    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Hochreiter and Schmidhuber (1996); Schmidhuber, Hochreiter and Bengio (2001)"
    )
    fully_connected: ClassVar[bool]

    hidden: Annotated[int, msgspec.Meta(ge=1, le=200)] = 1
    update: Literal["sequential", "synchronous"] = "sequential"
    hidden_self: bool = True
    hidden_bias: bool = True
    hidden_sees_output: bool = True
    output_self: bool = True
    output_bias: bool = True
    output_sees_input: bool = True
    activation: Activation = "logistic"
    output_activation: Activation = "logistic"

    def build(self, inputs: int, outputs: int) -> Structure:
        """The structure for given numbers of input lines and outputs."""
        hidden = range(self.hidden)
        output = range(self.hidden, self.hidden + outputs)
        fresh: Origin = "now" if self.update == "sequential" else "past"
        weights = count()

        def unit(
            activation: Activation, sources: list[tuple[Origin, int]], biased: bool
        ) -> Unit:
            biases: list[tuple[Origin, int]] = [("bias", 0)] if biased else []
            return Unit(
                activation,
                tuple(Link(o, i, weight=next(weights)) for o, i in sources + biases),
            )

        units = []
        for i in hidden:
            sources: list[tuple[Origin, int]] = [("input", j) for j in range(inputs)]
            sources += [("past", j) for j in hidden if self._sees(i, j, "hidden_self")]
            if self.hidden_sees_output:
                sources += [("past", j) for j in output]
            units.append(unit(self.activation, sources, self.hidden_bias))
        for i in output:
            sources = []
            if self.output_sees_input:
                sources += [("input", j) for j in range(inputs)]
            sources += [(fresh, j) for j in hidden]
            sources += [("past", j) for j in output if self._sees(i, j, "output_self")]
            units.append(unit(self.output_activation, sources, self.output_bias))
        return Structure(inputs, outputs, tuple(units))

    def _sees(self, unit: int, other: int, self_switch: str) -> bool:
        """Whether a unit sees another one, or itself, of its own layer."""
        if unit == other:
            return bool(getattr(self, self_switch))
        return self.fully_connected


@dataclass(frozen=True, kw_only=True)
class A1(FirstOrder):
    """Architecture A1: every unit sees the input, all units and itself.

    Hidden units are biased, output units are not: 7 weights with one input line,
    one hidden unit and one output. The papers do not say whether the output is
    biased; every group of connections is a switch.
    """

    kind: ClassVar[str] = "A1"
    fully_connected: ClassVar[bool] = True

    output_bias: bool = False


@dataclass(frozen=True, kw_only=True)
class A2(FirstOrder):
    """Architecture A2: ten hidden units that do not see each other.

    Each hidden unit sees the input, the output, itself and the bias; the output
    sees the hidden units, itself and the bias: 52 weights with one input line and
    one output, 42 without hidden self-connections. The papers say "all other
    units" of the output; that it sees itself and not the input is the reading that
    reproduces their results best.
    """

    kind: ClassVar[str] = "A2"
    fully_connected: ClassVar[bool] = False

    hidden: Annotated[int, msgspec.Meta(ge=1, le=200)] = 10
    output_sees_input: bool = False
