"""Values as far as they are known without evaluation, and what kinds of value they can be.

Kinds are those that the types of nixpkgs' lib/types.nix tell apart. A derivation, or a flake's input, is a set that may stand for a
string (`isStringLike`); a set with `__functor` may stand for a function.
"""

from __future__ import annotations

from typing import NamedTuple


class Opaque(NamedTuple):
    """A value, or a part of one, that is not known: a variable, a call, an interpolated string."""

    kind: str | None = None
    """What it is at least: `null`, `boolean`, `integer`, `float`, `number`, `string`, `path`, `list`, `set`, `package`, `function`;
    None for a value of any kind."""
    start: str = ""
    """How a string of unknown content begins, or the absolute path that a path literal is or begins with."""


class Partial(NamedTuple):
    """An attribute set (or a list, if the name is `*`) of which one attribute is known."""

    name: str | None
    """None for a name that only evaluation can tell."""
    value: Value


Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"] | Opaque | Partial

SETS = frozenset({"set", "package", "functor"})
"""What `builtins.isAttrs` holds for."""
FUNCTIONS = frozenset({"function", "functor"})
"""What `lib.isFunction` holds for."""
ALL = frozenset({"null", "boolean", "integer", "float", "string", "path", "list", *SETS, *FUNCTIONS})
_KINDS = {
    "set": SETS,
    "number": frozenset({"integer", "float"}),
    **{kind: frozenset({kind}) for kind in ALL - {"set"}},
}
_TYPES: dict[type, frozenset[str]] = {
    bool: _KINDS["boolean"],
    int: _KINDS["integer"],
    float: _KINDS["float"],
    str: _KINDS["string"],
    list: _KINDS["list"],
    type(None): _KINDS["null"],
}
_SET = frozenset({"set"})
_STAND_FOR = frozenset({"outPath", "__toString", "type", "_type", "__functor"})
"""Attributes that make a set something else than a plain set."""


def kinds(value: Value) -> frozenset[str]:
    """Return the kinds of which a value may be."""
    if isinstance(value, Opaque):
        return ALL if value.kind is None else _KINDS.get(value.kind, ALL)
    if isinstance(value, Partial):
        return _KINDS["list"] if value.name == "*" else SETS
    if isinstance(value, dict):
        return ALL if value.keys() & _STAND_FOR else _SET
    return _TYPES[type(value)]


def literal(value: Value) -> str | None:
    """Return a scalar as Nix source; None for what is no scalar or not known."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
        return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
    return str(value) if isinstance(value, int | float) else None
