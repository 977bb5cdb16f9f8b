"""Kinds of searchers, problems and networks: built in, installed, or one's own.

A kind is looked up among the built-in ones first, then among those that installed
packages register as entry points, which are loaded only when their name is wanted. A
suite may also say "module:Class", if its reader allows that: importing a module
runs its code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from operator import attrgetter
from typing import Any, Generic, TypeVar

from gfsearch.specs.errors import InputError, in_a_line, unknown
from gfsearch.specs.fields import LABEL, Spec, accepted_fields

T = TypeVar("T")

_PLACE = re.compile(r"([\w.]+):([\w.]+)")


@dataclass(frozen=True)
class Kinds(Generic[T]):
    """All kinds of one sort of thing; iterates over the names known without imports.

    Attributes:
        what: What they are: "searcher", "problem" or "network".
        built_in: The built-in ones by name. None of them can be replaced.
        base: The protocol they follow. What it declares is not taken for an answer.
        own: What a class must define itself.
        instead: What it may define in the place of that.
        inherited: What it must have, and may inherit from `base`.
        parameters: Its fields are declared by the type `Parameters`, all of them with
            defaults, and not by the class itself.
    """

    what: str
    built_in: Mapping[str, type[T]]
    base: type
    own: tuple[str, ...]
    instead: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    parameters: bool = False

    def __iter__(self) -> Iterator[str]:
        yield from self.built_in
        yield from sorted(self._installed().keys() - self.built_in.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.built_in or name in self._installed()

    def find(self, name: str, where: str = "") -> type[T]:
        """The class of a built-in or installed kind.

        Args:
            name: Its name.
            where: What error messages begin with.

        Raises:
            InputError: There is none of this name, or what a package registers under
                it cannot be loaded or used.
        """
        if name in self.built_in:
            return self.built_in[name]
        at = f"{where}: " if where else ""
        entries = self._installed().get(name)
        if entries is None:
            raise InputError(f"{at}{unknown(self.what, name, self)}")
        if len(entries) > 1:
            values = " and ".join(entry.value for entry in entries)
            raise InputError(f"{at}{self.what} {name!r} is registered twice: {values}")
        called = f"{at}{self.what} {name!r} ({entries[0].value})"
        loaded = self._checked(_load(entries[0].load, called), called)
        if loaded.kind != name:
            raise InputError(f"{called}: kind: expected {name!r}, got {loaded.kind!r}")
        return loaded  # type: ignore[no-any-return]

    def find_or_import(
        self, name: str, where: str = "", allow_imports: bool = False
    ) -> type[T]:
        """The class of a kind as a suite may give it: a name, or "module:Class".

        Args:
            name: Its name.
            where: What error messages begin with.
            allow_imports: Whether "module:Class" may be imported.

        Raises:
            InputError: There is no such kind, it cannot be loaded or used, or it would
                have to be imported and that is not allowed.
        """
        if ":" not in name:
            return self.find(name, where)
        called = f"{where}: {self.what} {name!r}"
        place = _PLACE.fullmatch(name)
        if place is None:
            raise InputError(f"{called}: expected 'module:Class'")
        if not allow_imports:
            raise InputError(
                f"{called}: importing runs its code, which only --allow-imports (from "
                "Python: allow_imports=True) permits"
            )
        loaded = self._checked(_import(place[1], place[2], called), called)
        if loaded.kind in self._installed() and self.name_of(loaded) != loaded.kind:
            raise InputError(
                f"{called}: kind: {loaded.kind!r} is that of an installed {self.what}"
            )
        module, path = _place_of(loaded)
        # Worker processes and reports look for it there.
        if _import(module, path, called) is not loaded:
            raise InputError(f"{called}: another class is called {module}:{path}")
        return loaded  # type: ignore[no-any-return]

    def given(self, kind: type[Any], where: str) -> type[T]:
        """A class that was given as such, if it can be used.

        Args:
            kind: The class.
            where: What error messages begin with.

        Raises:
            InputError: Something is missing.
        """
        if kind in self.built_in.values():
            return kind
        return self._checked(kind, f"{where}: {self.what}")  # type: ignore[no-any-return]

    def is_found_again(self, kind: type[Any]) -> bool:
        """True if another process finds a class by its name or its module."""
        name = self.name_of(kind)
        if ":" not in name:
            return True
        module, path = _place_of(kind)
        if module == "__main__":
            return False
        try:
            return _import(module, path, name) is kind
        except InputError:
            return False

    def name_of(self, kind: type[Any]) -> str:
        """The name under which a class is found again, as suites write it."""
        name: str = kind.kind
        try:
            found = self.find(name)
        except InputError:
            found = None  # Not installed, so it has been imported.
        return name if found is kind else ":".join(_place_of(kind))

    def told(self, tell: Callable[[type[T]], str]) -> dict[str, str]:
        """Apply a function to each kind; a kind that cannot be loaded gives the reason.

        One broken package must not hide all others.
        """

        def line(name: str) -> str:
            try:
                return tell(self.find(name))
            except InputError as error:
                return f"cannot be used: {error}"

        return {name: line(name) for name in self}

    def _installed(self) -> Mapping[str, list[EntryPoint]]:
        """Entry points of installed packages, by name."""
        return _registered(f"gfsearch.{self.what}s", tuple(sys.path))

    def _checked(self, loaded: Any, called: str) -> Any:
        """The class that was loaded, if it can be used.

        Raises:
            InputError: Something is missing.
        """
        for complaint in self._complaints(loaded):
            raise InputError(f"{called}: {complaint}")
        return loaded

    def _complaints(self, loaded: Any) -> Iterator[str]:
        """Faults of a class, in the order of the checks: later ones rely on earlier."""
        if not isinstance(loaded, type):
            yield f"expected a class, got {type(loaded).__name__}"
        if loaded in self.built_in.values():
            return
        # An inherited kind would give two classes the same keys.
        kind = vars(loaded).get("kind")
        if not isinstance(kind, str) or not LABEL.fullmatch(kind):
            yield "kind: expected a string of its own, of letters, digits and . _ = -"
        if kind in self.built_in:
            yield f"kind: {kind!r} is that of a built-in {self.what}"
        if type(getattr(loaded, "revision", None)) is not int:
            yield "revision: expected a whole number"
        source = getattr(loaded, "source", None)
        if not isinstance(source, str) or not source.isprintable():
            yield "source: expected a string: where it comes from"
        if not (self.instead and all(_has(loaded, name) for name in self.instead)):
            other = f", or instead {_listed(self.instead)}" if self.instead else ""
            for name in self.own:
                if not _has(loaded, name) or _same(loaded, self.base, name):
                    yield (
                        f"{name}: missing; a {self.what} has {_listed(self.own)}{other}"
                    )
        for name in self.inherited:
            if not _has(loaded, name):
                yield (
                    f"{name}: missing; inherit from gfsearch.{self.base.__name__}, "
                    "which has defaults"
                )
        spec = loaded.Parameters if self.parameters else loaded
        yield from _complaints_of_fields(spec, need_defaults=self.parameters)


@lru_cache
def _registered(group: str, path: tuple[str, ...]) -> Mapping[str, list[EntryPoint]]:
    """The entry points of a group by name, for the present `sys.path`."""
    registered: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=group):
        registered.setdefault(entry.name, []).append(entry)
    return registered


def _complaints_of_fields(spec: Any, need_defaults: bool) -> Iterator[str]:
    """Faults of the type that declares the fields."""
    name = getattr(spec, "__name__", repr(spec))
    if not isinstance(spec, type) or not issubclass(spec, Spec):
        yield f"{name}: expected a dataclass that inherits from gfsearch.Spec"
    # In the class's own namespace: a missing decorator leaves the inherited ones.
    if "__dataclass_fields__" not in vars(spec):
        yield f"{name}: expected a dataclass: put @dataclass(frozen=True) before it"
    try:
        list(accepted_fields(spec))
    except Exception as error:
        yield f"{name}: its fields: {in_a_line(error)}"
    for field in fields(spec) if need_defaults else ():
        if field.default is MISSING and field.default_factory is MISSING:
            yield f"{name}: {field.name}: parameters need defaults"


def _has(kind: type, name: str) -> bool:
    """True if a class has an attribute, be it a field of its instances."""
    return hasattr(kind, name) or name in getattr(kind, "__dataclass_fields__", {})


def _same(kind: type, base: type, name: str) -> bool:
    return getattr(kind, name, None) is getattr(base, name, kind)


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))


def _place_of(kind: type) -> tuple[str, str]:
    """Module and name of a class."""
    return kind.__module__, kind.__qualname__


def _import(module: str, path: str, called: str) -> Any:
    return _load(lambda: attrgetter(path)(import_module(module)), called)


def _load(load: Callable[[], Any], called: str) -> Any:
    """Call a function that imports something.

    Raises:
        InputError: It cannot be imported, whatever the module's code does.
    """
    try:
        return load()
    except (Exception, SystemExit) as error:
        raise InputError(f"{called}: cannot be imported: {in_a_line(error)}") from None
