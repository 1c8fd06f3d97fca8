"""Which bindings of a broken text are broken: a fault in one of a thousand bindings is no reason to doubt the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import ATTRSETS, descent
from nix_lsp.syntax.document import Change
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

WORD = re.compile(rb"[A-Za-z_][\w'-]*")
"""What has the form of a name."""
_LEVELS = 8
"""So many sets round a fault are looked at: the siblings of a node cost as much as the node is deep."""


class _Part(NamedTuple):
    """A part of a set, or of a broken stretch of code with bindings in it."""

    owner: Node
    node: Node


def broken_bindings(root: Node, found: Sequence[Node]) -> Span | None:
    """Return the stretch of bindings that all faults `found` in a tree lie in; None if the tree does not show it.

    At its end stands a sound binding, at its start another one or the opening of the set: there the tree can be believed.
    """
    return _stretch(root, _place(found[0]), _place(found[-1]))


def bindings_round(document: Document, offset: int) -> Span | None:
    """Return such a stretch round a byte offset, whatever is broken elsewhere."""
    place = len(document.source[:offset].rstrip()) - 1
    found = _stretch(document.root, place, place) if place > 0 else None
    return found if found and found.start <= place and offset <= found.end else None


def changed_bindings(document: Document, offset: int) -> Span | None:
    """Return the stretch of whole bindings of one set that holds a byte offset and all that was changed since the text was sound.

    None if it has never been sound, or no set holds all of that.
    """
    if document.sound is None:
        return None
    sound = document.sound.then(Change(Span(offset, offset), b""))
    first, last = sound.changed or Span(0, 0)
    best: Span | None = None
    for node in descent(sound.tree.root_node, max(first - 1, 0)):
        if node.type in ATTRSETS and (inner := _between_brackets(node)) and inner.start <= first and last <= inner.end:
            best = _bindings_between(node, inner, first, last)
    return Span(best.start, best.end + sound.new_end - last) if best else None


def _between_brackets(owner: Node) -> Span | None:
    opening = next((child for child in owner.children[:3] if child.type == "{"), None)
    return Span(opening.end_byte, owner.end_byte - 1) if opening else None


def _bindings_between(owner: Node, inner: Span, first: int, last: int) -> Span:
    """Return where the bindings of a sound set that two bytes lie in, or between, begin and end."""
    start, end = inner
    for child in owner.named_children:
        if child.type != "binding_set":
            continue
        cursor = child.walk()
        if cursor.goto_first_child_for_byte(max(first - 1, 0)) is not None and (node := cursor.node):
            if node.start_byte < first:
                start = max(start, node.start_byte)
            elif cursor.goto_previous_sibling() and (node := cursor.node):
                start = max(start, node.end_byte)
        cursor.reset(child)
        if cursor.goto_first_child_for_byte(last) is not None and (node := cursor.node):
            end = min(end, max(last, node.end_byte if node.start_byte <= last else node.start_byte))
    return Span(start, end)


def _place(fault: Node) -> int:
    """Return a byte of a fault. A missing token has none of its own: the one before it tells."""
    return fault.start_byte if fault.end_byte > fault.start_byte else max(fault.start_byte - 1, 0)


def _stretch(root: Node, first: int, last: int) -> Span | None:
    """Return the innermost bindings that hold two bytes, between sound ones."""
    lasts = dict(_parts(root, last))
    for owner, part in _parts(root, first):
        if (other := lasts.get(owner)) is not None:
            start, end = _sound_before(part), _sound_after(other)
            if start is not None and end is not None:
                return Span(start, end)
    return None


def _parts(root: Node, offset: int) -> list[_Part]:
    """Return the parts of sets that hold a byte, innermost first."""
    chain = descent(root, offset)
    found: list[_Part] = []
    for index in range(len(chain) - 1, 0, -1):
        owner, node = chain[index - 1], chain[index]
        if owner.type == "binding_set" and index > 1:
            found.append(_Part(chain[index - 2], node))
        elif (node.is_error and owner.type in ATTRSETS) or (owner.is_error and node.prev_named_sibling is not None):
            found.append(_Part(owner, node))
        if len(found) == _LEVELS:
            break
    return found


def _sound_before(node: Node) -> int | None:
    """Return where the sound binding before a part of a set begins, or else its bindings; None if what is before it is broken."""
    before = node.prev_named_sibling
    while before is not None and before.type != "binding":
        before = before.prev_named_sibling
    if before is not None:
        return None if before.has_error else before.start_byte
    owner = node.parent
    if owner is None or owner.type != "binding_set":
        return node.start_byte if owner and owner.type in ATTRSETS else None
    lead = owner.prev_named_sibling
    return None if lead and lead.is_error else owner.start_byte


def _sound_after(node: Node) -> int | None:
    """Return where the sound binding behind a part of a set ends; None if there is none."""
    after = node.next_named_sibling
    while after is not None and after.type == "comment":
        after = after.next_named_sibling
    if after is not None and after.type == "binding_set":
        # The part stands before all bindings, and may be the beginning of the first one.
        first = after.named_child(0)
        after = first.next_named_sibling if first else None
    while after is not None and (after.type != "binding" or after.has_error):
        after = after.next_named_sibling
    return after.end_byte if after is not None else None


def words_round_faults(document: Document) -> frozenset[bytes]:
    """Return what has the form of a name in the lines of a document's faults, and in what those span: any of it may be one."""
    words: set[bytes] = set()
    starts = document.line_starts
    for fault in document.faults:
        line, last = document.line_of(fault.start_byte), document.line_of(max(fault.end_byte, fault.start_byte))
        until = starts[last + 1] if last + 1 < len(starts) else len(document.source)
        words.update(WORD.findall(document.source, starts[line], until))
    return frozenset(words)
