"""Types without parts: which values each takes.

The phrases are those of nixpkgs' lib/types.nix and pkgs/pkgs-lib/formats.nix, and of a few modules there and in home-manager. A
phrase that is not in the table may take anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from option_index.static_values import ALL, FUNCTIONS, SETS, Opaque, Partial, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from option_index.static_values import Value


class Row(NamedTuple):
    """The kinds of value that a type takes, and what more it asks of one that is known."""

    kinds: frozenset[str]
    holds: Callable[[Value], bool | None] | None = None
    recursive: bool = False
    """What stands in a set or list is of the same type."""


def check(phrase: str, value: Value) -> bool | None:
    """Tell whether a type without parts takes a value, not looking into sets and lists; None where that is not known."""
    row = row_of(phrase)
    if row is None:
        return None
    possible = kinds(value)
    if not possible & row.kinds:
        return False
    if row.holds is not None:
        return row.holds(value)
    return True if possible <= row.kinds else None


def row_of(phrase: str) -> Row | None:
    """Return what a phrase stands for; None for one that is not known."""
    if row := _ROWS.get(phrase):
        return row
    if phrase.startswith("strings concatenated with "):
        return _STRING
    return _tagged(phrase) if phrase.startswith(_TAGGED) else None


def _kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


def _string(condition: Callable[[str], bool | None]) -> Callable[[Value], bool | None]:
    """Ask something of strings; other kinds that the type takes are as they should be."""

    def holds(value: Value) -> bool | None:
        if isinstance(value, str):
            return condition(value)
        return None if isinstance(value, Opaque | dict | Partial) else True

    return holds


def _absolute(value: Value) -> bool | None:
    """`pathWith { absolute = true; }`: what `toString` makes begin with a slash."""
    if isinstance(value, Opaque):
        if value.kind in {"path", "package"}:
            return True
        return value.start.startswith("/") if value.kind == "string" and value.start else None
    return value.startswith("/") if isinstance(value, str) else None


def _external(value: Value) -> bool | None:
    """`externalPath`: an absolute path outside the store, as a string."""
    return False if _absolute(value) is False else (None if _begins(value, "/nix/store/") is not False else True)


def _in_store(value: Value) -> bool | None:
    if isinstance(value, Opaque) and value.kind == "path" and value.start:
        return False if _begins(value, "/nix/store/") is False else None
    if isinstance(value, str) and value.startswith("/"):
        return None if value.startswith("/nix/store/") else False
    return None


def _package(value: Value) -> bool | None:
    """`package`: a derivation, or the path of something that stands in the store itself (lib/attrsets.nix, `isStorePath`)."""
    if isinstance(value, Opaque):
        if value.kind == "package":
            return True
        return False if value.start and _begins(value, "/nix/store/") is False else None
    if isinstance(value, str):
        return bool(_STORE_PATH.fullmatch(value)) or (None if value.startswith("/nix/store") else False)
    return None


def _module(value: Value) -> bool | None:
    """What a submodule is defined by: a set, a function, or the path of a file."""
    if isinstance(value, str) or (isinstance(value, Opaque) and value.kind == "string"):
        return _absolute(value)
    return True if kinds(value) <= _MODULE else None


def _begins(value: Value, start: str) -> bool | None:
    """Tell whether a string begins with a text."""
    if isinstance(value, Opaque):
        known = min(len(value.start), len(start))
        if value.start[:known] != start[:known]:
            return False
        return True if known == len(start) else None
    return value.startswith(start) if isinstance(value, str) else None


def _unclear(_: Value) -> None:
    """Ask something that the phrase does not tell."""
    return


def _loosely_absolute(value: Value) -> bool | None:
    """`path` was what `absolute path` is now (up to 24.11), and takes any path since."""
    return _absolute(value) or None


def _passwd_path(value: Value) -> bool | None:
    return False if isinstance(value, str) and set(value) & {"\n", ":"} else _absolute(value)


def _not_empty(value: Value) -> bool | None:
    return False if value == [] else None


def _no_break(text: str) -> bool | None:
    return None if "\n" in text else True


_STORE_PATH = re.compile(r"/nix/store/[0-9a-z]{32}-[^/]+")
_MODULE = SETS | FUNCTIONS | {"path"}
_BLANK = frozenset(" \t\n")
_PATHS = _kinds("string", "path", "package")
_ATOMS = _kinds("null", "boolean", "integer", "float", "string")
_STRING = Row(_kinds("string"))
_UNCLEAR_STRING = Row(_STRING.kinds, _string(_unclear))
_BOOLEAN = Row(_kinds("boolean"))
_ANYTHING = Row(ALL)
_DEFINED_BY_MODULE = Row(_MODULE | {"string"}, _module)
_DATA = Row(_ATOMS | {"path", "list"} | SETS, recursive=True)
_INI_ATOM = Row(_ATOMS)
_SECTION_OF = "section of an INI file (attrs of "
_TAGGED = "attribute-tagged union with choices: "

_ROWS: Mapping[str, Row] = {
    "boolean": _BOOLEAN,
    "boolean (merged using or)": _BOOLEAN,
    "null": Row(_kinds("null")),
    "floating point number": Row(_kinds("float")),
    "string": _STRING,
    "non-empty string": Row(_STRING.kinds, _string(lambda text: not set(text) <= _BLANK)),
    "(optionally newline-terminated) single-line string": Row(
        _STRING.kinds, _string(lambda text: not set(text.removesuffix("\n")) & {"\n", "\r"})
    ),
    "string, not containing newlines or colons": Row(_STRING.kinds, _string(lambda text: not set(text) & {"\n", ":"})),
    "string, not containing newlines": Row(_STRING.kinds, _string(_no_break)),
    "single-line string": Row(_STRING.kinds, _string(_no_break)),
    "string without line breaks or quotes": _UNCLEAR_STRING,
    "string without line breaks": _UNCLEAR_STRING,
    "string without spaces": _UNCLEAR_STRING,
    "file mode string": _UNCLEAR_STRING,
    "session name": _UNCLEAR_STRING,
    "string of the form number{b|k|M|G}": _UNCLEAR_STRING,
    "tmpfiles.d(5) age format": _UNCLEAR_STRING,
    "printable string without spaces, # and /": _UNCLEAR_STRING,
    "path": Row(_PATHS, _loosely_absolute),
    "path, not containing newlines or colons": Row(_PATHS, _unclear),
    "absolute path": Row(_PATHS, _absolute),
    "absolute path, not containing newlines or colons": Row(_PATHS, _passwd_path),
    "absolute path not in the Nix store": Row(_STRING.kinds, _external),
    "path in the Nix store": Row(_PATHS, _in_store),
    "package": Row(_PATHS, _package),
    "attribute set": Row(SETS),
    "submodule": _DEFINED_BY_MODULE,
    "module": _DEFINED_BY_MODULE,
    "anything": _ANYTHING,
    "raw value": _ANYTHING,
    "unspecified value": _ANYTHING,
    "systemd option": _ANYTHING,
    "optionType": Row(SETS, _unclear),
    "fileset": Row(SETS | {"path"}, _unclear),
    "inline lua": Row(SETS, _unclear),
    "Nixpkgs package set": Row(SETS, _unclear),
    "nixpkgs overlay": Row(FUNCTIONS),
    "raw elixir": Row(SETS, _unclear),
    "elixir tuple": Row(SETS, _unclear),
    "secret value": Row(SETS, _unclear),
    "nonzero signed integer, meaning !=0": Row(_kinds("integer"), _unclear),
    "nonnegative floating point number, meaning >=0": Row(_kinds("integer", "float"), _unclear),
    "JSON value": _DATA,
    "YAML value": _DATA,
    "YAML 1.1 value": _DATA,
    "YAML 1.2 value": _DATA,
    "TOML value": _DATA._replace(kinds=_DATA.kinds - {"null"}),
    "INI atom (null, bool, int, float or string)": _INI_ATOM,
    "atom (null, bool, int, float or string)": _INI_ATOM,
    "string, package, bool, int or float": Row((_ATOMS - {"null"}) | _PATHS, _unclear),
    "a list of them for duplicate keys": Row(_kinds("list"), _unclear),
    "a non-empty list of them": Row(_kinds("list"), _not_empty),
}
"""By phrase. Where a phrase asks more than its words tell, a value of the right kind is not judged."""


def section_atom(phrase: str) -> str | None:
    """Return the type of the values in a section of an INI file; None for any other phrase."""
    return phrase.removeprefix(_SECTION_OF)[:-1] if phrase.startswith(_SECTION_OF) and phrase.endswith(")") else None


def _tagged(phrase: str) -> Row:
    tags = {name.strip('"') for name in phrase.removeprefix(_TAGGED).split(", ")}

    def holds(value: Value) -> bool | None:
        if isinstance(value, Partial):
            return False if value.name is not None and value.name not in tags else None
        if isinstance(value, dict):
            return len(value) == 1 and value.keys() <= tags
        return None

    return Row(SETS, holds)
