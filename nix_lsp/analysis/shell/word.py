"""Shell words: what quoting makes of them, and which parts only the shell knows (POSIX shell grammar, XCU 2.2 and 2.6)."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence


class Hole(NamedTuple):
    """A Nix antiquotation that stands in the script: `span` is where its placeholder is, in bytes of the script."""

    span: Span
    expression: str
    """The Nix source between `${` and `}`."""


class Text(NamedTuple):
    """Characters that are what they look like, quotes and escapes taken off."""

    text: str


class Antiquotation(NamedTuple):
    """A value that Nix puts in."""

    expression: str


class Expansion(NamedTuple):
    """What only the running shell knows: `$x`, `$(…)`, a glob, a brace list, a leading `~`."""

    text: str


Piece = Text | Antiquotation | Expansion


class Word(NamedTuple):
    """One word of a command. `span` is in bytes of the script."""

    span: Span
    pieces: tuple[Piece, ...]

    @property
    def value(self) -> str | None:
        """The word's characters if all of them stand in the script, else None."""
        if all(isinstance(piece, Text) for piece in self.pieces):
            return "".join(piece.text for piece in self.pieces if isinstance(piece, Text))
        return None

    @property
    def is_fixed(self) -> bool:
        """Whether Nix knows the word: characters and antiquotations only."""
        return not any(isinstance(piece, Expansion) for piece in self.pieces)

    @property
    def leading(self) -> str:
        """The characters before the first part that is not text."""
        return self.pieces[0].text if self.pieces and isinstance(self.pieces[0], Text) else ""

    def without_prefix(self, length: int) -> Word:
        """Return the word without its first characters, which must be text."""
        rest = self.leading[length:]
        return Word(self.span, ((Text(rest),) if rest else ()) + self.pieces[1:])

    def split(self, separator: str) -> tuple[Word, Word] | None:
        """Split at the first `separator` that is text; None if there is none."""
        for index, piece in enumerate(self.pieces):
            if isinstance(piece, Text) and separator in piece.text:
                head, tail = piece.text.split(separator, 1)
                before = (*self.pieces[:index], *((Text(head),) if head else ()))
                after = (*((Text(tail),) if tail else ()), *self.pieces[index + 1 :])
                return Word(self.span, before), Word(self.span, after)
        return None


_ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
_EXPANSION = re.compile(rb"\$[A-Za-z0-9_{(@*#?$!-]|`")
_DOUBLE_ESCAPED = b'$`"\\\n'
_SPECIAL = b"*?[]{}"
_ESCAPED = re.compile(r"\s*(?:lib\.(?:strings\.)?)?escapeShellArg\s+((?!\()\S+|\(([^()]*)\))\s*")
_SEVERAL = re.compile(
    r"\b(?:escapeShellArgs?|concat(?:Map|IMap)?Strings(?:Sep)?|concatLines|toShellVars?|unwords|toString\s+\[)"
)
"""Functions that make several words, or text that only the shell takes apart (nixpkgs, lib/strings.nix)."""
_SHORT = 200
"""Bytes of a word that is kept for the next version of its script."""
_PLAIN = re.compile(rb"[^\\'\"$`*?\[\]{}\x00-\x20]+")

_RUNS = {
    b"": _PLAIN,
    b'"': re.compile(rb"[^\\\"$`]+"),
    b"'": re.compile(rb"[^']+"),
    b"$'": re.compile(rb"[^\\']+"),
}
"""Bytes that are what they look like, by the quoting that holds."""


def read_word(content: bytes, span: Span, holes: Sequence[Hole]) -> Word:
    """Read the bytes of one word. `holes` are those of the whole script, in order."""
    inside = _holes_in(span, holes) if holes else []
    if not inside and span.end - span.start <= _SHORT:
        return Word(span, _known_pieces(content[span.start : span.end]))
    return Word(span, _joined(_Reader(content, span, inside).read()))


def _holes_in(span: Span, holes: Sequence[Hole]) -> list[Hole]:
    first = bisect_left(holes, span.start, key=lambda hole: hole.span.start)
    return list(takewhile(lambda hole: hole.span.end <= span.end, islice(holes, first, None)))


@lru_cache(maxsize=8192)
def _known_pieces(data: bytes) -> tuple[Piece, ...]:
    """Read a word without antiquotations: an edit leaves nearly all words of a script as they were."""
    if _PLAIN.fullmatch(data) and not data.startswith(b"~"):
        return (Text(_decoded(data)),)
    return _joined(_Reader(data, Span(0, len(data)), []).read())


