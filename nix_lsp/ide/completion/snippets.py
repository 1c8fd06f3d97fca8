"""What to insert for a new definition: the value that an option's type asks for, with the places to fill in.

Snippet syntax is LSP 3.17's: `$1`, `${1:text}`, `${1|a,b|}`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from option_index.types import Group, Leaf, Of, OneOf, Pattern, Type, choices, parse, parts

_SPECIAL = re.compile(r"[\\$}]")
_CHOICES = 30
"""An enumeration longer than this is offered by completion at the value instead of inside the snippet."""


def escape(text: str) -> str:
    """Escape plain text for a snippet."""
    return _SPECIAL.sub(r"\\\g<0>", text) if _SPECIAL.search(text) else text


def placeholder(name: str, stop: int) -> str:
    """Return a place to fill in that shows `name`."""
    return f"${{{stop}:{escape(name)}}}"


@lru_cache(maxsize=1024)
def value_snippet(sentence: str, default: str | None, stop: int) -> str:
    """Return a snippet for a value of a type, its first place to fill in numbered `stop`.

    Args:
        sentence: the option's type sentence.
        default: the option's default as Nix text: what it is already is offered last.
        stop: the number of the first tab stop.
    """
    type_ = parse(sentence)
    values = choices(type_)
    others = [part for part in parts(type_) if not isinstance(part, OneOf) and not choices(part)]
    if values and (not others) and len(values) <= _CHOICES:
        ordered = sorted(values, key=lambda value: (value == default, value == "null"))
        return _choice(ordered, stop)
    return _shape(others[0] if others else Leaf(""), stop)


def _choice(values: list[str], stop: int) -> str:
    if len(values) == 1:
        return placeholder(values[0], stop)
    escaped = (re.sub(r"[\\$},|]", r"\\\g<0>", value) for value in values)
    return f"${{{stop}|{','.join(escaped)}|}}"


def _is_set(part: Type) -> bool:
    while isinstance(part, Group):
        part = part.inner
    return part in (Leaf("submodule"), Leaf("attribute set"))


_STRING = re.compile(r"(\(optionally newline-terminated\) )?(non-empty |single-line )*string(,? .*)?", re.DOTALL)


def _shape(part: Type, stop: int) -> str:
    match part:
        case Of("list of" | "non-empty list of", element) if _is_set(element):
            return f"[ {{ ${stop} \\}} ]"
        case Of("list of" | "non-empty list of" | "non-empty", _):
            return f"[ ${stop} ]"
        case Of(prefix, _) if "function" not in prefix:
            return f"{{\n  ${stop}\n\\}}"
        case Leaf("submodule" | "attribute set"):
            return f"{{\n  ${stop}\n\\}}"
        case Leaf("package"):
            return f"pkgs.${stop}"
        case Leaf(text) if text.startswith("strings concatenated with"):
            return f"''\n  ${stop}\n''"
        case Leaf(text) if _STRING.fullmatch(text):
            return f'"${stop}"'
        case Pattern():
            return f'"${stop}"'
        case _:
            return f"${stop}"
