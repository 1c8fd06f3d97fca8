"""Whether a static value fits a type.

The module system asks twice (nixpkgs lib/types.nix; `mergeDefinitions` in lib/modules.nix): `check` looks at a value's outside only, and
chooses between the alternatives of `either`; merging then checks what stands inside, by the alternative that was chosen. So does this
module. Where a type's phrase does not tell, or a value is not known, the answer is None: it may fit or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from option_index import leaves
from option_index.static_values import FUNCTIONS, SETS, Opaque, Partial, Value, kinds
from option_index.types import Checked, Coerced, Either, Group, Integer, Leaf, Number, Of, OneOf, Pattern, Type, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Misfit", "Opaque", "Partial", "Value", "accepts", "misfits"]


class Misfit(NamedTuple):
    """Why a value surely does not fit."""

    path: tuple[int | str | None, ...]
    """Where in the value: indexes of list elements and names of attributes, outermost first; empty for the value as a whole."""
    expected: Type
    """What the type takes there."""
    found: Value
    """What stands there."""


_Verdict = bool | None | tuple[Misfit, ...]
"""True: it fits; None: not known."""


def accepts(type_: Type, value: Value) -> bool | None:
    """Tell whether a static value fits a type; None where the type or the value is not known well enough."""
    verdict = _fit(type_, value)
    return False if isinstance(verdict, tuple) else verdict


def misfits(type_: Type, value: Value) -> tuple[Misfit, ...]:
    """Return why a static value surely does not fit a type, at one place or several inside it; empty where it does, or may.

    The attribute of a `Partial` below an open submodule is taken for one that no option declares.
    """
    verdict = _fit(type_, value)
    return verdict if isinstance(verdict, tuple) else ()


# The outside


def _check(type_: Type, value: Value) -> bool | None:
    """Tell what a type's `check` says of a value."""
    match type_:
        case Leaf(text):
            return _kind(value, SETS) if leaves.section_atom(text) else leaves.check(text, value)
        case Either(left, right):
            return _any(_check(left, value), _check(right, value))
        case Coerced(final, source):
            # What the conversion makes of a value is not known.
            taken = _check(final, value)
            return taken if taken or _check(source, value) is False else None
        case Group(inner):
            return _check(inner, value)
        case OneOf(values):
            return _member(values, value)
        case Integer(low, high):
            return _within(value, _INTEGERS, low, high)
        case Number(low, high):
            return _within(value, _NUMBERS, low, high)
        case Pattern(pattern):
            return _matching(pattern, value)
        case Checked(base, condition):
            taken = _check(base, value)
            if condition == "non-empty" and isinstance(value, str):
                return taken and bool(value.strip(" \t\n"))
            return False if taken is False else None
        case Of("non-empty", element):
            return False if value in ([], "") else _check(element, value)
        case Of("pair of") if isinstance(value, list) and _UNKNOWN not in value:
            # nixos/modules/services/x11/picom.nix, `pairOf`
            return len(value) == 2
        case Of("open submodule of"):
            return leaves.check("submodule", value)
        case Of(prefix):
            return _kind(value, _CONTAINERS[prefix]) if prefix in _CONTAINERS else None


def _kind(value: Value, taken: frozenset[str]) -> bool | None:
    possible = kinds(value)
    if not possible & taken:
        return False
    return True if possible <= taken else None


