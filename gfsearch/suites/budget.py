"""Budgets: what a run may spend, in trials or in presentations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import whole

Unit = Literal["trials", "presentations"]

UNITS: tuple[Unit, ...] = get_args(Unit)

MOST = 10**12
"""The largest amount of a budget."""


@dataclass(frozen=True)
class Budget:
    """A limit on the trials or the presentations of a run.

    A trial or a presentation that has begun when the budget ends is finished.

    Attributes:
        amount: How much, at least 1.
        unit: Of what.
    """

    amount: int
    unit: Unit = "trials"

    @classmethod
    def given(cls, value: Any, where: str = "budget") -> Self:
        """A budget as suites and arguments may give it.

        Args:
            value: A whole number of trials, which may be written 2e4; a table with
                "trials" or "presentations"; or a budget.
            where: What the error message begins with.

        Raises:
            InputError: It is none of these, or not between 1 and 1e12.
        """
        if isinstance(value, Budget):
            value = {value.unit: value.amount}
        if not isinstance(value, Mapping):
            return cls(whole(where, value, 1, MOST))
        if len(value) != 1 or not value.keys() <= set(UNITS):
            raise InputError(
                f"{where}: expected a whole number of trials, or one of "
                f"{{ trials = N }} and {{ presentations = N }}, got {dict(value)!r}"
            )
        ((unit, amount),) = value.items()
        return cls(whole(f"{where}: {unit}", amount, 1, MOST), unit)

    def content(self) -> int | dict[str, int]:
        """The budget as files and keys hold it."""
        return self.amount if self.unit == "trials" else {self.unit: self.amount}

    def as_option(self) -> str:
        """The budget as the command line takes it."""
        return (
            str(self.amount) if self.unit == "trials" else f"{self.unit}={self.amount}"
        )

    def fields(self) -> dict[str, Any]:
        """The budget as fields of a record."""
        unit = {} if self.unit == "trials" else {"budget_unit": self.unit}
        return {"budget": self.amount, **unit}

    def exceeds(self, other: Budget) -> bool:
        """True if it is larger; budgets in different units are not compared."""
        return self.unit == other.unit and self.amount > other.amount

    def larger(self, other: Budget) -> Budget:
        """The larger of two; this one if their units differ."""
        return other if other.exceeds(self) else self

    def trials(self, training_set: int) -> int:
        """Trials that it lasts for at least, if each shows the whole training set."""
        if self.unit == "trials":
            return self.amount
        return -(-self.amount // training_set)

    def __str__(self) -> str:
        return f"{self.amount:,} {self.unit}"


BudgetLike = int | float | Mapping[str, int] | Budget
"""Types of arguments that `Budget.given` takes for a budget."""
