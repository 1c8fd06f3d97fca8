"""Applying edits in tests: every result must parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.edits import apply, combine
from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from nix_lsp.ide.model import TextEdit


def read(text: str) -> tuple[Document, Node]:
    """Parse a text; answer with it and its outermost attribute set."""
    document = Document("/t.nix", text.encode())
    node = document.root.named_children[-1]
    while body := node.child_by_field_name("body"):
        node = body
    return document, node


def applied(document: Document, *edits: TextEdit | None) -> str:
    """Apply edits and check that the result is Nix where the document was."""
    changes = combine(edit for edit in edits if edit)
    assert changes is not None
    after = apply(document.source, changes)
    assert parses(after) or not parses(document.source), after.decode()
    return after.decode()


def parses(source: bytes) -> bool:
    return not Document("/t.nix", source).root.has_error


def binding(document: Document, name: str) -> Node:
    """Find the binding whose attribute path reads `name`."""
    pending: Iterable[Node] = [document.root]
    while pending := [child for node in pending for child in node.children]:
        for node in pending:
            path = node.child_by_field_name("attrpath") if node.type == "binding" else None
            if path and document.text(path) == name:
                return node
    raise AssertionError(name)