def _any(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False


def _within(value: Value, taken: frozenset[str], low: float | None, high: float | None) -> bool | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = (low is None or value >= low) and (high is None or value <= high)
        return fits and _kind(value, taken)
    return None if kinds(value) & taken else False


def _member(members: tuple[str, ...], value: Value) -> bool | None:
    """Tell whether an enumeration has a value. Members are printed as they are, without escapes (lib/types.nix, `enum`)."""
    if isinstance(value, Opaque):
        if value.kind == "string":
            texts = [member[1:-1] for member in members if member[0] == '"']
            near = any(text.startswith(value.start) for text in texts)
            return None if near or any(map(_is_unclear, members)) else False
        possible = {_member_kind(member) for member in members}
        return None if None in possible or possible & kinds(value) else False
    if isinstance(value, str):
        if f'"{value}"' in members:
            return True
        return None if any(map(_is_unclear, members)) else False
    if isinstance(value, bool):
        return ("true" if value else "false") in members or _unless_hidden(members)
    if isinstance(value, int | float):
        return any(_is_number(member, value) for member in members) or _unless_hidden(members)
    if value is None:
        return "<null>" in members or "null" in members or _unless_hidden(members, "<null>")
    return _unless_hidden(members, "<null>")


def _unless_hidden(members: tuple[str, ...], known: str = "") -> bool | None:
    """Return False where all members are printed; those that are no scalars are printed as their kind only."""
    return None if any(member[0] == "<" and member != known for member in members) else False


def _member_kind(member: str) -> str | None:
    if member[0] == '"':
        return "string"
    if member in ("true", "false"):
        return "boolean"
    if member in ("null", "<null>"):
        return "null"
    return "integer" if member.lstrip("-").isdigit() else None


def _is_unclear(member: str) -> bool:
    """Tell whether a member may be printed otherwise than it is written."""
    return (member[0] == "<" and member != "<null>") or '"' in member[1:-1] or "\\" in member


def _is_number(member: str, value: float) -> bool:
    try:
        return float(member) == value
    except ValueError:
        return False


def _matching(pattern: str, value: Value) -> bool | None:
    if not isinstance(value, str):
        return None if "string" in kinds(value) else False
    from option_index.posix import matches

    # An `or` may be one that ends the pattern, in a phrase that goes on.
    return None if " or " in pattern or ", not containing" in pattern else matches(pattern, value)


_UNKNOWN = Opaque()
_INTEGERS = frozenset({"integer"})
_NUMBERS = frozenset({"integer", "float"})
_LIST = frozenset({"list"})
_CONTAINERS = {
    "list of": _LIST,
    "pair of": _LIST,
    "non-empty list of": _LIST,
    "attribute set of": SETS,
    "lazy attribute set of": SETS,
    "function that evaluates to a(n)": FUNCTIONS,
}


# The inside


def _fit(type_: Type, value: Value) -> _Verdict:
    match type_:
        case Group(inner):
            return _fit(inner, value)
        case Either(left, right):
            return _whole(type_, _either(left, right, value))
        case Coerced(final, source):
            # A value that is converted is not looked into before.
            return _whole(type_, _fit(final, value)) if _check(source, value) is False else None
        case Checked(base, condition):
            verdict = _whole(type_, _fit(base, value))
            if condition == "non-empty" and isinstance(value, str):
                # nixos/modules/tasks/filesystems.nix, `isNonEmpty`
                return (Misfit((), type_, value),) if not value.strip(" \t\n") else verdict
            return verdict if isinstance(verdict, tuple) else None
        case _:
            pass
    checked = _check(type_, value)
    if checked is False:
        return (Misfit((), type_, value),)
    match type_:
        case Of("non-empty", inner):
            return _fit(inner, value)
        case Of("open submodule of", freeform):
            # Which of several attributes are declared, is for the index to say.
            return _fit(freeform, value) if isinstance(value, Partial) else checked
        case Of("function that evaluates to a(n)"):
            return checked
        case Of(_, element):
            return _inside(element, value, checked)
        case Leaf(text):
            element = _element(type_, text)
            return _inside(element, value, checked) if element else checked
        case _:
            return checked


def _either(left: Type, right: Type, value: Value) -> _Verdict:
    chosen = _check(left, value)
    if chosen:
        return _fit(left, value)
    other = _fit(right, value)
    if chosen is False:
        return other
    one = _fit(left, value)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one if one == other else (Misfit((), right, value),)
    return True if one is other is True else None


def _whole(type_: Type, verdict: _Verdict) -> _Verdict:
    """Name all alternatives of a type where none takes the value as a whole."""
    if isinstance(verdict, tuple):
        return tuple(each if each.path else each._replace(expected=type_) for each in verdict)
    return verdict


def _element(type_: Type, text: str) -> Type | None:
    """Return the type of what stands in a set or list that a type without parts takes; None where there is no such type."""
    if atom := leaves.section_atom(text):
        return parse(atom)
    row = leaves.row_of(text)
    return type_ if row and row.recursive else None


def _inside(element: Type, value: Value, outside: bool | None) -> _Verdict:
    """Judge what stands in a set or list of which the outside is judged already."""
    verdict = None if isinstance(value, Opaque | Partial) else outside
    found: list[Misfit] = []
    for key, item in _members(value):
        inner = _fit(element, item)
        if isinstance(inner, tuple):
            found += [each._replace(path=(key, *each.path)) for each in inner]
        verdict = verdict if inner else None
    return tuple(found) or verdict


def _members(value: Value) -> Iterable[tuple[int | str | None, Value]]:
    if isinstance(value, list):
        return enumerate(value)
    if isinstance(value, Partial):
        return (value,)
    return value.items() if isinstance(value, dict) and kinds(value) <= SETS else ()
