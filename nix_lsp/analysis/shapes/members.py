"""What the bindings of a set or of `let` say by their text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import attr, bindings

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


_LARGEST = 400_000
"""Bytes of a set that is read, in 40 ms. Only lists of packages are larger."""


class Bound(NamedTuple):
    """One binding of a name, or of a path that begins with it."""

    span: Span
    """Of the name."""
    node: Node | None
    """The expression that the path is bound to; of an `inherit` its source, None for that of the scope outside."""
    rest: tuple[Node, ...] = ()
    """The segments behind the name."""
    is_inherited: bool = False


class Members(NamedTuple):
    """The bindings of one set."""

    named: dict[str, list[Bound]]
    dynamic: tuple[Bound, ...]
    """Those whose first name is not written out, `span` and `node` as of others; `rest` begins with that name."""
    is_whole: bool
    """Nothing of it is broken."""


class _Kept:
    """The sets of the version of a file that was last asked about."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._found: dict[int, Members] = {}

    def of(self, document: Document, node: Node) -> Members:
        if self._document is not document:
            self._document, self._found = document, {}
        if (known := self._found.get(node.id)) is None:
            known = self._found[node.id] = _read(node)
        return known


def members(document: Document, node: Node) -> Members:
    """Read the bindings of a set or `let` of a document, once for each version of it."""
    return document.lineage.of(_Kept).of(document, node)


def _read(owner: Node) -> Members:
    if owner.end_byte - owner.start_byte > _LARGEST:
        return Members({}, (), is_whole=False)
    named: dict[str, list[Bound]] = {}
    dynamic: list[Bound] = []
    for binding in bindings(owner):
        expression = binding.child_by_field_name("expression")
        if binding.type == "binding":
            path = binding.child_by_field_name("attrpath")
            segments = [child for child in path.named_children if child.type != "comment"] if path else []
            if not segments:
                continue
            first = attr(segments[0])
            if first.name is None:
                dynamic.append(Bound(first.span, expression, tuple(segments)))
            else:
                named.setdefault(first.name, []).append(Bound(first.span, expression, tuple(segments[1:])))
            continue
        names = binding.child_by_field_name("attrs")
        for child in names.named_children if names else ():
            name = attr(child)
            if name.name is not None and child.type != "comment":
                named.setdefault(name.name, []).append(Bound(name.span, expression, is_inherited=True))
    return Members(named, tuple(dynamic), not owner.has_error)
