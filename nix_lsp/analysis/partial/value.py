"""What an expression may come to where Nix is not there to say it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tree_sitter import Node

ANY: Final = "*"
"""The name under which a set keeps attributes whose names are not known."""


class Unknown:
    """A value that cannot be known here."""

    __slots__ = ()


UNKNOWN = Unknown()


class NixPath(NamedTuple):
    """An absolute path."""

    path: str


class Symbol(NamedTuple):
    """A name from outside, and what was selected from it: `("inputs", "nixpkgs", "lib", "nixosSystem")`.

    A segment that begins with `/` is a path below: `("inputs", "nixpkgs", "/nixos/lib/eval-config.nix")`.
    """

    path: tuple[str, ...]


class Call(NamedTuple):
    """A symbol applied to arguments."""

    function: Symbol
    args: tuple[Thunk, ...]


class Listing(NamedTuple):
    """A list. Not `exact`: there may be elements that are not known."""

    items: tuple[Thunk, ...]
    exact: bool = True


class Attrset(NamedTuple):
    """An attribute set. Not `exact`: there may be attributes that are not known."""

    attrs: Mapping[str, Thunk]
    exact: bool = True
    node: Node | None = None
    """The set expression it was written as, where it is one."""
    file: str = ""


class Lambda(NamedTuple):
    """A function with the scope that it was written in."""

    node: Node
    scope: Scope


class Choice(NamedTuple):
    """One of several values, or all of them merged."""

    values: tuple[Thunk, ...]


class Arguments:
    """What the module system passes to a module. `asked` tells whether something was asked that differs from host to host."""

    __slots__ = ("_special", "asked")

    def __init__(self, special: Mapping[str, Thunk]) -> None:
        self._special = special
        self.asked = False

    def argument(self, name: str) -> Value:
        """Return a module argument: one of the module system's own, or one of the host's `specialArgs`."""
        if name in _MODULE_ARGUMENTS:
            return _MODULE_ARGUMENTS[name]
        self.asked = True
        found = self._special.get(name)
        return found.force() if found else Symbol((name,))


Value = str | bool | NixPath | Symbol | Call | Listing | Attrset | Lambda | Choice | Arguments | Unknown

_MODULE_ARGUMENTS: Mapping[str, Value] = {
    **{
        name: Symbol((name,))
        for name in ("config", "lib", "pkgs", "options", "modulesPath", "osConfig", "utils", "name")
    },
    "inputs": Symbol(("inputs",)),
    "self": Symbol(("inputs", "self")),
    "outputs": Symbol(("inputs", "self")),
    "flake": Symbol(("inputs", "self")),
}


class Thunk:
    """A value that is computed when it is asked for, once. One that needs itself is unknown."""

    __slots__ = ("_compute", "_value")

    def __init__(self, compute: Callable[[], Value] | None, value: Value = UNKNOWN) -> None:
        self._compute = compute
        self._value = value

    @property
    def is_forced(self) -> bool:
        """Whether the value is there already."""
        return self._compute is None

    def force(self) -> Value:
        if self._compute is not None:
            compute, self._compute = self._compute, None
            try:
                self._value = compute()
            except RecursionError:
                # Evaluation bounds its own depth; choices of choices of choices can still be deeper than Python's stack.
                self._value = UNKNOWN
        return self._value


def given(value: Value) -> Thunk:
    """Wrap a value that is there already."""
    return Thunk(None, value)


class Scope(NamedTuple):
    """Names in scope, innermost first. `environment` is that of a `with`."""

    file: str
    names: Mapping[str, Thunk]
    parent: Scope | None = None
    environment: Thunk | None = None

    def bound(self, name: str) -> Thunk | None:
        """Return what `let`, a function or a `rec` set binds a name to."""
        here: Scope | None = self
        while here is not None:
            if found := here.names.get(name):
                return found
            here = here.parent
        return None


def normal(path: str) -> str:
    """Return an absolute path without `.`, `..` and doubled slashes."""
    return posixpath.normpath(f"/{path.lstrip('/')}")


def both(left: Thunk, right: Thunk) -> Thunk:
    """Return a thunk that is either."""
    return Thunk(lambda: choice((left, right)))


def choice(values: Iterator[Thunk] | tuple[Thunk, ...]) -> Value:
    """Return one of several values: a choice, or the value itself where only one is known."""
    known = tuple(values)
    return known[0].force() if len(known) == 1 else Choice(known) if known else UNKNOWN
