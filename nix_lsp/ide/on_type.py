"""Formatting while one types: a closing bracket that begins its line goes under the line that opened it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import TextEdit
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

TRIGGERS = ("}", "]", ")", ";")
_OPENS = {"}": "{", "]": "[", ")": "(", "''": "''"}


def format_on_type(document: Document, offset: int) -> tuple[TextEdit, ...]:
    """Return the edit of the white space that the cursor's line begins with, if it begins with a closing bracket.

    `offset` is that of the cursor, behind what was typed.
    """
    start = document.line_starts[document.line_of(offset)]
    typed = document.source[start:offset]
    closing = typed.lstrip(b" \t")
    if not closing or closing.rstrip(b"}]);'"):
        return ()
    indentation = Span(start, start + len(typed) - len(closing))
    opening = _opening(descent(document.root, indentation.end))
    if opening is None:
        return ()
    wanted = _indentation(document, opening.start_byte)
    return (TextEdit(indentation, wanted),) if document.text(indentation) != wanted else ()


def _opening(chain: list[Node]) -> Node | None:
    """Return the bracket that the innermost of some nodes, itself a bracket, closes."""
    if len(chain) < 2 or chain[-1].type not in _OPENS:
        return None
    closing, siblings = chain[-1], chain[-2].children
    behind = False
    for node in reversed(siblings):
        if behind and node.type == _OPENS[closing.type]:
            return node
        behind = behind or node == closing
    return None


def _indentation(document: Document, offset: int) -> str:
    """Return the white space that the line of an offset begins with."""
    start = document.line_starts[document.line_of(offset)]
    line = document.source[start:offset]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()
