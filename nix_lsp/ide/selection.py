"""Selection ranges: what a growing selection takes in, from the word at the cursor to the whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import ATTRSETS, STRINGS, descent, span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_STEPS = 200
"""Innermost steps that are told; nobody grows a selection more often, and clients walk them recursively."""
_BRACKETED = ATTRSETS | STRINGS | {"formals", "list_expression", "parenthesized_expression", "interpolation"}
"""Nodes whose inside is a step of its own."""
_OPENERS = frozenset({"{", "[", "(", '"', "''", "${"})
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'-")


def selection_ranges(document: Document, offset: int) -> list[Span]:
    """Return the spans round a byte offset, each larger than the one before it; the last is the whole text."""
    source = document.source
    at = offset = min(offset, len(source))
    if at > 0 and (at >= len(source) or source[at] not in _WORD) and source[at - 1] in _WORD:
        at -= 1  # the cursor stands behind a word
    found: list[Span] = []
    chain = descent(document.root, at)
    inner: Node | None = None
    for node in reversed(chain):
        for step in _steps(document, node, inner):
            if step.contains(offset) and (
                not found or (step != found[-1] and step.start <= found[-1].start and step.end >= found[-1].end)
            ):
                found.append(step)
        inner = node
        if len(found) >= _STEPS:
            break
    whole = Span(0, len(source))
    if not found or found[-1] != whole:
        found.append(whole)
    return found


def _steps(document: Document, node: Node, inner: Node | None) -> Iterator[Span]:
    """Yield what a node adds to the selection of a part of it, smaller first."""
    kind = node.type
    if kind == "comment":
        yield from _comment(document, span(node))
    elif kind in _BRACKETED:
        yield from _inside(node)
    elif kind in {"attrpath", "select_expression"} and inner is not None:
        # `a.b` of `a.b.c`: what stands before a name belongs to it, what comes behind is the next step.
        yield Span(node.start_byte, inner.end_byte)
    elif kind == "let_expression":
        words = [child for child in node.children if child.type in {"let", "in"}]
        yield Span(words[0].start_byte, words[-1].end_byte)
    yield span(node)
    if kind in {"binding", "inherit", "inherit_from"}:
        yield _with_comments(document, node)


def _inside(node: Node) -> Iterator[Span]:
    """Yield what stands between a node's brackets: without the white space at both ends, and whole."""
    opener = next((child for child in node.children[:2] if child.type in _OPENERS), None)
    closer = node.children[-1]
    if opener is None or closer.start_byte < opener.end_byte:
        return
    text = (node.text or b"")[opener.end_byte - node.start_byte : closer.start_byte - node.start_byte]
    if text.strip():
        start = opener.end_byte + len(text) - len(text.lstrip())
        yield Span(start, closer.start_byte - (len(text) - len(text.rstrip())))
    if node.type in STRINGS:
        yield Span(opener.end_byte, closer.start_byte)


def _comment(document: Document, comment: Span) -> Iterator[Span]:
    """Yield the words of a comment, the comment, and the comments in the lines round it."""
    text = document.source[comment.start : comment.end]
    mark = len(text) - len(text.lstrip(b"#*/ \t"))
    end = len(text.rstrip(b"*/ \t\r\n")) if text.startswith(b"/*") else len(text.rstrip())
    if mark < end:
        yield Span(comment.start + mark, comment.start + end)
    yield comment
    first = last = document.line_of(comment.start)
    while _is_comment(document, first - 1):
        first -= 1
    while _is_comment(document, last + 1):
        last += 1
    if first < last and _is_comment(document, document.line_of(comment.start)):
        start, line = document.line_starts[first], _line(document, last)
        indent = len(_line(document, first)) - len(_line(document, first).lstrip())
        yield Span(start + indent, document.line_starts[last] + len(line.rstrip()))


def _with_comments(document: Document, binding: Node) -> Span:
    """Return a binding with the comment lines right above it."""
    first = line = document.line_of(binding.start_byte)
    while _is_comment(document, first - 1):
        first -= 1
    if first == line:
        return span(binding)
    above = _line(document, first)
    return Span(document.line_starts[first] + len(above) - len(above.lstrip()), binding.end_byte)


def _line(document: Document, line: int) -> bytes:
    starts = document.line_starts
    if not 0 <= line < len(starts):
        return b""
    end = starts[line + 1] if line + 1 < len(starts) else len(document.source)
    return document.source[starts[line] : end]


def _is_comment(document: Document, line: int) -> bool:
    return _line(document, line).lstrip().startswith(b"#")
