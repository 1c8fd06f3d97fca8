"""A list of arguments (`[ "hidutil" "property" "--set" x ]`), read as the line of shell that would run the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import Piece, StringContent, read_string

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.strings import Hole

_PLAIN = re.compile(rb"[\w@%+=:,./-]+")


def read_arguments(arguments: Node) -> StringContent | None:
    """Return the line, quoted where a shell would read a word otherwise; None where an element is not a string that is written out.

    Each argument counts as written as a whole: a part of the line that goes takes whole elements of the list with it.
    """
    if arguments.type != "list_expression":
        return None
    pieces: list[Piece] = []
    holes: list[Hole] = []
    position, last = 0, arguments.start_byte + 1
    for element in arguments.children_by_field_name("element"):
        content = read_string(element)
        word = content.text.encode() if content else b""
        if content is None or b"'" in word:
            return None
        if pieces:
            pieces.append(Piece(b" ", Span(last, element.start_byte), is_copy=False))
            position += 1
        quote = b"" if _PLAIN.fullmatch(word) else b"'"
        for hole in content.holes:
            # Every argument numbers its own; the names are nobody's concern, their places are.
            start = position + len(quote) + hole.span.start
            holes.append(hole._replace(span=Span(start, start + hole.span.end - hole.span.start)))
        pieces.append(Piece(quote + word + quote, Span(element.start_byte, element.end_byte), is_copy=False))
        position += len(word) + 2 * len(quote)
        last = element.end_byte
    return StringContent(pieces, tuple(holes), Span(arguments.start_byte + 1, arguments.end_byte - 1))