class _Reader:
    """One pass over a word's bytes; `quote` is the quoting that holds at `at`."""

    def __init__(self, content: bytes, span: Span, holes: list[Hole]) -> None:
        self.content = content
        self.at, self.end = span
        self.holes = {hole.span.start: hole for hole in holes}
        self.pieces: list[Piece] = []
        self.quote = b""

    def read(self) -> list[Piece]:
        if self.content[self.at : self.at + 1] == b"~":
            self.pieces.append(Expansion("~"))
            self.at += 1
        while self.at < self.end:
            if hole := self.holes.get(self.at):
                # Text that Nix puts between single or double quotes, or unquoted: either way it is the value.
                self.pieces.append(Antiquotation(hole.expression) if self.quote else _unquoted(hole.expression))
                self.at = hole.span.end
            elif run := _RUNS[self.quote].match(self.content, self.at, self._next_hole()):
                self.pieces.append(Text(_decoded(run[0])))
                self.at = run.end()
            elif self.quote == b"'":
                self._single()
            elif self.quote == b"$'":
                self._ansi()
            else:
                self._open()
        return self.pieces

    def _next_hole(self) -> int:
        """Return where the next antiquotation starts, or the end of the word."""
        return min((start for start in self.holes if start > self.at), default=self.end) if self.holes else self.end

    def _single(self) -> None:
        byte = self._take(1)
        if byte == b"'":
            self.quote = b""
        else:
            self._text(byte)

    def _ansi(self) -> None:
        byte = self._take(1)
        if byte == b"'":
            self.quote = b""
        elif byte == b"\\":
            escaped = _decoded(self._take(1))
            if escaped in _ANSI_ESCAPES:
                self.pieces.append(Text(_ANSI_ESCAPES[escaped]))
            elif escaped and escaped in "\\'\"?":
                self.pieces.append(Text(escaped))
            else:
                self.pieces.append(Expansion("\\" + escaped))
        else:
            self._text(byte)

    def _open(self) -> None:
        """Outside quotes, or between double quotes."""
        double = self.quote == b'"'
        if _EXPANSION.match(self.content, self.at, self.end):
            self._expansion()
            return
        byte = self._take(1)
        if byte == b'"':
            self.quote = b"" if double else b'"'
            if double and not self.pieces:
                self.pieces.append(Text(""))
        elif byte == b"\\":
            escaped = self._take(1)
            if escaped == b"\n":
                return
            self._text(escaped if not double or escaped in _DOUBLE_ESCAPED else b"\\" + escaped)
        elif double:
            self._text(byte)
        elif byte == b"'":
            self.quote = b"'"
            self.pieces.append(Text(""))
        elif byte == b"$" and self.content[self.at : self.at + 1] == b"'" and self.at < self.end:
            self.at += 1
            self.quote = b"$'"
            self.pieces.append(Text(""))
        elif byte in _SPECIAL:
            self.pieces.append(Expansion(_decoded(byte)))
        else:
            self._text(byte)

    def _expansion(self) -> None:
        """Take an expansion to its likely end; what follows it makes the word no more static than it is already."""
        match = re.compile(rb"\$\w+|\$\{\w+\}|\$.|`").match(self.content, self.at, self.end)
        end = match.end() if match else self.at + 1
        self.pieces.append(Expansion(_decoded(self.content[self.at : end])))
        self.at = end

    def _text(self, data: bytes) -> None:
        """Add bytes as text, the rest of a multi-byte character with them."""
        while self.at < self.end and self.content[self.at] & 0xC0 == 0x80:
            data += self._take(1)
        self.pieces.append(Text(_decoded(data)))

    def _take(self, count: int) -> bytes:
        taken = self.content[self.at : min(self.at + count, self.end)]
        self.at += count
        return taken


def _unquoted(expression: str) -> Piece:
    """Return what an antiquotation outside quotes is: what `escapeShellArg` quotes is the word; of several words only the shell tells which."""
    if argument := _ESCAPED.fullmatch(expression):
        return Antiquotation(argument[2] if argument[2] is not None else argument[1])
    return Expansion(f"${{{expression}}}") if _SEVERAL.search(expression) else Antiquotation(expression)


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Join neighbouring texts; an empty text stays only where it is the whole word."""
    result: list[Piece] = []
    text: list[str] = []
    for piece in (*pieces, None):
        if isinstance(piece, Text):
            text.append(piece.text)
            continue
        if joined := "".join(text):
            result.append(Text(joined))
        text = []
        if piece is not None:
            result.append(piece)
    return tuple(result) or ((Text(""),) if pieces else ())


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
