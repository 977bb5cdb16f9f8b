"""First-order recurrent networks: those of the guessing papers, and Elman's.

Hochreiter and Schmidhuber, "LSTM can solve hard long time lag problems" (1996);
Schmidhuber, Hochreiter and Bengio (2001), section on the common protocol; Elman,
"Finding structure in time", Cognitive Science 14 (1990) 179-211.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec

from gfsearch.networks.activations import Activation
from gfsearch.networks.masked import Update, masked_structure
from gfsearch.networks.structure import Structure
from gfsearch.specs.fields import Spec


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
    hidden_connected: ClassVar[bool]
    """Hidden units see the other hidden units."""
    outputs_connected: ClassVar[bool]
    """Output units see the other output units."""

    hidden: Annotated[int, msgspec.Meta(ge=1, le=200)] = 1
    update: Update = "sequential"
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
        return masked_structure(
            self.mask(inputs, outputs),
            outputs,
            update=self.update,
            activation=self.activation,
            output_activation=self.output_activation,
        )

    def mask(self, inputs: int, outputs: int) -> list[list[int]]:
        """The mask of connections: (U, inputs + U + 1) entries 0 or 1, see `masked`."""
        hidden, output = range(self.hidden), range(outputs)
        hidden_rows = [
            [1] * inputs
            + [self.hidden_self if i == j else self.hidden_connected for j in hidden]
            + [self.hidden_sees_output] * outputs
            + [self.hidden_bias]
            for i in hidden
        ]
        output_rows = [
            [self.output_sees_input] * inputs
            + [1] * self.hidden
            + [self.output_self if i == j else self.outputs_connected for j in output]
            + [self.output_bias]
            for i in output
        ]
        return [[int(entry) for entry in row] for row in hidden_rows + output_rows]


@dataclass(frozen=True, kw_only=True)
class A1(FirstOrder):
    """Architecture A1: every unit sees the input, all units and itself.

    Hidden units are biased, output units are not: 7 weights with one input line,
    one hidden unit and one output. The papers do not say whether the output is
    biased; every group of connections is a switch.
    """

    kind: ClassVar[str] = "A1"
    hidden_connected: ClassVar[bool] = True
    outputs_connected: ClassVar[bool] = True

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
    hidden_connected: ClassVar[bool] = False
    outputs_connected: ClassVar[bool] = False

    hidden: Annotated[int, msgspec.Meta(ge=1, le=200)] = 10
    output_sees_input: bool = False


@dataclass(frozen=True, kw_only=True)
class Elman(FirstOrder):
    """Elman's simple recurrent network: hidden units see all of their own past.

    Each hidden unit sees the input lines, the previous outputs of all hidden units
    (the "context units") and a bias; each output unit sees the new hidden outputs and
    a bias, and nothing else.
    """

    kind: ClassVar[str] = "elman"
    source: ClassVar[str] = "Elman (1990)"
    hidden_connected: ClassVar[bool] = True
    outputs_connected: ClassVar[bool] = False

    hidden_sees_output: bool = False
    output_self: bool = False
    output_sees_input: bool = False
