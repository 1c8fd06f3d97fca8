"""Moving text to another indentation without changing what it means.

A line inside a `"…"` string is part of its value and never moves. The lines of a `''…''` string move together or not at all: Nix
strips the spaces that all of them share (manual, "String literals"), and does not strip tabs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import TextEdit
    from nix_lsp.syntax.document import Document

_BLANK = b" \t"


def newline(document: Document) -> str:
    """Return the line end that a file uses, going by its first line."""
    if len(document.line_starts) < 2:
        return "\n"
    second = document.line_starts[1]
    if document.source[second - 2 : second] == b"\r\n":
        return "\r\n"
    return document.source[second - 1 : second].decode()


def indentation_at(document: Document, offset: int) -> str:
    """Return the white space that the line of an offset starts with."""
    start = document.line_starts[document.line_of(offset)]
    line = document.source[start:offset]
    return line[: len(line) - len(line.lstrip(_BLANK))].decode()


def reindent(document: Document, part: Span, old: str, new: str, edits: Iterable[TextEdit] = ()) -> str:
    """Return the text of `part` with its lines moved from indentation `old` to `new`, after edits inside it.

    The first line is taken from where `part` starts. Lines that may not move, or that are indented less than `old`, stay as they are.
    """
    from nix_lsp.ide.edits import apply
    from nix_lsp.ide.model import TextEdit

    node = document.root.descendant_for_byte_range(part.start, max(part.start, part.end - 1)) or document.root
    moves = _moves(document, node, part, old.encode(), new)
    inside = [TextEdit(Span(edit.span.start - part.start, edit.span.end - part.start), edit.text) for edit in edits]
    shifted = [TextEdit(Span(edit.start - part.start, edit.end - part.start), text) for edit, text in moves]
    return apply(document.source[part.start : part.end], [*inside, *shifted]).decode("utf-8", "replace")


def reindent_fragment(fragment: str, indent: str, *, inside_set: bool) -> str:
    """Indent every line but the first of a text that is not part of a document: a binding, or an expression."""
    if "\n" not in fragment:
        return fragment
    from nix_lsp.syntax.document import Document

    frame = ("{", "}") if inside_set else ("(", ")")
    document = Document("", f"{frame[0]}{fragment}\n{frame[1]}".encode())
    return reindent(document, Span(1, len(document.source) - 2), "", indent)


def _moves(document: Document, node: Node, part: Span, old: bytes, new: str) -> Iterator[tuple[Span, str]]:
    """Yield the new leading white space of each line of `part` that starts inside it and moves."""
    source = document.source
    fixed = _fixed(document, node, old, new.encode())
    for start in _lines_within(document, part):
        if any(string.start < start <= string.end for string in fixed):
            continue
        end = start
        while end < part.end and source[end] in _BLANK:
            end += 1
        if source.startswith(old, start, end):
            if end > start or source[end] not in b"\r\n":
                yield Span(start, start + len(old)), new
        elif source[end] in b"\r\n":
            yield Span(start, end), ""


def _lines_within(document: Document, part: Span) -> tuple[int, ...]:
    """Return where the lines start that start inside a span, its own first line left out."""
    return document.line_starts[document.line_of(part.start) + 1 : document.line_of(max(part.start, part.end - 1)) + 1]


def _fixed(document: Document, node: Node, old: bytes, new: bytes) -> list[Span]:
    """Return the strings below a node whose lines may not move."""
    found: list[Span] = []
    pending = [node]
    while pending:
        node = pending.pop()
        if node.start_point.row == node.end_point.row:
            continue
        if node.type == "string_expression" or (
            node.type == "indented_string_expression" and not _movable(document, node, old, new)
        ):
            found.append(Span(node.start_byte, node.end_byte))
        elif node.type != "indented_string_expression" or node.named_child_count:
            pending.extend(node.children)
    return found


def _movable(document: Document, string: Node, old: bytes, new: bytes) -> bool:
    """Tell whether all lines of an indented string can go from one indentation to another alike."""
    if b"\t" in old + new:
        return False
    opening = document.source[string.start_byte + 2 : string.end_byte].split(b"\n", 1)[0]
    if opening.strip():
        # What stands behind the opening quotes counts for what all lines share, and stays where it is.
        return False
    for start in _lines_within(document, Span(string.start_byte, string.end_byte)):
        line = document.source[start : string.end_byte].split(b"\n", 1)[0]
        if line.strip() and not line.startswith(old):
            return False
    return not any(
        child.type == "string_expression" and child.start_point.row != child.end_point.row
        for interpolation in string.named_children
        if interpolation.type == "interpolation"
        for child in interpolation.named_children
    )
