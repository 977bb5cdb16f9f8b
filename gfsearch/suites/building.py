"""Building a task's network, and checking what a network of others returns."""

from __future__ import annotations

from gfsearch.networks import Network, Structure
from gfsearch.networks.own_forward import Built, Model, OwnForward
from gfsearch.problems import Problem
from gfsearch.specs.errors import in_a_line
from gfsearch.specs.fields import whole

_MOST_WEIGHTS = 10**7


def built(network: Network, problem: Problem) -> Built:
    """The network for a problem's numbers of input lines and outputs.

    Args:
        network: The network.
        problem: The problem.

    Raises:
        ValueError: There is none, or it is none that can be evaluated.
    """
    inputs, outputs = problem.inputs, problem.outputs
    name = f"network {network.kind!r}"
    called = f"{name}: build"
    try:
        made: object = network.build(inputs, outputs)
    except ValueError:
        raise
    except (Exception, SystemExit) as error:
        raise ValueError(f"{called}: {in_a_line(error)}") from None
    if isinstance(made, Model):
        return _checked(OwnForward(made, name, inputs, outputs), called)
    if not isinstance(made, Structure):
        raise ValueError(
            f"{called}: expected a gfsearch.Structure or a gfsearch.Model, got "
            f"{type(made).__name__}"
        )
    if (made.inputs, made.outputs) != (inputs, outputs):
        raise ValueError(
            f"{called}: expected {inputs} inputs and {outputs} outputs, as the "
            f"problem has, got {made.inputs} and {made.outputs}"
        )
    if made.dimension == 0:
        raise ValueError(f"{called}: expected at least one free weight")
    return made


def _checked(network: OwnForward, called: str) -> OwnForward:
    """A model whose declarations can be.

    Raises:
        ValueError: They cannot.
    """
    try:
        dimension = whole("dimension", network.dimension, 1, _MOST_WEIGHTS)
        low, high = float(network.model.low), float(network.model.high)
        groups = network.weight_groups
    except (Exception, SystemExit) as error:
        raise ValueError(f"{called}: {in_a_line(error)}") from None
    if type(network.model).outputs is Model.outputs:
        raise ValueError(f"{called}: expected a gfsearch.Model with a method outputs")
    if not low < high:
        raise ValueError(f"{called}: low, high: expected low < high, got {low}, {high}")
    for name, weights in groups.items():
        if not all(w in range(dimension) for w in weights):
            raise ValueError(
                f"{called}: groups: {name}: expected weights from 0 to {dimension - 1}"
            )
    return network
