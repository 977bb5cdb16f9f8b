"""Problems whose sequences are drawn one by one, each independent of the others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from gfsearch.problems.memory import check_fits
from gfsearch.problems.sequences import Sequences, arrange
from gfsearch.problems.strings import draw_disjoint
from gfsearch.specs.arrays import BoolArray, FloatArray
from gfsearch.specs.fields import Size, Spec


@dataclass(frozen=True, eq=False)
class Example:
    """A sequence with its targets.

    Attributes:
        inputs: (T, I) the input lines at each step.
        targets: (T, O) wanted outputs, read at the steps of the mask only.
        mask: (T,) the steps that have targets.
        string: The symbols that it shows: test strings are not training strings where
            that is possible. None for sequences of real numbers, which never return.
    """

    inputs: FloatArray
    targets: FloatArray
    mask: BoolArray
    string: Hashable = None


def at_the_end(
    inputs: FloatArray, target: Sequence[float], string: Hashable = None
) -> Example:
    """An example whose only target stands at its last step.

    Args:
        inputs: (T, I) the input lines.
        target: (O,) wanted outputs at the last step.
        string: See `Example`.
    """
    targets = np.zeros((len(inputs), len(target)))
    targets[-1] = target
    mask = np.zeros(len(inputs), dtype=bool)
    mask[-1] = True
    return Example(inputs, targets, mask, string)


def one_hot(symbols: Sequence[int], size: int) -> FloatArray:
    """(T, size) rows that are 1.0 at the number of a symbol and 0.0 elsewhere."""
    rows = np.zeros((len(symbols), size))
    rows[np.arange(len(symbols)), np.asarray(symbols, dtype=np.int64)] = 1.0
    return rows


def collected(
    examples: Sequence[Example],
    classes: Sequence[float] | None = None,
    *,
    as_drawn: bool = False,
) -> Sequences:
    """Put examples into the training-set order.

    Args:
        examples: At least one, all with as many lines and outputs.
        classes: The class target of each; None without classes.
        as_drawn: Keep the drawing order instead.
    """
    return arrange(
        [one.inputs for one in examples],
        [one.targets for one in examples],
        [one.mask for one in examples],
        classes,
        as_drawn=as_drawn,
    )


@dataclass(frozen=True, kw_only=True)
class OneByOne(Spec):
    """A problem that draws its examples one by one.

    Half of a set belongs to each of two classes (an equal share to each of several; the
    first ones have what is left over). Test strings are not training strings unless
    those of a class are used up; sequences of real numbers are new draws.

    Attributes:
        train: Number of training sequences; default 100.
        test: Number of test sequences; default 100.
    """

    train: Size = 100
    test: Size = 100

    @property
    def classes(self) -> int:
        """Number of classes that are drawn in equal shares; 1 for none."""
        return 1

    @abstractmethod
    def example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw an example of the class of a number, from 0."""

    def new_example(self, which: int, rng: np.random.Generator) -> Example:
        """Draw an example for learning on-line: the same, if nothing else is said."""
        return self.example(which, rng)

    def draw(self, rng: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Draw a training set and a test set.

        Raises:
            InputError: They would take more than a quarter of the memory.
        """
        train = self._examples(self.train, rng, frozenset())
        seen = frozenset(one.string for one in train) - {None}
        test = self._examples(self.test, rng, seen)
        return self._collected(train), self._collected(test)

    def fresh(self, count: int, rng: np.random.Generator) -> Sequences:
        """Draw new sequences of random classes, for learning on-line."""
        classes = rng.integers(self.classes, size=count).tolist()
        examples = [self.new_example(which, rng) for which in classes]
        return collected(examples, as_drawn=True)

    def _examples(
        self, count: int, rng: np.random.Generator, taken: frozenset[Hashable]
    ) -> list[Example]:
        def draw_one(number: int) -> Example:
            # The same order of classes as that of `_collected`.
            one = self.example(number % self.classes, rng)
            if number == 0:
                size = count * (one.inputs.nbytes + one.targets.nbytes)
                check_fits(size, f"{count:,} sequences of {len(one.inputs):,} steps")
            return one

        return draw_disjoint(count, draw_one, taken, lambda one: one.string)

    def _collected(self, examples: list[Example]) -> Sequences:
        if self.classes == 1:
            return collected(examples)
        # The class of the largest number comes first in the training-set order.
        classes = [-float(i % self.classes) for i in range(len(examples))]
        return collected(examples, classes)
