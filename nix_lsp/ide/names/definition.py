"""Definition and declaration: where the name at a place is bound."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.flow import Flow
from nix_lsp.analysis.occurrences import Variable, name_node, variable_of
from nix_lsp.analysis.reach import PATHS, Reach, file_at
from nix_lsp.ide.names.inputs import input_declarations, input_sources
from nix_lsp.ide.names.nixpkgs import sources
from nix_lsp.ide.names.options import declarations, definitions
from nix_lsp.ide.names.target import Location, attribute_of, bound_at, target_at
from nix_lsp.syntax.ast import attr, descent, span, text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from nix_lsp.analysis.flow import Attribute
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.names.target import Target
    from nix_lsp.syntax.document import Document

_SEARCHED = frozenset({"spath_expression", "hpath_expression"})
_INHERITED = 16
"""An `inherit` from an `inherit` from …"""


def definition(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where the name, or the file that a path names, at a byte offset is bound; through every `inherit` on the way.

    Where a `with` may give a name and it is not seen which does, these `with` are the answer.
    """
    if (file := file_named(project, document, offset)) is not None:
        return [file]
    if found := input_sources(project, document, offset):
        return found
    if is_binding(document, offset) and (found := declarations(project, document, offset)):
        return found
    target = target_at(project, document, offset)
    if target is not None and (formals := _given_to(project, target)):
        return formals
    if target is not None and (found := list(dict.fromkeys(_followed(project, target.attributes)))):
        return (sources(project, document, offset) if _is_inherited(target) else []) or found
    for look in (_shaped, declarations, sources, definitions):
        if found := look(project, document, offset):
            return found
    return [_keyword(document, environment) for environment in target.environments] if target is not None else []


def declaration(project: Project, document: Document, offset: int) -> list[Location]:
    """Return the nearest place that binds the name at a byte offset: an `inherit` as it is."""
    if found := input_declarations(project, document, offset):
        return found
    target = target_at(project, document, offset)
    if target is None or is_binding(document, offset):
        return definition(project, document, offset)
    found = [Location(each.document.path, span(node)) for each in target.attributes for node in bound_at(each)]
    return list(dict.fromkeys(found)) or [_keyword(document, environment) for environment in target.environments]


def is_binding(document: Document, offset: int) -> bool:
    """Tell whether the name at a byte offset is bound in a set that is no scope: what an option's definition looks like."""
    node = name_node(document, offset)
    binding = node.parent.parent if node is not None and node.parent is not None else None
    if node is None or binding is None or binding.type not in {"binding", "inherit_from"}:
        return False
    return not isinstance(variable_of(document, node), Variable)


def file_named(project: Project, document: Document, offset: int) -> Location | None:
    """Return the file that a path at a byte offset names: of a folder its default.nix."""
    for start in (offset, offset - 1):
        for node in reversed(descent(document.root, start)[-4:]) if start >= 0 else ():
            if not node.start_byte <= start < node.end_byte:
                continue
            path = _searched(project, node) if node.type in _SEARCHED else file_at(project, document, node)
            if path is not None:
                return Location(path, Span(0, 0))
    return None


def _searched(project: Project, node: Node) -> str | None:
    """Return the file that `<nixpkgs/lib>` or `~/x.nix` names: of a folder its default.nix."""
    from nix_lsp.analysis.search_path import find_in_home, find_searched

    written = text(node)
    if node.type == "hpath_expression":
        path = find_in_home(project.environment, written)
    else:
        path = find_searched(project.files, project.environment, written.strip("<>"))
    if path is not None and project.files.kind(path) == "folder":
        path = posixpath.join(path, "default.nix")
    return path if path is not None and project.files.document(path) is not None else None


def _given_to(project: Project, target: Target) -> list[Location]:
    """Return the named arguments that an attribute is given to, where it is bound in the very set that a function is called with."""
    found: list[Location] = []
    for document, owner, path in target.attributes:
        outer = owner.parent
        if outer is None or outer.type != "apply_expression" or outer.child_by_field_name("argument") != owner:
            continue
        if target.node.parent is None or target.node.parent.parent is None or len(path) != 1:
            continue
        if target.node.parent.parent.type not in {"binding", "inherit", "inherit_from"}:
            continue
        flow = Flow(project)
        flow.attribute(document, owner, path)
        found += [Location(each.document.path, span(node)) for each in flow.formals for node in bound_at(each)]
    return list(dict.fromkeys(found))


def _is_inherited(target: Target) -> bool:
    """Tell whether what is named is bound by an `inherit`."""
    bound = [node.parent for each in target.attributes for node in bound_at(each)]
    return any(listed is not None and listed.type == "inherited_attrs" for listed in bound)


def _shaped(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where an attribute is bound that takes some inference to be found: of what a function of the library makes."""
    from nix_lsp.analysis.shapes import shape_of

    node = name_node(document, offset)
    path = node.parent if node is not None else None
    select = path.parent if path is not None else None
    base = select.child_by_field_name("expression") if select is not None else None
    if node is None or path is None or base is None or path.type not in {"attrpath", "inherited_attrs"}:
        return []
    names = [attr(each).name for each in path.named_children if path.type == "attrpath" or each == node]
    names = names[: path.named_children.index(node) + 1] if path.type == "attrpath" else names
    shape, found = shape_of(project, document, base), None
    for name in names:
        found = shape.attribute(name) if name is not None else None
        if found is None:
            return []
        shape = found.shape
    return [Location(place.path, place.span) for place in found.places] if found is not None else []


def named_span(document: Document, offset: int) -> Span | None:
    """Return the bytes of the name, or of the path, at a byte offset."""
    if (node := name_node(document, offset)) is not None:
        return span(node)
    for start in (offset, offset - 1):
        for node in reversed(descent(document.root, start)[-4:]) if start >= 0 else ():
            if node.type in PATHS | _SEARCHED and node.start_byte <= start < node.end_byte:
                return span(node)
    return None


def _followed(project: Project, attributes: Iterable[Attribute]) -> Iterable[Location]:
    """Yield where attributes are bound; for what an `inherit` binds, where that takes it from, if it is seen."""
    waiting = [(each, 0) for each in attributes]
    while waiting:
        attribute, steps = waiting.pop(0)
        for node in bound_at(attribute):
            further = _taken_from(project, attribute.document, node) if steps < _INHERITED else []
            if further:
                waiting += [(each, steps + 1) for each in further]
            else:
                yield Location(attribute.document.path, span(node))


def _taken_from(project: Project, document: Document, node: Node) -> list[Attribute]:
    """Return the attributes that a name in an `inherit` is taken from."""
    listed = node.parent
    binding = listed.parent if listed is not None and listed.type == "inherited_attrs" else None
    if binding is None:
        return []
    if binding.type == "inherit":
        target = target_at(project, document, node.start_byte)
        own = attribute_of(document, node)
        return [each for each in target.attributes if own is None or each.key != own.key] if target else []
    source = binding.child_by_field_name("expression")
    places = Reach(project).of(document, source, (attr(node).name,)) if source is not None else ()
    return [each for place in places if (each := attribute_of(place.document, place.node)) is not None]


def _keyword(document: Document, environment: Node) -> Location:
    """Return the `with` that an environment belongs to."""
    outer = environment.parent
    place = outer.children[0] if outer is not None and outer.type == "with_expression" else environment
    return Location(document.path, span(place))
