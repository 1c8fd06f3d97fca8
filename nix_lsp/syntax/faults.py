"""Where a tree says that the text is no Nix, and where only the grammar is older than Nix.

tree-sitter-nix 0.1.0, the release on PyPI, does not know some of the language. The trees round such a gap are sound, so the gaps
are named in one table here and are no faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node


class _Broken(NamedTuple):
    """An ERROR or MISSING node with what stands above it.

    The parents are kept from the way down: asked for the parent of an empty node deep in a tree, tree-sitter 0.26 recurses once a level
    and overflows the stack at some 10,000 levels (`ts_node_child_with_descendant`).
    """

    node: Node
    parent: Node | None
    above: Node | None

    def beside(self, *, forward: bool) -> Node | None:
        """Return the next or previous sibling that is no comment; for an empty formal's name that of the formal."""
        node, owner = self.node, self.parent
        if node.is_missing and owner is not None and owner.type == "formal":
            node, owner = owner, self.above
        if owner is None:
            return None
        siblings = owner.children if forward else owner.children[::-1]
        places = iter(siblings)
        for sibling in places:
            if sibling == node:
                return next((other for other in places if other.type != "comment"), None)
        return None


def faults(root: Node) -> Iterator[Node]:
    """Yield the outermost ERROR and the MISSING nodes below a node, in order, those of known gaps left out."""
    if not root.has_error:
        return
    pending = [_Broken(root, None, None)]
    while pending:
        broken = pending.pop()
        node = broken.node
        if node.is_missing or node.is_error:
            if not any(is_gap(broken) for is_gap in _GAPS):
                yield node
            continue
        pending.extend(
            _Broken(child, node, broken.parent)
            for child in reversed(node.children)
            if child.has_error or child.is_missing
        )


def _trailing_comma(broken: _Broken) -> bool:
    """`{ a, b, }: …` (allowed since Nix 2.0; in the grammar since bae4c4f of 2025-07-16, not on PyPI)."""
    after = broken.beside(forward=True)
    if after is None or after.type != "}":
        return False
    if broken.node.is_missing:
        formal, formals = broken.parent, broken.above
        return bool(formal and formal.type == "formal" and formals and formals.type == "formals")
    if [child.type for child in broken.node.children] != [","]:
        return False
    before = broken.beside(forward=False)
    return bool(broken.parent and broken.parent.type == "formals" and before and before.type == "formal")


def _empty_inherit(broken: _Broken) -> bool:
    """`inherit;` and `inherit (x);` without a name (allowed by the manual's grammar, and what generators write)."""
    names = broken.parent if broken.node.is_missing else None
    return bool(names and names.type == "inherited_attrs" and names.child_count == 1)


def _pipe(broken: _Broken) -> bool:
    """`a |> f` and `f <| a` (RFC 148, Nix 2.24 with `pipe-operators`; in no release of the grammar): read as `>` and `<`."""
    node, parent = broken.node, broken.parent
    if node.is_missing or (node.text or b"") != b"|" or parent is None or parent.type != "binary_expression":
        return False
    before, after = broken.beside(forward=False), broken.beside(forward=True)
    return bool(
        (after and after.type == ">" and after.start_byte == node.end_byte)
        or (before and before.type == "<" and before.end_byte == node.start_byte)
    )


_GAPS: tuple[Callable[[_Broken], bool], ...] = (_trailing_comma, _empty_inherit, _pipe)
