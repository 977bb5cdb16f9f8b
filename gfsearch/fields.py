"""Field types shared by what a suite describes: problems, networks, searchers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NonNegative = Annotated[float, msgspec.Meta(ge=0)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
Fraction = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Spec:
    """Base of the checked, immutable pieces of a suite: frozen dataclasses.

    Subclasses declare their fields with types, ranges and defaults;
    `msgspec.convert` checks plain values against them, and `__post_init__` puts
    values that can be written in several ways into one form.
    """


def canonical(spec: Spec) -> dict[str, Any]:
    """All fields of a spec as plain values, defaults filled in.

    Two specs of one type are equal exactly if their canonical forms are.
    """
    builtins: dict[str, Any] = msgspec.to_builtins(spec)
    return builtins


def accepted_fields(kind: type[Spec]) -> Iterator[tuple[str, str, Any]]:
    """Name, accepted values in words, and default of each field of a spec type."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.DataclassType)
    for field in info.fields:
        yield field.name, _in_words(field.type), field.default


def _in_words(kind: Any) -> str:
    """A field's type and range as a user would say them."""
    info = msgspec.inspect
    if isinstance(kind, info.UnionType):
        return " or ".join(_in_words(k) for k in kind.types if k != info.NoneType())
    if isinstance(kind, info.TupleType):
        return f"[{', '.join(_in_words(k) for k in kind.item_types)}]"
    if isinstance(kind, info.LiteralType):
        return " or ".join(repr(value) for value in kind.values)
    if isinstance(kind, info.BoolType):
        return "true or false"
    name = "whole number" if isinstance(kind, info.IntType) else "number"
    limits = (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"))
    ranges = [
        f"{sign} {getattr(kind, limit)}"
        for limit, sign in limits
        if getattr(kind, limit, None) is not None
    ]
    return " ".join([name, " and ".join(ranges)]).strip()
