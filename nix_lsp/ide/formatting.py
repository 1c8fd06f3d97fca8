"""From what a formatter wrote to edits: the lines that differ, so that cursors, folds and marks elsewhere stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.difference import lines_changed
from nix_lsp.ide.edits import apply
from nix_lsp.syntax.ast import STRINGS
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from nix_lsp.ide.model import TextEdit
    from nix_lsp.syntax.span import Span

_OF_STRINGS = frozenset({"string_fragment", "escape_sequence", "dollar_escape"})


def reformatted(document: Document, formatted: bytes, span: Span | None = None) -> tuple[TextEdit, ...]:
    """Return the edits that make a document what its formatter wrote; with `span`, those in its lines only.

    Line ends stay those of the document. Lines of a range are left alone where they cannot be formatted without others.
    """
    if b"\r\n" in document.source and b"\r" not in formatted:
        formatted = formatted.replace(b"\n", b"\r\n")
    edits = lines_changed(document.source, formatted)
    if span is None or not edits:
        return edits
    chosen = tuple(edit for edit in edits if edit.span.start <= span.end and span.start <= edit.span.end)
    if len(chosen) == len(edits):
        return edits
    return chosen if _is_same_but_blank(document.source, chosen) else ()


def _is_same_but_blank(source: bytes, edits: tuple[TextEdit, ...]) -> bool:
    """Tell whether edits leave sound Nix with the same tokens: a formatter that moves a bracket needs all of its edits."""
    after = Document("", apply(source, edits))
    return after.is_sound and _tokens(Document("", source)) == _tokens(after)


def _tokens(document: Document) -> list[bytes]:
    """Return the leaves of the tree; of a string its value."""
    found: list[bytes] = []
    cursor = document.tree.walk()
    while True:
        node = cursor.node
        content = read_string(node) if node and node.type in STRINGS else None
        if content is not None:
            found.append(content.text.encode())
        if cursor.goto_first_child():
            continue
        if node and node.text and node.type not in _OF_STRINGS:
            found.append(node.text)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
