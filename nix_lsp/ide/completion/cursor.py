"""What is being written at the cursor, in code that is half typed.

The text is parsed again with something plausible put in at the cursor, in a few variants; the tree with the fewest errors is taken to
be what the author is about to write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import STRINGS, attr, descent, span, text
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_WORD_BEFORE = re.compile(rb"[A-Za-z0-9_'-]*\Z")
_WORD_BEHIND = re.compile(rb"\A[A-Za-z0-9_'-]*")
_NAME = b"x"
"""Stands for what is not typed yet."""
_ENOUGH = 200
"""A tree with more errors than this is as good as any other."""


class Attribute(NamedTuple):
    """A segment of the attribute path of a binding."""

    before: tuple[str | None, ...]
    """The segments of this binding before it."""
    defining: bool
    """The binding has no value yet, or only one that was put in for the parser."""


class Selection(NamedTuple):
    """A segment behind a dot in an expression: `pkgs.python3Packages.█`."""

    base: Node
    before: tuple[str | None, ...]


class Variable(NamedTuple):
    """A name by itself."""

    node: Node


class Quoted(NamedTuple):
    """Inside the quotes of a string that has no interpolation."""

    node: Node


class Formal(NamedTuple):
    """A name among a function's formals."""

    taken: frozenset[str]


class Inherited(NamedTuple):
    """A name in `inherit (source) …;`; `source` is None for a plain `inherit`."""

    source: Node | None
    taken: frozenset[str]


Situation = Attribute | Selection | Variable | Quoted | Formal | Inherited


class Cursor(NamedTuple):
    """The situation, in the document as it was completed for the parser."""

    document: Document
    """A document whose tree holds the situation's nodes; byte offsets up to the cursor are those of the real one."""
    offset: int
    typed: str
    """What stands between the start of the word and the cursor."""
    replace: Span
    """The whole word, in the real document."""
    situation: Situation


def cursor_at(document: Document, offset: int) -> Cursor | None:
    """Say what is being written at a byte offset; None in comments, numbers, and other places with nothing to propose."""
    source = document.source
    offset = max(0, min(offset, len(source)))
    start = offset - len(_match(_WORD_BEFORE, source[max(0, offset - 256) : offset]))
    end = offset + len(_match(_WORD_BEHIND, source[offset : offset + 256]))
    if _in_comment(document, offset) or source[start:end][:1].isdigit():
        return None
    typed = source[start:offset].decode("ascii")
    fewest, best = _ENOUGH + 1, None
    for change in _variants(source, start, offset, end):
        candidate = document.edited([change], None) if change.text else document
        errors = _errors(candidate.root)
        situation = _situation(candidate, start, put_in=len(change.text) > len(_NAME)) if errors < fewest else None
        if situation is not None:
            fewest, best = errors, Cursor(candidate, offset, typed, Span(start, end), situation)
        if best is not None and fewest == 0:
            return best
    if best is None or _is_broken(best, start):
        # What stands behind the cursor does not help: take the text up to it, and close what it leaves open.
        for tail in (b" = x;", b";", b""):
            candidate = _closed(document, end, (b"" if end > start else _NAME) + tail)
            situation = _situation(candidate, start, put_in=True)
            if situation is not None and (errors := _errors(candidate.root)) < fewest:
                fewest, best = errors, Cursor(candidate, offset, typed, Span(start, end), situation)
    return best


def _match(pattern: re.Pattern[bytes], bytes_: bytes) -> bytes:
    found = pattern.search(bytes_)
    return found[0] if found else b""


def _is_broken(cursor: Cursor, start: int) -> bool:
    """Tell whether the parser could make no sense of what surrounds the cursor."""
    return any(node.is_error for node in descent(cursor.document.root, start))


_CLOSING = {"{": b"}", "${": b"}", "[": b"]", "(": b")", "let": b" in x", '"': b'"', "''": b"''"}
_CLOSED_BY = {"}": {"{", "${"}, "]": {"["}, ")": {"("}, "in": {"let"}}


def _closed(document: Document, end: int, tail: bytes) -> Document:
    """Return the text before `end`, with a tail and all that it needs to be whole."""
    stack: list[str] = []
    for token in _tokens(document.root, end):
        if token in {'"', "''"}:
            if stack and stack[-1] == token:
                stack.pop()
            else:
                stack.append(token)
        elif token in _CLOSED_BY:
            if stack and stack[-1] in _CLOSED_BY[token]:
                stack.pop()
        elif token in _CLOSING:
            stack.append(token)
    closing = b""
    for depth, token in reversed(list(enumerate(stack))):
        # An inner set or list is the value of a binding, most often.
        closing += _CLOSING[token] + (b";" if depth and token in {"{", "["} else b"")
    return Document(document.path, document.source[:end] + tail + closing)


