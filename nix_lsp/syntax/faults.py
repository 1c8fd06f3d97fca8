"""Where a tree says that the text is no Nix, and where only the grammar is older than Nix.

tree-sitter-nix 0.1.0, the release on PyPI, does not know some of the language. The trees round such a gap are sound, so the gaps
are named in one table here and are no faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node


def faults(root: Node) -> Iterator[Node]:
    """Yield the outermost ERROR and the MISSING nodes below a node, in order, those of known gaps left out."""
    if not root.has_error:
        return
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_missing or node.is_error:
            if not _is_gap(node):
                yield node
            continue
        pending.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)


def _is_gap(node: Node) -> bool:
    return any(is_gap(node) for is_gap in _GAPS)


def _trailing_comma(node: Node) -> bool:
    """`{ a, b, }: …` (allowed since Nix 2.0; in the grammar since bae4c4f of 2025-07-16, not on PyPI)."""
    if node.is_missing:
        formal = node.parent
        formals = formal.parent if formal and formal.type == "formal" else None
        return bool(formals and formals.type == "formals" and _skipped(node, forward=True) == "}")
    if [child.type for child in node.children] != [","] or node.parent is None or node.parent.type != "formals":
        return False
    return _skipped(node, forward=True) == "}" and _skipped(node, forward=False) == "formal"


def _skipped(node: Node, *, forward: bool) -> str | None:
    """Return the type of the next or previous sibling that is no comment, seen from the outermost node at this place."""
    if node.is_missing and (parent := node.parent) and parent.type == "formal":
        node = parent
    sibling = node.next_sibling if forward else node.prev_sibling
    while sibling and sibling.type == "comment":
        sibling = sibling.next_sibling if forward else sibling.prev_sibling
    return sibling.type if sibling else None


def _empty_inherit(node: Node) -> bool:
    """`inherit;` and `inherit (x);` without a name (allowed by the manual's grammar, and what generators write)."""
    names = node.parent if node.is_missing else None
    return bool(names and names.type == "inherited_attrs" and names.child_count == 1)


def _pipe(node: Node) -> bool:
    """`a |> f` and `f <| a` (RFC 148, Nix 2.24 with `pipe-operators`; in no release of the grammar): read as `>` and `<`."""
    if node.is_missing or (node.text or b"") != b"|" or node.parent is None or node.parent.type != "binary_expression":
        return False
    before, after = node.prev_sibling, node.next_sibling
    return bool(
        (after and after.type == ">" and after.start_byte == node.end_byte)
        or (before and before.type == "<" and before.end_byte == node.start_byte)
    )


_GAPS: tuple[Callable[[Node], bool], ...] = (_trailing_comma, _empty_inherit, _pipe)
