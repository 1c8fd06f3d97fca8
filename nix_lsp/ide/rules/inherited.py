"""Definitions that a set inherits: `inherit (cfg) userName;` says `userName = cfg.userName;`, and only that can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.module import read_module
from nix_lsp.ide.difference import words_changed
from nix_lsp.ide.edits import apply, insert, replace, set_of
from nix_lsp.ide.model import FileEdit, TextEdit
from nix_lsp.syntax.ast import text, unparenthesized
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Fix

_INHERITING = frozenset({"inherit", "inherit_from"})
_PLAIN = frozenset({"variable_expression", "select_expression"})


class WrittenOut(NamedTuple):
    """A file in which a definition that is inherited has a binding of its own."""

    document: Document
    root: Root
    definition: Definition

    def since(self, document: Document, fix: Fix) -> Fix | None:
        """Return a fix of this file as one of the file that it was made of."""
        if len(fix.edits) != 1:
            return None
        changed = words_changed(document.source, apply(self.document.source, fix.edits[0].edits))
        return fix._replace(edits=(FileEdit(document.path, changed),))


def written_out(project: Project, document: Document, root: Root, definition: Definition) -> WrittenOut | None:
    """Give an inherited definition a binding of its own; None for any other definition, and where that is not seen to be the same."""
    name = definition.binding
    binding = name.parent.parent if name.parent else None
    owner = set_of(binding) if binding is not None and binding.type in _INHERITING else None
    roots = project.module(document).roots
    if (
        binding is None
        or owner is None
        or owner.type != "attrset_expression"
        or definition.indirect
        or root not in roots
    ):
        return None
    source = binding.child_by_field_name("expression")
    value = text(name) if source is None else f"{_selectable(source)}.{text(name)}"
    written = f"{text(name)} = {value};"
    names = name.parent.named_children if name.parent else []
    if len(names) == 1:
        edits = [replace(document, binding, written)]
    else:
        # The blank before the name goes with it; the first one's is that behind `inherit` or the set in parentheses.
        taken = Span(name.start_byte - _blank_before(document, name), name.end_byte)
        edits = [TextEdit(taken, ""), insert(document, owner, written, binding)]
    changed = Document(document.path, apply(document.source, edits))
    there = read_module(changed).roots
    if changed.root.has_error or len(there) != len(roots):
        return None
    found = [each for each in there[roots.index(root)].at(definition.names) if each.binding.type == "binding"]
    return WrittenOut(changed, there[roots.index(root)], found[0]) if len(found) == 1 else None


def _selectable(source: Node) -> str:
    """Return an expression as something can be selected from it."""
    inner = unparenthesized(source)
    return text(inner) if inner.type in _PLAIN else f"({text(inner)})"


def _blank_before(document: Document, name: Node) -> int:
    """Return how many bytes of white space stand before a name."""
    before = document.source[: name.start_byte]
    return len(before) - len(before.rstrip())
