"""Line and column of the protocol ↔ byte offset of a document, in the encoding that the client and we agreed on.

A position may lie past a line's end or past the last line (LSP 3.17, "Position"): it is taken as the nearest one that exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Position, Range
    from nix_lsp.syntax.document import Document


def offset_at(document: Document, position: Position, encoding: str) -> int:
    """Return the byte offset of a position; inside a character or surrogate pair, that of its start."""
    starts = document.line_starts
    line, column = max(position["line"], 0), max(position["character"], 0)
    if line >= len(starts):
        return len(document.source)
    start = starts[line]
    end = starts[line + 1] if line + 1 < len(starts) else len(document.source)
    content = document.source[start:end].rstrip(b"\r\n")
    if encoding == "utf-8":
        column = min(column, len(content))
        while column < len(content) and column > 0 and content[column] & 0xC0 == 0x80:  # a continuation byte
            column -= 1
        return start + column
    if content.isascii():
        return start + min(column, len(content))
    text = content.decode("utf-8", "replace")
    if encoding == "utf-16":
        text = text.encode("utf-16-le")[: 2 * column].decode("utf-16-le", "ignore")
    else:
        text = text[:column]
    return start + min(len(text.encode("utf-8")), len(content))


def position_at(document: Document, offset: int, encoding: str) -> Position:
    """Return the position of a byte offset."""
    line = document.line_of(offset)
    before = document.source[document.line_starts[line] : offset]
    if encoding == "utf-8" or before.isascii():
        column = len(before)
    elif encoding == "utf-16":
        column = len(before.decode("utf-8", "replace").encode("utf-16-le")) // 2
    else:
        column = len(before.decode("utf-8", "replace"))
    return {"line": line, "character": column}


def span_of(document: Document, place: Range, encoding: str) -> Span:
    """Return the bytes of a range; one whose ends are swapped is read the right way round."""
    one, other = offset_at(document, place["start"], encoding), offset_at(document, place["end"], encoding)
    return Span(min(one, other), max(one, other))


def range_of(document: Document, span: Span, encoding: str) -> Range:
    """Return the range of a span."""
    return {"start": position_at(document, span.start, encoding), "end": position_at(document, span.end, encoding)}
