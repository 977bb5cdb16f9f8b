"""Searchers with their parameters, under the labels that suites give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gfsearch.searchers import SEARCHER_KINDS, Searcher
from gfsearch.specs.fields import Spec, build, canonical, identifying
from gfsearch.specs.seeds import canonical_json
from gfsearch.suites.budget import Budget

BASELINE = "guessing"
"""Kind of the searcher that all others are compared with."""


@dataclass(frozen=True, kw_only=True)
class _RunPolicy(Spec):
    """The fields of a searcher's table that are not its own parameters."""

    restarts: bool = True


@dataclass(frozen=True, kw_only=True)
class LabelledSearcher:
    """A searcher with its parameters, under the label of a suite.

    Attributes:
        label: Its name in the suite; the searcher's own unless it is a variant.
        kind: The searcher.
        parameters: Its parameters, defaults filled in.
        budget: What each run may spend, if not what the suite or the task says.
        restarts: Start afresh when it stops, until the budget is spent.
    """

    label: str
    kind: type[Searcher]
    parameters: Spec
    budget: Budget | None = None
    restarts: bool = True

    @property
    def is_baseline(self) -> bool:
        """True if all searchers are compared with it: random weight guessing."""
        return self.kind.kind == BASELINE

    @property
    def uses_budget(self) -> bool:
        """True if it knows its budget, which then belongs to its random stream."""
        # Classes of others need not inherit from the protocol.
        return bool(getattr(self.kind, "uses_budget", False))

    @property
    def on_line(self) -> bool:
        """True if its trial is a pass through the training set that moves weights."""
        # Classes of others need not inherit from the protocol.
        told = getattr(self.kind, "on_line", None)
        return bool(told(self.parameters)) if callable(told) else bool(told)

    def content(self) -> dict[str, Any]:
        """The searcher and its parameters that enter identities, as plain values."""
        return {"kind": self.kind.kind, **identifying(self.parameters)}

    @cached_property
    def hashed(self) -> bytes:
        """Identity of the searcher as canonical JSON: there are millions of keys."""
        return canonical_json({"revision": self.kind.revision, **self.content()})

    def changed(self) -> dict[str, Any]:
        """The parameters that are not the searcher's defaults."""
        defaults = canonical(self.kind.Parameters())
        own = canonical(self.parameters)
        return {name: own[name] for name in own if own[name] != defaults[name]}


def labelled_searcher(
    label: str,
    values: Mapping[str, Any],
    where: str,
    allow_imports: bool = False,
    folder: Path = Path(),
) -> LabelledSearcher:
    """Make a searcher from its table in a suite.

    Args:
        label: Its name; also its kind, unless the table has one.
        values: Its parameters, and `kind` (a name, or a class), `budget` and
            `restarts`.
        where: What error messages begin with.
        allow_imports: Whether its kind may be "module:Class".
        folder: What paths of files are relative to.

    Raises:
        InputError: An unknown searcher or parameter, or a value out of range.
    """
    fields = dict(values)
    kind = fields.pop("kind", label)
    if isinstance(kind, type):
        searcher = SEARCHER_KINDS.given(kind, where)
    else:
        where_kind = f"{where}: kind"
        searcher = SEARCHER_KINDS.find_or_import(str(kind), where_kind, allow_imports)
    budget = fields.pop("budget", None)
    policy = {k: fields.pop(k) for k in {"restarts"} & fields.keys()}
    return LabelledSearcher(
        label=label,
        kind=searcher,
        parameters=build(searcher.Parameters, fields, where, folder),
        budget=None if budget is None else Budget.given(budget, f"{where}: budget"),
        restarts=build(_RunPolicy, policy, where).restarts,
    )
