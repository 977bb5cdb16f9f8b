"""Passes in compiled code against the same descents step by step, bit for bit."""

import copy
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.fitness.sequences import SequenceFitness
from gfsearch.fitness.space import Space
from gfsearch.networks import A1, A2, Elman
from gfsearch.problems import Latch, Parity, Tomita
from gfsearch.problems.sequences import Sequences
from gfsearch.searchers import SEARCHERS, make_searcher
from gfsearch.searchers.online.batches import BatchGradients, gradient_of
from gfsearch.searchers.online.shown import Shown
from gfsearch.study.runner import execute
from gfsearch.suites.budget import Budget
from gfsearch.suites.run import Run
from gfsearch.suites.searcher import LabelledSearcher, labelled_searcher
from tests.cases import LSTM, TWO_OUTPUTS, make_task
from tests.searchers.step_by_step import AdamByStep, GradientByStep

ORACLES = {"gradient": GradientByStep, "adam": AdamByStep}
PARITY = make_task(Parity(length=(3, 12), train=20, test=10), A1())
TASKS = {
    "parity": PARITY,
    "A2": make_task(Parity(length=(5, 25), train=30, test=5), A2(hidden=4)),
    "elman": make_task(Tomita(grammar=2), Elman(hidden=3)),
    "solved": make_task(Tomita(grammar=1), A1(hidden=3)),
    "latch": make_task(
        Latch(variant=2, length=(5, 9), train=11),
        A1(hidden=2, activation="tanh", output_activation="tanh"),
        criterion=Criterion(sign=True),
    ),
    "graded": replace(PARITY, loss="graded"),
}
SETTINGS = [
    ("gradient", {}),
    ("gradient", {"batch": 7, "rate": 0.5}),
    ("gradient", {"batch": 2, "momentum": 0.0, "patience": 3}),
    ("adam", {"batch": 1}),
    ("adam", {"batch": 6, "clip": 0.0, "patience": 4}),
    ("adam", {}),
]


def records(task, name, parameters, budget, run=0):
    """What both ways come to, apart from what may differ."""
    ours = labelled_searcher(name, parameters, "test")
    theirs = LabelledSearcher(
        label=name, kind=ORACLES[name], parameters=ours.parameters
    )
    made = [execute(Run(task, s, run, 0, Budget(budget))) for s in (ours, theirs)]
    return [replace(record, meta=made[0].meta) for record in made]


@pytest.mark.parametrize(("name", "parameters"), SETTINGS)
@pytest.mark.parametrize("task", TASKS)
def test_records_are_those_of_single_steps(task, name, parameters):
    for run in range(2):
        ours, theirs = records(TASKS[task], name, parameters, 240, run)
        assert ours == theirs
        assert ours.presentations > 0


@pytest.mark.parametrize("budget", [1, 2, 3, 7])
def test_costs_at_the_end_of_the_budget_are_those_of_single_steps(budget):
    """With an odd budget the last pass is not judged."""
    ours, theirs = records(PARITY, "gradient", {}, budget)
    assert ours == theirs
    assert ours.trials == budget


def test_it_diverges_where_single_steps_do():
    """An identity unit that sees itself explodes within the first pass."""
    network = A1(activation="identity", output_activation="identity")
    task = make_task(Parity(length=(400, 500), train=8, test=2), network)
    fitness = task.fitness()
    for name, oracle in ORACLES.items():
        parameters = {"initial": 90.0, "batch": 1}
        ours = labelled_searcher(name, parameters, "test")
        seed = np.random.SeedSequence(4)
        theirs = oracle(fitness.space, ours.parameters, seed)
        searcher = SEARCHERS[name](fitness.space, ours.parameters, seed)
        shown = 0
        while theirs.stop_reason() is None:
            proposal = theirs.ask()
            shown += len(proposal.sequences)
            batch = fitness.evaluate(proposal.weights, "gradient", proposal.sequences)
            theirs.tell(proposal, batch)
        proposal = searcher.ask()
        assert searcher.stop_reason() == theirs.stop_reason() == "diverged"
        assert 0 < shown < 8
        assert (proposal.presentations, proposal.gradients) == (shown, shown)
        assert len(proposal.weights) == 0
        assert np.array_equal(searcher.state.weights, theirs.weights)


