"""Bindings that say the same as an `inherit`, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.edits import set_of
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import attr, attrs, span, text, unparenthesized
from nix_lsp.syntax.layout import attrpath_text, quote_attr
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_INNERMOST = 6
"""So near the cursor has a binding's own `=`, path or value to be that it is meant by it."""


def meant_binding(place: Place) -> Node | None:
    """Return the binding that is meant at a place: the innermost one, with the cursor on it and not deep in its value."""
    for node in place.chain[-_INNERMOST:][::-1]:
        if node.type == "binding":
            return node
        if node.type in {"attrset_expression", "list_expression", "function_expression", "let_expression"}:
            return None
    return None


def _is_recursive(binding: Node) -> bool:
    """Tell whether the values of the set or `let` that a binding stands in see its names."""
    owner = set_of(binding)
    return owner is None or owner.type != "attrset_expression"


def _to_inherit(place: Place) -> Iterator[Fix]:
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    path = binding.child_by_field_name("attrpath") if binding else None
    if binding is None or path is None or value is None or _has_comment(binding):
        return
    names = attrs(path)
    value = unparenthesized(value)
    if value.type != "variable_expression" or names[-1].name != text(value):
        return
    if len(names) == 1:
        if not _is_recursive(binding):
            yield place.fix("Convert to `inherit`", [TextEdit(span(binding), f"inherit {text(value)};")])
        return
    head = place.document.text(Span(path.start_byte, names[-2].span.end))
    yield place.fix("Convert to `inherit`", [TextEdit(span(binding), f"{head} = {{ inherit {text(value)}; }};")])


def _to_inherit_from(place: Place) -> Iterator[Fix]:
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    path = binding.child_by_field_name("attrpath") if binding else None
    if binding is None or path is None or value is None or _has_comment(binding):
        return
    value = unparenthesized(value)
    base, selected = value.child_by_field_name("expression"), value.child_by_field_name("attrpath")
    if value.type != "select_expression" or base is None or selected is None or value.child_by_field_name("default"):
        return
    names, chosen = attrs(path), attrs(selected)
    if names[-1].name is None or names[-1].name != chosen[-1].name:
        return
    end = chosen[-2].span.end if len(chosen) > 1 else base.end_byte
    source = place.document.text(Span(base.start_byte, end))
    if len(chosen) == 1 and base.type == "parenthesized_expression":
        source = source[1:-1].strip()
    if "\n" in source:
        return
    new = f"inherit ({source}) {quote_attr(names[-1].name)};"
    if len(names) > 1:
        new = f"{place.document.text(Span(path.start_byte, names[-2].span.end))} = {{ {new} }};"
    yield place.fix(f"Convert to `inherit ({source})`", [TextEdit(span(binding), new)])


def _to_bindings(place: Place) -> Iterator[Fix]:
    inherit = place.nearest("inherit", "inherit_from")
    if inherit is None or any(node.type == "binding" for node in place.chain[place.chain.index(inherit) :]):
        return
    names = inherit.child_by_field_name("attrs")
    source = inherit.child_by_field_name("expression")
    if names is None or (source is None and _is_recursive(inherit)) or _has_comment(inherit):
        return
    if source is not None and place.span.start <= source.end_byte and place.span.start > source.start_byte:
        return
    meant = [node for node in names.named_children if node in place.chain] or names.named_children
    written: list[str] = []
    for node in meant:
        name = attr(node).name
        if node.is_missing or name is None or (source is None and node.type != "identifier"):
            return
        base = selectable(source) if source else ""
        written.append(f"{quote_attr(name)} = {base}{'.' if base else ''}{quote_attr(name)};")
    document = place.document
    if not written or any("\n" in each for each in written):
        return
    eol = newline(document) + indentation_at(document, inherit.start_byte)
    is_alone = not document.source[
        document.line_starts[document.line_of(inherit.start_byte)] : inherit.start_byte
    ].strip()
    between = eol if is_alone else " "
    title = "Convert to an explicit binding" if len(written) == 1 else "Convert to explicit bindings"
    if len(meant) == len(names.named_children):
        yield place.fix(title, [TextEdit(span(inherit), between.join(written))])
        return
    start = meant[0].start_byte
    while document.source[start - 1] in b" \t\r\n":
        start -= 1
    edits = [
        TextEdit(Span(start, meant[-1].end_byte), ""),
        TextEdit(Span(inherit.end_byte, inherit.end_byte), between + between.join(written)),
    ]
    yield place.fix(title, edits)


def selectable(source: Node) -> str:
    """Return the source of an expression that `.name` can follow."""
    inner = unparenthesized(source)
    if inner.type == "variable_expression":
        return text(inner)
    path = inner.child_by_field_name("attrpath")
    if inner.type == "select_expression" and path is not None and not inner.child_by_field_name("default"):
        names = [segment.name for segment in attrs(path)]
        base = inner.child_by_field_name("expression")
        if base is not None and base.type == "variable_expression" and all(names):
            return f"{text(base)}.{attrpath_text(name for name in names if name)}"
        return text(inner)
    return f"({text(inner)})"


def _has_comment(binding: Node) -> bool:
    """Tell whether a comment stands inside of a binding's own parts."""
    return any(child.type == "comment" for node in (binding, *binding.named_children) for child in node.children)


ROWS = (
    Refactoring(
        "to-inherit",
        REWRITE,
        "Writes `x = x;` as `inherit x;`, also below a path. Not in `rec` and `let`, where the two mean different things.",
        "{ pkgs$0 = pkgs; }",
        "{ inherit pkgs; }",
        _to_inherit,
    ),
    Refactoring(
        "to-inherit-from",
        REWRITE,
        "Writes `x = set.x;` as `inherit (set) x;`, whatever expression the set is.",
        "let mkIf$0 = lib.modules.mkIf; in mkIf",
        "let inherit (lib.modules) mkIf; in mkIf",
        _to_inherit_from,
    ),
    Refactoring(
        "to-binding",
        REWRITE,
        "Writes the name under the cursor, or all names of an `inherit`, as bindings.",
        "{ inherit (lib) mkIf$0 mkForce; }",
        "{ inherit (lib) mkForce; mkIf = lib.mkIf; }",
        _to_bindings,
    ),
)
