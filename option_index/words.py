"""Types and values in words, for messages."""

from __future__ import annotations

from option_index.static_values import Opaque, Value, literal
from option_index.types import Checked, Coerced, Either, Group, Of, OneOf, Type

_MEMBERS = 8
"""Enumerations beyond this are shortened."""
_LENGTH = 200
_VALUE = 40
_AN = ("attribute", "absolute", "integer", "unsigned", "open")
_A = (
    "boolean",
    "string ",
    "list",
    "package",
    "path",
    "signed",
    "positive",
    "floating",
    "function",
    "module",
    "non-empty",
)
_KINDS = {
    "boolean": "a boolean",
    "integer": "an integer",
    "float": "a floating point number",
    "number": "a number",
    "string": "a string",
    "path": "a path",
    "list": "a list",
    "set": "an attribute set",
    "package": "a package",
    "function": "a function",
}


def expected(type_: Type) -> str:
    """Say what a type takes: `a boolean`, `null or one of "a", "b", … (23 in all)`."""
    phrase = " ".join(str(_brief(type_)).split())
    if phrase.startswith("(") and phrase.endswith(")") and phrase.count("(") == 1:
        phrase = phrase[1:-1]
    if len(phrase) > _LENGTH:
        phrase = phrase[: _LENGTH - 1].rstrip() + "…"
    if f"{phrase} ".startswith(_AN):
        return f"an {phrase}"
    return f"a {phrase}" if f"{phrase} ".startswith(_A) or phrase[:1].isdigit() else phrase


def found(value: Value, *, secret: bool = False) -> str:
    """Say what a value is: `the string "80"`, `true`, `a list`. `secret`: without what a string holds."""
    if isinstance(value, str):
        short = len(value) <= _VALUE and "\n" not in value
        return f"the string {literal(value)}" if short and not secret else "a string"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, Opaque):
        return _KINDS.get(value.kind or "", "another value")
    if isinstance(value, dict | tuple):
        return "an attribute set"
    return str(literal(value))


def _brief(type_: Type) -> Type:
    match type_:
        case OneOf(values) if len(values) > _MEMBERS:
            return OneOf((*values[: _MEMBERS - 2], f"… ({len(values)} in all)"))
        case Either(left, right, comma):
            return Either(_brief(left), _brief(right), comma)
        case Coerced(final, source):
            return Coerced(_brief(final), _brief(source))
        case Group(inner):
            return Group(_brief(inner))
        case Of(prefix, element):
            return Of(prefix, _brief(element))
        case Checked(base, check):
            return Checked(_brief(base), check)
        case _:
            return type_
