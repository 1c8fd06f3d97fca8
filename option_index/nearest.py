"""What a value that does not fit its type was probably meant to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from option_index.static_values import Opaque, literal
from option_index.suggest import distance
from option_index.types import Integer, Leaf, Number, Of, OneOf, Type, parts
from option_index.values import accepts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from option_index.static_values import Value

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "enable", "enabled"), True),
    **dict.fromkeys(("false", "no", "off", "disable", "disabled"), False),
}
_YES_NO = {True: ("yes", "on", "true"), False: ("no", "off", "false")}
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_SEVERAL = re.compile(r"[\s,;]")
_RELATIVE = re.compile(r"\.{1,2}(?:/[\w.+-]+)+")


class Proposal(NamedTuple):
    """A value to write instead."""

    literal: str | None
    """Nix source; None: the value itself, as the one element of a list."""
    sure: bool
    """It says the same, in the notation that the type takes."""


def proposals(expected: Type, found: Value) -> list[Proposal]:
    """Return what may be written for a value that surely does not fit, the likeliest first."""
    seen: dict[str | None, Proposal] = {}
    for part in parts(expected):
        for proposal in _of(part, found):
            known = seen.get(proposal.literal)
            if known is None or (proposal.sure and not known.sure):
                seen[proposal.literal] = proposal
    return sorted(seen.values(), key=lambda proposal: not proposal.sure)


def _of(part: Type, found: Value) -> Iterator[Proposal]:
    if isinstance(found, Opaque | tuple):
        if isinstance(part, Of) and "list of" in str(part.prefix) and accepts(part.element, found):
            yield Proposal(None, sure=True)
        return
    match part:
        case OneOf(members):
            yield from _member(members, found)
        case Leaf("boolean"):
            if isinstance(found, str) and found.lower() in _WORDS:
                yield Proposal(literal(_WORDS[found.lower()]), sure=True)
            elif found in (0, 1) and not isinstance(found, str):
                yield Proposal(literal(bool(found)), sure=False)
        case Integer() | Number():
            if isinstance(found, str) and _INTEGER.fullmatch(found) and accepts(part, int(found)):
                yield Proposal(found, sure=True)
            elif isinstance(found, float) and found.is_integer() and accepts(part, int(found)):
                yield Proposal(str(int(found)), sure=True)
        case Leaf("floating point number"):
            if isinstance(found, int) and not isinstance(found, bool):
                yield Proposal(f"{found}.0", sure=True)
        case Of("list of" | "non-empty list of", element):
            if not isinstance(found, list) and accepts(element, found):
                several = isinstance(found, str) and bool(_SEVERAL.search(found))
                yield Proposal(None, sure=not several)
        case Leaf("absolute path" | "package" | "path"):
            if isinstance(found, str) and _RELATIVE.fullmatch(found):
                yield Proposal(found, sure=False)
        case _:
            if isinstance(found, bool | int | float):
                text = str(literal(found))
                if accepts(part, text):
                    yield Proposal(literal(text), sure=not isinstance(found, bool))


def _member(members: tuple[str, ...], found: Value) -> Iterator[Proposal]:
    """Propose members of an enumeration: the same in other notation, `true` for `"yes"`, and what differs by a slip of the finger."""
    written = literal(found)
    if written is None:
        return
    if isinstance(found, bool):
        for word in _YES_NO[found]:
            if f'"{word}"' in members:
                yield Proposal(f'"{word}"', sure=word == written)
                return
        return
    if not isinstance(found, str):
        if f'"{written}"' in members:
            yield Proposal(f'"{written}"', sure=True)
        return
    if found in members and not found.startswith('"'):
        yield Proposal(found, sure=True)
        return
    near: list[tuple[int, str]] = []
    for member in members:
        if member[0] == '"' and "\\" not in member and "${" not in member:
            cost = distance(found, member[1:-1])
            if cost is not None:
                near.append((cost, member))
    if near:
        least = min(cost for cost, _ in near)
        yield from (Proposal(member, sure=cost == 0) for cost, member in near if cost == least)
