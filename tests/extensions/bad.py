"""Problems and searchers of others that hand over what they should not."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gfsearch.problems.sequences import classified
from gfsearch.searchers.protocol import Proposal, Searcher
from gfsearch.specs.fields import Spec


class Base(Searcher):
    """Ten draws at a time, for ever."""

    kind, revision, source = "base-of-bad", 1, "a test"

    def __init__(self, space, parameters, seed):
        self.space, self.rng, self.asked = space, np.random.default_rng(seed), 0

    def ask(self):
        self.asked += 1
        return Proposal(self.space.sample(10, self.rng))

    def tell(self, proposal, evaluation):
        pass

    def stop_reason(self):
        return None


class Good(Base):
    """In order."""

    kind = "good"


class NumpyCounts(Base):
    """In order: counts of NumPy's types, single precision, a list of indices."""

    kind = "numpy-counts"

    def ask(self):
        weights = self.space.sample(1, self.rng).astype(np.float32)
        return Proposal(weights, [0, 1], np.int64(7), np.uint8(2))


class BoolStop(Base):
    """A reason to stop that is no word."""

    kind = "bool-stop"

    def stop_reason(self):
        return self.asked >= 3 or None


class Surrogate(Base):
    """A reason to stop that no file can hold."""

    kind = "surrogate"

    def stop_reason(self):
        return "\udcff"


class Verbose(Base):
    """A reason to stop that is a book."""

    kind = "verbose"

    def stop_reason(self):
        return "tired" * 10**6


class Negative(Base):
    """Costs below nothing."""

    kind = "negative"

    def ask(self):
        return Proposal(self.space.sample(1, self.rng), presentations=-10)


class Fractional(Base):
    """Half a presentation."""

    kind = "fractional"

    def ask(self):
        return Proposal(self.space.sample(1, self.rng), presentations=0.5)


class Countless(Base):
    """More gradients than a record can count."""

    kind = "countless"

    def ask(self):
        weights = self.space.sample(1, self.rng)
        return Proposal(weights, presentations=1, gradients=10**30)


class Complex(Base):
    """Weights that are not real."""

    kind = "complex"

    def ask(self):
        return Proposal(self.space.sample(1, self.rng) + 1j)


class Flat(Base):
    """One weight vector, not a batch of them."""

    kind = "flat"

    def ask(self):
        return Proposal(self.space.sample(1, self.rng)[0])


class Nothing(Base):
    """No proposal at all."""

    kind = "nothing"

    def ask(self):
        return None


class NoSequences(Base):
    """A part of the training set that holds nothing."""

    kind = "no-sequences"

    def ask(self):
        return Proposal(self.space.sample(1, self.rng), np.array([], int))


class Idle(Base):
    """Nothing to evaluate, for ever."""

    kind = "idle"

    def ask(self):
        return Proposal(np.empty((0, self.space.dimension)))


class Exits(Base):
    """Ends its process, or tries to."""

    kind = "exits"

    def ask(self):
        raise SystemExit(3)


class Interrupts(Base):
    """As if somebody had pressed Ctrl-C."""

    kind = "interrupts"

    def ask(self):
        raise KeyboardInterrupt


class Speechless(Base):
    """Fails in saying why it fails."""

    kind = "speechless"

    def tell(self, proposal, evaluation):
        class SpeechlessError(Exception):
            def __str__(self):
                raise RuntimeError

        raise SpeechlessError


class Infinite(Base):
    """In order, if of no use: a weight that is not finite."""

    kind = "infinite"

    def ask(self):
        weights = self.space.sample(10, self.rng)
        weights[:, 0] = np.inf
        return Proposal(weights)


class Reusing(Base):
    """In order: one array for all proposals."""

    kind = "reusing"

    def ask(self):
        if not self.asked:
            self.array = np.empty((10, self.space.dimension))
        self.asked += 1
        self.array[:] = self.space.sample(10, self.rng)
        return Proposal(self.array)

    def tell(self, proposal, evaluation):
        proposal.weights[:] = 7.0
        evaluation.loss[:] = -1.0


@dataclass(frozen=True, kw_only=True)
class Signs(Spec):
    """In order: is the last input positive?"""

    kind, revision, source = "signs", 1, "a test"
    inputs, outputs, class_targets = 1, 1, (1.0, 0.0)

    def draw(self, rng):
        return self.part(rng), self.part(rng)

    def part(self, rng):
        inputs = rng.normal(size=(10, 5, 1))
        return classified(inputs, (inputs[:, -1, 0] > 0).astype(float))


@dataclass(frozen=True, kw_only=True)
class FewLines(Signs):
    """Draws fewer lines than it declares."""

    kind, inputs = "few-lines", 12


@dataclass(frozen=True, kw_only=True)
class ManyOutputs(Signs):
    """Declares more outputs than it draws."""

    kind, outputs = "many-outputs", 2


@dataclass(frozen=True, kw_only=True)
class NotANumber(Signs):
    """Data with a hole."""

    kind = "not-a-number"

    def part(self, rng):
        inputs = rng.normal(size=(10, 5, 1))
        inputs[3, 1] = np.nan
        return classified(inputs, rng.choice([0.0, 1.0], 10))


@dataclass(frozen=True, kw_only=True)
class Forged(Signs):
    """Sequences that were changed after they had been checked."""

    kind = "forged"

    def part(self, rng):
        part = super().part(rng)
        object.__setattr__(part, "lengths", part.lengths + 1000)
        return part


@dataclass(frozen=True, kw_only=True)
class OneSet(Signs):
    """No test set."""

    kind = "one-set"

    def draw(self, rng):
        return self.part(rng)


@dataclass(frozen=True, kw_only=True)
class NoFile(Signs):
    """Data that are not there."""

    kind = "no-file"

    def draw(self, rng):
        return Path("/no/such/train.csv").open()


@dataclass(frozen=True, kw_only=True)
class EndsProcess(Signs):
    """Ends its process, or tries to."""

    kind = "ends-process"

    def draw(self, rng):
        raise SystemExit("no data")
