"""The little language of type sentences, parsed into an algebra.

The module system publishes an option's type as a phrase ("null or list of string matching the pattern …", nixpkgs'
lib/types.nix). `parse` reads it, `str()` prints it back, and the functions below say which values it lists and what may
stand below an option of that type. Whether a value fits: `option_index.values`.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEPTH = 24
"""Nesting beyond this is kept as text: no sentence published so far nests deeper than 12."""


class Leaf(NamedTuple):
    """A type without parts: `boolean`, `package`, `TOML value`, or a phrase we know nothing of."""

    text: str

    def __str__(self) -> str:
        return self.text


class OneOf(NamedTuple):
    """An enumeration; `values` are Nix literals as printed: `"yes"`, `1`, `null`."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"value {self.values[0]} (singular enum)" if len(self.values) == 1 else f"one of {', '.join(self.values)}"
        )


class Integer(NamedTuple):
    """A range of integers; None is no bound. `text` is the phrase as printed."""

    low: int | None
    high: int | None
    text: str

    def __str__(self) -> str:
        return self.text


class Number(NamedTuple):
    """A range of integers and floating point numbers; None is no bound. `text` is the phrase as printed."""

    low: float | None
    high: float | None
    text: str

    def __str__(self) -> str:
        return self.text


class Pattern(NamedTuple):
    """Strings that match a POSIX extended regular expression as a whole."""

    pattern: str

    def __str__(self) -> str:
        return f"string matching the pattern {self.pattern}"


class Of(NamedTuple):
    """A container: `prefix` is how it is introduced (`list of`, `attribute set of`, …)."""

    prefix: str
    element: Type

    def __str__(self) -> str:
        return f"{self.prefix} {self.element}"


class Either(NamedTuple):
    """One type or another; `comma` where the phrase is separated by `, or`."""

    left: Type
    right: Type
    comma: bool = False

    def __str__(self) -> str:
        return f"{self.left}{',' if self.comma else ''} or {self.right}"


class Coerced(NamedTuple):
    """A type, and another whose values are converted to it."""

    final: Type
    source: Type

    def __str__(self) -> str:
        return f"{self.final} or {self.source} convertible to it"


class Checked(NamedTuple):
    """A type with a further condition that the phrase only names."""

    base: Type
    check: str

    def __str__(self) -> str:
        return f"{self.base} (with check: {self.check})"


class Group(NamedTuple):
    """A parenthesised phrase."""

    inner: Type

    def __str__(self) -> str:
        return f"({self.inner})"


Type = Leaf | OneOf | Integer | Number | Pattern | Of | Either | Coerced | Checked | Group

_CONTAINERS = (
    "list of",
    "non-empty list of",
    "attribute set of",
    "lazy attribute set of",
    "open submodule of",
    "function that evaluates to a(n)",
    "non-empty",
    "pair of",
)
_SINGLE = re.compile(r"value (.+) \(singular enum\)", re.DOTALL)
_BETWEEN = re.compile(
    r"(?:integer|(\d+) bit (?:un)?signed integer;) between (-?\d+) and (-?\d+) \(both inclusive\)", re.DOTALL
)
_CHECKED = re.compile(r"(.+) \(with check: (.+)\)", re.DOTALL)
_NUMBER = re.compile(
    r"integer or floating point number between (-?[\d.]+) and (-?[\d.]+) \(both inclusive\)", re.DOTALL
)
_ONE_PHRASE = (
    ("newlines", "colons"),
    ("integer", "floating point number between "),
    ("integer", "floating point number, meaning "),
    ("string without line breaks", "quotes"),
    ("string, package, bool, int", "float"),
    ("string, path, bool, int", "float"),
    ("string, path, bool", "number"),
)
"""What stands before and after an ` or ` inside a single phrase (nixpkgs lib/types.nix, pkgs/pkgs-lib/formats.nix)."""
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,"\s]+', re.DOTALL)


@lru_cache(maxsize=4096)
def parse(sentence: str) -> Type:
    """Parse a type sentence. What is not understood becomes a `Leaf` of that text: nothing raises."""
    return _either(sentence, 0)


def _either(text: str, depth: int) -> Type:
    if depth > _DEPTH:
        return Leaf(text)
    alternatives = list(_alternatives(text))
    if len(alternatives) == 1:
        return _term(text, depth)
    last, _ = alternatives[-1]
    if last.endswith(" convertible to it"):
        final = text[: len(text) - len(last) - len(" or ")]
        return Coerced(_either(final, depth + 1), _either(last.removesuffix(" convertible to it"), depth + 1))
    result = _term(alternatives[0][0], depth)
    for alternative, comma in alternatives[1:]:
        result = Either(result, _term(alternative, depth), comma)
    return result


def _alternatives(text: str) -> Iterator[tuple[str, bool]]:
    """Split at ` or ` outside brackets and quotes; the flag tells that a comma stood before it."""
    start, level, position, comma = 0, 0, 0, False
    while position < len(text):
        char = text[position]
        if char == '"' and (quoted := _LITERAL.match(text, position)):
            position = quoted.end()
            continue
        if char in "([{":
            level += 1
        elif char in ")]}":
            level = max(0, level - 1)
        elif level == 0 and text.startswith(" or ", position) and not _is_one_phrase(text, start, position):
            part = text[start:position]
            yield part.removesuffix(","), comma
            comma = part.endswith(",")
            position += 4
            start = position
            continue
        position += 1
    yield text[start:], comma


