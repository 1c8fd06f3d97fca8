"""Static values, and whether they fit a type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from option_index.types import Checked, Integer, Leaf, Of, OneOf, Pattern, Type, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Opaque:
    """A static value's part that is not known: a variable, a call, an interpolated string (then `kind` says what it is at least)."""

    kind: str | None = None
    """`string`, `path`, `list`, `set`, `function`, or None for a value of any type."""


Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"] | Opaque

_STRINGS = re.compile(
    r"(?!.*\b(?:INI|type|value|atom)\b)(?:(?:\(optionally newline-terminated\) )?(?:non-empty |single-line |printable )*string\b.*"
    r"|strings concatenated with .*|path\b.*|absolute path.*|.*\bpath)",
    re.DOTALL,
)
_KNOWN: dict[str, Callable[[Value], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "floating point number": lambda value: isinstance(value, float),
    "attribute set": lambda value: isinstance(value, dict),
    "submodule": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def accepts(type_: Type, value: Value) -> bool | None:
    """Tell whether a static value fits a type; None where the type or the value is not known well enough."""
    verdicts = {_accepts(part, value) for part in parts(type_)}
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _accepts(part: Type, value: Value) -> bool | None:
    if isinstance(value, Opaque):
        return _accepts_opaque(part, value.kind)
    match part:
        case OneOf(values):
            return _literal(value) in values
        case Integer(low, high):
            if isinstance(value, bool) or not isinstance(value, int):
                return False
            return (low is None or value >= low) and (high is None or value <= high)
        case Pattern():
            return None if isinstance(value, str) else False
        case Of("list of" | "non-empty list of", element):
            if not isinstance(value, list):
                return False
            return _all(accepts(element, item) for item in value)
        case Of("attribute set of" | "lazy attribute set of", element):
            if not isinstance(value, dict):
                return False
            return _all(accepts(element, item) for item in value.values())
        case Checked(base):
            return False if accepts(base, value) is False else None
        case Of("open submodule of", _):
            return None if isinstance(value, dict) else False
        case Of("non-empty", element):
            return False if value in ([], {}, "") else accepts(element, value)
        case Leaf(text) if text in _KNOWN:
            return _KNOWN[text](value)
        case Leaf(text) if _STRINGS.fullmatch(text):
            return None if isinstance(value, str | dict) else False
        case _:
            return None


def _accepts_opaque(part: Type, kind: str | None) -> bool | None:
    """Judge a value of which only the kind is known: it can be wrong, never surely right."""
    samples: dict[str | None, Value] = {"string": "x", "path": "/x", "list": [], "set": {}}
    sample = samples.get(kind, Opaque())
    if isinstance(sample, Opaque) or isinstance(part, OneOf | Pattern):
        return None
    return False if _accepts(part, sample) is False and not isinstance(part, Of) else None


def _all(verdicts: Iterator[bool | None]) -> bool | None:
    result: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def _literal(value: Value) -> str | None:
    """Print a static value as enumerations are printed."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case int() | float():
            return str(value)
        case _:
            return None
