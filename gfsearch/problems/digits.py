"""Handwritten digits, read row by row or pixel by pixel: data of scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from gfsearch.problems.data import Data
from gfsearch.problems.recorded import NEEDED, Recording, Split, split
from gfsearch.problems.sequences import Sequences
from gfsearch.specs.errors import InputError

_SIDE, _CLASSES = 8, 10


@dataclass(frozen=True, kw_only=True)
class Digits(Split):
    """Tell at the end of an image which of ten digits it shows.

    1,797 images of 8 x 8 pixels of 17 shades, from scikit-learn (`gfsearch[data]`):
    the test set of the UCI data set "Optical recognition of handwritten digits". One
    output for each digit. Each instance splits the images anew, each digit by itself.

    Attributes:
        order: "rows": eight input lines, a row of pixels at each of 8 steps (the
            default); "pixels": one input line, a pixel at each of 64 steps.
        test, folds, validation, scale: See `gfsearch.problems.recorded.Split`.
    """

    kind: ClassVar[str] = "digits"
    revision: ClassVar[int] = 1
    source: ClassVar[str] = (
        "Alpaydin and Kaynak (1998), UCI Machine Learning Repository; after Le, Jaitly "
        "and Hinton (2015), who read larger digits pixel by pixel"
    )
    outputs: ClassVar[int] = _CLASSES
    class_targets: ClassVar[tuple[float, float]] = (1.0, 0.0)
    recorded: ClassVar[bool] = True

    order: Literal["rows", "pixels"] = "rows"

    @property
    def inputs(self) -> int:
        """Number of input lines."""
        return _SIDE if self.order == "rows" else 1

    def draw(self, rng: np.random.Generator) -> Data[Sequences]:
        """Split the images."""
        return self.draw_fold(rng, 0)

    def draw_fold(self, rng: np.random.Generator, fold: int) -> Data[Sequences]:
        """Split the images, with a fold of them as the test set."""
        return split(_recording(self.inputs), self, rng, fold)


@lru_cache(maxsize=2)
def _recording(lines: int) -> Recording:
    """All images as sequences of steps with so many input lines.

    Raises:
        InputError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise InputError(f"problem 'digits': needs scikit-learn: {NEEDED}") from None
    found = load_digits()
    images = np.asarray(found.data, np.float64).reshape(len(found.data), -1, lines)
    return Recording.labelled(list(images), np.asarray(found.target), _CLASSES)