def _is_one_phrase(text: str, start: int, position: int) -> bool:
    """Tell whether the ` or ` at a position is a part of a phrase that begins at `start`."""
    return any(
        text.startswith(after, position + 4)
        and text.endswith(before, start, position)
        and not text.startswith("signed", start)
        for before, after in _ONE_PHRASE
    )


def _term(text: str, depth: int) -> Type:
    if text.startswith("(") and _closing(text) == len(text) - 1 and (inner := _either(text[1:-1], depth + 1)):
        return Group(inner)
    if text.startswith("one of ") and (values := _literals(text.removeprefix("one of "))):
        return OneOf(values)
    if single := _SINGLE.fullmatch(text):
        return OneOf((single[1],))
    if text.startswith("string matching the pattern "):
        return Pattern(text.removeprefix("string matching the pattern "))
    if between := _BETWEEN.fullmatch(text):
        return Integer(int(between[2]), int(between[3]), text)
    if between := _NUMBER.fullmatch(text):
        return Number(float(between[1]), float(between[2]), text)
    if text in _NUMBERS:
        return Number(*_NUMBERS[text], text)
    if text in _INTEGERS:
        return Integer(*_INTEGERS[text], text)
    for prefix in _CONTAINERS:
        if text.startswith(prefix + " ") and not text.startswith("non-empty string"):
            return Of(prefix, _either(text[len(prefix) + 1 :], depth + 1))
    if checked := _CHECKED.fullmatch(text):
        return Checked(_either(checked[1], depth + 1), checked[2])
    return Leaf(text)


def _closing(text: str) -> int:
    """Return the index of the bracket that closes the one at the start."""
    level = 0
    for index, char in enumerate(text):
        level += (char == "(") - (char == ")")
        if level == 0:
            return index
    return -1


def _literals(text: str) -> tuple[str, ...] | None:
    values: list[str] = []
    position = 0
    while literal := _LITERAL.match(text, position):
        values.append(literal[0])
        position = literal.end()
        if position == len(text):
            return tuple(values) if len(values) > 1 else None
        if not text.startswith(", ", position):
            return None
        position += 2
    return None


_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "signed integer": (None, None),
    "integer": (None, None),
    "integer of at least 16 bits": (None, None),
    "unsigned integer, meaning >=0": (0, None),
    "positive integer, meaning >0": (1, None),
    "unsigned integer": (0, None),
}
_NUMBERS: dict[str, tuple[float | None, float | None]] = {
    "nonnegative integer or floating point number, meaning >=0": (0, None),
    "positive integer or floating point number, meaning >0": (5e-324, None),
}
"""The least positive number that there is in 64 bits is 5e-324."""


def parts(type_: Type) -> Iterator[Type]:
    """Yield the alternatives of a type, in order: parentheses, `or` and conversions are taken apart."""
    pending = [type_]
    while pending:
        part = pending.pop()
        match part:
            case Either(left, right):
                pending += (right, left)
            case Coerced(final, source):
                pending += (source, final)
            case Group(inner):
                pending.append(inner)
            case _:
                yield part


def choices(type_: Type) -> tuple[str, ...]:
    """Return the values that a type lists, as Nix literals: enumerations, `true` and `false`, `null`."""
    found: dict[str, None] = {}
    for part in parts(type_):
        if isinstance(part, OneOf):
            found.update(dict.fromkeys(value for value in part.values if not value.startswith("<")))
        elif isinstance(part, Leaf) and part.text == "boolean":
            found.update({"true": None, "false": None})
        elif isinstance(part, Leaf) and part.text == "null":
            found["null"] = None
    return tuple(found)


class Below(Enum):
    """What may stand below an option of a type."""

    NOTHING = "nothing"
    """The value can have no attributes, or none that the module system reads as options."""
    OPTIONS = "options"
    """A submodule, or a set or list of them: only the options that the index lists."""
    ANYTHING = "anything"
    """Any attributes."""


_NO_ATTRIBUTES = re.compile(
    r"boolean|null|package|lambda|floating point number.*|strings concatenated with .*|path in the Nix store"
    r"|(?:\(optionally newline-terminated\) |non-empty |single-line |absolute )*(?:string|path)(?:,? (?:not|matching|with|in|of length)\b.*)?",
    re.DOTALL,
)


def below(type_: Type) -> Below:
    """Say what may stand below an option of this type; an unknown phrase may hold anything.

    A `package` has attributes, but a module cannot define them one by one.
    """
    best = Below.NOTHING
    for part in parts(type_):
        match part:
            case OneOf() | Integer() | Number() | Pattern():
                continue
            case Of(
                "list of" | "attribute set of" | "lazy attribute set of" | "non-empty list of" | "non-empty", element
            ):
                kind = below(element) if "attribute set" not in part.prefix else _in_set(element)
            case Of("function that evaluates to a(n)"):
                continue
            case Checked(base):
                kind = below(base)
            case Leaf("submodule"):
                kind = Below.OPTIONS
            case Leaf(text) if _NO_ATTRIBUTES.fullmatch(text):
                continue
            case _:
                return Below.ANYTHING
        if kind is Below.ANYTHING:
            return kind
        if kind is Below.OPTIONS:
            best = kind
    return best


def _in_set(element: Type) -> Below:
    """An attribute set admits any name; whether its members are submodules decides what stands below them."""
    kind = below(element)
    return Below.OPTIONS if kind is Below.OPTIONS else Below.ANYTHING
