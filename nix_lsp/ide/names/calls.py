"""Call hierarchy: which functions of the project call a function, and which it calls."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.flow import calls
from nix_lsp.analysis.occurrences import name_node
from nix_lsp.analysis.reach import MANY_STEPS, Reach
from nix_lsp.ide.names.target import bound_at, target_at
from nix_lsp.syntax.ast import attrs, descent, span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_MOST = 500
"""Calls in one function."""
_ROUND = frozenset({"parenthesized_expression", "let_expression", "with_expression", "assert_expression"})


class Routine(NamedTuple):
    """A function, by what it is bound to; or a file, for what is called outside of any."""

    name: str
    path: str
    span: Span
    """The whole binding."""
    name_span: Span
    is_file: bool = False


class CallSites(NamedTuple):
    """A function that calls another or is called by it, and where."""

    item: Routine
    places: tuple[Span, ...]
    """What is called, in the file of the caller."""


def routine_at(project: Project, document: Document, offset: int) -> Routine | None:
    """Return the function that the name at a byte offset is bound to; None where it is none, or not seen.

    At the very beginning of a file, what is called outside of any binding: the file.
    """
    node = name_node(document, offset)
    if offset == 0 and (node is None or _binding(node) is None):
        return _file(document)
    target = target_at(project, document, offset) if node is not None else None
    for attribute in target.attributes if target is not None else ():
        for bound in bound_at(attribute):
            binding = _binding(bound)
            if binding is not None and _function(binding) is not None:
                return _item(attribute.document, binding)
    return next(_read(project, document, node), None) if node is not None else None


def incoming(project: Project, item: Routine) -> list[CallSites]:
    """Return what calls a function, by file and place."""
    found = _bound_function(project, item)
    if found is None:
        return []
    document, function = found
    callers: dict[Routine, list[Span]] = {}
    for call in calls(project, document, function, Reach(project, MANY_STEPS)).calls:
        called = call.node.child_by_field_name("function") or call.node
        callers.setdefault(_around(call.document, call.node), []).append(span(called))
    return [CallSites(caller, tuple(sorted(places))) for caller, places in callers.items()]


def outgoing(project: Project, item: Routine) -> list[CallSites]:
    """Return which functions of the project a function calls, in the order of the first calls."""
    found = _bound_function(project, item)
    if found is None:
        return []
    document, function = found
    called: dict[Routine, list[Span]] = {}
    for node in _applied(function):
        for place in Reach(project).of(document, node):
            if place.node.type == "function_expression":
                called.setdefault(_named(place.document, place.node), []).append(span(node))
    return [CallSites(each, tuple(places)) for each, places in called.items()]


def _applied(function: Node) -> Iterator[Node]:
    """Yield what is called inside a function, in the order of the text."""
    cursor, count = function.walk(), 0
    while True:
        node = cursor.node
        if node is not None and node.type == "apply_expression":
            head = node.child_by_field_name("function")
            if head is not None and head.type != "apply_expression":
                yield head
                count += 1
        if count == _MOST:
            return
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent() or cursor.node == function:
                return


def _read(project: Project, document: Document, node: Node) -> Iterator[Routine]:
    """Yield the functions that a name which is read comes to."""
    above = node.parent
    select = above.parent if above is not None and above.type == "attrpath" else above
    if select is None or select.type not in {"select_expression", "variable_expression"}:
        return
    for place in Reach(project).of(document, select):
        if place.node.type == "function_expression":
            yield _named(place.document, place.node)


def _binding(name: Node) -> Node | None:
    """Return the binding that a name is bound by as a whole."""
    path = name.parent
    binding = path.parent if path is not None and path.type == "attrpath" else None
    return binding if path is not None and binding is not None and path.named_children[-1] == name else None


def _function(binding: Node) -> Node | None:
    """Return the function that a binding binds, seen through `let` and the like."""
    value = binding.child_by_field_name("expression")
    while value is not None and value.type in _ROUND:
        value = value.child_by_field_name("body") or value.child_by_field_name("expression")
    return value if value is not None and value.type == "function_expression" else None


def _bound_function(project: Project, item: Routine) -> tuple[Document, Node] | None:
    document = project.document(item.path)
    if document is None:
        return None
    if item.is_file:
        root = document.root.child_by_field_name("expression")
        return (document, root) if root is not None else None
    chain = descent(document.root, item.name_span.start)
    binding = next((node for node in reversed(chain) if node.type == "binding"), None)
    function = _function(binding) if binding is not None else None
    return (document, function) if function is not None else None


def _named(document: Document, function: Node) -> Routine:
    """Return a function by what it is bound to; the file where it is bound to nothing."""
    node: Node | None = function
    while node is not None and node.type in {*_ROUND, "function_expression"}:
        above = node.parent
        if above is not None and above.type == "binding":
            return _item(document, above)
        node = above
    return _file(document)


def _around(document: Document, node: Node) -> Routine:
    """Return the function that a place is in, or the outermost binding that is in none; the file where there is none."""
    outermost: Node | None = None
    for each in reversed(descent(document.root, node.start_byte)):
        if each.type != "binding" or each.end_byte < node.end_byte:
            continue
        if _function(each) is not None:
            return _item(document, each)
        outermost = each
    return _item(document, outermost) if outermost is not None else _file(document)


def _item(document: Document, binding: Node) -> Routine:
    path = binding.child_by_field_name("attrpath")
    segments = attrs(path) if path is not None else ()
    name = ".".join(each.name or "…" for each in segments)
    return Routine(name, document.path, span(binding), segments[-1].span if segments else span(binding))


def _file(document: Document) -> Routine:
    return Routine(
        posixpath.basename(document.path), document.path, Span(0, len(document.source)), Span(0, 0), is_file=True
    )
