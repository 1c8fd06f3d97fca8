"""What a string literal says, and where each byte of it is written.

Escapes, line ends and the indentation of `''…''` are read as Nix reads them (lexer.l; `stripIndentation` in parser-state.hh).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_NO_TEXT = 1_000_000
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Hole(NamedTuple):
    """An interpolation: something that only evaluation knows."""

    span: Span
    """Where its placeholder stands, in bytes of the content."""
    expression: str
    """The source between `${` and `}`."""
    node: Node
    """The `interpolation`."""


class Piece(NamedTuple):
    """Content bytes and the source bytes that they are written as; `is_copy`: byte for byte."""

    content: bytes
    source: Span
    is_copy: bool


class StringContent:
    """The content of a string. Offsets into it count bytes of its UTF-8 form."""

    __slots__ = ("_pieces", "_starts", "holes", "inner", "text")

    def __init__(self, pieces: list[Piece], holes: tuple[Hole, ...], inner: Span) -> None:
        self.holes = holes
        """The interpolations, in order."""
        self.inner = inner
        """The source between the quotes."""
        self.text = b"".join(piece.content for piece in pieces).decode("utf-8", "replace")
        """The content, with a placeholder of word characters for each hole."""
        self._pieces = pieces
        self._starts: list[int] = []
        position = 0
        for piece in pieces:
            self._starts.append(position)
            position += len(piece.content)

    @property
    def static(self) -> str | None:
        """The content if all of it is known."""
        return None if self.holes else self.text

    def to_source(self, offset: int) -> int:
        """Return where the content byte at `offset` is written; inside an escape or a hole, where that starts.

        At the end of the content: where its last byte's source ends.
        """
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return self.inner.start
        piece = self._pieces[index]
        inside = offset - self._starts[index]
        if inside >= len(piece.content):
            return piece.source.end
        return piece.source.start + inside if piece.is_copy else piece.source.start

    def source_span(self, part: Span) -> Span:
        """Return the source of a part of the content. Stripped indentation at either end is not in it, escapes are whole."""
        start = self.to_source(part.start)
        if part.end <= part.start:
            return Span(start, start)
        index = bisect_right(self._starts, part.end - 1) - 1
        piece = self._pieces[index]
        last = part.end - self._starts[index]
        return Span(start, piece.source.start + last if piece.is_copy else piece.source.end)

    def to_content(self, offset: int) -> int | None:
        """Return the content offset of a source byte; None in stripped indentation, and inside escapes and holes."""
        low, high = 0, len(self._pieces)
        while low < high:
            middle = (low + high) // 2
            if self._pieces[middle].source.start <= offset:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            return 0 if offset == self.inner.start and not self._pieces else None
        piece, start = self._pieces[low - 1], self._starts[low - 1]
        inside = offset - piece.source.start
        if inside == piece.source.end - piece.source.start:
            return start + len(piece.content)
        if inside > piece.source.end - piece.source.start or (inside and not piece.is_copy):
            return None
        return start + inside


def read_string(node: Node) -> StringContent | None:
    """Read a `"…"` or `''…''` literal; None for any other node, and where the literal itself is broken."""
    if node.type not in {"string_expression", "indented_string_expression"} or node.child_count < 2:
        return None
    children = node.children
    inner = Span(children[0].end_byte, children[-1].start_byte)
    if children[-1].is_missing or any(child.type == "ERROR" for child in children):
        return None
    holes: list[Hole] = []
    source = _tokens(children[1:-1], holes)
    pieces = list(_normalized(source)) if node.type == "string_expression" else _stripped(list(source))
    return StringContent(pieces, _placed(pieces, holes), inner)


class _Token(NamedTuple):
    piece: Piece
    hole: int | None = None


def _tokens(children: list[Node], holes: list[Hole]) -> Iterator[_Token]:
    """Yield the parts of a literal as they are written, escapes resolved."""
    escape: Node | None = None
    for child in children:
        raw = child.text or b""
        if child.type == "string_fragment":
            start = child.start_byte
            if escape is not None and raw[:1] == b"$":
                yield _Token(Piece(b"$", Span(escape.start_byte, start + 1), is_copy=False))
                raw, start = raw[1:], start + 1
            escape = None
            if raw:
                yield _Token(Piece(raw, Span(start, child.end_byte), is_copy=True))
        elif child.type == "dollar_escape":
            # 0.1.0 leaves the `$` to the next fragment, later grammars have it in the node.
            if raw.endswith(b"$"):
                yield _Token(Piece(b"$", Span(child.start_byte, child.end_byte), is_copy=False))
            else:
                escape = child
        elif child.type == "escape_sequence":
            yield _Token(Piece(_unescaped(raw), Span(child.start_byte, child.end_byte), is_copy=False))
        elif child.type == "interpolation":
            expression = raw[2:-1].decode("utf-8", "replace")
            span = Span(child.start_byte, child.end_byte)
            yield _Token(Piece(b"nix_hole_%d" % len(holes), span, is_copy=False), len(holes))
            holes.append(Hole(span, expression, child))


def _unescaped(raw: bytes) -> bytes:
    if raw == b"'''":
        return b"''"
    escaped = raw.removeprefix(b"''").removeprefix(b"\\")
    return _ESCAPES.get(escaped, escaped)


def _placed(pieces: list[Piece], holes: list[Hole]) -> tuple[Hole, ...]:
    """Say where in the content the holes are."""
    if not holes:
        return ()
    starts: dict[int, Span] = {}
    position = 0
    for piece in pieces:
        starts[piece.source.start] = Span(position, position + len(piece.content))
        position += len(piece.content)
    return tuple(hole._replace(span=starts[hole.span.start]) for hole in holes)


def _normalized(tokens: Iterator[_Token]) -> Iterator[Piece]:
    """In `"…"`, `\\r\\n` and `\\r` are `\\n` (`unescapeStr`)."""
    for (content, source, is_copy), _ in tokens:
        if not is_copy or b"\r" not in content:
            yield Piece(content, source, is_copy)
            continue
        start = 0
        while start < len(content):
            end = content.find(b"\r", start)
            if end < 0:
                end = len(content)
            if end > start:
                yield Piece(content[start:end], Span(source.start + start, source.start + end), is_copy=True)
            if end < len(content):
                after = end + (2 if content[end : end + 2] == b"\r\n" else 1)
                yield Piece(b"\n", Span(source.start + end, source.start + after), is_copy=False)
                end = after
            start = end


def _stripped(tokens: list[_Token]) -> list[Piece]:
    """Take the common indentation off the lines of a `''…''`, the blank first line and the spaces of a blank last one."""
    tokens = _without_first_line(tokens)
    indent = _indentation(tokens)
    pieces: list[Piece] = []
    at_start, dropped = True, 0
    for number, (piece, hole) in enumerate(tokens):
        if hole is not None:
            at_start, dropped = False, 0
            pieces.append(piece)
            continue
        if not piece.is_copy:
            at_start = piece.content.endswith(b"\n")
            dropped = 0
            pieces.append(piece)
            continue
        content, start = piece.content, piece.source.start
        if number == len(tokens) - 1:
            content = _without_last_line(content)
        position = 0
        while position < len(content):
            end = content.find(b"\n", position) + 1 or len(content)
            if at_start:
                line = content[position:end]
                blank = min(len(line) - len(line.lstrip(b" ")), indent - dropped)
                position += blank
                dropped += blank
            if end > position:
                pieces.append(Piece(content[position:end], Span(start + position, start + end), is_copy=True))
            ended = content[end - 1 : end] == b"\n"
            # A fragment may end inside the indentation; what follows it goes on counting.
            at_start = ended or (at_start and not content[position:end].strip(b" "))
            dropped = 0 if ended or not at_start else dropped
            position = end
    return pieces


def _without_first_line(tokens: list[_Token]) -> list[_Token]:
    if not tokens or not tokens[0].piece.is_copy:
        return tokens
    content, source, _ = tokens[0].piece
    blank = len(content) - len(content.lstrip(b" "))
    if content[blank : blank + 1] != b"\n":
        return tokens
    rest = Piece(content[blank + 1 :], Span(source.start + blank + 1, source.end), is_copy=True)
    return [_Token(rest), *tokens[1:]]


def _without_last_line(content: bytes) -> bytes:
    """Drop the spaces before the closing quotes where they are alone on their line."""
    end = content.rfind(b"\n")
    return content[: end + 1] if end >= 0 and not content[end + 1 :].strip(b" ") else content


def _indentation(tokens: list[_Token]) -> int:
    """Return how many spaces all lines with text start with; a string without text loses all of them."""
    least: int | None = None
    at_start, current = True, 0
    for piece, _ in tokens:
        if not piece.is_copy:
            if at_start:
                least = current if least is None else min(least, current)
                at_start = False
            continue
        content, position = piece.content, 0
        while position < len(content):
            end = content.find(b"\n", position)
            line = content[position:] if end < 0 else content[position:end]
            if at_start:
                spaces = len(line) - len(line.lstrip(b" "))
                current += spaces
                if spaces < len(line):
                    least = current if least is None else min(least, current)
                    at_start = False
            if end < 0:
                break
            at_start, current = True, 0
            position = end + 1
    return _NO_TEXT if least is None else least
