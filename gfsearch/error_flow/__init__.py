"""Error flow: how far errors get back in time, and why gradients vanish.

`linear` has the exact scaling factors and the Jacobian of the state map, `bounds` the
bounds of the theory, `latch` the minimal latch in closed form; `curves` measures
networks of a task, `figures` draws, and `report` does both for the command
`gradient-flow`.
"""

from gfsearch.error_flow.bounds import Bounds, bounds
from gfsearch.error_flow.linear import (
    Linearised,
    linearise,
    norms,
    scaling_factors,
    spectral_radii,
    state_jacobians,
    sum_over_paths,
)

__all__ = [
    "Bounds",
    "Linearised",
    "bounds",
    "linearise",
    "norms",
    "scaling_factors",
    "spectral_radii",
    "state_jacobians",
    "sum_over_paths",
]
