"""What the steps of an edit share: each works on one immutable document, and gives the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.set_names import binding_path, conditional_set, literal_set
from nix_lsp.syntax.ast import ATTRSETS, bindings
from nix_lsp.syntax.document import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document


class Conflict(Exception):  # noqa: N818 - a reason, not a failure
    """The settings cannot be written here; the text says why, for people."""


def binding_below(owner: Node, path: tuple[str, ...], *, under_condition: bool = False) -> Node | None:
    """Return a binding that defines the path or something below it; `under_condition` looks into `mkIf c { … }` too."""
    pending = [(owner, path)]
    while pending:
        owner, rest = pending.pop()
        for binding in bindings(owner):
            names = binding_path(binding)
            if names is None or names[: len(rest)] != rest[: len(names)]:
                continue
            if len(names) >= len(rest):
                return binding
            inner, value = literal_set(binding), binding.child_by_field_name("expression")
            if inner is None and under_condition and value and (conditional := conditional_set(value)):
                inner = conditional.set
            if inner:
                pending.append((inner, rest[len(names) :]))
    return None


def set_at(document: Document, start: int) -> Node:
    """Return the attribute set that starts at an offset."""
    node = document.root.descendant_for_byte_range(start, start + 1)
    while node and not (node.type in ATTRSETS and node.start_byte == start):
        node = node.parent
    if node is None:
        raise Conflict("the file's layout is not understood well enough")
    return node


def applied(document: Document, changes: Sequence[TextEdit]) -> Document:
    """Return the document after edits that do not overlap."""
    ordered = sorted(changes, key=lambda edit: edit.span, reverse=True)
    return document.edited([Change(edit.span, edit.text.encode()) for edit in ordered], document.version)