def _tokens(root: Node, end: int) -> Iterator[str]:
    """Yield the kinds of the brackets and quotes before a byte offset."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.start_byte < end:
            if not node.child_count and not node.is_missing and node.end_byte <= end:
                yield node.type
            if cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _in_comment(document: Document, offset: int) -> bool:
    chain = descent(document.root, max(offset - 1, 0))
    if not chain or chain[-1].type != "comment":
        return False
    comment = chain[-1]
    # At the end of a line comment one still writes the comment; behind `*/` one does not.
    return offset < comment.end_byte or text(comment).startswith("#")


def _variants(source: bytes, start: int, offset: int, end: int) -> list[Change]:
    """Return what may be meant, likeliest first: the text as it is, a binding without its value, a value without its semicolon."""
    name = b"" if end > start else _NAME
    at = Span(end, end)
    quotes = source[source.rfind(b"\n", 0, offset) + 1 : offset].count(b'"') % 2
    tails = (b'";', b'"', b'";}') if quotes else (b"", b" = x;", b";", b" }", b"; }", b" = x; }", b" ]; }", b" ];")
    changes = [Change(at, name + tail) for tail in tails]
    if quotes:
        changes.insert(0, Change(at, b""))
    elif source[:start].rstrip().endswith(b"."):
        # `services.` with code on the next line: what follows is not part of it.
        changes[1:1] = [Change(at, name + b" = x;"), Change(at, name + b";")]
    return changes


def _errors(root: Node) -> int:
    """Count the errors of a tree, up to `_ENOUGH`; only broken subtrees are looked at."""
    if not root.has_error:
        return 0
    count, pending = 0, [root]
    while pending and count < _ENOUGH:
        node = pending.pop()
        if node.is_error or node.is_missing:
            count += 1 + (node.end_byte - node.start_byte > 80)  # an error that swallows lines is a worse one
        pending += (child for child in node.children if child.has_error or child.is_missing)
    return count


def _situation(document: Document, start: int, *, put_in: bool) -> Situation | None:
    chain = descent(document.root, start)
    if not chain:
        return None
    node = chain[-1]
    if node.type in {"string_fragment", *STRINGS} or (node.type == '"' and len(chain) > 1):
        return _quoted(chain)
    if node.type != "identifier":
        return None
    parent = node.parent
    if parent is None:
        return None
    match parent.type:
        case "attrpath":
            return _in_path(parent, node, put_in=put_in)
        case "variable_expression":
            return Variable(parent)
        case "formal" if parent.child_by_field_name("name") == node:
            return Formal(_names(parent.parent, node))
        case "inherited_attrs":
            owner = parent.parent
            source = owner.child_by_field_name("expression") if owner else None
            return Inherited(source, _names(parent, node))
        case "function_expression":
            return Formal(frozenset())
        case _:
            return None


def _quoted(chain: list[Node]) -> Situation | None:
    string = next((node for node in reversed(chain) if node.type in STRINGS), None)
    if string is None or string.type != "string_expression":
        return None
    if any(child.type == "interpolation" for child in string.named_children):
        return None
    parent = string.parent
    if parent is not None and parent.type == "attrpath":
        return None
    return Quoted(string)


def _in_path(path: Node, node: Node, *, put_in: bool) -> Situation | None:
    segments = path.children_by_field_name("attr")
    before = tuple(attr(segment).name for segment in segments if segment.end_byte <= node.start_byte)
    owner = path.parent
    if owner is None:
        return None
    if owner.type == "binding":
        last = not segments or segments[-1] == node
        return Attribute(before, defining=put_in and last)
    base = owner.child_by_field_name("expression")
    if owner.type in {"select_expression", "has_attr_expression"} and base is not None:
        return Selection(base, before)
    return None


def _names(owner: Node | None, besides: Node) -> frozenset[str]:
    if owner is None:
        return frozenset()
    found: set[str] = set()
    for child in owner.named_children:
        name = child.child_by_field_name("name") if child.type == "formal" else child
        if name is not None and span(name) != span(besides):
            found.add(text(name))
    return frozenset(found)
