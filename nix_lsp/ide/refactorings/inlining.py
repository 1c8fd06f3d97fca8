"""Putting the value of a name in the places where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import Name, introduced, resolve_name
from nix_lsp.ide.edits import combine, remove
from nix_lsp.ide.indentation import indentation_at, reindent
from nix_lsp.ide.kinds import INLINE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.inheriting import selectable
from nix_lsp.ide.refactorings.parentheses import standing_in
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import (
    Variable,
    bound_at,
    free_variables,
    from_inner_with,
    mean_the_same,
    uses,
    within,
)
from nix_lsp.syntax.ast import bindings, span
from nix_lsp.syntax.layout import quote_attr
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.document import Document

_INLINED = frozenset({"let", "rec", "inherit"})
_MOST = 100
"""So many uses are inlined at once."""


def _inline(place: Place) -> Iterator[Fix]:
    """Offer to inline a use, or all of them, of the name under the cursor."""
    document = place.document
    name, use = _meant(place)
    if name is None or name.kind not in _INLINED or name.value is None:
        return
    found = uses(document, name)
    value = _value(document, name)
    if not found or value is None:
        return
    free, inner = free_variables(document, name.value), from_inner_with(document, name.value)
    if free is None or inner is None:
        return
    if use is not None:
        edit = _edit(document, name, free, inner, use)
        if edit is not None:
            yield place.fix(f"Inline `{name.name}` here", [edit])
    if name.owner.type != "let_expression" or len(found) > _MOST:
        return
    edits = [_edit(document, name, free, inner, each) for each in found]
    if any(edit is None for edit in edits):
        return
    taken = _without(document, name)
    joined = combine([*(edit for edit in edits if edit), *taken]) if taken else None
    if joined is not None:
        yield place.fix(f"Inline `{name.name}` everywhere and remove it", joined)


def _meant(place: Place) -> tuple[Name | None, Variable | None]:
    """Return the name under the cursor: used there, with the use, or bound there."""
    document = place.document
    if len(place.chain) < 3 or place.chain[-1].type != "identifier":
        return None, None
    identifier, parent = place.chain[-1], place.chain[-2]
    if parent.type == "variable_expression" or (parent.type == "inherited_attrs" and place.chain[-3].type == "inherit"):
        bound = resolve_name(document, identifier)
        inherit = place.chain[-3] if parent.type == "inherited_attrs" else None
        if isinstance(bound, Name):
            return bound, Variable(identifier, bound.name, bound, inherit)
        return None, None
    owner = place.nearest("let_expression", "let_attrset_expression", "rec_attrset_expression", "attrset_expression")
    if owner is None or owner.type == "attrset_expression":
        return None, None
    return next((each for each in introduced(owner) if each.span == span(identifier)), None), None


def _value(document: Document, name: Name) -> str | None:
    """Return the source that a name stands for; None where nothing does in one piece."""
    if name.value is None:
        return None
    if name.kind == "inherit":
        return f"{selectable(name.value)}.{quote_attr(name.name)}"
    return document.text(name.value)


def _edit(
    document: Document, name: Name, free: Sequence[Variable], inner: frozenset[str], use: Variable
) -> TextEdit | None:
    """Return the edit that puts a name's value, with its free variables and those that a `with` inside of it has, in the place of a use; None where that would mean something else."""
    value = name.value
    node = use.node.parent
    if value is None or node is None or within(use.node, value):
        return None
    if not mean_the_same(document, free, use.node.start_byte):
        return None
    if any(isinstance(bound_at(document, each, use.node.start_byte), Name) for each in inner):
        return None
    if name.kind == "inherit":
        source = f"{selectable(value)}.{quote_attr(name.name)}"
        if use.inherit is None:
            return TextEdit(span(use.node), source)
    else:
        source = _moved(document, value, use.node)
    if use.inherit is None:
        if node.type != "variable_expression":
            return None
        return TextEdit(span(node), standing_in(source, value, node))
    names = use.inherit.child_by_field_name("attrs")
    if names is None or names.named_child_count != 1:
        return None
    return TextEdit(span(use.inherit), f"{quote_attr(use.name)} = {source};")


def _moved(document: Document, value: Node, to: Node) -> str:
    """Return an expression's source with its lines indented as where it goes."""
    return reindent(
        document, span(value), indentation_at(document, value.start_byte), indentation_at(document, to.start_byte)
    )


def _without(document: Document, name: Name) -> list[TextEdit]:
    """Return the edits that take a name out of its `let`, and the `let` away with its last; nothing where it cannot go."""
    owner = name.owner
    mine = [each for each in bindings(owner) if each.start_byte <= name.span.start < each.end_byte]
    if len(mine) != 1 or _is_recursive(document, name):
        return []
    binding = mine[0]
    names = binding.child_by_field_name("attrs")
    if names is not None and names.named_child_count > 1:
        end = name.span.end
        start = name.span.start
        while document.source[start - 1] in b" \t\r\n":
            start -= 1
        return [TextEdit(Span(start, end), "")]
    body = owner.child_by_field_name("body")
    if body is not None and len(list(bindings(owner))) == 1:
        if any(each.type == "comment" for part in (owner, *owner.named_children[:1]) for each in part.children):
            return []
        return [TextEdit(Span(owner.start_byte, body.start_byte), "")]
    edit = remove(document, binding)
    return [edit]


def _is_recursive(document: Document, name: Name) -> bool:
    found = uses(document, name)
    return (
        found is None
        or name.value is None
        or (name.kind != "inherit" and any(within(use.node, name.value) for use in found))
    )


ROWS = (
    Refactoring(
        "inline",
        INLINE,
        "Puts the value of a name where it is used: under the cursor, or everywhere, and then the name goes. Refused where a name of the "
        "value would mean something else there, and everywhere where the value names itself.",
        "let port = 80 + 1; in f $0port",
        "let port = 80 + 1; in f (80 + 1)",
        _inline,
    ),
)