STRUCTURES = {
    "A1(1)": A1().build(2, 1),
    "A2": A2().build(2, 2),
    "two outputs": TWO_OUTPUTS,
    "lstm": LSTM,
}


def drawn(structure, rng, count=13, steps=9):
    """Sequences of any lengths with targets at any steps."""
    lengths = rng.integers(1, steps + 1, count)
    mask = rng.random((count, steps)) < 0.3
    mask[np.arange(count), lengths - 1] = True
    mask &= np.arange(steps) < lengths[:, None]
    inputs = rng.normal(size=(count, steps, structure.inputs))
    inputs[np.arange(steps) >= lengths[:, None]] = 0.0
    targets = np.where(mask[:, :, None], rng.random((count, steps, 1)), 0.0)
    targets = np.repeat(targets, structure.outputs, axis=2)
    return Sequences(inputs, lengths, targets, mask)


@pytest.mark.parametrize("loss", ["mse", "graded"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_gradients_of_batches_are_the_fitness_s(name, loss):
    structure, rng = STRUCTURES[name], np.random.default_rng(5)
    train = drawn(structure, rng)
    d = structure.dimension
    space = Space(np.full(d, -9.0), np.full(d, 9.0))
    criterion = Criterion(tolerance=0.3)
    if not np.isfinite(structure.units[-1].kind.low):
        loss = "mse"
    fitness = SequenceFitness(structure, train, train, space, criterion, loss)
    scoring = Scoring.of(structure, criterion, loss)
    batches = BatchGradients(structure, Shown.of(train), scoring)
    again = pickle.loads(pickle.dumps(batches))
    for size in (1, 1, 2, 5, 8, 13):
        weights = rng.normal(size=(1, d))
        batch = rng.permutation(13)[:size]
        expected = fitness.evaluate(weights, "gradient", batch)
        for one in (batches, again):
            found = np.empty((1, d))
            value = gradient_of(
                one.kernel, one.shown, one.scoring, weights, batch, found
            )
            assert value == expected.loss[0]
            assert np.array_equal(found, expected.gradient)
            assert one.shown.bill() == (size, size)


def test_a_searcher_goes_on_after_being_pickled():
    fitness = PARITY.fitness()
    searcher = make_searcher("gradient", fitness.space, seed=3)
    searcher.ask()
    other = pickle.loads(pickle.dumps(searcher))
    third = copy.deepcopy(searcher)
    asked = [s.ask().weights.tolist() for s in (searcher, other, third)]
    assert asked[0] == asked[1] == asked[2]


def test_memory_that_is_exhausted_in_a_kernel_is_an_error():
    """Not a gradient of what was in memory."""
    program = """
import resource
import numpy as np
import gfsearch
from gfsearch.fitness.criteria import Criterion, Scoring
from gfsearch.problems.sequences import Sequences
from gfsearch.searchers.online.batches import BatchGradients, gradient_of
from gfsearch.searchers.online.shown import Shown

structure = gfsearch.load_suite("quick").tasks["tomita1/A1"].structure
steps = 2_000_000
mask = np.zeros((1, steps), dtype=bool)
mask[0, -1] = True
train = Sequences(
    np.zeros((1, steps, structure.inputs)), [steps], np.zeros((1, steps, 1)), mask
)
scoring = Scoring.of(structure, Criterion(tolerance=0.1), "mse")
one = BatchGradients(structure, Shown.of(train), scoring)
weights = np.zeros((1, structure.dimension))
arguments = one.kernel, one.shown, scoring, weights, np.zeros(1, int), weights.copy()
small = Shown.of(gfsearch.load_suite("quick").tasks["tomita1/A1"].sequences()[0])
gradient_of(one.kernel, small, *arguments[2:])
with open("/proc/self/statm") as file:
    held = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 50_000_000,) * 2)
try:
    gradient_of(*arguments)
except MemoryError:
    print("out of memory")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "out of memory\n"
