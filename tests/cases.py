"""Tasks and networks that many tests use."""

from __future__ import annotations

from gfsearch.fitness.criteria import Criterion
from gfsearch.networks import A1, A2, Elman, Masked, TanhUnit
from gfsearch.networks.structure import Link, Source, Structure, Unit
from gfsearch.problems import Latch, Parity, Tomita, TwoSequence
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import labelled_searcher
from gfsearch.suites.task import Task
from gfsearch.suites.weights import Weights


def make_task(problem, network, name="case", **fields) -> Task:
    fields.setdefault("weights", Weights(low=-100.0, high=100.0))
    fields.setdefault("criterion", Criterion(tolerance=0.1))
    return Task(name=name, problem=problem, network=network, **fields)


PROBLEMS = {
    "latch/I": Latch(variant=1, length=(20, 30), train=20, test=10),
    "latch/II": Latch(variant=2, length=(20, 30), variance=0.2, train=20, test=10),
    "two-sequence": TwoSequence(length=(20, 30), informative=3, train=37, test=10),
    "parity": Parity(length=(5, 40), train=40, test=10),
    "noisy-parity": Parity(length=(5, 10), noise=0.2, train=33, test=10),
    "tomita4": Tomita(grammar=4),
    "tomita2/balanced": Tomita(
        grammar=2, strings="balanced", length=(2, 40), train=34, test=10
    ),
}

# For one input line and one output: a chain of two hidden units that see no bias, with
# two links of fixed weight.
CHAIN = Masked(
    hidden=2,
    mask=[[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 0, 1]],
    fixed=[[0, 0, 0, -1.5, 0], [0, 0, 0, 0, 0.5], [0, 0, 0, 0, 0]],
    activation="tanh",
)

NETWORKS = {
    "A1(1)": A1(),
    "A1(3)": A1(hidden=3, output_bias=True),
    "A2": A2(),
    "A2 synchronous": A2(update="synchronous", hidden_self=False),
    "A1(2) tanh": A1(hidden=2, activation="tanh"),
    "A1(2) sign": A1(hidden=2, activation="sign", output_activation="tanh"),
    "elman(3)": Elman(hidden=3),
    "first-order": CHAIN,
}


def pairs():
    """Every problem with every network it fits, and latch I on its own unit."""
    for problem_name, problem in PROBLEMS.items():
        for network_name, network in NETWORKS.items():
            if network is not CHAIN or problem.inputs == 1:
                yield f"{problem_name} on {network_name}", problem, network
        fixed = 1 if problem_name == "latch/I" else 0
        yield (
            f"{problem_name} on tanh unit",
            problem,
            TanhUnit(bias=problem_name != "latch/I", fixed_inputs=fixed),
        )


# Two input lines, a hidden identity unit, two outputs of different kinds that see
# each other's past, and a fixed weight: everything a description can say.
TWO_OUTPUTS = Structure(
    inputs=2,
    outputs=2,
    units=(
        Unit(
            "identity",
            (
                Link("input", 0, weight=0),
                Link("input", 1, fixed=0.25),
                Link("past", 2, weight=1),
            ),
        ),
        Unit(
            "tanh",
            (
                Link("now", 0, weight=2),
                Link("past", 1, weight=3),
                Link("bias", weight=4),
            ),
        ),
        Unit("logistic", (Link("now", 1, weight=5), Link("input", 1, weight=6))),
    ),
)


def bias(weight):
    return Link("bias", weight=weight)


# A gated cell, written with gates alone.
LSTM = Structure(
    inputs=1,
    outputs=1,
    units=(
        # Input gate, forget gate, candidate: each sees the input and the last output.
        Unit(
            "logistic", (Link("input", 0, weight=0), Link("past", 6, weight=1), bias(2))
        ),
        Unit(
            "logistic", (Link("input", 0, weight=3), Link("past", 6, weight=4), bias(5))
        ),
        Unit("tanh", (Link("input", 0, weight=6), Link("past", 6, weight=7), bias(8))),
        # The cell: what the forget gate lets stay and the input gate lets in.
        Unit(
            "identity",
            (Link("past", 3, fixed=1.0, gate=1), Link("now", 2, fixed=1.0, gate=0)),
        ),
        Unit("tanh", (Link("now", 3, fixed=1.0),)),
        # Output gate, then the output.
        Unit(
            "logistic",
            (Link("input", 0, weight=9), Link("past", 6, weight=10), bias(11)),
        ),
        Unit("identity", (Link("now", 4, fixed=1.0, gate=5),)),
    ),
)

# Links that see two and three steps back.
DELAYED = Structure(
    inputs=1,
    outputs=1,
    units=(
        Unit(
            "tanh",
            (
                Link("input", 0, weight=0),
                Link("past", 0, weight=1, delay=3),
                Link("past", 0, weight=2),
            ),
        ),
        Unit("identity", (Link("past", 0, fixed=1.0, delay=2),)),
    ),
)


# All that may multiply: lines and units of this step and of earlier ones; and units
# that do not begin at 0.
PRODUCTS = Structure(
    inputs=1,
    outputs=1,
    units=(
        Unit(
            "tanh",
            (
                Link("past", 0, weight=0, factor=Source("input", 0)),
                Link("past-input", 0, weight=1, delay=2),
                Link("past-input", 0, weight=2, factor=Source("past", 1, delay=2)),
            ),
            start=0.5,
        ),
        Unit(
            "tanh",
            (
                Link("now", 0, weight=3, factor=Source("past", 0, delay=2)),
                Link("input", 0, weight=4, factor=Source("past-input", 0, delay=3)),
                Link("bias", weight=5, factor=Source("now", 0)),
                Link("past", 1, weight=6, factor=Source("bias")),
            ),
            start=-0.75,
        ),
    ),
)


# Units that tick at every second, third and fourth step.
CLOCKWORK = Structure(
    inputs=1,
    outputs=1,
    units=(
        Unit(
            "tanh",
            (Link("input", 0, weight=0), Link("past", 0, weight=1), bias(2)),
            period=2,
        ),
        Unit(
            "identity",
            (Link("now", 0, weight=3), Link("past", 1, fixed=0.5, delay=2), bias(4)),
            start=0.25,
            period=3,
            phase=1,
        ),
        Unit(
            "tanh",
            (
                Link("now", 0, weight=5),
                Link("now", 1, weight=6),
                Link("past", 2, weight=7),
            ),
            period=4,
            phase=3,
        ),
    ),
)


EASY = make_task(Tomita(grammar=1), A1(hidden=3), "easy")


HARD = make_task(Parity(length=(10, 20), train=20, test=10), A1(), "hard")


LATCH = make_task(Latch(variant=2, length=20, train=11, test=10), TanhUnit(), "latch")


def make_run(task, name, run=0, budget=3000, seed=0, **table):
    return Run(task, labelled_searcher(name, table, "here"), run, seed, Budget(budget))
