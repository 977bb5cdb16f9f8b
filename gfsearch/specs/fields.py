"""Field types shared by what a suite describes: problems, networks, searchers."""

from __future__ import annotations

import dataclasses
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from gfsearch.specs.errors import InputError, in_a_line, unknown
from gfsearch.specs.files import File

Count = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
Size = Annotated[int, msgspec.Meta(ge=1, le=10**6)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NonNegative = Annotated[float, msgspec.Meta(ge=0)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
Fraction = Annotated[float, msgspec.Meta(gt=0, lt=1)]

LABEL = re.compile(r"[A-Za-z0-9._=-]+")
"""Labels of searchers, and the parts of a task's name."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """Base of the checked, immutable pieces of a suite: frozen dataclasses.

    Subclasses declare their fields with types, ranges and defaults;
    `msgspec.convert` checks plain values against them, and `__post_init__` puts
    values that can be written in several ways into one form.

    Attributes:
        added_later: Names of fields that were added after studies had been made: they
            enter identities only where they differ from their defaults.
    """

    added_later: ClassVar[frozenset[str]] = frozenset()


def identifying(spec: Spec) -> dict[str, Any]:
    """The fields of a spec that enter identities, in canonical form."""
    defaults = {field.name: field for field in dataclasses.fields(spec)}
    return {
        name: value
        for name, value in canonical(spec).items()
        if name not in spec.added_later or value != _default(defaults[name])
    }


def _default(field: dataclasses.Field[Any]) -> Any:
    """The default of a field as a plain value."""
    made = field.default_factory
    default = field.default if made is dataclasses.MISSING else made()
    return msgspec.to_builtins(default)


def require_kind(name: str, value: object, kind: type[Spec]) -> None:
    """Refuse another object where a piece of a suite is wanted.

    Raises:
        ValueError: It is another one, such as a table.
    """
    if not isinstance(value, kind):
        raise ValueError(
            f"{name}: expected {kind.__name__}, got {type(value).__name__}; tables as "
            "in a suite file are read by load_suite"
        )


def canonical(spec: Spec) -> dict[str, Any]:
    """All fields of a spec as plain values, defaults filled in; of files, the digests.

    Two specs of one type are equal exactly if their canonical forms are.
    """
    return _plain(spec, lambda file: file.digest)


def filled(spec: Spec) -> dict[str, Any]:
    """All fields of a spec as a file would hold them, defaults filled in."""
    return _plain(spec, File.content)


def _plain(spec: Spec, of_file: Callable[[File], Any]) -> dict[str, Any]:
    def encoded(value: Any) -> Any:
        if isinstance(value, File):
            return of_file(value)
        raise TypeError(f"no plain value: {type(value).__name__}")

    # Not `msgspec.to_builtins(spec)`: it leaves out the fields that `msgspec.convert`
    # found missing, whose defaults are kept by the class only.
    return {
        field.name: msgspec.to_builtins(getattr(spec, field.name), enc_hook=encoded)
        for field in dataclasses.fields(spec)
    }


def files_of(spec: object) -> dict[str, File]:
    """The files among the fields of a spec, by field name."""
    fields = getattr(spec, "__dict__", {}).items()
    return {name: value for name, value in fields if isinstance(value, File)}


class _NotGivenError(Exception):
    """A value of a field is not what its type is made of."""


_S = TypeVar("_S", bound=Spec)


def build(
    kind: type[_S], values: Mapping[str, Any], where: str, folder: Path = Path()
) -> _S:
    """Make a spec from plain values, with one clear error for what does not fit.

    Args:
        kind: The spec's type.
        values: Plain values by field name, as read from TOML.
        where: What the error message begins with: file and place in it.
        folder: What paths of files are relative to.

    Raises:
        InputError: An unknown or missing field, a wrong type, a value out of range.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: expected a table, got {_shown(values)}")
    accepted = {name: words for name, words, _ in accepted_fields(kind)}
    for name, value in values.items():
        if name not in accepted:
            raise InputError(f"{where}: {unknown('field', name, accepted)}")
        if not _is_finite(value):
            raise InputError(f"{where}: {name}: expected finite numbers, got {value}")

    def decoded(wanted: type[Any], value: Any) -> Any:
        if wanted is not File:
            raise NotImplementedError(f"a field of type {wanted.__name__}")
        try:
            return File.given(value, folder)
        except InputError as error:  # As a ValueError it would be msgspec's own.
            raise _NotGivenError(str(error)) from None

    try:
        made = msgspec.convert(_whole(values), kind, dec_hook=decoded)
        return _kept(made, where)
    except _NotGivenError as error:
        raise InputError(f"{where}: {error}") from None
    except InputError as error:  # Of a class, which knows nothing of the place.
        message = str(error)
        raise (
            error if message.startswith(where) else InputError(f"{where}: {message}")
        ) from None
    except msgspec.ValidationError as error:
        missing = re.fullmatch(
            r"Object missing required field `(\w+)`( - at `\$`)?", str(error)
        )
        if missing is not None and missing[1] in accepted:
            name = missing[1]
            raise InputError(
                f"{where}: {name}: missing; expected {accepted[name]}"
            ) from None
        # msgspec names the place as `$.field[0]` at the end of its message.
        place = re.search(r" - at `\$\.(\w+).*`$", str(error))
        if place is None:
            raise InputError(f"{where}: {error}".replace("`", "'")) from None
        name = place[1]
        raise InputError(
            f"{where}: {name}: expected {accepted[name]}, got {_shown(values[name])}"
        ) from None
    except (Exception, SystemExit) as error:  # In a class of others.
        raise InputError(f"{where}: {in_a_line(error)}") from None


def _kept(spec: _S, where: str) -> _S:
    """A spec, if a file can keep its fields: defaults of others may be anything.

    Raises:
        InputError: One of them is no plain value, or not finite.
    """
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        if isinstance(value, File):
            value = value.content()
        try:
            value = msgspec.to_builtins(value)
            kept = msgspec.json.decode(msgspec.json.encode(value))
        except (msgspec.MsgspecError, TypeError, ValueError) as error:
            raise InputError(
                f"{where}: {field.name}: expected a plain value: {in_a_line(error)}"
            ) from None
        if not _is_finite(value) or (kept is None) != (value is None):
            raise InputError(f"{where}: {field.name}: expected finite numbers")
    return spec


def whole(name: str, value: Any, least: int = 0, most: int = 2**62) -> int:
    """A whole number as an argument may be given: 20000, 2e4 or a NumPy integer.

    Args:
        name: What the error message begins with.
        value: What was given.
        least: The smallest number accepted.
        most: The largest.

    Raises:
        InputError: It is no whole number, or not within these.
    """
    try:
        if isinstance(value, bool):
            number = None
        elif isinstance(value, float) and value.is_integer():
            number = int(value)
        else:
            number = operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        upper = f" and <= {most}" if most < 2**62 else ""
        raise InputError(
            f"{name}: expected a whole number >= {least}{upper}, got {_shown(value)}"
        )
    return number


def _shown(value: Any) -> str:
    """A value as an error message shows it: its beginning, if it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_finite(value: Any) -> bool:
    """True if a value is neither nan nor infinite, nor a list with such a value.

    Tables within it are specs of their own, and checked when they are built.
    """
    if isinstance(value, list | tuple):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _whole(value: Any) -> Any:
    """The same value with floats that are whole numbers as integers: 1e5 is 100000.

    Fields of floating point type turn them back.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list | tuple):
        return [_whole(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _whole(v) for k, v in value.items()}
    return value


def accepted_fields(kind: type[Spec]) -> Iterator[tuple[str, str, Any]]:
    """Name, accepted values in words, and default of each field of a spec type.

    The default of a required field is `msgspec.NODEFAULT`.
    """
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.DataclassType)
    for field in info.fields:
        yield field.name, _in_words(field.type), field.default


def _in_words(kind: msgspec.inspect.Type) -> str:
    """A field's type and range as a user would say them."""
    info = msgspec.inspect
    if isinstance(kind, info.UnionType):
        alternatives = [k for k in kind.types if not isinstance(k, info.NoneType)]
        return " or ".join(map(_in_words, alternatives))
    if isinstance(kind, info.TupleType):
        return f"[{', '.join(map(_in_words, kind.item_types))}]"
    if isinstance(kind, info.LiteralType):
        return " or ".join(map(repr, kind.values))
    if isinstance(kind, info.CustomType) and kind.cls is File:
        return "the path of a file"
    if isinstance(kind, info.BoolType):
        return "true or false"
    if isinstance(kind, info.StrType):
        return "a string"
    if isinstance(kind, info.IntType | info.FloatType):
        name = "a whole number" if isinstance(kind, info.IntType) else "a number"
        if kind.multiple_of is not None:
            name = f"a multiple of {kind.multiple_of}"
        limits = {">=": kind.ge, ">": kind.gt, "<=": kind.le, "<": kind.lt}
        ranges = [
            f"{sign} {limit}" for sign, limit in limits.items() if limit is not None
        ]
        return " ".join([name, " and ".join(ranges)]).strip()
    if isinstance(kind, info.ListType | info.VarTupleType):
        most = "" if kind.max_length is None else f" of at most {kind.max_length}"
        return f"a list{most}, each entry {_in_words(kind.item_type)}"
    if isinstance(kind, info.DictType) and isinstance(kind.value_type, info.DictType):
        return "a table of tables"
    return "a table"


def inline(value: Any) -> str:
    """Plain values as one line of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + " }"
    return msgspec.json.encode(value).decode()
