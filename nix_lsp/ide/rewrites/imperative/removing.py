"""Taking commands out of a script, and what became empty with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide import edits
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.rewrites.imperative.literals import scripts_of
from nix_lsp.ide.rewrites.imperative.service import unit_of
from nix_lsp.ide.rewrites.imperative.steps import Conflict, applied, binding_below, set_at
from nix_lsp.ide.set_names import conditional_set
from nix_lsp.syntax.ast import bindings
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from tree_sitter import Node

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.ide.rewrites.imperative.literals import Literal
    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.syntax.document import Document


def without_commands(
    document: Document,
    start: int,
    site: Site,
    commands: Collection[Command] | None,
    absorbed: frozenset[str],
    parts: Collection[Span],
) -> tuple[Document, int]:
    """Take commands (None: all that it holds), or parts, out of the script, and what became empty with them; `start` moves with what is before it."""
    binding = _script_binding(document, set_at(document, start), (*site.lead, *site.names))
    expression = binding.child_by_field_name("expression") if binding else None
    strings = scripts_of(document, expression, site.option.form) if expression else []
    if binding is None or expression is None or site.index >= len(strings):
        raise Conflict("the script has moved")
    script, literal = site.reading.script, strings[site.index]
    if not parts and (commands is None or script.is_idle_without(commands)):
        element = literal.element
        # What its comments say is about the whole of the script, which stays where it is only a part that goes.
        if literal.joint and not script.comments:
            return applied(document, [TextEdit(literal.joint, "")]), start
        if element and element.parent and len(element.parent.children_by_field_name("element")) > 1:
            return _without_holder(applied(document, [_drop_element(document, element)]), start, literal)
        if site.is_removable(absorbed) and not literal.joint:
            document = without(document, start, (*site.lead, *site.entity))
            if "timer" in absorbed:
                timer = (*site.lead, *site.entity[:-2], "timers", site.entity[-1])
                document = without(document, start, timer)
            return _without_holder(document, start, literal)
        if site.entity == unit_of(site.names) and not literal.joint:
            raise Conflict("the rest of the service needs a script")
    if commands is None:
        raise Conflict("others need it")
    shift = literal.string.start_byte - site.literal.string.start_byte
    cuts = [_source_cut(site, cut) for cut in parts or script.cuts(commands)]
    moved = [TextEdit(Span(cut.start + shift, cut.end + shift), "") for cut in cuts]
    return applied(document, moved), start - sum(
        edit.span.end - edit.span.start for edit in moved if edit.span.end <= start
    )


def without(document: Document, start: int, path: tuple[str, ...]) -> Document:
    """Remove every binding at or below an option path from the set that starts at an offset, and the sets that become empty with them."""
    while binding := binding_below(set_at(document, start), path, under_condition=True):
        owner = edits.set_of(binding)
        while owner and owner.start_byte != start and _holds_only(owner, binding) and (holder := _holder(owner)):
            binding = holder
            owner = edits.set_of(binding)
        document = applied(document, [edits.remove(document, binding)])
    return document


def _script_binding(document: Document, owner: Node, path: tuple[str, ...]) -> Node | None:
    """Return the binding that defines exactly `path` below a set, through literal sets, one of them under a condition perhaps."""
    if found := edits.find(document, owner, path):
        return found
    for length in range(1, len(path)):
        around = edits.find(document, owner, path[:length])
        value = around.child_by_field_name("expression") if around else None
        inner = conditional_set(value) if value else None
        if inner:
            return edits.find(document, inner.set, path[length:])
    return None


def _without_holder(document: Document, start: int, literal: Literal) -> tuple[Document, int]:
    """Take the `let` binding away that has held a script; where it was the only one, the `let` with it."""
    holder = literal.holder
    if holder is None or holder.end_byte > start:
        # Inside the set, it has gone with what it stood in.
        return document, start
    node = document.root.descendant_for_byte_range(holder.start_byte, holder.start_byte + 1)
    while node and not (node.type == "binding" and node.start_byte == holder.start_byte):
        node = node.parent
    around = node.parent.parent if node and node.parent else None
    if node is None or around is None:
        return document, start
    edit = edits.remove(document, node)
    body = around.child_by_field_name("body") if around.type == "let_expression" else None
    if body and list(bindings(around)) == [node]:
        if body.start_byte > start or any(child.type == "comment" for child in around.children):
            return document, start
        edit = TextEdit(Span(around.start_byte, body.start_byte), "")
    return applied(document, [edit]), start - (edit.span.end - edit.span.start) + len(edit.text)


def _source_cut(site: Site, cut: Span) -> Span:
    """Return the document's bytes of a part of the script; whole lines of an indented string go with their indentation."""
    found = site.source_span(cut)
    content = site.reading.script.content
    if site.literal.string.type != "indented_string_expression":
        return found
    source, base = site.literal.string.text or b"", site.literal.string.start_byte
    opens = cut.start == 0 or content[cut.start - 1 : cut.start] == b"\n"
    line = source.rfind(b"\n", 0, found.start - base) + 1
    if not opens or not line or source[line : found.start - base].strip(b" \t"):
        return found
    if content[cut.end - 1 : cut.end] == b"\n":
        end = (
            source.find(b"\n", max(found.start - base, 0)) + 1
            if cut.end <= cut.start
            else _line_end(source, found.end - base)
        )
        return Span(base + line, base + end)
    return found


def _line_end(source: bytes, offset: int) -> int:
    """Return the start of the line that holds an offset: the end of the line before it, with its line end."""
    return source.rfind(b"\n", 0, offset) + 1


def _holder(owner: Node) -> Node | None:
    """Return the binding whose value a set is, under a condition perhaps."""
    outer = owner.parent
    while outer and outer.type in {"apply_expression", "parenthesized_expression"}:
        outer = outer.parent
    return outer if outer and outer.type == "binding" else None


def _holds_only(owner: Node, binding: Node) -> bool:
    return list(bindings(owner)) == [binding] and not any(
        child.type == "comment" for part in (owner, *owner.named_children) for child in part.children
    )


def _drop_element(document: Document, element: Node) -> TextEdit:
    """Remove a list element with the white space before it."""
    source, begin = document.source, element.start_byte
    while begin > 0 and source[begin - 1 : begin] in {b" ", b"\t", b"\n", b"\r"}:
        begin -= 1
    return TextEdit(Span(begin, element.end_byte), "")
