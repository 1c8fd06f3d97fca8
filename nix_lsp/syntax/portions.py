"""The bindings of large sets with their texts, which several finders look at one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_LARGE = 16 * 1024
"""Bytes of a set from which on its bindings' texts are kept for whoever asks next."""


class Portion(NamedTuple):
    """A part of a set: a binding, or a comment between two."""

    node: Node
    text: bytes
    start: int
    """The byte offset that it begins at."""


def portions(document: Document, binding_set: Node) -> Sequence[Portion]:
    """Return what stands in a `binding_set`. Of a large one the answer is kept for this version of the document."""
    if binding_set.end_byte - binding_set.start_byte < _LARGE:
        return _read(binding_set)
    return document.lineage.of(_Kept).of(document, binding_set)


def _read(binding_set: Node) -> list[Portion]:
    return [Portion(node, node.text or b"", node.start_byte) for node in binding_set.named_children]


class _Kept:
    """The portions of one version of an open file."""

    def __init__(self) -> None:
        self._root: Node | None = None
        self._found: dict[int, list[Portion]] = {}

    def of(self, document: Document, binding_set: Node) -> Sequence[Portion]:
        if (root := document.root) != self._root:
            self._root, self._found = root, {}
        if (found := self._found.get(binding_set.id)) is None:
            found = self._found[binding_set.id] = _read(binding_set)
        return found
