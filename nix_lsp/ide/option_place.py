"""Which option is meant at a place: where a module defines it, and where it is read off `config` or `options`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.module import roots_at
from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.analysis.standard import standard_path
from nix_lsp.syntax.ast import attr, attrs, span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

SEGMENTS = frozenset({"identifier", "string_fragment", "string_expression", "interpolation"})
"""What a segment of a path is."""
VALUES = frozenset({"integer_expression", "string_expression", "variable_expression"})


class Place(NamedTuple):
    """An option path in a file, and where it stands."""

    names: tuple[str | None, ...]
    span: Span
    root: Root | None
    """The part of the file whose lane judges the path; None: the file itself."""


def option_at(project: Project, document: Document, offset: int) -> Place | None:
    """Return the option at a byte offset: the segments up to the one that stands there. None where no option is meant."""
    node = token_at(document, offset)
    return node and (
        defined_at(project, document, node, offset)
        or referred_at(document, node)
        or declared_at(project, document, node)
    )


def token_at(document: Document, offset: int) -> Node | None:
    """Return the identifier or string at an offset: the one that starts there, or else the one that ends there.

    Of `${name}` it is the name, behind which the brace stands.
    """
    last: Node | None = None
    for start in (offset, offset - 1):
        if 0 <= start < len(document.source):
            node = document.root.named_descendant_for_byte_range(start, start + 1)
            if node and node.type in SEGMENTS | VALUES and (node.type != "interpolation" or start < offset):
                return node
            last = last or node
    return last


def defined_at(project: Project, document: Document, node: Node, offset: int) -> Place | None:
    """Return the option of the definition in whose path a token stands."""
    path = node
    while path and path.type != "attrpath":
        path = path.parent if path.type in SEGMENTS else None
    if path is None or path.parent is None or path.parent.type not in {"binding", "ERROR"}:
        return None
    where = span(node)
    for root in roots_at(document, offset, project.taken_from(document)):
        for definition in root.definitions:
            for index, segment in enumerate(definition.path):
                if segment.span.contains(offset) and _meet(segment.span, where) and segment.name != "*":
                    return Place(definition.names[: index + 1], segment.span, root)
    return None


def declared_at(project: Project, document: Document, node: Node) -> Place | None:
    """Return the option, or the set of options, in the path of whose declaration a token stands."""
    if b"options" not in document.source:
        return None
    where = span(node)
    for option in project.module(document).declared:
        for index, segment in enumerate(option.path):
            if _meet(segment.span, where):
                return Place(tuple(each.name for each in option.path[: index + 1]), segment.span, None)
    return None


def referred_at(document: Document, node: Node, roots: Sequence[Root] | None = None) -> Place | None:
    """Return the option that `config.services.x`, `options.…`, or an alias of such a set, refers to.

    `roots`: the parts of the file, where they are at hand.
    """
    found = selected_at(document, node)
    if found is None or found[0][0] not in {"config", "options", "osConfig"} or len(found[0]) < 2:
        return None
    (_, *names), part, base = found
    parts = roots_at(document, part.start) if roots is None else roots
    root = next((root for root in parts if root.set and _is_argument_of(document, base, root)), None)
    return Place(tuple(names), part, root)


def selected_at(document: Document, node: Node) -> tuple[tuple[str, ...], Span, Node] | None:
    """Read the part of a selection that ends with the token: its standard path, the segment's bytes, the selection's base."""
    path = node.parent
    if path is not None and path.type == "inherited_attrs":
        return _inherited(document, node, path)
    if path is None or path.type != "attrpath" or path.parent is None or path.parent.type != "select_expression":
        return None
    base = path.parent.child_by_field_name("expression")
    head = standard_path(document, base) if base else None
    if base is None or head is None:
        return None
    names: list[str] = []
    for segment in attrs(path):
        if segment.name is None:
            return None
        names.append(segment.name)
        if _meet(segment.span, span(node)):
            return (*head, *names), segment.span, base
    return None


def _inherited(document: Document, node: Node, names: Node) -> tuple[tuple[str, ...], Span, Node] | None:
    """Read a name in `inherit (source) name;` as the selection `source.name`."""
    source = names.parent.child_by_field_name("expression") if names.parent else None
    head = standard_path(document, source) if source else None
    name = attr(node).name
    return ((*head, name), span(node), source) if source and head and name else None


def _is_argument_of(document: Document, base: Node, root: Root) -> bool:
    """Tell whether a selection's `config` is the argument of the function that a nested module is."""
    while base.type == "select_expression" and (inner := base.child_by_field_name("expression")):
        base = inner
    name = resolve_name(document, base) if base.type == "variable_expression" else None
    function: Node | None = root.body
    while function and function.type != "function_expression":
        function = function.parent
    return isinstance(name, Name) and function is not None and name.owner == function


def lanes_of(project: Project, document: Document, root: Root | None) -> Sequence[Lane]:
    """Return the lanes that judge a part of a file."""
    module_set = root.set if root else None
    return [lane.within(module_set) if module_set else lane for lane in project.lanes(document)]


def _meet(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end
