"""Putting an expression into a `let … in …`, in nixfmt's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.edits import apply, owned
from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.parentheses import needs_parentheses
from nix_lsp.syntax.ast import span
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import indent_unit
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node


_SHORT = 80
"""So long may a line be that has all of a `let`."""
_BLANK = b" \t\r\n"


def let_in(
    document: Document, node: Node, lines: Sequence[str], body: Span, edits: Sequence[TextEdit] = ()
) -> TextEdit:
    """Put a `let` in the place of an expression.

    Args:
        document: the document.
        node: the expression that it takes the place of.
        lines: its bindings, without indentation; one with several lines has those relative to its first.
        body: the part of `node` that stays, behind `in`.
        edits: edits inside of that part.
    """
    parent = node.parent
    eol, unit, indent = newline(document), indent_unit(document), indentation_at(document, node.start_byte)
    old = indentation_at(document, body.start)
    start, end, before, behind, inner = node.start_byte, node.end_byte, "", "", indent
    opening, closing = ("(", ")") if needs_parentheses("let_expression", node) else ("", "")
    edited, body = _edited(document, body, edits)
    flat = edited.text(body)
    if "\n" not in flat and len(lines) == 1 and "\n" not in lines[0] and "#" not in lines[0] and parent is not None:
        column = node.start_byte - document.line_starts[document.line_of(node.start_byte)]
        new = f"{opening}let {lines[0]} in {flat}{closing}"
        if column + len(new) <= _SHORT and parent.type != "source_code" and not _is_first(document, node):
            return TextEdit(span(node), new)
    if opening or _is_enclosed(document, node):
        if not opening:
            start, end = _grown(document, start, end)
        inner = indent + unit
        before, behind = f"{opening}{eol}{inner}", f"{eol}{indent}{closing}"
    elif not _is_first(document, node):
        start = _grown(document, start, end)[0]
        inner = indent + unit if parent is not None and parent.type == "binding" else indent
        before = f"{eol}{inner}"
    deeper = inner + unit
    written = (deeper + reindent_fragment(line, deeper, inside_set=True).replace("\n", eol) for line in lines)
    head = eol.join(("let", *written, f"{inner}in", inner))
    return TextEdit(Span(start, end), f"{before}{head}{reindent(edited, body, old, inner)}{behind}")


def add_to_let(document: Document, owner: Node, line: str, before: int) -> TextEdit:
    """Put a binding into a `let`, in front of the one that holds a byte offset, or at the end where none does."""
    binding = next(
        (
            child
            for part in owner.named_children
            if part.type == "binding_set"
            for child in part.named_children
            if child.start_byte <= before < child.end_byte
        ),
        None,
    )
    eol = newline(document)
    keyword = next(child for child in owner.children if child.type == "in")
    if document.line_of(owner.start_byte) == document.line_of(keyword.start_byte) and "\n" not in line:
        at = binding.start_byte if binding else keyword.start_byte
        return TextEdit(Span(at, at), f"{line} ")
    if binding is not None and _is_first(document, binding):
        at, indent = owned(document, binding).start, indentation_at(document, binding.start_byte)
        return TextEdit(
            Span(at, at), reindent_fragment(line, indent, inside_set=True).replace("\n", eol) + eol + indent
        )
    indent = indentation_at(document, owner.start_byte)
    inner = indent + indent_unit(document)
    first = next((part for part in owner.named_children if part.type == "binding_set"), None)
    if first is not None and _is_first(document, first):
        inner = indentation_at(document, first.start_byte)
    new = inner + reindent_fragment(line, inner, inside_set=True).replace("\n", eol)
    start = document.line_starts[document.line_of(keyword.start_byte)]
    if not document.source[start : keyword.start_byte].strip():
        return TextEdit(Span(start, start), new + eol)
    return TextEdit(Span(keyword.start_byte, keyword.start_byte), f"{eol}{new}{eol}{indent}")


def _edited(document: Document, part: Span, edits: Sequence[TextEdit]) -> tuple[Document, Span]:
    """Return the document after edits inside of a part of it, and where that part is now."""
    if not edits:
        return document, part
    source = apply(document.source, edits)
    return Document(document.path, source), Span(part.start, part.end + len(source) - len(document.source))


def _is_first(document: Document, node: Node) -> bool:
    start = document.line_starts[document.line_of(node.start_byte)]
    return not document.source[start : node.start_byte].strip()


def _is_enclosed(document: Document, node: Node) -> bool:
    """Tell whether an expression is alone between parentheses on the lines that it stands on."""
    parent = node.parent
    return (
        parent is not None
        and parent.type == "parenthesized_expression"
        and not document.source[parent.start_byte + 1 : node.start_byte].strip()
        and not document.source[node.end_byte : parent.end_byte - 1].strip()
    )


def _grown(document: Document, start: int, end: int) -> tuple[int, int]:
    """Return a span with the white space at its ends."""
    source = document.source
    return len(source[:start].rstrip(_BLANK)), len(source) - len(source[end:].lstrip(_BLANK))
