"""Bringing `pkgs` and its like into scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.indentation import newline
from nix_lsp.ide.model import TextEdit
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document


def argument(document: Document, owner: Node, wanted: str) -> list[TextEdit] | None:
    """Return the edits that bring a module argument into the scope of a module's set: as an argument of its function, which it may have already.

    Returns None where the function takes a fixed list of arguments, or the set is no module of its own.
    """
    from nix_lsp.analysis.scope import names_at

    if any(name.name == wanted for name in names_at(document, owner.start_byte + 1)):
        return []
    start = owner.start_byte
    node: Node | None = owner
    outermost = owner
    while node:
        formals = node.child_by_field_name("formals") if node.type == "function_expression" else None
        if formals:
            ellipsis = next((child for child in formals.children if child.type == "ellipses"), None)
            if ellipsis is None:
                break
            before = document.source[document.line_starts[document.line_of(ellipsis.start_byte)] : ellipsis.start_byte]
            gap = newline(document) + before.decode() if before and not before.strip() else " "
            return [TextEdit(Span(ellipsis.start_byte, ellipsis.start_byte), f"{wanted},{gap}")]
        outermost, node = node, node.parent
    body = outermost.named_children[0] if outermost and outermost.named_children else None
    if body is None or body.start_byte != start:
        return None
    eol = newline(document)
    return [TextEdit(Span(start, start), f"{{ {wanted}, ... }}:{eol}{eol}")]


def is_of_another_set(owner: Node, wanted: str) -> bool:
    """Tell whether a name in a set of home-manager's options would be the argument of the system's module round it.

    `config` and `lib` of a system know nothing of `config.lib.file` and `lib.hm`.
    """
    node: Node | None = owner
    is_outside = has_function = False
    while node:
        formals = node.child_by_field_name("formals") if node.type == "function_expression" else None
        if formals:
            names = {name.text for formal in formals.named_children if (name := formal.child_by_field_name("name"))}
            if wanted.encode() in names:
                return is_outside
            has_function = has_function or not is_outside
        path = node.child_by_field_name("attrpath") if node.type == "binding" else None
        is_outside = is_outside or (path is not None and (path.text or b"").startswith(b"home-manager"))
        node = node.parent
    return is_outside and not has_function
