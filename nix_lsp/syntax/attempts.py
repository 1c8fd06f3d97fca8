"""What may be meant by half-typed code: texts to put in at the cursor so that it parses, likely ones first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.layout import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_PLACEHOLDER = b"nix_lsp_cursor"
_WORD = re.compile(rb"(?<![A-Za-z0-9_'-])[A-Za-z_][A-Za-z0-9_'-]*\Z")
_REST = re.compile(rb"[A-Za-z0-9_'-]*")
AHEAD = 256
"""Bytes looked at before the cursor for the name in progress."""

_CONTINUATIONS = (
    b"",
    b" = x;",
    b";",
    b" = x; };",
    b"; };",
    b" = x; }",
    b"; }",
    b" = x; in x",
    b"; in x",
    b"; x",
    b" then x else x",
    b" then x else x;",
    b" else x",
    b" else x;",
    b" x",
    b": x",
    b",",
    b"}: x",
    b"}",
    b")",
    b");",
    b"]",
    b"];",
)
"""What may be missing after the name under the cursor, likely ones first."""
_LIKELY = 3
_BEGUN = (
    (re.compile(rb"\b(?:with|assert)\b[^;]*\Z"), b"; x"),
    (re.compile(rb"\bif\b(?!.*\bthen\b).*\Z"), b" then x else x"),
    (re.compile(rb"\bthen\b(?!.*\belse\b).*\Z"), b" else x"),
)
"""What a line has begun, and what is missing then before anything else."""
_BRACKET = re.compile(rb"[(){}\[\]]")
_CLOSED_BY = {b"(": b")", b"[": b"]", b"{": b"}"}
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_IN_STRING = (b"", b";", b" = x;")
_UNTERMINATED = (b'";', b'"', b"'';", b"''", b'" = x;', b'" ];')
"""What may be missing in a string that is not closed."""


class Attempt(NamedTuple):
    """What may be meant: a text to put into the document."""

    at: int
    """Where; nothing from there on was typed, so that nothing of it is replaced."""
    text: bytes
    place: int
    """A byte of the name under the cursor."""
    put: bytes
    """What of the text stands behind the name."""

    def into(self, document: Document) -> Document:
        """Return the document with the text in it."""
        if not self.text:
            return document
        return document.tried(self.at, self.text)

    def moved(self, by: int) -> Attempt:
        """Return the same attempt, so many bytes further on."""
        return self._replace(at=self.at + by, place=self.place + by)


def attempts(document: Document, offset: int, *, in_string: bool = True) -> Iterator[Attempt]:
    """Yield what may be meant, likely ones first. `in_string`: the place may be inside a string, which the tree has to tell."""
    source = document.source
    string = string_round(document, offset) if in_string else None
    if string is not None:
        if string.type == "string_expression" and b"\n" in source[offset : string.end_byte]:
            # Hardly anybody writes such a string over several lines: it ends here, and what seems to end it begins another.
            for put in _UNTERMINATED:
                yield Attempt(offset, put, max(offset - 1, 0), put)
        for put in _IN_STRING:
            yield Attempt(string.end_byte, put, offset, put)
        return
    start, end = _name_round(source, offset)
    name = b"" if end > start else _PLACEHOLDER
    if source[start:end].decode("ascii", "replace") in KEYWORDS:
        name = b"_"  # more may be to come: `in` of `initrd`
    line = source[line_start(source, offset) : offset]
    if is_quote_open(line) and b"${" not in line:
        for put in _UNTERMINATED:
            yield Attempt(end, put, max(offset - 1, 0), put)
    for put in dict.fromkeys((*_missing(line), *_CONTINUATIONS[:_LIKELY], *_closing(line), *_CONTINUATIONS)):
        yield Attempt(end, name + put, start, put)
    if b"${" in line:
        for put in _UNTERMINATED:
            yield Attempt(end, name + b"}" + put, start, b"")


def _name_round(source: bytes, offset: int) -> tuple[int, int]:
    """Return where the identifier begins and ends that the cursor is in or at the edge of; twice the offset if there is none."""
    before = source[max(0, offset - AHEAD) : offset]
    word = _WORD.search(before)
    if word is None and (source[offset : offset + 1].isdigit() or source[offset : offset + 1] in {b"'", b"-"}):
        return offset, offset
    rest = _REST.match(source, offset)
    return offset - (len(word[0]) if word else 0), rest.end() if rest else offset


def line_start(source: bytes, offset: int) -> int:
    return max(source.rfind(b"\n", 0, offset), source.rfind(b"\r", 0, offset)) + 1


def _missing(line: bytes) -> Iterator[bytes]:
    """Yield what ends the expression that a line has begun last."""
    for begun, put in _BEGUN:
        if begun.search(line):
            yield put + next(_closing(line), b";")
            return


def _closing(line: bytes) -> Iterator[bytes]:
    """Yield what closes the brackets that a line opens before the cursor."""
    brackets = bytearray()
    for bracket in _BRACKET.findall(_QUOTED.sub(b"", line)):
        if bracket in _CLOSED_BY:
            brackets += _CLOSED_BY[bracket]
        elif brackets.endswith(bracket):
            brackets.pop()
    if brackets:
        brackets.reverse()
        for put in (b"", b" = x;", b";"):
            yield put + bytes(brackets) + b";"


def is_quote_open(line: bytes) -> bool:
    """Tell whether a line ends inside a string that it opens, as far as its quotes say."""
    plain = line.replace(b"\\\\", b"").replace(b'\\"', b"").replace(b"'''", b"")
    return plain.count(b'"') % 2 == 1 or plain.count(b"''") % 2 == 1


def string_round(document: Document, offset: int) -> Node | None:
    """Return the string literal whose text holds the offset: between its quotes, outside interpolations."""
    for node in reversed(descent(document.root, max(offset - 1, 0))):
        if node.type == "interpolation" and node.start_byte + 2 <= offset < node.end_byte:
            return None
        if node.type in {"string_expression", "indented_string_expression"}:
            first, last = node.children[0], node.children[-1]
            if first.end_byte <= offset <= last.start_byte and not last.is_missing:
                return node
    return None
