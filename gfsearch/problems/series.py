"""Time series of the field's archives, as the package aeon ships them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from gfsearch.problems.data import Data
from gfsearch.problems.recorded import (
    NEEDED,
    Recording,
    Split,
    hold_out,
    parts_of,
    split,
)
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.arrays import FloatArray
from gfsearch.specs.errors import InputError

Name = Literal["ItalyPowerDemand", "JapaneseVowels", "BasicMotions"]


class _Archived(NamedTuple):
    """Size of a data set.

    Attributes:
        lines: Number of input lines.
        classes: The names of the classes.
        train: Number of training sequences in the archive's own split.
    """

    lines: int
    classes: tuple[str, ...]
    train: int


_ARCHIVE: dict[Name, _Archived] = {
    "ItalyPowerDemand": _Archived(1, ("1", "2"), 67),
    "JapaneseVowels": _Archived(12, tuple("123456789"), 270),
    "BasicMotions": _Archived(6, ("badminton", "running", "standing", "walking"), 40),
}


@dataclass(frozen=True, kw_only=True)
class Series(Split):
    """Tell at the end of a time series which class it belongs to.

    Series of the UCR and UEA archives that the package aeon brings with it
    (`gfsearch[data]`). One output for each class.

    Attributes:
        name: "ItalyPowerDemand": the power demand of a day, 24 steps of one line,
            winter or summer, 67 training and 1,029 test series. "JapaneseVowels": 7 to
            29 steps of 12 lines, nine speakers, 270 and 370. "BasicMotions": 100 steps
            of six lines of a watch's sensors, four activities, 40 and 40.
        drawn: Split all series anew for each instance, each class by itself; default is
            the archive's own split, the same for all instances. What is held out for
            validation is drawn in either case.
        test, folds, validation, scale: See `gfsearch.problems.recorded.Split`; test and
            folds are for `drawn`.
    """

    kind: ClassVar[str] = "series"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "UCR archive, Dau et al. (2019); UEA archive, Bagnall et al. (2018); Kudo, "
        "Toyama and Shimbo (1999) for the vowels"
    )
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    recorded: ClassVar[bool] = True

    name: Name
    drawn: bool = False

    def __post_init__(self) -> None:
        if not self.drawn and (self.folds is not None or self.test is not None):
            raise ValueError("test, folds: expected drawn = true, too")
        if self.drawn:
            super().__post_init__()

    @property
    def inputs(self) -> int:
        """Number of input lines."""
        return _ARCHIVE[self.name].lines

    @property
    def outputs(self) -> int:
        """Number of classes."""
        return len(_ARCHIVE[self.name].classes)

    @property
    def one_training_set(self) -> bool:
        """True if all instances share their training set."""
        return not self.drawn and self.validation is None

    def draw(self, rng: np.random.Generator) -> Data[Sequences]:
        """Split the series."""
        return self.draw_fold(rng, 0)

    def draw_fold(self, rng: np.random.Generator, fold: int) -> Data[Sequences]:
        """Split the series, with a fold of them as the test set if they are drawn."""
        recording = _recording(self.name)
        if self.drawn:
            return split(recording, self, rng, fold)
        numbers = np.arange(len(recording))
        known = numbers < _ARCHIVE[self.name].train
        train, held_out = hold_out(recording, numbers[known], self.validation, rng)
        return parts_of(recording, self.scale, train, numbers[~known], held_out)


@lru_cache(maxsize=3)
def _recording(name: Name) -> Recording:
    """All series of a data set, the archive's training series first.

    Raises:
        InputError: aeon is not installed.
    """
    try:
        from aeon.datasets import (
            load_basic_motions,
            load_italy_power_demand,
            load_japanese_vowels,
        )
    except ImportError:
        raise InputError(f"problem 'series': needs aeon: {NEEDED}") from None
    load = {
        "ItalyPowerDemand": load_italy_power_demand,
        "JapaneseVowels": load_japanese_vowels,
        "BasicMotions": load_basic_motions,
    }[name]
    inputs: list[FloatArray] = []
    labels: list[int] = []
    for part in ("train", "test"):
        series, classes = load(split=part)
        inputs += [np.ascontiguousarray(each.T, np.float64) for each in series]
        labels += [_ARCHIVE[name].classes.index(str(label)) for label in classes]
    return Recording.labelled(inputs, np.array(labels), len(_ARCHIVE[name].classes))
